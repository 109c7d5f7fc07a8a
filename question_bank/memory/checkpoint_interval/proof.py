"""Look for the interval that needs the least memory, without calculus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the best interval and the memory that it needs."""
    layers, boundary, inner = values["L"], values["c"], values["a"]

    def memory(k: float) -> float:
        return layers / k * boundary + k * inner

    low, high = 1e-6, 1e6
    for _ in range(400):
        # thirds of the logarithm, because the interval may be of any size
        left, right = low ** (2 / 3) * high ** (1 / 3), low ** (1 / 3) * high ** (2 / 3)
        low, high = (low, right) if memory(left) < memory(right) else (left, high)
    return {"b": low, "c": memory(low)}

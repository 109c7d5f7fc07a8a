"""Count what both forms hold, and look for the length at which one holds r times the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the length of the crossover."""
    d, h, r = values["d"], values["h"], values["r"]

    def saves(s: float) -> bool:
        inputs_and_output, scores = 4 * s * d, h * s * s
        return inputs_and_output + scores > r * inputs_and_output

    low, high = 0.0, 1.0
    while not saves(high):
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if saves(middle) else (middle, high)
    return {"a": high}

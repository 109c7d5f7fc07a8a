"""Look for the model that a budget pays for, by trying sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the parameters and tokens that a budget of C FLOPs pays for."""
    low, high = 0.0, 1.0
    while 6 * high * (values["r"] * high) < values["C"]:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if 6 * middle * (values["r"] * middle) < values["C"] else (low, middle)
    return {"b": high, "c": values["r"] * high}

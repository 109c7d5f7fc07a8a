"""Find the best number of tokens by halving."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log
from typing import Any


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the tokens at which the loss is least, where model and tokens together cost C."""
    a, b, budget, alpha, beta = (float(values[name]) for name in ("A", "B", "C", "alpha", "beta"))

    def slope(x: float) -> float:
        # by log D: fewer parameters cost, more tokens gain; it rises, so it has one zero
        return alpha * a * exp(-alpha * (log(budget / 6) - x)) - beta * b * exp(-beta * x)

    low, high = -300.0, 300.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if slope(middle) > 0 else (middle, high)
    return {"b": exp((low + high) / 2)}

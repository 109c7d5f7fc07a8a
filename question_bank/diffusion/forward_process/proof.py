"""Carry mean and variance through the chain, step by step, and read off what is left of the signal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def law(betas: list[float]) -> tuple[float, float]:
    """Return the factor of the mean and the variance after these steps."""
    mean, variance = 1.0, 0.0
    for beta in betas:
        mean, variance = mean * (1 - beta) ** 0.5, (1 - beta) * variance + beta
    return mean, variance


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return alpha, told by the mean and held against the variance; and gamma, by looking for the step that fits."""
    mean, variance = law(values["beta"][: values["t"]])
    assert abs(1 - mean**2 - variance) < 1e-12
    low, high = 0.0, 1.0
    for _ in range(200):
        gamma = (low + high) / 2
        reached, _ = law([1 - values["alpha_t"], 1 - gamma])
        low, high = (gamma, high) if reached**2 < values["alpha_tau"] else (low, gamma)
    return {"a": mean**2, "b": high}

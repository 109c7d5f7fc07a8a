"""Run both updates on the same weights, and look for the diagonal entry at which they agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the entry m for which an L2 penalty and weight decay move every weight alike."""
    alpha, penalty, decay = values["alpha"], values["lambda_w"], values["lambda_r"]
    generator = torch.Generator().manual_seed(1)
    theta, gradient = torch.randn(2, 5, dtype=torch.float64, generator=generator)

    def apart(m: float) -> float:
        with_penalty = theta - alpha * m * (gradient + penalty * theta)
        with_decay = (1 - decay) * theta - alpha * m * gradient
        return float(((with_decay - with_penalty) / theta).mean())

    low, high = 0.0, 1.0
    while apart(high) < 0:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if apart(middle) < 0 else (low, middle)
    return {"a": high}

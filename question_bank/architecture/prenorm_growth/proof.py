"""Send a normalised start through the layers, and measure how long it has become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch.nn.functional import layer_norm


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the factor by which the start has grown."""
    x = torch.randn(16, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    start = x = layer_norm(x, x.shape, eps=0.0)
    for _ in range(values["l"] * values["m"]):
        x = x + layer_norm(x, x.shape, eps=0.0)
    return {"a": float(x @ start / (start @ start))}

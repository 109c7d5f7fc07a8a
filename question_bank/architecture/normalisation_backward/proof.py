"""Let torch differentiate the normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch


def proof(values: Mapping[str, Any]) -> dict[str, list[float]]:
    """Return the gradient of the loss at z, where its gradient at the output is g."""
    z = torch.tensor(values["z"], dtype=torch.float64, requires_grad=True)
    g = torch.tensor(values["g"], dtype=torch.float64)
    (z / z.square().mean().sqrt()).backward(g)
    assert z.grad is not None
    return {"a": z.grad.tolist()}

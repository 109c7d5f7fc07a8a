"""Build the two matrices of the adapter beside the frozen map, and count what is trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn


def proof(values: Mapping[str, Any]) -> dict[str, int]:
    """Return the number of parameters that a gradient reaches."""
    with torch.device("meta"):
        base = nn.Linear(values["d_in"], values["d_out"], bias=False).requires_grad_(False)
        down = nn.Linear(values["d_in"], values["r"], bias=False)
        up = nn.Linear(values["r"], values["d_out"], bias=False)
        x = torch.empty(1, values["d_in"])
        (base(x) + up(down(x))).sum().backward()
    parameters = (parameter for module in (base, down, up) for parameter in module.parameters())
    return {"companion": sum(parameter.numel() for parameter in parameters if parameter.grad is not None)}

"""Build the attention and its adapters without memory for their numbers, and count parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn


class Adapted(nn.Module):
    """A frozen projection and the two matrices that LoRA trains beside it."""

    def __init__(self, base: nn.Linear, r: int) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.a = nn.Linear(base.in_features, r, bias=False)
        self.b = nn.Linear(r, base.out_features, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return the adapted projection of x."""
        return self.base(x) + self.b(self.a(x))


def proof(values: Mapping[str, Any]) -> dict[str, int]:
    """Return the weights of torch's own attention, and the parameters that get a gradient once it is adapted."""
    heads, width = values["heads"], values["heads"] * values["head_dim"]
    with torch.device("meta"):
        attention = nn.MultiheadAttention(width, heads, bias=False)
        projections = nn.ModuleDict({name: nn.Linear(width, width, bias=False) for name in ("q", "k", "v", "o")})
        projections.requires_grad_(False)
        for name in {2: "qv", 3: "qkv"}[values["adapted"]]:
            projections[name] = Adapted(projections[name], values["r"])
        x = torch.empty(1, width)
        sum(projection(x).sum() for projection in projections.values()).backward()
    return {
        "a": sum(parameter.numel() for parameter in attention.parameters()),
        "b": sum(parameter.numel() for parameter in projections.parameters() if parameter.grad is not None),
    }

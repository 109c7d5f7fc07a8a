"""Build the layer without memory for its numbers, send one token through it, and count parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn


class Experts(nn.Module):
    """A router and its experts; a token goes to those with the highest scores."""

    def __init__(self, d: int, f: int, experts: int, k: int) -> None:
        super().__init__()
        self.k = k
        self.router = nn.Linear(d, experts, bias=False)
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(d, f, bias=False), nn.ReLU(), nn.Linear(f, d, bias=False)) for _ in range(experts)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the layer's output for one token."""
        scores = self.router(x)
        # scores on the meta device have a shape and no numbers: which experts win is left to chance
        generator = torch.Generator("cpu").manual_seed(0)
        drawn = torch.rand(scores.shape, generator=generator, device="cpu")
        chosen = drawn.topk(self.k).indices.tolist()
        weights = scores[chosen].softmax(0)
        return sum(weight * self.experts[number](x) for weight, number in zip(weights, chosen, strict=True))


def proof(values: Mapping[str, Any]) -> dict[str, int]:
    """Return the parameters of the layer, and of those modules in it that one token went through."""
    with torch.device("meta"):
        layer = Experts(values["d"], values["ratio"] * values["d"], values["E"], values["k"])
        used: set[nn.Module] = set()
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                module.register_forward_hook(lambda module, *_: used.add(module))
        layer(torch.empty(values["d"]))
    return {
        "total": sum(parameter.numel() for parameter in layer.parameters()),
        "active": sum(parameter.numel() for module in used for parameter in module.parameters()),
    }

"""Tune the head of a small model with torch's Adam, and count the bytes that a weight takes, frozen and tuned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn


def held(tensor: Tensor | None) -> int:
    """Return the bytes of a tensor, if there is one."""
    return 0 if tensor is None else tensor.numel() * tensor.element_size()


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the gigabytes of weights, gradients and moments for the drawn sizes."""
    trunk, head = nn.Linear(8, 8, bias=False), nn.Linear(8, 3, bias=False)
    trunk.requires_grad_(False)
    optimizer = torch.optim.Adam(head.parameters())
    head(trunk(torch.ones(1, 8))).sum().backward()
    optimizer.step()

    def bytes_a_weight(weight: nn.Parameter) -> float:
        moments = [each for name, each in optimizer.state[weight].items() if name.startswith("exp_avg")]
        return sum(map(held, (weight, weight.grad, *moments))) / weight.numel()

    total = values["N"] * 1e9 * bytes_a_weight(trunk.weight) + values["head"] * bytes_a_weight(head.weight)
    return {"companion": total / 1e9}

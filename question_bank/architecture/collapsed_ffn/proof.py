"""Build the block without its activation, and read off the affine map that it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn


def proof(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the matrix and the bias of the collapsed block; the rank and the parameters of one of the drawn sizes."""
    first, second, b_1, b_2 = (torch.tensor(values[name], dtype=torch.float64) for name in ("W_1", "W_2", "b_1", "b_2"))

    def block(x: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(nn.functional.linear(x, first, b_1), second, b_2)

    zero, basis = torch.zeros(first.shape[1], dtype=torch.float64), torch.eye(first.shape[1], dtype=torch.float64)
    bias = block(zero)
    weight = (block(basis) - bias).T
    generator = torch.Generator().manual_seed(1)
    width, hidden, out = values["width"], values["hidden"], values["out"]
    left = torch.randn(out, hidden, generator=generator, dtype=torch.float64)
    product = left @ torch.randn(hidden, width, generator=generator, dtype=torch.float64)
    layer = nn.Linear(width, out, device="meta")
    return {
        "weight": weight.tolist(),
        "bias": bias.tolist(),
        "rank": int(torch.linalg.matrix_rank(product)),
        "parameters": sum(parameter.numel() for parameter in layer.parameters()),
    }

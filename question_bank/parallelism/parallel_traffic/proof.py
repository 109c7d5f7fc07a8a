"""Run the forward passes of one iteration split in three ways, check what comes out, and count what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

Matrices = tuple[Tensor, Tensor]
"""A block: two matrices, between which a nonlinearity stands."""


class Devices:
    """Counts what devices send each other."""

    def __init__(self) -> None:
        self.operations = 0

    def all_reduce(self, partial: list[Tensor]) -> Tensor:
        """Return the sum, which every device then has."""
        self.operations += 1
        return torch.stack(partial).sum(0)

    def send(self, finished: Tensor) -> Tensor:
        """Return what arrives."""
        self.operations += 1
        return finished.clone()

    def all_to_all(self, parcels: list[list[Tensor]]) -> list[list[Tensor]]:
        """Return for each device what each other one had for it."""
        self.operations += 1
        return [list(column) for column in zip(*parcels, strict=True)]


def block(x: Tensor, matrices: Matrices) -> Tensor:
    """Return a block's output, on one device."""
    first, last = matrices
    return torch.tanh(x @ first) @ last


def cut(x: Tensor, matrices: Matrices, devices: Devices) -> Tensor:
    """Return the same from a block that is cut by columns, then by rows, over two devices."""
    halves = [half.chunk(2, dim) for half, dim in zip(matrices, (1, 0), strict=True)]
    return devices.all_reduce([block(x, pair) for pair in zip(*halves, strict=True)])


def mixture(tokens: list[Tensor], experts: list[Matrices], devices: Devices) -> list[Tensor]:
    """Return what each of two devices has for its tokens, where each device has one of two experts."""
    chosen = [(x[:, 0] > 0).long() for x in tokens]
    there = devices.all_to_all([[x[to == expert] for expert in range(2)] for x, to in zip(tokens, chosen, strict=True)])
    done = [[block(x, experts[expert]) for x in arrived] for expert, arrived in enumerate(there)]
    back = devices.all_to_all(done)
    results = [torch.empty_like(x) for x in tokens]
    for result, to, parts in zip(results, chosen, back, strict=True):
        for expert, part in enumerate(parts):
            result[to == expert] = part
    return results


def proof(values: Mapping[str, Any]) -> dict[str, list[list[Any]]]:
    """Return the table's numbers; nothing for what is chosen."""
    layers, stages, micro_batches = values["L"], values["p"], values["m"]
    draw = torch.Generator().manual_seed(0)

    def normal(*size: int) -> Tensor:
        return torch.randn(*size, generator=draw, dtype=torch.float64)

    tensor, pipeline, expert = Devices(), Devices(), Devices()
    attention, forward, other = [(normal(4, 6), normal(6, 4)) for _ in range(3)]
    for x in normal(micro_batches, 8, 4):
        whole, split, staged, place = x, x, x, 0
        tokens = list(x.chunk(2))
        for layer in range(layers):
            mixed = layer % 2 == 1
            if layer * stages // layers != place:
                place, staged = layer * stages // layers, pipeline.send(staged)
            for matrices in (attention, forward):
                whole, staged = block(whole, matrices), block(staged, matrices)
                split = cut(split, matrices, tensor)
                at_experts = mixed and matrices is forward
                if at_experts:
                    chosen = [torch.where(own[:, :1] > 0, block(own, other), block(own, forward)) for own in tokens]
                    tokens = mixture(tokens, [forward, other], expert)
                    assert torch.allclose(torch.cat(tokens), torch.cat(chosen))
                else:
                    tokens = [block(own, matrices) for own in tokens]
        assert torch.allclose(split, whole)
        assert torch.equal(staged, whole)
    sent = (0, tensor.operations, pipeline.operations, expert.operations)
    return {"a": [[None, None, None, count] for count in sent]}

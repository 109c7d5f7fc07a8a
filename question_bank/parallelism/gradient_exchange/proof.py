"""Let machines exchange gradients three ways, check that all end with the sum, and count messages and sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor


class Network:
    """Takes messages along and writes down how large they were."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def send(self, what: Tensor) -> Tensor:
        """Return what arrives."""
        self.sizes.append(what.numel())
        return what.clone()

    def seen(self) -> list[int]:
        """Return the number of messages and the size of each."""
        [size] = set(self.sizes)
        return [len(self.sizes), size]


def all_to_all(gradients: list[Tensor], network: Network) -> list[Tensor]:
    """Each worker adds up what every other one sends it."""
    return [
        own + sum(network.send(other) for there, other in enumerate(gradients) if there != here)
        for here, own in enumerate(gradients)
    ]


def through_a_server(gradients: list[Tensor], network: Network) -> list[Tensor]:
    """One more machine adds everything up and sends the result back."""
    total = sum((network.send(own) for own in gradients), torch.zeros_like(gradients[0]))
    return [network.send(total) for _ in gradients]


def around_a_ring(gradients: list[Tensor], network: Network) -> list[Tensor]:
    """Chunks are added on the way around, and the sums passed around once more."""
    workers = len(gradients)
    chunks = [list(own.clone().chunk(workers)) for own in gradients]
    for step in range(2 * (workers - 1)):
        moving = [(here - step) % workers for here in range(workers)]
        arriving = [network.send(chunks[here][moving[here]]) for here in range(workers)]
        for here, chunk in enumerate(arriving):
            there, place = (here + 1) % workers, moving[here]
            chunks[there][place] = chunks[there][place] + chunk if step < workers - 1 else chunk
    return [torch.cat(own) for own in chunks]


def proof(values: Mapping[str, Any]) -> dict[str, list[list[int]]]:
    """Return the table: messages and size for each way."""
    workers = values["n"]
    gradients = [torch.arange(values["p"], dtype=torch.int64) * (worker + 1) for worker in range(workers)]
    total = sum(gradients)
    rows = []
    for exchange in (all_to_all, through_a_server, around_a_ring):
        network = Network()
        assert all(torch.equal(result, total) for result in exchange(gradients, network))
        rows.append(network.seen())
    return {"a": rows}

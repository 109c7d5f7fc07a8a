"""Train data-parallel with accumulation up to the first step, and count the samples that are in its gradient."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader, DistributedSampler

SAMPLES = 1 << 14


def proof(values: Mapping[str, Any]) -> dict[str, int]:
    """Return the number of samples behind one optimizer step.

    Each sample has a weight of its own, which gets a gradient exactly when the sample contributes.
    """
    gpus, accumulation = values["gpus"], values["N"]
    gradients = []
    for rank in range(gpus):
        sampler: DistributedSampler[int] = DistributedSampler(
            range(SAMPLES), num_replicas=gpus, rank=rank, shuffle=True
        )
        replica = nn.Embedding(SAMPLES, 1)
        for batch in itertools.islice(DataLoader(range(SAMPLES), values["micro"], sampler=sampler), accumulation):
            (replica(batch).mean() / accumulation).backward()
        gradients.append(replica.weight.grad)
    averaged = torch.stack(gradients).mean(0)
    return {"companion": int(averaged.count_nonzero())}

"""Make the targets of the sequence as training does, and count the terms that torch's loss adds up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch.nn.functional import cross_entropy

IGNORED = -100


def terms(targets: torch.Tensor) -> int:
    """Return how many targets add to the loss."""
    losses = cross_entropy(torch.zeros(len(targets), 7), targets, reduction="none")
    return int((losses != 0).sum())


def proof(values: Mapping[str, Any]) -> dict[str, int]:
    """Return the terms of pre-training, and those of instruction tuning with the prompt masked."""
    tokens = torch.arange(values["P"] + values["M"]) % 7
    masked = tokens.clone()
    masked[: values["P"]] = IGNORED
    # each position is asked for the token after it
    return {"a": terms(tokens[1:]), "b": terms(masked[1:])}

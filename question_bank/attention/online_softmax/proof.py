"""Compute softmax over old and new scores at once, and bring the sums to the new maximum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the maximum of a tile of two, and what the sums must be after a tile of B scores."""
    count = values["B"]
    # everything seen so far, as one score that weighs as much
    old = torch.tensor(values["l"], dtype=torch.float64).log() + values["m"]
    scores = torch.tensor(values["s"][:count], dtype=torch.float64)
    weights = torch.tensor(values["v"][:count], dtype=torch.float64)
    whole = torch.logsumexp(torch.cat([old[None], scores]), 0)
    shares = torch.softmax(torch.cat([old[None], scores]), 0)
    total = float((whole - values["m_new"]).exp())
    # o holds the old values with the weight l, so their mean is o / l
    mean = float(shares[0]) * values["o"] / values["l"] + float(shares[1:] @ weights)
    largest = torch.tensor([values["m"], values["s_1"], values["s_2"]], dtype=torch.float64).max()
    return {"a": float(largest), "b": total, "c": mean * total}

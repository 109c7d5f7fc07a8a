"""Make a batch of tokens with the table's fractions and probabilities, and compute the loss from the tokens.

Source of the loss: pseudocode for the load-balancing loss in Fedus, Zoph and Shazeer, Switch Transformers (2021),
which takes the mean over the experts and multiplies by the square of their number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

TOKENS, EXPERTS = 20, 4


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the auxiliary loss of one batch."""
    load = [*values["load"], TOKENS - sum(values["load"])]
    gate = [*values["gate"], TOKENS - sum(values["gate"])]
    router_probs = probabilities(torch.tensor(gate, dtype=torch.float64) / TOKENS)
    expert_index = torch.arange(EXPERTS).repeat_interleave(torch.tensor(load))
    expert_mask = torch.nn.functional.one_hot(expert_index, EXPERTS).double()
    density = expert_mask.mean(0)
    density_proxy = router_probs.mean(0)
    return {"companion": values["alpha"] * ((density * density_proxy).mean() * EXPERTS**2).item()}


def probabilities(mean: Tensor) -> Tensor:
    """Return probabilities of the experts for each token: they differ from token to token around this mean."""
    noise = torch.randn(TOKENS, EXPERTS, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    noise -= noise.mean(0)
    noise -= noise.mean(1, keepdim=True)
    return mean + noise * (mean.min() / noise.abs().max())

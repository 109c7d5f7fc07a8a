"""Run a Mixer layer on few and on many patches, and count the FLOPs of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

CHANNELS, D_S, D_C = 192, 96, 768


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the FLOPs with the new number of patches over those with the old."""
    return {"companion": flops(values["s_new"]) / flops(values["s"])}


def flops(patches: int) -> int:
    """Count one step of one layer, forward and backward."""
    with torch.device("meta"):
        token_mixing = nn.Sequential(nn.Linear(patches, D_S), nn.GELU(), nn.Linear(D_S, patches))
        channel_mixing = nn.Sequential(nn.Linear(CHANNELS, D_C), nn.GELU(), nn.Linear(D_C, CHANNELS))
        x = torch.empty(1, patches, CHANNELS, requires_grad=True)
        with FlopCounterMode(display=False) as counter:
            u = x + token_mixing(nn.functional.layer_norm(x, (CHANNELS,)).mT).mT
            y = u + channel_mixing(nn.functional.layer_norm(u, (CHANNELS,)))
            y.sum().backward()
    return counter.get_total_flops()

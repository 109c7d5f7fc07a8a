"""Run the projection without its adapter and with it, and count the FLOPs of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

TOKENS = 3


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the increase in per cent."""
    d, r = values["d"], values["r"]
    with torch.device("meta"):
        w, a, b = nn.Linear(d, d, bias=False), nn.Linear(d, r, bias=False), nn.Linear(r, d, bias=False)
        x = torch.empty(TOKENS, d)
        base = flops(w, x)
        adapted = flops(lambda x: w(x) + b(a(x)), x)
    return {"companion": 100 * (adapted - base) / base}


def flops(projection: Callable[[Tensor], Tensor], x: Tensor) -> int:
    """Count one forward pass."""
    with FlopCounterMode(display=False) as counter:
        projection(x)
    return counter.get_total_flops()

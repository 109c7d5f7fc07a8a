"""Multiply matrices without memory for their numbers, and count FLOPs and bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

TYPES = {1: torch.float8_e4m3fn, 2: torch.bfloat16, 4: torch.float32}


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the FLOPs for each byte that is moved."""
    rows, inner, columns = values["M"], values["K"], values["N"]
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        # torch multiplies eight-bit numbers only scaled; how many FLOPs that are does not depend on the type
        a, b = torch.empty(rows, inner), torch.empty(inner, columns)
        c = a @ b
    size = sum(each.to(TYPES[values["b"]]).nbytes for each in (a, b, c))
    return {"a": counter.get_total_flops() / size}

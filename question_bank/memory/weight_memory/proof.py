"""Make the weights as a tensor without memory for its numbers, and ask how many bytes it would hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the gigabytes of so many weights."""
    count, bits = round(values["N"] * 1e9), values["bits"]
    # torch has no type of four bits: two weights share a byte
    dtype, packed = {32: (torch.float32, 1), 16: (torch.bfloat16, 1), 8: (torch.int8, 1), 4: (torch.uint8, 2)}[bits]
    weights = torch.empty(count // packed, dtype=dtype, device="meta")
    return {"a": weights.numel() * weights.element_size() / 1e9}

"""Build the tables of positions before and after as torch modules, and count what the model gains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the gigabytes of all weights after the context was extended."""
    with torch.device("meta"):
        before, after = (nn.Embedding(values[name], values["d"]).weight for name in ("T_1", "T_2"))
        rest = torch.empty(values["N"] * 10**6 - values["learned"] * before.numel())
    tensors = [rest, after] if values["learned"] else [rest]
    return {"a": sum(tensor.numel() * tensor.element_size() for tensor in tensors) / 1e9}

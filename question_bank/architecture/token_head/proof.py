"""Build the head, put a whole sequence through it, and count its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn


def proof(values: Mapping[str, Any]) -> dict[str, int]:
    """Return the parameters of a head that gives every token of a sequence its scores."""
    with torch.device("meta"):
        head = nn.Linear(values["d"], values["K"], bias=False)
        assert head(torch.empty(values["T"], values["d"])).shape == (values["T"], values["K"])
    return {"a": sum(parameter.numel() for parameter in head.parameters())}

"""Take steps in torch's bfloat16, and close in on the learning rate between standing still and moving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the learning rate at which the weight begins to move."""
    exact = values["m"] / 16 * 2.0 ** values["e"]
    weight = torch.tensor(exact, dtype=torch.bfloat16)
    assert weight.item() == exact, "the weight is no bfloat16 number"
    stands, moves = 0.0, exact / values["g"]  # the larger takes the weight to zero
    for _ in range(50):
        between = (stands + moves) / 2
        # only the new weight is rounded; torch does so by way of float32, which matters in the fifth digit
        stepped = (weight.double() - between * values["g"]).bfloat16()
        stands, moves = (between, moves) if stepped == weight else (stands, between)
    return {"companion": moves}

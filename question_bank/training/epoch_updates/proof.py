"""Go through an epoch with torch's own loader, and count the updates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch.utils.data import BatchSampler, SequentialSampler


def proof(values: Mapping[str, Any]) -> dict[str, int]:
    """Return how often the optimizer acts in one epoch."""
    updates = 0
    batches = BatchSampler(SequentialSampler(range(values["D"])), values["b"], drop_last=False)
    for number, _ in enumerate(batches, start=1):
        updates += number % values["a"] == 0
    return {"a": updates}

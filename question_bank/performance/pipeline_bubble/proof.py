"""Run the schedule of a synchronous pipeline slot by slot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the makespan, and the idle time of a stage as a ratio to its busy time."""
    stages, batches = int(values["N"]), int(values["M"])
    forward, backward = float(values["t_f"]), float(values["t_b"])
    makespan = _pass(stages, batches, forward) + _pass(stages, batches, backward)
    busy = batches * (forward + backward)
    return {"a": makespan, "c": (makespan - busy) / busy}


def _pass(stages: int, batches: int, time: float) -> float:
    """Return when the last micro-batch leaves the last stage, each starting once stage and predecessor are done."""
    free = [0.0] * stages
    for _ in range(batches):
        done = 0.0
        for stage in range(stages):
            done = free[stage] = max(done, free[stage]) + time
    return free[-1]

"""How long marking takes: measured beside the marks, which no clock may decide."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from autograder.model import Observation


class Timing:
    """Adds up processor time: of reading and marking, and of the runs of each part's code."""

    def __init__(self) -> None:
        self._submissions = 0
        self._started = time.process_time()
        self._runs: dict[str, list[float]] = {}

    def add(self, seen: Mapping[str, Observation]) -> None:
        """Count one more submission, and what its code took when it was run, now or earlier."""
        self._submissions += 1
        for ref, each in seen.items():
            took = sum(run.cost.get("cpu", 0.0) for run in each.all_runs())
            self._runs.setdefault(ref, []).append(took)

    def as_data(self) -> dict[str, Any]:
        """Return mean seconds: `submission`, without the runs, and `parts` by ref, the runs alone."""
        own = time.process_time() - self._started
        return {
            "submissions": self._submissions,
            "submission": own / self._submissions if self._submissions else None,
            "parts": {ref: sum(took) / len(took) for ref, took in sorted(self._runs.items())},
        }

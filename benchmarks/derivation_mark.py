"""How long one derivation of six lines takes: every shipped one, through a warm worker, there and back."""

from __future__ import annotations

import statistics
from itertools import cycle
from typing import Any

from autograder.graders.derivation import job
from benchmarks.deciding import asked, cases, seconds_of
from benchmarks.result import Result

LINES = 6


def six_lines(case: dict[str, Any]) -> list[str]:
    """Return the lines of a derivation, its last ones said again with a term more and less until there are six."""
    said = case["say"] if isinstance(case["say"], list) else case["say"].split("\n")
    lines = [line for line in said if line.strip()]
    if r"\begin" in "".join(lines) or len(lines) > LINES:
        return lines[:LINES]
    further = cycle([line for line in lines if line.startswith("=")] or lines)
    return lines + [f"{next(further)} + {place} - {place}" for place in range(1, LINES - len(lines) + 1)]


def measure() -> list[Result]:
    jobs = [job(*asked(case["part"], six_lines(case))) for case in cases("derivations")]
    best = seconds_of([made for made in jobs if made is not None])
    median, last = statistics.median(best) * 1e3, best[int(len(best) * 0.99)] * 1e3
    return [
        Result("derivation_mark_median", median, "ms", len(best), "<= 40", median <= 40),
        Result("derivation_mark_p99", last, "ms", len(best), "<= 300", last <= 300),
    ]

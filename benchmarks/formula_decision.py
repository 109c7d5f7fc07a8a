"""How long one decision takes: every readable case of the shipped files through a warm worker, there and back."""

from __future__ import annotations

import statistics

from autograder.graders.formula import job
from benchmarks.deciding import asked, cases, seconds_of
from benchmarks.result import Result


def measure() -> list[Result]:
    jobs = [job(*asked(case["part"], case["say"])) for case in cases("cases")]
    best = seconds_of([made for made in jobs if made is not None])
    median, last = statistics.median(best) * 1e3, best[int(len(best) * 0.99)] * 1e3
    return [
        Result("formula_decision_median", median, "ms", len(best), "<= 5", median <= 5),
        Result("formula_decision_p99", last, "ms", len(best), "<= 100", last <= 100),
        Result("formula_decision_longest", best[-1] * 1e3, "ms", len(best), "<= 2000", best[-1] <= 2),
    ]

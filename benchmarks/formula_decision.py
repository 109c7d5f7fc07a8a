"""How long one decision takes: every readable case of the shipped files through a warm worker, there and back."""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path
from typing import Any

from autograder.answers import response_to
from autograder.graders.formula import job
from autograder.key import keys_of
from autograder.model import Job, Part, Question
from autograder.runners.warm import Warm
from benchmarks.result import Result

CASES = Path(__file__).parents[1] / "tests" / "algebra" / "cases"
ROUNDS = 3


def cases() -> list[dict[str, Any]]:
    """Return the shipped cases, each `part`, `say` and `want`."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(CASES.glob("*.jsonl"))]
    return [json.loads(line) for text in texts for line in text.split("\n") if line]


def job_of(case: dict[str, Any]) -> Job | None:
    """Return the comparison that a case asks for; None where its answer does not read."""
    part = Part.model_validate_json(json.dumps({"id": "a", "text": "", "points": 1.0} | case["part"]))
    key = keys_of(Question(id="made", title="", topic="", text="", parts=(part,)), {})[0]
    return job(key, response_to(key, case["say"]))


def measure() -> list[Result]:
    jobs = [made for case in cases() if (made := job_of(case)) is not None]
    best = [float("inf")] * len(jobs)
    with Warm() as warm:
        for _ in range(ROUNDS):
            # the least of several rounds, because neighbours only make it longer
            for place, each in enumerate(jobs):
                started = time.perf_counter()
                warm.run(each)
                best[place] = min(best[place], time.perf_counter() - started)
    best.sort()
    median, last = statistics.median(best) * 1e3, best[int(len(best) * 0.99)] * 1e3
    return [
        Result("formula_decision_median", median, "ms", len(best), "<= 5", median <= 5),
        Result("formula_decision_p99", last, "ms", len(best), "<= 100", last <= 100),
        Result("formula_decision_longest", best[-1] * 1e3, "ms", len(best), "<= 2000", best[-1] <= 2),
    ]

"""How long one derivation of six lines takes: every shipped one, through a warm worker, there and back."""

from __future__ import annotations

import json
import statistics
import time
from itertools import cycle
from pathlib import Path
from typing import Any

from autograder.answers import response_to
from autograder.graders.derivation import job
from autograder.key import keys_of
from autograder.model import Job, Part, Question
from autograder.runners.warm import Warm
from benchmarks.result import Result

CASES = Path(__file__).parents[1] / "tests" / "algebra" / "derivations"
LINES = 6
ROUNDS = 3


def six_lines(case: dict[str, Any]) -> list[str]:
    """Return the lines of a derivation, its last ones said again with a term more and less until there are six."""
    said = case["say"] if isinstance(case["say"], list) else case["say"].split("\n")
    lines = [line for line in said if line.strip()]
    if r"\begin" in "".join(lines) or len(lines) > LINES:
        return lines[:LINES]
    further = cycle([line for line in lines if line.startswith("=")] or lines)
    return lines + [f"{next(further)} + {place} - {place}" for place in range(1, LINES - len(lines) + 1)]


def job_of(case: dict[str, Any]) -> Job | None:
    """Return the work of judging a case with six lines."""
    part = Part.model_validate_json(json.dumps({"id": "a", "text": "", "points": 1.0} | case["part"]))
    key = keys_of(Question(id="made", title="", topic="", text="", parts=(part,)), {})[0]
    return job(key, response_to(key, six_lines(case)))


def measure() -> list[Result]:
    texts = [path.read_text(encoding="utf-8") for path in sorted(CASES.glob("*.jsonl"))]
    cases = [json.loads(line) for text in texts for line in text.split("\n") if line]
    jobs = [made for case in cases if (made := job_of(case)) is not None]
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
        Result("derivation_mark_median", median, "ms", len(best), "<= 40", median <= 40),
        Result("derivation_mark_p99", last, "ms", len(best), "<= 300", last <= 300),
    ]

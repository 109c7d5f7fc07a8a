"""How long one formula takes to read: every spelling of the reader's table, those that it refuses too."""

from __future__ import annotations

import contextlib
import statistics
import time
from pathlib import Path

from autograder.algebra.declare import declare
from autograder.algebra.malformed import Malformed
from autograder.algebra.read import read
from autograder.algebra.symbols import Declared
from autograder.yamlsrc import read_yaml
from benchmarks.result import Result

TABLE = Path(__file__).parents[1] / "tests" / "algebra" / "reading.yaml"
ROUNDS = 7


def measure() -> list[Result]:
    texts = [
        (text, declared)
        for group in read_yaml(TABLE).data
        for declared in [declare(group["declared"])]
        for text, _ in group["rows"]
    ]
    best = [float("inf")] * len(texts)
    for _ in range(ROUNDS):
        # the least of several rounds, because neighbours only make it longer
        for place, (text, declared) in enumerate(texts):
            best[place] = min(best[place], _time(text, declared))
    best.sort()
    last = best[int(len(best) * 0.99)]
    return [
        Result(
            "formula_read", statistics.median(best) * 1e3, "ms", len(texts), "<= 1", statistics.median(best) <= 1e-3
        ),
        Result("formula_read_p99", last * 1e3, "ms", len(texts), "<= 1", last <= 1e-3),
    ]


def _time(text: str, declared: Declared) -> float:
    started = time.perf_counter()
    with contextlib.suppress(Malformed):
        read(text, declared)
    return time.perf_counter() - started

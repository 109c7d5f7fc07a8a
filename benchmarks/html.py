"""Question-variants a second on one core as HTML pages: put together, rendered and written."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from autograder.formats.html import html
from benchmarks.classes import ROUNDS
from benchmarks.papers import QUESTIONS, papers
from benchmarks.result import Result

PAPERS = 200


def measure() -> list[Result]:
    made = papers(PAPERS * (ROUNDS + 1))
    with tempfile.TemporaryDirectory() as folder:
        html(made[0][0], None, Path(folder))
        best = 0.0
        for each in range(1, ROUNDS + 1):
            started = time.process_time()
            for paper, _ in made[each * PAPERS : (each + 1) * PAPERS]:
                html(paper, None, Path(folder))
            best = max(best, len(QUESTIONS) * PAPERS / (time.process_time() - started))
    n = len(QUESTIONS) * PAPERS * ROUNDS
    return [Result("html", best, "question-variants/s", n, ">= 2500", best >= 2500, "R/exams", 25, best / 25)]

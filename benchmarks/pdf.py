"""PDFs a second on one core after start-up, and what the parts of a page cost: math, HTML."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from autograder.formats.pdf import pdf
from benchmarks.classes import ROUNDS
from benchmarks.papers import papers
from benchmarks.result import Result

PAPERS = 60


def measure() -> list[Result]:
    made = papers(PAPERS * (ROUNDS + 1))
    with tempfile.TemporaryDirectory() as folder:
        # start-up: fonts, templates, texts that are the same for everybody
        for paper, _ in made[:5]:
            pdf(paper, None, Path(folder))
        best = 0.0
        for each in range(1, ROUNDS + 1):
            batch = made[each * PAPERS : (each + 1) * PAPERS]
            started = time.process_time()
            for paper, _ in batch:
                pdf(paper, None, Path(folder))
            best = max(best, PAPERS / (time.process_time() - started))
    return [Result("pdf", best, "PDFs/s", PAPERS * ROUNDS, ">= 80", best >= 80, "R/exams with LaTeX", 3.5, best / 3.5)]

"""Question-variants a second on one core: drawn, dealt, rendered and written as notebooks."""

from __future__ import annotations

import time

from autograder import store
from autograder.model import Paper
from autograder.pipeline import set_exam
from autograder.render import render
from benchmarks.classes import EXAM, ROUNDS, course_of, reopened
from benchmarks.result import Result

CANDIDATES = 600


def measure() -> list[Result]:
    speeds = [_speed() for _ in range(ROUNDS)]
    best = max(speeds)
    return [Result("render_notebook", best, "question-variants/s", 9 * CANDIDATES * ROUNDS, ">= 5000", best >= 5000)]


def _speed() -> float:
    with course_of(CANDIDATES) as (course, people):
        opened = reopened(course)
        variants = CANDIDATES * len(opened.picked.questions())
        started = time.process_time()
        for row in list(set_exam(opened, people)):
            paper = store.read_record(course.paper(EXAM, row.code), Paper)
            render(paper, "notebook", course.handout(EXAM, row.code))
        return variants / (time.process_time() - started)

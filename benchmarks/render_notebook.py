"""Question-variants a second on one core: drawn, dealt, rendered and written as notebooks."""

from __future__ import annotations

import time

from autograder import store
from autograder.model import Paper
from autograder.pipeline import set_exam
from autograder.render import render
from benchmarks.classes import EXAM, course_of, reopened
from benchmarks.result import Result

CANDIDATES = 600


def measure() -> list[Result]:
    with course_of(CANDIDATES) as (course, people):
        opened = reopened(course)
        warm = opened.picked.questions()
        started = time.process_time()
        rows = list(set_exam(opened, people))
        for row in rows:
            paper = store.read_record(course.paper(EXAM, row.code), Paper)
            render(paper, "notebook", course.handout(EXAM, row.code))
        spent = time.process_time() - started
    variants = CANDIDATES * len(warm)
    speed = variants / spent
    return [Result("render_notebook", speed, "question-variants/s", variants, ">= 5000", speed >= 5000)]

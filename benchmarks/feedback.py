"""Feedback pages a second in one process: papers, answers and marks read, pages put together and written."""

from __future__ import annotations

import time

from autograder.course import Course
from autograder.pipeline import mark_exam, set_exam
from autograder.pipeline.feedback import feedback_exam
from benchmarks.classes import ROUNDS, course_of, reopened
from benchmarks.handing_in import hand_in
from benchmarks.result import Result

CANDIDATES = 400


def measure() -> list[Result]:
    with course_of(CANDIDATES) as (course, people):
        list(set_exam(reopened(course), people))
        hand_in(reopened(course))
        list(mark_exam(reopened(course)))
        best = max(_speed(course) for _ in range(ROUNDS))
    return [Result("feedback", best, "pages/s", CANDIDATES * ROUNDS, ">= 500", best >= 500)]


def _speed(course: Course) -> float:
    opened = reopened(course)
    started = time.process_time()
    pages = sum(1 for _ in feedback_exam(opened))
    return pages / (time.process_time() - started)

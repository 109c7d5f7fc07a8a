"""Minutes from an exam's file to its gradebook for a class of 1,000: set, render, mark, post, feedback; no code parts.

Candidates' own work, writing their answers down, is not counted.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from autograder.course import Course
from autograder.pipeline import mark_exam, post_exam, render_exam, set_exam
from autograder.pipeline.feedback import feedback_exam
from autograder.roster import Person
from benchmarks.classes import course_of, reopened
from benchmarks.handing_in import hand_in
from benchmarks.result import Result

CANDIDATES = int(os.environ.get("TENFOLD_RUN_CANDIDATES", "1000"))
"""Fewer give a first impression; the figure wanted is that of 1,000."""

MINUTES = 3.0


def measure() -> list[Result]:
    with course_of(CANDIDATES) as (course, people):
        took = {name: _timed(name, stage) for name, stage in _stages(course, people)}
    took.pop("hand in")
    minutes = sum(took.values()) / 60
    each = [Result(f"run_1000: {name}", seconds, "s", CANDIDATES, "", True) for name, seconds in took.items()]
    wanted = MINUTES * CANDIDATES / 1000
    return [Result("run_1000", minutes, "minutes", CANDIDATES, f"<= {wanted:g}", minutes <= wanted), *each]


def _stages(course: Course, people: tuple[Person, ...]) -> list[tuple[str, Callable[[], object]]]:
    return [
        ("set", lambda: list(set_exam(reopened(course), people))),
        ("render", lambda: list(render_exam(reopened(course), ("notebook",)))),
        ("hand in", lambda: hand_in(reopened(course))),
        ("mark", lambda: list(mark_exam(reopened(course)))),
        ("post", lambda: list(post_exam(reopened(course), ("nbgrader", "csv")))),
        ("feedback", lambda: list(feedback_exam(reopened(course)))),
    ]


def _timed(name: str, stage: Callable[[], object]) -> float:
    began, worked = time.perf_counter(), time.process_time()
    stage()
    wall = time.perf_counter() - began
    print(
        f"  {name}: {wall:.1f} s, {time.process_time() - worked:.1f} s of processor time", file=sys.stderr, flush=True
    )
    return wall

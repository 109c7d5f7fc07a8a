"""CPU time to read, mark and save a submission, beside stock `nbgrader autograde` of the same exam in the same run."""

from __future__ import annotations

import time

from autograder.pipeline import mark_exam, set_exam, staff_form
from benchmarks.classes import course_of, reopened
from benchmarks.handing_in import hand_in
from benchmarks.result import Result
from benchmarks.stock_nbgrader import time_stock_nbgrader

CANDIDATES = 200


def measure() -> list[Result]:
    with course_of(CANDIDATES) as (course, people):
        list(set_exam(reopened(course), people))
        hand_in(reopened(course))
        opened = reopened(course)
        started = time.process_time()
        marked = sum(result.sheet is not None for result in mark_exam(opened))
        ours = 1000 * (time.process_time() - started) / marked
        stock = time_stock_nbgrader(*staff_form(opened), submissions=5)
    return [
        Result(
            "mark_exam", ours, "CPU ms/submission", marked, "<= 4 and ratio >= 300",
            ours <= 4 and stock.cpu_ms / ours >= 300, "stock nbgrader autograde", stock.cpu_ms, stock.cpu_ms / ours,
        )
    ]  # fmt: skip

"""CPU time to read, mark and save a submission, beside stock `nbgrader autograde` of the same exam in the same run."""

from __future__ import annotations

import statistics
import time

from autograder.pipeline import mark_exam, set_exam, staff_form
from benchmarks.classes import ROUNDS, course_of, reopened
from benchmarks.handing_in import hand_in
from benchmarks.result import Result
from benchmarks.stock_nbgrader import time_stock_nbgrader

CANDIDATES = 200


def measure() -> list[Result]:
    pairs = []
    with course_of(CANDIDATES) as (course, people):
        list(set_exam(reopened(course), people))
        hand_in(reopened(course))
        for _ in range(ROUNDS):
            # in turn, so that whatever else the machine does meets both
            opened = reopened(course)
            started = time.process_time()
            marked = sum(result.sheet is not None for result in mark_exam(opened))
            ours = 1000 * (time.process_time() - started) / marked
            pairs.append((ours, time_stock_nbgrader(*staff_form(opened), submissions=3).cpu_ms))
    best = min(ours for ours, _ in pairs)
    stock = min(theirs for _, theirs in pairs)
    ratio = statistics.median(theirs / ours for ours, theirs in pairs)
    reached = best <= 4 and ratio >= 300
    figure = ("mark_exam", best, "CPU ms/submission", CANDIDATES * ROUNDS, "<= 4, ratio >= 300", reached)
    return [Result(*figure, "stock nbgrader autograde", stock, ratio)]

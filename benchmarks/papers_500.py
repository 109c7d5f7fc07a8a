"""Seconds until 500 candidates have their papers, and staff their solutions, as PDF; and whether memory stays flat."""

from __future__ import annotations

import resource
import time

from autograder.pipeline import set_exam
from autograder.pipeline.rendering import handouts
from benchmarks.classes import course_of, reopened
from benchmarks.papers import QUESTIONS
from benchmarks.result import Result

CANDIDATES = 500
EXAM = "five"


def measure() -> list[Result]:
    lines = "\n".join(f"      - {{id: {name}, points: {{companion: 1}}}}" for name in QUESTIONS)
    text = f"exam: {EXAM}\ntitle: Five questions\npoints: {len(QUESTIONS)}\nsample: true\nsections:\n"
    with course_of(CANDIDATES) as (course, people):
        exam = course.root / "question_bank" / "exams" / f"{EXAM}.yaml"
        exam.write_text(f"{text}  - title: All of it\n    questions:\n{lines}\n")
        list(set_exam(reopened(course, EXAM), people))
        opened = reopened(course, EXAM)
        started = time.perf_counter()
        written = sum(1 for _ in handouts(opened, ["pdf"], ["solutions"]))
        took = time.perf_counter() - started
    # of the largest process; Linux counts kilobytes
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [
        Result("papers_500", took, "s", 2 * written, "<= 20", took <= 20),
        Result("papers_500_memory", most, "MB/process", 2 * written, "<= 500", most <= 500),
    ]

"""Peak memory of setting, rendering, marking and posting a class of 5,000 over that of a class of 100."""

from __future__ import annotations

import resource
import subprocess
import sys

from autograder.cli import collect_seldom
from autograder.pipeline import mark_exam, post_exam, render_exam, set_exam
from benchmarks.classes import EXAM, course_of, reopened
from benchmarks.handing_in import hand_in
from benchmarks.result import Result

SMALL, LARGE = 100, 5_000


def measure() -> list[Result]:
    small, large = _peak(SMALL), _peak(LARGE)
    ratio = large / small
    return [
        Result(
            "memory_growth",
            ratio,
            "peak/peak",
            LARGE,
            "<= 1.2",
            ratio <= 1.2,
            f"{SMALL} candidates, MB",
            small / 1024,
            ratio,
        )
    ]


def _peak(size: int) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory_growth", str(size)], check=True, capture_output=True, text=True
    )
    return float(done.stdout.splitlines()[-1])


def whole_line(size: int) -> None:
    """Run every stage in this process for a class of that size, and print the peak in KiB."""
    collect_seldom()
    with course_of(size) as (course, people):
        for _ in set_exam(reopened(course), people):
            pass
        for _ in render_exam(reopened(course), ["notebook"]):
            pass
        hand_in(reopened(course))
        for _ in mark_exam(reopened(course)):
            pass
        for _ in post_exam(reopened(course), ["nbgrader", "csv"]):
            pass
        assert (course.work(EXAM) / "marks.csv").is_file()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    whole_line(int(sys.argv[1]))

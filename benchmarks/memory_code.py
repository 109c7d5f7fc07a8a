"""Peak memory of marking 1,000 submissions of code over that of 100: the marker's, and that of any process below it."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from autograder.course import Course
from autograder.pipeline import mark_exam, set_exam
from benchmarks.classes import TORCH_EXAM, course_of, reopened
from benchmarks.coding import coders
from benchmarks.handing_in import hand_in
from benchmarks.result import Result

SMALL, LARGE = 100, 1_000


def measure() -> list[Result]:
    small, large = _peaks(SMALL), _peaks(LARGE)
    ratio = max(now / before for now, before in zip(large, small, strict=True))
    peer = f"{SMALL} submissions, MB of the marker"
    return [Result("memory_code", ratio, "peak/peak", LARGE, "<= 1.2", ratio <= 1.2, peer, small[0] / 1024, ratio)]


def _peaks(size: int) -> tuple[int, int]:
    """Return the two peaks in KiB of a process that marks a class of that size and does nothing else."""
    with course_of(size) as (course, people):
        for _ in set_exam(reopened(course, TORCH_EXAM), people):
            pass
        hand_in(reopened(course, TORCH_EXAM), coders())
        command = [sys.executable, "-m", "benchmarks.memory_code", str(course.root)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    marked, own, below = map(int, done.stdout.split())
    assert marked == size
    return own, below


def mark_class(root: Path) -> None:
    """Mark the class in a course, and print how many there were and the two peaks."""
    marked = sum(result.sheet is not None for result in mark_exam(reopened(Course(root), TORCH_EXAM)))
    peaks = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(marked, *peaks)


if __name__ == "__main__":
    mark_class(Path(sys.argv[1]))

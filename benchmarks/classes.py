"""Classes of any size in a temporary course, for the benchmarks."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.course import Course
from autograder.pipeline import Opened, open_exam
from autograder.resources import shipped
from autograder.roster import Person

EXAM = "practice_exam"

ROUNDS = 3
"""How often a figure is measured; the best is reported, since others share the machine, and ratios are medians."""

MEMORY = Path("/dev/shm")
"""Where courses are made if there is such a place, so that a figure is ours and not the disk's."""


_CODE = ("gradient_accumulation_fill", "lora_bug_hunt")

TORCH_EXAM = "torch_assignment"
_TORCH_EXAM = """\
exam: torch_assignment
title: A torch assignment of four parts
points: 12
sample: true
papers: {forms: 1}
sections:
  - title: Training and fine-tuning
    questions:
      - {id: gradient_accumulation, points: {companion: 1}}
      - {id: lora_parameters, points: {a: 3}}
      - {id: gradient_accumulation_fill, points: {a: 4}}
      - {id: lora_repair, points: {a: 4}}
"""


@contextmanager
def course_of(size: int) -> Iterator[tuple[Course, tuple[Person, ...]]]:
    """Make a course with so many candidates on its roster and two exams, and remove it afterwards."""
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        root = Path(folder).resolve()
        shutil.copytree(shipped("question_bank"), root / "question_bank")
        (root / "question_bank" / "exams" / f"{TORCH_EXAM}.yaml").write_text(_TORCH_EXAM)
        _without_code(root / "question_bank" / "exams" / f"{EXAM}.yaml")
        shutil.copyfile(shipped("templates") / "course" / "nbgrader_config.py", root / "nbgrader_config.py")
        yield Course(root), tuple(Person(f"c{number:05}") for number in range(size))


def reopened(course: Course, exam: str = EXAM) -> Opened:
    """Open an exam as a fresh command would."""
    return open_exam(course, exam)


def _without_code(exam: Path) -> None:
    """Leave the parts that ask for code out of an exam: what running code costs has figures of its own."""
    lines = [line for line in exam.read_text().splitlines() if not any(f"id: {name}," in line for name in _CODE)]
    exam.write_text("\n".join(lines).replace("points: 65", "points: 57") + "\n")

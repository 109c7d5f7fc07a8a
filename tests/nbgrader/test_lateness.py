"""Lateness in nbgrader's gradebook: our post and nbgrader's autograde agree, whatever the course's plug-in says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook

from autograder.model import MarkSheet
from autograder.post import post
from autograder.render import run_nbgrader

from .conftest import EXAM, Course, marks

pytestmark = pytest.mark.slow

PLUGIN = """
from nbgrader.plugins import BasePlugin


class HalfAPointAMinute(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 120
"""
OWN = 'c.AssignLatePenalties.plugin_class = "late.HalfAPointAMinute"\n'
ZERO = 'c.LateSubmissionPlugin.penalty_method = "zero"\n'


@pytest.fixture
def book(course: Course) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "deep_learning") as book:
        yield book


def handed_in(course: Course, candidate: str, minute: int, **timed: object) -> MarkSheet:
    sheet = marks(candidate, course.hand_in(candidate)).model_copy(update=timed)
    course.submitted(candidate).with_name("timestamp.txt").write_text(f"2026-12-01 10:{minute}:00 UTC\n")
    course.save_marks(sheet)
    return sheet


def penalties(book: Gradebook, *candidates: str) -> list[float]:
    book.db.expire_all()
    return [book.find_submission(EXAM, name).late_submission_penalty for name in candidates]


DUE = {"due": "2026-12-01T11:30+01:00"}


@pytest.mark.parametrize(
    ("config", "ada", "bo"),
    [("", 0.0, 0.0), (OWN, 4.0, 1.5), (ZERO, pytest.approx(5.166667), pytest.approx(5.166667))],
    ids=["no penalty", "a plug-in of the course", "zero"],
)
def test_post_and_autograde_agree(course: Course, book: Gradebook, config: str, ada: float, bo: float) -> None:
    (course.root / "late.py").write_text(PLUGIN)
    path = course.root / "nbgrader_config.py"
    path.write_text(path.read_text() + config)
    sheets = [
        handed_in(course, "ada", 38, extra_minutes=0.0, **DUE),
        handed_in(course, "bo", 48, extra_minutes=15.0, **DUE),
        handed_in(course, "cy", 44, extra_minutes=15.0, **DUE),
    ]
    names = ("ada", "bo", "cy")
    for _ in range(2):
        post(sheets, "nbgrader", course.root)
        assert penalties(book, *names) == [ada, bo, 0.0]
    submission = book.find_submission(EXAM, "bo")
    assert submission.duedate == datetime(2026, 12, 1, 10, 45)
    assert submission.score == pytest.approx(sheets[1].score), "scores stay as they were marked"
    run_nbgrader(course.root, "autograde", EXAM, "--force", "--student", "ada")
    run_nbgrader(course.root, "autograde", EXAM, "--force", "--student", "bo")
    assert penalties(book, *names) == [ada, bo, 0.0]


def test_what_an_instructor_set_in_nbgrader_stays(course: Course, book: Gradebook) -> None:
    path = course.root / "nbgrader_config.py"
    path.write_text(path.read_text() + ZERO)
    sheet = handed_in(course, "ada", 50)
    post([sheet], "nbgrader", course.root)
    book.update_or_create_assignment(EXAM, duedate="2026-12-01 10:40 UTC")
    book.find_submission(EXAM, "ada").extension = timedelta(minutes=20)
    book.db.commit()
    post([sheet], "nbgrader", course.root)
    book.db.expire_all()
    assert book.find_submission(EXAM, "ada").extension == timedelta(minutes=20)
    assert penalties(book, "ada") == [0.0]
    book.find_submission(EXAM, "ada").extension = None
    book.db.commit()
    post([sheet], "nbgrader", course.root)
    assert penalties(book, "ada") == [pytest.approx(sheet.score)]

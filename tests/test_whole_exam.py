"""The shipped practice exam: who is right gets everything, who writes nothing gets nothing, who slips what was said.

And whoever adds up a candidate's points, the table, the gradebook or the page, comes to the same sum.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest
from nbgrader.api import Gradebook

from autograder.choosing.answers import as_typed
from autograder.course import Course
from autograder.model import Key, Mark, MarkSheet
from autograder.pipeline import keys_of_paper, mark_exam, post_exam, render_exam, runs_of
from autograder.pipeline.feedback import feedback_exam
from autograder.store import read_record
from examples.answering import CARRIES_ON, answered, in_code
from tests.conftest import ROOT, Ran, TinyCourse
from tests.feedback.test_page import Page

EXAM: Final = "practice_exam"
FILE: Final = ROOT / "question_bank" / "exams" / f"{EXAM}.yaml"
CODE: Final = {"gradient_accumulation_fill": 4, "lora_bug_hunt": 4}
SLIPS: Final = 13
"""No part has more slips, so with as many candidates every slip is made."""

AMENDMENTS: Final = """
amendments:
  - {part: bf16_update-companion, do: void, reason: It was not taught.}
  - {part: routing_collapse-companion, do: award, reason: A typing error.}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that draws as the sample does, and the shipped exam without code, set, rendered and handed in once."""
    root = tmp_path_factory.mktemp("whole")
    shutil.copytree(ROOT / "question_bank", root / "question_bank")
    shutil.copyfile(ROOT / "templates" / "course" / "nbgrader_config.py", root / "nbgrader_config.py")
    course = TinyCourse(root)
    left = [line for line in FILE.read_text().splitlines() if not any(f"id: {name}," in line for name in CODE)]
    points = 65 - sum(CODE.values())
    (course.bank / "exams" / f"{EXAM}.yaml").write_text("\n".join(left).replace("points: 65", f"points: {points}"))
    course.set("right", "nothing", *(f"slip{number:02}" for number in range(SLIPS)), exam=EXAM)
    list(render_exam(course.open(EXAM), ["notebook"]))
    hand_in(course)
    return root


@pytest.fixture
def whole(made: Path, tmp_path: Path) -> TinyCourse:
    """A copy of that course."""
    shutil.copytree(made, tmp_path / "course")
    return TinyCourse(tmp_path / "course")


def keys_by_name(course: TinyCourse) -> dict[str, tuple[Key, ...]]:
    opened = course.open(EXAM)
    return {name: keys_of_paper(opened, paper) for name, paper in course.papers(EXAM).items()}


def hand_in(course: TinyCourse) -> None:
    """Let one be right, one write nothing, and the others make a slip each wherever a part has so many."""
    papers = course.papers(EXAM)
    for name, keys in keys_by_name(course).items():
        number = int(name[-2:]) if name.startswith("slip") else None
        said = {} if name == "nothing" else {key.ref: said_by(key, number) for key in keys}
        course.hand_in(name, said, exam=EXAM, paper=papers[name])


def said_by(key: Key, slip: int | None) -> str:
    """A right answer, or the slip of that number where the part has so many."""
    if key.input == "text":
        return "Because the gradients of small batches add up."
    if key.choice is not None:
        return f"{key.ref.replace('-', '_')} = {as_typed(key)}"
    slips = [claim.value for claim in key.claims if claim.kind == "slip"]
    value = slips[slip] if slip is not None and slip < len(slips) else key.answer
    assert value is not None
    exact = f"{value.numerator}/{value.denominator}" if isinstance(value, Fraction) else repr(value)
    return f"{key.ref.replace('-', '_')} = {exact}"


def sheets(course: TinyCourse) -> dict[str, MarkSheet]:
    found = {result.candidate: result.sheet for result in course.mark(EXAM)}
    assert None not in found.values()
    return {name: sheet for name, sheet in found.items() if sheet is not None}


def self_marking(sheet: MarkSheet, keys: tuple[Key, ...]) -> Iterator[tuple[Mark, Key]]:
    return (each for each in zip(sheet.marks, keys, strict=True) if each[1].input != "text")


def test_right_earns_everything_and_nothing_earns_nothing(whole: TinyCourse) -> None:
    marked, keys = sheets(whole), keys_by_name(whole)
    everything = list(self_marking(marked["right"], keys["right"]))
    assert sum(key.points for _, key in everything) == 35.5
    assert [(mark.ref, mark.score, mark.reason) for mark, key in everything if mark.score != key.points] == []
    assert {mark.state for mark in marked["right"].marks if mark not in [m for m, _ in everything]} == {"manual"}
    assert {(mark.state, mark.score, mark.reason) for mark in marked["nothing"].marks} == {("graded", 0, "blank")}
    assert marked["right"].points == marked["nothing"].points == 57


def test_every_slip_earns_the_share_that_its_author_wrote(whole: TinyCourse) -> None:
    opened = whole.open(EXAM)
    written = {
        (question.id, part.id, slip.name): slip.share
        for question in opened.bank.questions.values()
        for part in question.parts
        for slip in part.slips
    }
    marked, keys, made, followed = sheets(whole), keys_by_name(whole), set(), set()
    for number in range(SLIPS):
        name = f"slip{number:02}"
        for mark, key in self_marking(marked[name], keys[name]):
            slips = [claim for claim in key.claims if claim.kind == "slip"]
            if number >= len(slips):
                assert mark.score == key.points, (mark.ref, "right")
                continue
            if mark.detail.get("followed"):
                # the same mistake as in the part that this one uses, which costs it less here
                slip = slips[number]
                assert mark.score is not None
                assert mark.score > (slip.share or 0) * key.points, mark.ref
                followed.add((*key.ref.split("-"), slip.name))
                continue
            claimed = str(mark.detail["claimed"])
            # where two slips come to the same number in a variant, the first written has it
            assert next(claim.value for claim in slips if claim.name == claimed) == slips[number].value, mark.ref
            question, _, part = key.ref.partition("-")
            share = written[question, part, claimed]
            assert mark.reason == "slip"
            assert share is None or mark.score == pytest.approx(share * key.points), (mark.ref, claimed)
            made.add((question, part, claimed))
    asked = {tuple(mark.ref.split("-")) for mark in marked["right"].marks}
    missed = {slip for slip in written if slip[:2] in asked} - made - followed
    assert followed == {("mixture_of_experts", "active", "router forgotten")}
    assert missed == set(), "not made by anybody, or the same as another in the variant in which it would be made"


def test_the_class_of_the_demonstration_has_one_who_carries_an_error_on(whole: TinyCourse) -> None:
    keys = keys_by_name(whole)["nothing"]
    cells = {name.removesuffix("_answer"): source for name, source in answered(CARRIES_ON, keys)}
    said = {key.ref: cells[key.ref] for key in keys if key.ref in cells and key.input != "text"}
    whole.hand_in("nothing", said, exam=EXAM, paper=whole.papers(EXAM)["nothing"])
    marks = {mark.ref: mark for mark in sheets(whole)["nothing"].marks}
    total, active = (marks[f"mixture_of_experts-{part}"] for part in ("total", "active"))
    assert (total.score, total.reason) == (0.7, "slip")
    assert (active.score, active.reason, active.detail["followed"]) == (0.9, "right", True)
    assert "own earlier answer" in active.feedback


@pytest.mark.slow
def test_with_its_code_too(tiny: TinyCourse) -> None:
    shutil.copytree(ROOT / "question_bank", tiny.bank, dirs_exist_ok=True)
    tiny.set("right", "nothing", exam=EXAM)
    opened = tiny.open(EXAM)
    keys = keys_of_paper(opened, tiny.papers(EXAM)["right"])
    said = {key.ref: said_by(key, None) for key in keys if key.input != "code"}
    code = dict(cell for key in keys if key.input == "code" for cell in in_code(key, 0))
    tiny.hand_in("right", said | {name.removesuffix("_answer"): source for name, source in code.items()}, exam=EXAM)
    tiny.hand_in("nothing", {}, exam=EXAM)
    with runs_of(opened) as runs:
        marked = {result.candidate: result.sheet for result in mark_exam(opened, runs)}
    right, nothing = marked["right"], marked["nothing"]
    assert right is not None
    assert nothing is not None
    assert (right.score, right.points, nothing.score, nothing.points) == (43.5, 65, 0, 65)
    assert {mark.state for mark in nothing.marks} == {"graded"}


@pytest.mark.slow
def test_everybody_comes_to_the_same_sum(whole: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path) -> None:
    where = ("--course", whole.course.root)
    sheets(whole)
    assert_sums_agree(whole)
    table = tmp_path / "prose.csv"
    assert tenfold("rubric", EXAM, "--out", table, *where).code == 0
    fill_in(table)
    assert tenfold("rubric", EXAM, "--in", table, *where).code == 0
    exam = whole.bank / "exams" / f"{EXAM}.yaml"
    exam.write_text(exam.read_text() + AMENDMENTS)
    marked = sheets(whole)
    assert marked["right"].points == 56, "a part was left out"
    assert marked["right"].score == 35.5 - 1 + 21.5 / 2, "half of the prose"
    assert marked["nothing"].score == 1, "a part was given to everybody"
    assert_sums_agree(whole)


def fill_in(table: Path) -> None:
    """Give half of each marking point."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        first, *rows = list(csv.reader(file))
    for row in rows:
        for column, name in enumerate(first):
            if name.startswith("points_") and row[column - 1]:
                row[column] = str(float(row[column - 1].removeprefix("(").partition(")")[0]) / 2)
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([first, *rows])


def assert_sums_agree(whole: TinyCourse) -> None:
    opened = whole.open(EXAM)
    list(post_exam(opened, ["csv", "nbgrader"]))
    with (whole.course.work(EXAM) / "marks.csv").open(newline="") as file:
        rows: Mapping[str, Mapping[str, str]] = {row["candidate"]: row for row in csv.DictReader(file)}
    pages = {path.stem: Page(path.read_text(encoding="utf-8")) for path in feedback_exam(opened)}
    assert len(rows) == len(pages) == SLIPS + 2
    with Gradebook(f"sqlite:///{whole.course.root / 'gradebook.db'}", course_of(whole.course)) as book:
        for name, row in rows.items():
            sheet = read_record(whole.course.marks(EXAM, name), MarkSheet)
            score, points = sheet.score, sheet.points
            assert sum(mark.score or 0 for mark in sheet.marks) == pytest.approx(score, abs=1e-6)
            parts = [float(row[mark.ref] or 0) for mark in sheet.marks if row.get(f"{mark.ref}_state") != "void"]
            assert (float(row["score"]), float(row["points"])) == pytest.approx((score, points), abs=1e-6)
            assert sum(parts) == pytest.approx(score, abs=1e-4)
            submission = book.find_submission(EXAM, name)
            assert (submission.score, submission.max_score) == pytest.approx((score, points), abs=1e-6)
            assert submission.needs_manual_grade == any(mark.state == "manual" for mark in sheet.marks)
            said = re.search(r"([\d.]+) of ([\d.]+) points", pages[name].words)
            assert said is not None
            assert tuple(map(float, said.groups())) == pytest.approx((score, points), abs=1e-3)


def course_of(course: Course) -> str:
    found = re.search(r'course_id = "(.+)"', (course.root / "nbgrader_config.py").read_text())
    return found[1] if found else ""

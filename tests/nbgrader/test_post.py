"""Marks in nbgrader's database: written once, never over a person's, and none while one is missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.amendments import amend
from autograder.errors import GradebookError
from autograder.gradebooks import nbgrader as kind
from autograder.model import Amendment, Mark, MarkSheet
from autograder.post import post

from .conftest import EXAM, POINTS, Course, digest_of, graded, marks, unmarked

pytestmark = pytest.mark.slow

Dump = Callable[[Path], list[str]]


@pytest.fixture
def book(course: Course) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "deep_learning") as book:
        yield book


def test_scores_and_comments_arrive(course: Course, book: Gradebook) -> None:
    sheets = [marks(name, course.hand_in(name)) for name in ("ada", "bo", "cy")]
    assert post(sheets, "nbgrader", course.root) == 3
    for sheet in sheets:
        submission = book.find_submission(EXAM, sheet.candidate)
        assert submission.score == pytest.approx(sheet.score, abs=1e-9)
        assert submission.max_score == sheet.points
        assert not submission.needs_manual_grade
        for mark in sheet.marks:
            assert book.find_grade(mark.ref, EXAM, EXAM, sheet.candidate).auto_score == mark.score
            comment = book.find_comment(f"{mark.ref}_answer", EXAM, EXAM, sheet.candidate)
            assert (comment.auto_comment, comment.manual_comment) == (mark.feedback, None)


def test_posting_twice_changes_nothing(course: Course, dump: Dump, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kind, "BATCH", 2)
    sheets = [marks(f"c{n}", course.hand_in(f"c{n}"), mixer_b=unmarked("mixer-b", "manual")) for n in range(5)]
    assert post(sheets, "nbgrader", course.root) == 5
    before, file = dump(course.root), course.autograded("c4").read_bytes()
    assert post(iter(sheets), "nbgrader", course.root) == 5
    assert dump(course.root) == before
    assert course.autograded("c4").read_bytes() == file


def test_a_manual_part_waits_for_a_person(course: Course, book: Gradebook) -> None:
    sheet = marks("ada", course.hand_in("ada"), lora_total=unmarked("lora-total", "manual"))
    post([sheet], "nbgrader", course.root)
    grade = book.find_grade("lora-total", EXAM, EXAM, "ada")
    assert (grade.auto_score, grade.needs_manual_grade) == (None, True)
    assert book.find_submission(EXAM, "ada").needs_manual_grade
    assert not book.find_grade("mixer-a", EXAM, EXAM, "ada").needs_manual_grade


def test_what_a_person_wrote_stands(course: Course, book: Gradebook) -> None:
    sheet = marks("ada", course.hand_in("ada"), lora_total=unmarked("lora-total", "manual"))
    post([sheet], "nbgrader", course.root)
    for ref in ("lora-total", "mixer-a"):
        grade = book.find_grade(ref, EXAM, EXAM, "ada")
        grade.manual_score, grade.needs_manual_grade, grade.extra_credit = 2.5, False, 0.25
        book.find_comment(f"{ref}_answer", EXAM, EXAM, "ada").manual_comment = "Well argued."
    book.db.commit()
    again = sheet.model_copy(update={"marks": (graded("mixer-a", 1.0), *sheet.marks[1:])})
    post([again], "nbgrader", course.root)
    book.db.expire_all()
    for ref, ours, looks_again in (("lora-total", None, False), ("mixer-a", 1.0, True)):
        grade = book.find_grade(ref, EXAM, EXAM, "ada")
        assert (grade.manual_score, grade.extra_credit, grade.auto_score) == (2.5, 0.25, ours)
        assert grade.needs_manual_grade is looks_again, ref
        assert book.find_comment(f"{ref}_answer", EXAM, EXAM, "ada").comment == "Well argued."


@pytest.mark.parametrize("gradebook", ["nbgrader", "csv"])
def test_nothing_is_posted_while_one_mark_is_an_error(course: Course, dump: Dump, gradebook: str) -> None:
    to = course.root if gradebook == "nbgrader" else course.root / "marks.csv"
    sheets = [
        marks("ada", course.hand_in("ada")),
        marks("bo", course.hand_in("bo"), mixer_b=unmarked("mixer-b", "error")),
    ]
    before = dump(course.root)
    with pytest.raises(GradebookError, match=r"bo: mixer-b could not be marked"):
        post(sheets, gradebook, to)
    assert dump(course.root) == before
    assert not (course.root / "autograded").exists()
    assert not (course.root / "marks.csv").exists()


def test_all_that_keeps_marks_from_being_posted_is_told(course: Course) -> None:
    course.hand_in("bo")
    sheets = [
        marks("ada", course.hand_in("ada"), mixer_b=unmarked("mixer-b", "error")),
        marks("bo", "another digest"),
        marks("cy", course.hand_in("cy")),
    ]
    with pytest.raises(
        GradebookError, match=r"because of 2 candidates:\nada: mixer-b could not.*\nbo: submission changed"
    ):
        post(sheets, "nbgrader", course.root)


def test_a_submission_that_changed_since_it_was_marked_is_refused(course: Course, dump: Dump) -> None:
    sheet = marks("ada", course.hand_in("ada"))
    course.hand_in("ada", mixer_a="mixer_a = 5")
    before = dump(course.root)
    with pytest.raises(GradebookError, match="ada: submission changed since it was marked"):
        post([sheet], "nbgrader", course.root)
    assert dump(course.root) == before


def test_marks_of_other_parts_are_refused(course: Course) -> None:
    sheet = marks("ada", course.hand_in("ada"))
    for wrong in (sheet.marks[1:], (graded("mixer-a", 1.0).model_copy(update={"points": 9.0}), *sheet.marks[1:])):
        with pytest.raises(GradebookError, match=r"nbgrader knows other parts or points of this exam \(see .*mixer-a"):
            post([sheet.model_copy(update={"marks": wrong})], "nbgrader", course.root)


def test_one_candidate_twice_is_refused(course: Course) -> None:
    sheet = marks("ada", course.hand_in("ada"))
    for gradebook, to in (("nbgrader", course.root), ("csv", course.root / "marks.csv")):
        with pytest.raises(GradebookError, match="ada"):
            post([sheet, sheet], gradebook, to)


def test_an_exam_that_was_never_rendered_is_refused(course: Course, tmp_path: Path) -> None:
    sheet = marks("ada", course.hand_in("ada"))
    for root in (course.root, tmp_path):
        with pytest.raises(GradebookError, match="run `tenfold render other_exam`"):
            post([sheet.model_copy(update={"exam": "other_exam"})], "nbgrader", root)
    assert not (tmp_path / "gradebook.db").exists()


def test_no_marks_are_no_work(course: Course) -> None:
    assert post([], "nbgrader", course.root) == 0


def test_the_time_stamp_of_the_submission_is_kept(course: Course, book: Gradebook) -> None:
    sheet = marks("ada", course.hand_in("ada"))
    post([sheet], "nbgrader", course.root)
    assert book.find_submission(EXAM, "ada").timestamp is None
    stamp = course.submitted("ada").with_name("timestamp.txt")
    stamp.write_text("2026-12-01 10:30:00 UTC\n")
    post([sheet], "nbgrader", course.root)
    book.db.expire_all()
    assert book.find_submission(EXAM, "ada").timestamp.isoformat() == "2026-12-01T10:30:00"
    assert course.autograded("ada").with_name("timestamp.txt").read_text() == stamp.read_text()
    stamp.write_text("yesterday evening, late")
    with pytest.raises(GradebookError, match=r"timestamp\.txt: this is no date and time"):
        post([sheet], "nbgrader", course.root)


def test_an_answers_file_stands_in_for_the_notebook(course: Course) -> None:
    path = course.root / "submitted" / "ada" / EXAM / "answers.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("paper: FORM0\nanswers: {mixer-a: 5}\n")
    post([marks("ada", digest_of(path))], "nbgrader", course.root)
    assert shown_scores(course, "ada") == {ref: round(points / 3, 6) for ref, points in POINTS.items()}
    assert course.autograded("ada").with_name("answers.yaml").read_bytes() == path.read_bytes()


HOSTILE = {
    "no notebook": b"\x00\xff{",
    "no cells": b'{"cells": {}}',
    "deep": b"[" * 100_000,
    "a long number": b'{"cells": [' + b"9" * 10_000 + b"]}",
    "strange cells": json.dumps(
        {"cells": [1, None, {}, {"cell_type": "code"}, {"cell_type": "code", "source": 3, "metadata": []},
                   {"cell_type": "raw", "source": ["a", 1, "b"], "metadata": {"nbgrader": {"grade_id": ["x"]}}},
                   {"cell_type": "markdown", "source": "\ud800", "metadata": {"nbgrader": 1}},
                   {"cell_type": "video", "source": "x"}]}
    ).encode(),
    "cells twice": json.dumps(
        {"cells": [{"cell_type": "code", "source": f"mixer_a = {n}", "outputs": [{"output_type": "execute_result"}],
                    "metadata": {"nbgrader": {"grade_id": name, "grade": True, "points": 1000}}}
                   for n in range(3) for name in ("mixer-a", "mixer-a_answer", "unknown")]}
    ).encode(),
}  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_came_back_the_marks_are_shown(course: Course, content: bytes) -> None:
    path = course.submitted("ada")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    sheet = marks("ada", digest_of(path))
    post([sheet], "nbgrader", course.root)
    assert shown_scores(course, "ada") == {mark.ref: mark.score for mark in sheet.marks}


def test_the_notebook_shows_the_answer_and_our_locked_cells(course: Course) -> None:
    course.hand_in("ada", mixer_a="mixer_a = 17")
    content = json.loads(course.submitted("ada").read_text())
    check = next(cell for cell in content["cells"] if cell["id"] == "mixer-a")
    check |= {"source": "10.0", "outputs": [{"output_type": "stream", "name": "stdout", "text": "forged"}]}
    course.submitted("ada").write_text(json.dumps(content))
    post([marks("ada", digest_of(course.submitted("ada")))], "nbgrader", course.root)
    shown = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in read(course.autograded("ada")).cells}
    released = {
        cell.metadata.get("nbgrader", {}).get("grade_id"): cell
        for cell in read(course.root / "release" / EXAM / f"{EXAM}.ipynb").cells
    }
    assert shown["mixer-a_answer"].source == "mixer_a = 17"
    assert shown["mixer-a"].source == released["mixer-a"].source
    assert shown["mixer-a"].outputs[0].text == "You earn 3.333333.\n"
    assert "n = 128" in read(course.autograded("ada")).cells[2].source


def shown_scores(course: Course, candidate: str) -> dict[str, float]:
    """The scores that the check cells show, in a notebook that is valid."""
    notebook = read(course.autograded(candidate))
    nbformat.validate(notebook)
    return {
        cell.metadata.nbgrader.grade_id: float(cell.outputs[-1].data["text/plain"])
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook as nbformat reads it."""
    return nbformat.read(path, as_version=4)


def test_csv_has_a_line_a_candidate_and_a_column_a_part(tmp_path: Path) -> None:
    sheets: list[MarkSheet] = [marks("bo", "0"), marks("ada", "0", mixer_b=unmarked("mixer-b", "manual"))]
    post(iter(sheets), "csv", tmp_path / "deep" / "marks.csv")
    assert (tmp_path / "deep" / "marks.csv").read_text().splitlines() == [
        "candidate,code,score,points,mixer-a,mixer-b,lora-total,lora-active,mixer-b_state",
        "ada,FORM0,4.999999,15.5,3.333333,,1.333333,0.333333,manual",
        "bo,FORM0,5.166666,15.5,3.333333,0.166667,1.333333,0.333333,graded",
    ]


def left_out(ref: str, score: float) -> Mark:
    was = graded(ref, score)
    void = Amendment(part=ref, do="void", reason="It was wrong.")
    return amend([was], [void])[0]


def test_a_part_left_out_for_everybody_is_worth_nothing(course: Course, book: Gradebook) -> None:
    digests = {name: course.hand_in(name) for name in ("ada", "bo")}
    before = [marks(name, digest) for name, digest in digests.items()]
    post(before, "nbgrader", course.root)
    sheets = [total_of(marks(name, digest, mixer_a=left_out("mixer-a", 5))) for name, digest in digests.items()]
    for _ in range(2):
        post(sheets, "nbgrader", course.root)
        book.db.expire_all()
        for sheet in sheets:
            submission = book.find_submission(EXAM, sheet.candidate)
            assert submission.score == pytest.approx(sheet.score)
            assert submission.max_score == sheet.points == 5.5
    post(before, "nbgrader", course.root)
    book.db.expire_all()
    assert book.find_submission(EXAM, "ada").max_score == 15.5, "an amendment can be taken back"


def test_a_part_left_out_for_some_keeps_their_percentage(course: Course, book: Gradebook) -> None:
    ada = total_of(marks("ada", course.hand_in("ada"), mixer_a=left_out("mixer-a", 10)))
    bo = marks("bo", course.hand_in("bo"))
    post([ada, bo], "nbgrader", course.root)
    for sheet in (ada, bo):
        submission = book.find_submission(EXAM, sheet.candidate)
        assert submission.max_score == 15.5
        assert submission.score / submission.max_score == pytest.approx(sheet.score / sheet.points, abs=1e-6)


def total_of(sheet: MarkSheet) -> MarkSheet:
    score = round(sum(mark.score or 0.0 for mark in sheet.marks), 6)
    return sheet.model_copy(update={"score": score, "points": sum(mark.points for mark in sheet.marks)})


def test_names_are_filled_in_and_none_is_replaced(course: Course, book: Gradebook) -> None:
    post([marks(name, course.hand_in(name)) for name in ("ada", "bo")], "nbgrader", course.root)
    book.update_or_create_student("bo", first_name="Bodo")
    fields = {"first_name": "A", "last_name": "", "email": "x@example.org"}
    kind.name_people([{"id": each, **fields} for each in ("ada", "bo", "nobody")], EXAM, course.root)
    book.db.expire_all()
    students = {each.id: (each.first_name, each.last_name, each.email) for each in book.students}
    assert students["ada"] == ("A", None, "x@example.org")
    assert students["bo"] == ("Bodo", None, "x@example.org")
    assert "nobody" not in students

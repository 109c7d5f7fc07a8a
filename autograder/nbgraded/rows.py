"""Marks as rows of nbgrader's database, read and written a batch at a time.

A person's score or comment is never touched. The tables are nbgrader's own (`nbgrader.api`). One by one the rows would
take longer than all the marking.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from nbgrader import api
from sqlalchemy import insert, select, update

from autograder.amendments import is_void
from autograder.model import Mark, MarkSheet
from autograder.nbgraded.database import unknown


class Cells(NamedTuple):
    """An exam's cells as nbgrader registered them.

    Attributes:
        assignment: its row.
        mirrored: row of every notebook of the assignment → rows of its cells with a grade, and of those with a comment.
        notebook: row of the notebook that is the exam.
        points: a part's ref → its points.
        checks: a part's ref → its check cell's row.
        answers: a part's ref → its answer cell's row.
    """

    assignment: str
    mirrored: Mapping[str, tuple[Sequence[str], Sequence[str]]]
    notebook: str
    points: Mapping[str, float]
    checks: Mapping[str, str]
    answers: Mapping[str, str]


def cells_of(book: api.Gradebook, exam: str) -> Cells:
    """Return an exam's cells.

    Raises:
        GradebookError: nbgrader does not know the exam.
    """
    try:
        assignment, notebook = book.find_assignment(exam), book.find_notebook(exam, exam)
    except api.MissingEntry:
        raise unknown(exam) from None
    return Cells(
        assignment=assignment.id,
        mirrored={
            each.id: (
                [cell.id for cell in (*each.grade_cells, *each.task_cells)],
                [cell.id for cell in (*each.solution_cells, *each.task_cells)],
            )
            for each in assignment.notebooks
        },
        notebook=notebook.id,
        points={cell.name: cell.max_score for cell in notebook.grade_cells},
        checks={cell.name: cell.id for cell in notebook.grade_cells},
        answers={cell.name.removesuffix("_answer"): cell.id for cell in notebook.solution_cells},
    )


def record(book: api.Gradebook, cells: Cells, sheets: Collection[MarkSheet]) -> None:
    """Set scores and comments of candidates whose submissions are registered. The caller commits.

    Args:
        book: nbgrader's database.
        cells: of the sheets' exam.
        sheets: marks that `check_sheet` has let pass.
    """
    rows = returned_rows(book, cells, [sheet.candidate for sheet in sheets])
    every = [(rows[sheet.candidate], mark) for sheet in sheets for mark in sheet.marks]
    marks = {
        (rows[sheet.candidate], cells.checks[mark.ref]): _score(mark, sheet, cells.points)
        for sheet in sheets
        for mark in sheet.marks
    }
    answered = [(row, mark) for row, mark in every if mark.ref in cells.answers]
    said = {(row, cells.answers[mark.ref]): mark.feedback.strip() or None for row, mark in answered}
    grade, comment = api.Grade, api.Comment
    grades = select(
        grade.id, grade.notebook_id, grade.cell_id, grade.manual_score, grade.auto_score, grade.needs_manual_grade
    ).where(grade.notebook_id.in_(rows.values()))
    scores = [
        {"id": row, "auto_score": score, "needs_manual_grade": waits}
        for row, notebook, cell, manual, *was in book.db.execute(grades)
        if (notebook, cell) in marks  # an instructor may have added a cell of another kind
        for score, waits in [_scored(marks[notebook, cell], manual, *was)]
        if [score, waits] != was
    ]
    comments = select(comment.id, comment.notebook_id, comment.cell_id, comment.auto_comment).where(
        comment.notebook_id.in_(rows.values())
    )
    words = [
        {"id": row, "auto_comment": said[notebook, cell]}
        for row, notebook, cell, was in book.db.execute(comments)
        if (notebook, cell) in said and said[notebook, cell] != was
    ]
    for table, changes in ((grade, scores), (comment, words)):
        if changes:
            book.db.execute(update(table), changes)


def set_points(book: api.Gradebook, cells: Cells, points: Mapping[str, float]) -> Cells:
    """Set what the parts are worth to everybody, and return the cells with it. The caller commits.

    Args:
        book: nbgrader's database.
        cells: of an exam.
        points: by ref; 0 where a part is left out for everybody.
    """
    for cell in book.db.get(api.Notebook, cells.notebook).grade_cells if cells.points != points else ():
        cell.max_score = points.get(cell.name, cell.max_score)
    return cells._replace(points=points)


def _score(mark: Mark, sheet: MarkSheet, points: Mapping[str, float]) -> float | None:
    """Return a score as nbgrader can hold it.

    nbgrader has one maximum for everybody. A part that is left out for some has 0 points where it is left out for all;
    else it gets the share that the candidate has of all other parts, so that it changes their percentage for nobody.
    """
    if not is_void(mark):
        return mark.score
    return round(points[mark.ref] * (sheet.score / sheet.points if sheet.points else 0.0), 6)


def _scored(score: float | None, manual: float | None, auto: float | None, waits: bool) -> tuple[float | None, bool]:
    if manual is None:
        return score, score is None
    # a person's score stands, but they should look again when ours has changed under it
    return score, waits or score != auto


def register(book: api.Gradebook, cells: Cells, returned: Mapping[str, datetime | None]) -> None:
    """Add the rows of candidates and submissions that nbgrader does not have yet, as its `add_submission` would.

    Args:
        book: nbgrader's database. The caller commits.
        cells: of an exam.
        returned: candidate → when they handed in, in UTC without a time zone, or None where nobody knows.
    """
    student, submission = api.Student, api.SubmittedAssignment
    known = set(book.db.scalars(select(student.id).where(student.id.in_(returned))))
    mine = select(submission.id, submission.student_id, submission.timestamp).where(
        submission.assignment_id == cells.assignment, submission.student_id.in_(returned)
    )
    there = {candidate: (row, when) for row, candidate, when in book.db.execute(mine)}
    stamps = [
        {"id": row, "timestamp": returned[candidate]}
        for candidate, (row, when) in there.items()
        if returned[candidate] not in (None, when)
    ]
    fresh = {candidate: api.new_uuid() for candidate in returned if candidate not in there}
    copies = [(row, notebook, api.new_uuid()) for row in fresh.values() for notebook in cells.mirrored]
    for statement, rows in (
        (update(submission), stamps),
        (insert(student), [{"id": candidate} for candidate in returned if candidate not in known]),
        (insert(submission), [
            {"id": row, "assignment_id": cells.assignment, "student_id": candidate, "timestamp": returned[candidate]}
            for candidate, row in fresh.items()
        ]),
        (insert(api.SubmittedNotebook), [
            {"id": copy, "assignment_id": row, "notebook_id": notebook} for row, notebook, copy in copies
        ]),
        (insert(api.Grade), [_empty(copy, cell) for _, each, copy in copies for cell in cells.mirrored[each][0]]),
        (insert(api.Comment), [_empty(copy, cell) for _, each, copy in copies for cell in cells.mirrored[each][1]]),
    ):  # fmt: skip
        if rows:
            book.db.execute(statement, rows)


def name_students(book: api.Gradebook, people: Iterable[Mapping[str, str]]) -> None:
    """Fill in names and addresses where nbgrader has none. The caller commits.

    Args:
        book: nbgrader's database.
        people: `id`, `first_name`, `last_name` and `email` of each.
    """
    known = {student.id: student for student in book.db.scalars(select(api.Student))}
    for person in people:
        student = known.get(person["id"])
        for field in ("first_name", "last_name", "email") if student is not None else ():
            if person[field] and not getattr(student, field):
                setattr(student, field, person[field])


def _empty(notebook: str, cell: str) -> dict[str, str]:
    return {"id": api.new_uuid(), "notebook_id": notebook, "cell_id": cell}


def returned_rows(book: api.Gradebook, cells: Cells, candidates: Collection[str]) -> dict[str, str]:
    """Return candidate → the row of their notebook, of those who are registered."""
    pairs = (
        select(api.SubmittedAssignment.student_id, api.SubmittedNotebook.id)
        .join(api.SubmittedAssignment, api.SubmittedAssignment.id == api.SubmittedNotebook.assignment_id)
        .where(api.SubmittedNotebook.notebook_id == cells.notebook, api.SubmittedAssignment.student_id.in_(candidates))
    )
    found: dict[str, str] = dict(book.db.execute(pairs).all())
    return found

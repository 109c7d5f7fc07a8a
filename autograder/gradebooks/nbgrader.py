"""Keep marks in nbgrader's database, so that its export, feedback and formgrader show them.

A person's score or comment is never touched. The tables are nbgrader's own (`nbgrader.api`); rows are read and written
a batch at a time, because one by one they would take longer than all the marking.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from nbgrader import api
from nbgrader.utils import parse_utc
from sqlalchemy import insert, select, update
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from autograder.errors import GradebookError
from autograder.kinds import gradebook
from autograder.markup.graded import graded_notebook
from autograder.model import Mark, MarkSheet
from autograder.store import read_json, write_bytes

BATCH: Final = 100
"""Candidates that are written together."""


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


@gradebook
def nbgrader(sheets: Iterable[MarkSheet], to: Path) -> int:
    """Post marks to a course: to its database, and to `autograded/`, which feedback and formgrader show.

    A part that waits for a person is left without a score, and nbgrader asks for one. Where a person has given a score,
    it stands; they are asked to look again when ours has changed under it. Penalties for lateness are set by
    `nbgrader autograde`, not here.

    Args:
        sheets: the marks of one exam. They are read twice: pass what can be iterated again, and memory stays flat.
        to: the course's folder, with `submitted/`, `release/` and nbgrader_config.py.

    Returns:
        The number of candidates.

    Raises:
        GradebookError: a mark is in state `error`, a submission has changed since it was marked, or nbgrader knows
            other parts. Nothing has been posted then, and posting again is safe.
    """
    again: Iterable[MarkSheet] = tuple(sheets) if isinstance(sheets, Iterator) else sheets
    first = next(iter(again), None)
    if first is None:
        return 0
    exam, count = first.exam, 0
    with _open(to, exam) as book:
        cells = cells_of(book, exam)
        _check_all(again, cells, exam, to)
        release = read_json(to / "release" / exam / f"{exam}.ipynb")
        waiting = iter(again)
        while batch := list(islice(waiting, BATCH)):
            _register(book, cells, {sheet.candidate: _handed_in(to, sheet) for sheet in batch})
            record(book, cells, batch)
            book.db.commit()
            for sheet in batch:
                _write_graded(to, release, sheet)
            count += len(batch)
    return count


def cells_of(book: api.Gradebook, exam: str) -> Cells:
    """Return an exam's cells.

    Raises:
        GradebookError: nbgrader does not know the exam.
    """
    try:
        assignment, notebook = book.find_assignment(exam), book.find_notebook(exam, exam)
    except api.MissingEntry:
        raise _unknown(exam) from None
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


def check_sheet(sheet: MarkSheet, points: Mapping[str, float], course: Path) -> None:
    """Refuse marks that may not be posted.

    Args:
        sheet: one candidate's marks.
        points: a part's ref → its points, as nbgrader knows them.
        course: the folder with `submitted/`.

    Raises:
        GradebookError: a mark is in state `error`, the parts are not those that nbgrader knows, or the submission is
            not the one that was marked.
    """
    failed = [mark.ref for mark in sheet.marks if mark.state == "error"]
    if failed:
        problem = f"{', '.join(failed)} could not be marked"
        raise GradebookError(problem, where=sheet.candidate, hint="nothing was posted: mark again first")
    parts = {mark.ref: mark.points for mark in sheet.marks}
    if parts != points:
        others = ", ".join(sorted(parts.keys() ^ points.keys()) or sorted(parts)[:3])
        problem = f"nbgrader knows other parts or points of this exam (see {others})"
        hint = f"run `tenfold render {sheet.exam}`, then `tenfold mark {sheet.exam}`"
        raise GradebookError(problem, where=sheet.candidate, hint=hint)
    marked_file(sheet, course)


def marked_file(sheet: MarkSheet, course: Path) -> Path:
    """Return the returned file that the marks belong to: the notebook, or whatever was read in its place.

    Raises:
        GradebookError: there is none, or it has changed since it was marked.
    """
    folder = course / "submitted" / sheet.candidate / sheet.exam
    # a file under another name, or of an earlier attempt, lies in the folder or in one below it
    for path in (folder / f"{sheet.exam}.ipynb", folder / "answers.yaml", *folder.glob("*"), *folder.glob("*/*")):
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sheet.digest:
            return path
    raise GradebookError("submission changed since it was marked: run `tenfold mark` again", where=sheet.candidate)


def record(book: api.Gradebook, cells: Cells, sheets: Collection[MarkSheet]) -> None:
    """Set scores and comments of candidates whose submissions are registered. The caller commits.

    Args:
        book: nbgrader's database.
        cells: of the sheets' exam.
        sheets: marks that `check_sheet` has let pass.
    """
    rows = _returned(book, cells, [sheet.candidate for sheet in sheets])
    every = [(rows[sheet.candidate], mark) for sheet in sheets for mark in sheet.marks]
    marks = {(row, cells.checks[mark.ref]): mark for row, mark in every}
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


def _scored(mark: Mark, manual: float | None, auto: float | None, waits: bool) -> tuple[float | None, bool]:
    if manual is None:
        return mark.score, mark.score is None
    # a person's score stands, but they should look again when ours has changed under it
    return mark.score, waits or mark.score != auto


def _register(book: api.Gradebook, cells: Cells, returned: Mapping[str, datetime | None]) -> None:
    """Add the rows of candidates and submissions that nbgrader does not have yet, as its `add_submission` would."""
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


def _empty(notebook: str, cell: str) -> dict[str, str]:
    return {"id": api.new_uuid(), "notebook_id": notebook, "cell_id": cell}


def _returned(book: api.Gradebook, cells: Cells, candidates: Collection[str]) -> dict[str, str]:
    pairs = (
        select(api.SubmittedAssignment.student_id, api.SubmittedNotebook.id)
        .join(api.SubmittedAssignment, api.SubmittedAssignment.id == api.SubmittedNotebook.assignment_id)
        .where(api.SubmittedNotebook.notebook_id == cells.notebook, api.SubmittedAssignment.student_id.in_(candidates))
    )
    found: dict[str, str] = dict(book.db.execute(pairs).all())
    return found


def _check_all(sheets: Iterable[MarkSheet], cells: Cells, exam: str, course: Path) -> None:
    seen: set[str] = set()
    problems: list[GradebookError] = []
    for sheet in sheets:
        if sheet.exam != exam or sheet.candidate in seen:
            problem = f"these are not marks of one exam ({exam}) with one sheet a candidate"
            raise GradebookError(problem, where=sheet.candidate)
        seen.add(sheet.candidate)
        try:
            check_sheet(sheet, cells.points, course)
            _handed_in(course, sheet)
        except GradebookError as error:
            problems.append(error)
    if len(problems) > 1:
        shown = "\n".join(f"{error.where}: {error.problem}" for error in problems[:20])
        problem = f"nothing was posted, because of {len(problems)} candidates:\n{shown}"
        raise GradebookError(problem, hint=problems[0].hint)
    if problems:
        raise problems[0]


def _handed_in(course: Path, sheet: MarkSheet) -> datetime | None:
    path = course / "submitted" / sheet.candidate / sheet.exam / "timestamp.txt"
    try:
        return cast(datetime, parse_utc(path.read_text().strip()))
    except FileNotFoundError:
        return None
    except (ValueError, OverflowError):
        raise GradebookError("this is no date and time", where=str(path)) from None


def _write_graded(course: Path, release: Mapping[str, Any], sheet: MarkSheet) -> None:
    returned = marked_file(sheet, course)
    folder = course / "autograded" / sheet.candidate / sheet.exam
    content = returned.read_bytes() if returned.suffix == ".ipynb" else None
    write_bytes(folder / f"{sheet.exam}.ipynb", graded_notebook(content, release, sheet))
    for name in ("answers.yaml", "timestamp.txt", "submission_secret.txt"):
        # nbgrader takes these along: it compares the two time stamps, and finds a candidate's feedback by the secret
        beside = returned.with_name(name)
        if beside.is_file():
            write_bytes(folder / beside.name, beside.read_bytes())


def _open(course: Path, exam: str) -> api.Gradebook:
    try:
        config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    except ConfigFileNotFound:
        config = {}
    own = config.get("CourseDirectory", {})
    url = own.get("db_url") or f"sqlite:///{course.resolve() / 'gradebook.db'}"
    file = url.removeprefix("sqlite:///")
    if file != url and not Path(file).is_file():
        raise _unknown(exam)  # nbgrader would make an empty database
    return api.Gradebook(url, own.get("course_id") or "default_course")


def _unknown(exam: str) -> GradebookError:
    return GradebookError("nbgrader does not know this exam", where=exam, hint=f"run `tenfold render {exam}`")

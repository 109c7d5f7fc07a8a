"""Keep marks in nbgrader's database, so that its export, feedback and formgrader show them.

A person's score or comment is never touched. The tables are nbgrader's own (`nbgrader.api`); rows are read and written
a batch at a time, because one by one they would take longer than all the marking.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast

from nbgrader.utils import parse_utc

from autograder.amendments import full_points
from autograder.errors import GradebookError
from autograder.kinds import gradebook
from autograder.lateness import stamp_of
from autograder.markup.graded import graded_notebook
from autograder.model import MarkSheet
from autograder.nbgraded.database import config_of, open_book
from autograder.nbgraded.lateness import penalise, set_times
from autograder.nbgraded.rows import Cells, cells_of, name_students, record, register, set_points
from autograder.store import read_json, write_bytes

BATCH: Final = 100
"""Candidates that are written together."""


@gradebook
def nbgrader(sheets: Iterable[MarkSheet], to: Path) -> int:
    """Post marks to a course: to its database, and to `autograded/`, which feedback and formgrader show.

    A part that waits for a person is left without a score, and nbgrader asks for one. Where a person has given a score,
    it stands; they are asked to look again when ours has changed under it. A part that an amendment leaves out is worth
    nothing where it is left out for everybody; where it is left out for some, see `nbgraded.rows`. What
    lateness costs is said by nbgrader's plug-in, here as in `nbgrader autograde`.

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
    exam, count, config = first.exam, 0, config_of(to)
    with open_book(to, exam, config) as book:
        cells = cells_of(book, exam)
        cells = set_points(book, cells, _check_all(again, cells, exam, to))
        release = read_json(to / "release" / exam / f"{exam}.ipynb")
        waiting = iter(again)
        while batch := list(islice(waiting, BATCH)):
            register(book, cells, {sheet.candidate: _handed_in(to, sheet) for sheet in batch})
            record(book, cells, batch)
            set_times(book, cells, batch)
            book.db.commit()
            penalise(book, cells, batch, config, to)
            book.db.commit()
            for sheet in batch:
                _write_graded(to, release, sheet)
            count += len(batch)
    return count


def name_people(people: Iterable[Mapping[str, str]], exam: str, to: Path) -> None:
    """Give candidates whom nbgrader knows without a name the one that the roster has; other names stay.

    Args:
        people: `id`, `first_name`, `last_name` and `email` of each.
        exam: that was posted.
        to: the course's folder.
    """
    with open_book(to, exam, config_of(to)) as book:
        name_students(book, people)
        book.db.commit()


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
    parts = {mark.ref: full_points(mark) for mark in sheet.marks}
    # 0 are those that were left out for everybody when marks were posted last
    if parts != {ref: worth or parts.get(ref, 0.0) for ref, worth in points.items()}:
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
    for path in (folder / (sheet.file or f"{sheet.exam}.ipynb"), folder / "answers.yaml"):
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sheet.digest:
            return path
    raise GradebookError("submission changed since it was marked: run `tenfold mark` again", where=sheet.candidate)


def _check_all(sheets: Iterable[MarkSheet], cells: Cells, exam: str, course: Path) -> dict[str, float]:
    """Refuse what may not be posted; return by ref what the parts are worth, 0 where one is left out for everybody."""
    points: dict[str, float] = {}
    seen: set[str] = set()
    problems: list[GradebookError] = []
    for sheet in sheets:
        if sheet.exam != exam or sheet.candidate in seen:
            problem = f"these are not marks of one exam ({exam}) with one sheet a candidate"
            raise GradebookError(problem, where=sheet.candidate)
        seen.add(sheet.candidate)
        for mark in sheet.marks:
            points[mark.ref] = max(mark.points, points.get(mark.ref, 0.0))
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
    return points


def _handed_in(course: Path, sheet: MarkSheet) -> datetime | None:
    folder = course / "submitted" / sheet.candidate / sheet.exam
    path = stamp_of(folder / sheet.file, folder)
    if path is None:
        return None
    try:
        return cast(datetime, parse_utc(path.read_text().strip()))
    except (ValueError, OverflowError):
        raise GradebookError("this is no date and time", where=str(path)) from None


def _write_graded(course: Path, release: Mapping[str, Any], sheet: MarkSheet) -> None:
    returned = marked_file(sheet, course)
    folder = course / "autograded" / sheet.candidate / sheet.exam
    content = returned.read_bytes() if returned.suffix == ".ipynb" else None
    write_bytes(folder / f"{sheet.exam}.ipynb", graded_notebook(content, release, sheet))
    own = course / "submitted" / sheet.candidate / sheet.exam
    for beside in (returned.with_name("answers.yaml"), stamp_of(returned, own), own / "submission_secret.txt"):
        # nbgrader takes these along: it compares the two time stamps, and finds a candidate's feedback by the secret
        if beside is not None and beside.is_file():
            write_bytes(folder / beside.name, beside.read_bytes())

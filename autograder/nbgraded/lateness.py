"""Tell nbgrader when an exam ends and who has extra time, and let its plug-in say what lateness costs.

`nbgrader autograde` does the same for each candidate (its AssignLatePenalties): both agree.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from nbgrader import api
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import bindparam, select, update

from autograder.lateness import time_of
from autograder.model import MarkSheet
from autograder.nbgraded.rows import Cells


def set_times(book: api.Gradebook, cells: Cells, sheets: Collection[MarkSheet]) -> None:
    """Set the exam's end and the candidates' extensions. The caller commits.

    What tenfold was not told stays as somebody set it in nbgrader: the end where the exam has no `due`, extensions
    where the roster has no column `extra_minutes`.
    """
    due = next((sheet.due for sheet in sheets if sheet.due), "")
    if due:
        book.db.get(api.Assignment, cells.assignment).duedate = time_of(due).replace(tzinfo=None)
    submission = api.SubmittedAssignment
    extended = [
        {"who": sheet.candidate, "by": timedelta(minutes=sheet.extra_minutes) if sheet.extra_minutes else None}
        for sheet in sheets
        if sheet.extra_minutes is not None
    ]
    if extended:
        table = submission.__table__
        mine = (table.c.assignment_id == cells.assignment) & (table.c.student_id == bindparam("who"))
        book.db.execute(update(table).where(mine).values(extension=bindparam("by")), extended)


def penalise(book: api.Gradebook, cells: Cells, sheets: Collection[MarkSheet], config: Any, course: Path) -> None:
    """Set the penalties of those who were late, as the course's plug-in says. The caller commits.

    Args:
        book: nbgrader's database, with scores and times committed.
        cells: of the exam.
        sheets: of the candidates.
        config: nbgrader's, of the course; where its autograding assigns no penalties, none are assigned here.
        course: its folder, in which the plug-in may lie.
    """
    listed = config.get("Autograde", {}).get("autograde_preprocessors")
    named = [each if isinstance(each, str) else each.__name__ for each in listed or ()]
    if book.db.get(api.Assignment, cells.assignment).duedate is None or (
        listed is not None and not any(name.endswith("AssignLatePenalties") for name in named)
    ):
        return
    submitted = select(api.SubmittedNotebook).join(api.SubmittedNotebook.assignment).where(
        api.SubmittedNotebook.notebook_id == cells.notebook,
        api.SubmittedAssignment.student_id.in_([sheet.candidate for sheet in sheets]),
    )  # fmt: skip
    with _importable(course):
        plugin = _plugin(config)
    for notebook in book.db.scalars(submitted):
        late = notebook.assignment.total_seconds_late
        asked = plugin.late_submission_penalty(notebook.student.id, notebook.score, late) if late > 0 else None
        notebook.late_submission_penalty = None if asked is None else min(max(asked, 0), notebook.score)


def _plugin(config: Any) -> Any:
    assign = AssignLatePenalties(config=config)
    assign.init_plugin()
    return assign.plugin_inst


@contextmanager
def _importable(course: Path) -> Iterator[None]:
    # nbgrader's commands look in the folder where they are called, which is the course's
    sys.path.insert(0, str(course))
    try:
        yield
    finally:
        sys.path.remove(str(course))

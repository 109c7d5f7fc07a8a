"""Post the saved marks to gradebooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder import kinds, store
from autograder.model import MarkSheet, Posted
from autograder.pipeline.moving import standing_of
from autograder.pipeline.opened import Opened
from autograder.pipeline.setting import people_of
from autograder.post import post


def sheets_of(opened: Opened) -> Iterator[MarkSheet]:
    """Yield the saved marks, in the order of the candidates' names."""
    for path in sorted((opened.course.work(opened.name) / "marks").glob("*.json")):
        yield store.read_record(path, MarkSheet)


class Sheets:
    """The saved marks as something to go through more than once without holding them all."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def __iter__(self) -> Iterator[MarkSheet]:
        return sheets_of(self._opened)


def post_exam(opened: Opened, gradebooks: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Post the saved marks to each gradebook.

    Yields:
        The gradebook's word and where it keeps the marks.

    Raises:
        GradebookError: a mark is in state `error`, or a gradebook cannot take them.
    """
    told = False
    for gradebook in gradebooks:
        to = opened.course.work(opened.name) / "marks.csv" if gradebook == "csv" else opened.course.root
        post(Sheets(opened), gradebook, to)
        _name(opened, gradebook, to)
        if not told:
            _remember(opened)
            told = True
        yield gradebook, to


def _name(opened: Opened, gradebook: str, to: Path) -> None:
    """Tell a gradebook that shows names those of the roster, if the course has one."""
    name = getattr(kinds.module_of("gradebooks", gradebook), "name_people", None)
    if name is not None and any(sheets_of(opened)) and (opened.course.root / "roster.csv").is_file():
        people = [
            {"id": each.candidate, "first_name": each.first_name, "last_name": each.last_name, "email": each.email}
            for each in people_of(opened.course)
        ]
        name(people, opened.name, to)


def _remember(opened: Opened) -> None:
    """Save what was posted: marks of later days are compared with it."""
    standings = {sheet.candidate: standing_of(sheet) for sheet in sheets_of(opened)}
    posted = Posted.model_construct(exam=opened.name, standings=standings)
    store.write_record(opened.course.posted(opened.name), posted, durable=True)

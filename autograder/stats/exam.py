"""Gather a class's marks and papers and compute the figures of an exam."""

from __future__ import annotations

from collections.abc import Iterator

from autograder import store
from autograder.model import Paper
from autograder.pipeline import Opened, sheets_of
from autograder.stats.items import Taken, statistics
from autograder.stats.records import ExamStats


def exam_stats(opened: Opened) -> ExamStats | None:
    """Return the figures of an exam from its saved marks, or None where nobody has any.

    Raises:
        AutograderError: a paper that somebody has marks for is gone.
    """
    path = opened.course.took(opened.name)
    times = store.read_json(path) if path.is_file() else None
    return statistics(_taken(opened), opened.picked.scales(), times)


def _taken(opened: Opened) -> Iterator[Taken]:
    forms = {row.code: row.form for row in opened.allocation.rows}
    for sheet in sheets_of(opened):
        paper = store.read_record(opened.course.paper(opened.name, sheet.code), Paper)
        yield Taken(sheet, paper, forms.get(sheet.code))

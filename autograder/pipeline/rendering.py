"""Render an exam: every candidate's handout, and the course's own form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder import store
from autograder.model import Paper
from autograder.pipeline.opened import Opened, require_set
from autograder.pipeline.setting import staff_form
from autograder.render import release, render


def render_exam(opened: Opened, formats: Sequence[str]) -> Iterator[Path]:
    """Write every candidate's handout, then the staff notebook and nbgrader's release.

    Yields:
        Each handout's folder, then the two notebooks of form 0.

    Raises:
        AutograderError: the exam was not set.
    """
    course, name = opened.course, opened.name
    require_set(opened)
    for row in opened.allocation.rows:
        paper = store.read_record(course.paper(name, row.code), Paper)
        folder = course.handout(name, row.code)
        for format in formats:
            render(paper, format, folder)
        yield folder
    yield from release(*staff_form(opened), course.root)

"""Render an exam: every candidate's handout, solutions and marking guides for staff, and the course's own form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder import kinds, store
from autograder.model import Paper
from autograder.outline.paper import FACES, Face
from autograder.pipeline.opened import Opened, keys_of_paper, require_set
from autograder.pipeline.setting import staff_form
from autograder.render import release, render


def wanted(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[Face, ...]]:
    """Return the formats and the faces for staff that are named by words such as `pdf,html,solutions,guide`.

    Where only faces are named, they are wanted as PDF.

    Raises:
        KindError: a word names neither.
    """
    faces = tuple(face for face in FACES if face != "paper" and face in words)
    formats = tuple(dict.fromkeys(word for word in words if word not in faces))
    for format in formats:
        kinds.load("formats", format)
    return formats, faces


def render_exam(opened: Opened, words: Sequence[str]) -> Iterator[Path]:
    """Write every candidate's handout, then the staff notebook and nbgrader's release.

    Args:
        opened: the exam.
        words: formats, and `solutions` and `guide` for staff's versions in the same formats.

    Yields:
        Each handout's folder, then the two notebooks of form 0.

    Raises:
        AutograderError: the exam was not set.
    """
    course, name = opened.course, opened.name
    require_set(opened)
    formats, faces = wanted(words)
    for row in opened.allocation.rows:
        paper = store.read_record(course.paper(name, row.code), Paper)
        folder = course.handout(name, row.code)
        for format in formats:
            render(paper, format, folder)
        if faces:
            keys = keys_of_paper(opened, paper, solutions=True)
            for face in faces:
                for format in formats or ("pdf",):
                    # never beside the handout, which is given away as it stands
                    render(paper, format, course.staff(name, row.code), keys, face)
        yield folder
    yield from release(*staff_form(opened), course.root)

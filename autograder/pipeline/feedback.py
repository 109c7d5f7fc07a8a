"""Write every candidate's feedback page from the saved papers, answers and marks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder import store
from autograder.feedback import feedback
from autograder.model import MarkSheet, Paper, Submission
from autograder.pipeline.opened import Opened, keys_of_paper
from autograder.pipeline.posting import sheets_of
from autograder.resources import template_folders


def feedback_exam(opened: Opened) -> Iterator[Path]:
    """Write a page for everybody who has marks.

    Yields:
        Each page once it is written.

    Raises:
        AutograderError: a paper or the answers that the marks belong to are gone, or a page cannot be made.
    """
    folders = template_folders(opened.course.root)
    scales = scales_of(opened)
    for sheet in sheets_of(opened):
        page = opened.course.feedback(opened.name, sheet.candidate)
        store.write_bytes(page, _page(opened, sheet, folders, scales).encode())
        yield page


def scales_of(opened: Opened) -> dict[str, str]:
    """Return the scale on which each number of an exam is marked, by ref."""
    marked = (
        (f"{question.id}-{part.id}", part.marking()[1])
        for question in opened.picked.questions()
        for part in question.parts
    )
    return {ref: str(settings.get("scale", "relative")) for ref, settings in marked}


def _page(opened: Opened, sheet: MarkSheet, folders: list[Path], scales: dict[str, str]) -> str:
    course, name = opened.course, opened.name
    paper = store.read_record(course.paper(name, sheet.code), Paper)
    submission = store.read_record(course.submission(name, sheet.candidate), Submission)
    released = opened.picked.exam.release_solutions
    keys = keys_of_paper(opened, paper, solutions=True) if released else ()
    return feedback(paper, sheet, submission, folders, scales=scales, keys=keys)

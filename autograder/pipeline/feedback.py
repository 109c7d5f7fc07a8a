"""Write every candidate's feedback page from the saved papers, answers and marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder import store
from autograder.feedback import Outcome, Person, feedback
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
    for sheet in sheets_of(opened):
        page = opened.course.feedback(opened.name, sheet.candidate)
        store.write_bytes(page, page_of(opened, sheet).encode())
        yield page


def page_of(
    opened: Opened, sheet: MarkSheet, *, persons: Mapping[str, Person] | None = None, penalty: float = 0.0
) -> str:
    """Return the page of one candidate.

    Args:
        opened: the exam.
        sheet: the candidate's marks.
        persons: by ref, what people decided outside of these marks.
        penalty: points taken off for lateness.

    Raises:
        AutograderError: the paper or the answers that the marks belong to are gone, or the page cannot be made.
    """
    course, name = opened.course, opened.name
    paper = store.read_record(course.paper(name, sheet.code), Paper)
    submission = store.read_record(course.submission(name, sheet.candidate), Submission)
    keys = keys_of_paper(opened, paper, solutions=True) if opened.picked.exam.release_solutions else ()
    outcome = Outcome(sheet, submission, opened.picked.scales(), {key.ref: key for key in keys}, persons or {}, penalty)
    return feedback(paper, outcome, template_folders(course.root))

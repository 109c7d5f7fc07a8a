"""Write every candidate's feedback page from the saved papers, answers and marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from autograder import store
from autograder.feedback import Outcome, Person, authored_math, feedback
from autograder.markup.mathfont import with_math_font
from autograder.model import MarkSheet, Paper, Question, Submission
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
        store.write_bytes(page, page_of(opened, sheet))
        yield page


def page_of(
    opened: Opened, sheet: MarkSheet, *, persons: Mapping[str, Person] | None = None, penalty: float = 0.0
) -> bytes:
    """Return the page of one candidate, from their saved answers, with all that it needs.

    Args:
        opened: the exam.
        sheet: the candidate's marks.
        persons: by ref, what people decided outside of these marks.
        penalty: points taken off for lateness.

    Raises:
        AutograderError: the paper or the answers that the marks belong to are gone, or the page cannot be made.
    """
    submission = store.read_record(opened.course.submission(opened.name, sheet.candidate), Submission)
    return page_for(opened, sheet, submission, persons=persons, penalty=penalty)


def page_for(
    opened: Opened,
    sheet: MarkSheet,
    submission: Submission,
    *,
    persons: Mapping[str, Person] | None = None,
    penalty: float = 0.0,
) -> bytes:
    """Return the page of one candidate, from their answers as read; arguments and errors as for `page_of`."""
    paper = store.read_record(opened.course.paper(opened.name, sheet.code), Paper)
    released = opened.picked.exam.release_solutions
    quoted = any(map(_tells_math, opened.picked.questions()))
    keys = keys_of_paper(opened, paper, solutions=released) if released or quoted else ()
    outcome = Outcome(
        sheet,
        submission,
        opened.picked.scales(),
        {key.ref: key for key in keys} if released else {},
        persons or {},
        penalty,
        {key.ref: authored_math(key) for key in keys} if quoted else {},
    )
    folders = tuple(template_folders(opened.course.root))
    return with_math_font(feedback(paper, outcome, folders), folders)


@lru_cache(maxsize=1024)
def _tells_math(question: Question) -> bool:
    """Return whether an author wrote math for candidates who are told of their answers."""
    cells = [cell for part in question.parts for row in part.cells for cell in row if not isinstance(cell, str)]
    texts = [check.why for part in question.parts for check in part.checks]
    texts += [option.say for part in question.parts for options in part.pools.values() for option in options]
    texts += [say for cell in cells for say in cell.say.values()]
    for part in (*question.parts, *cells):
        for told in (part.slips, part.options, part.faults, part.invented, part.checks):
            texts += [each.say for each in told]
    return any("$" in text for text in texts)

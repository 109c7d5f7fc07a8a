"""Post the marks to nbgrader's gradebook and as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.console import BankFolder, CourseFolder, ExamName, course_at, say
from autograder.pipeline import Opened, open_exam, post_exam

Gradebooks = Annotated[str, typer.Option("--to", help="Gradebooks, separated by commas.")]


def post(
    exam: ExamName, to: Gradebooks = "nbgrader,csv", course: CourseFolder = Path(), bank: BankFolder = None
) -> None:
    """Post the marks to nbgrader's gradebook and as CSV.

    A person's scores and comments in nbgrader are never touched. Refuses while a mark could not be made. Posting twice
    changes nothing.
    """
    post_to(open_exam(course_at(course), exam, bank), to)


def post_to(opened: Opened, to: str) -> None:
    """Post to each of the gradebooks named and say where the marks are."""
    root = opened.course.root
    for word, where in post_exam(opened, [word.strip() for word in to.split(",") if word.strip()]):
        shown = where.relative_to(root) if where != root else Path("gradebook.db")
        say(f"posted to {word}: {shown}")

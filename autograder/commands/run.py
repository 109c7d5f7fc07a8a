"""Mark and post."""

from __future__ import annotations

from pathlib import Path

import typer

from autograder.commands.console import BankFolder, CourseFolder, ExamName, RunnerWord, Unsafe, course_at
from autograder.commands.mark import mark_all
from autograder.commands.post import Gradebooks, post_to
from autograder.pipeline import open_exam


def run(
    exam: ExamName,
    to: Gradebooks = "nbgrader,csv",
    runner: RunnerWord = "local",
    unsafe: Unsafe = False,
    course: CourseFolder = Path(),
    bank: BankFolder = None,
) -> None:
    """Mark and post: everything between the last hand-in and the gradebook.

    Ends with 1 where somebody has no marks; everybody else's are posted.
    """
    opened = open_exam(course_at(course), exam, bank)
    found = mark_all(opened, runner, unsafe)
    post_to(opened, to)
    raise typer.Exit(found)

"""Make a template repository in which students practise an exam and are marked on each push."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.classroom.repository import make_classroom
from autograder.commands.console import BankFolder, CourseFolder, ExamName, course_at, progress, say
from autograder.pipeline import open_exam


def classroom(
    exam: ExamName,
    out: Annotated[Path, typer.Option(help="An empty or new folder, or an earlier repository of the same exam.")],
    papers: Annotated[int, typer.Option(min=1, max=256, help="How many different papers there are.")] = 16,
    format: Annotated[str, typer.Option(help="In which formats a paper is written, separated by commas.")] = "notebook",
    course: CourseFolder = Path(),
    bank: BankFolder = None,
) -> None:
    """Make a template repository in which students practise an exam and are marked on each push.

    Keys ship with it, so it is for practice only: nothing marked there should count. Its papers are drawn from a secret
    of their own and tell nothing of the exam's.
    """
    opened = open_exam(course_at(course), exam, bank)
    words = tuple(word.strip() for word in format.split(",") if word.strip())
    written = list(progress(make_classroom(opened, out.resolve(), papers, words), "Making the repository"))
    say(f"{len(written)} files made; {out}/ is the template repository of {exam}")
    say("It holds the keys of its papers: it is for practice only. docs/threat-model.md says what that means.")

"""Write the handouts, and nbgrader's source and release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.console import BankFolder, CourseFolder, ExamName, course_at, progress, say
from autograder.pipeline import open_exam, render_exam


def render(
    exam: ExamName,
    format: Annotated[
        str, typer.Option(help="Any of notebook, pdf, html; and for staff solutions, guide.")
    ] = "notebook",
    merge: Annotated[bool, typer.Option("--merge", help="Also one PDF of all papers, for the print shop.")] = False,
    course: CourseFolder = Path(),
    bank: BankFolder = None,
) -> None:
    """Write the handouts, and nbgrader's source and release.

    A candidate's files lie in work/EXAM/handout/CODE/; work/EXAM/handout.csv says for staff whose is whose. With
    `solutions` or `guide` among the formats, worked solutions or marking guides of each paper in the same formats (PDF
    where none is named) lie in work/EXAM/staff/CODE/. The staff notebook, form 0, lies in source/EXAM/, and nbgrader
    makes release/EXAM/ from it.
    """
    where = course_at(course)
    opened = open_exam(where, exam, bank)
    words = [word.strip() for word in format.split(",") if word.strip()]
    written = list(progress(render_exam(opened, words, merge=merge), "Rendering", len(opened.allocation.rows) + 2))
    *_, source, release = written
    folder = where.work(exam).relative_to(where.root)
    say(f"{len(written) - 2} handouts in {folder}/handout/, by paper code; {folder}/handout.csv says whose is whose")
    if merge:
        say(f"all papers in one: {where.print_shop(exam).relative_to(where.root)}")
    say(f"staff notebook {source.relative_to(where.root)}, release {release.relative_to(where.root)}")

"""Write the answers that a person marks as a table, or read the marked table back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.console import BankFolder, CourseFolder, ExamName, course_at, say
from autograder.errors import AutograderError
from autograder.pipeline import open_exam, read_rubric, write_rubric


def rubric(
    exam: ExamName,
    out: Annotated[Path | None, typer.Option(help="Write the table to this new file.")] = None,
    taken: Annotated[Path | None, typer.Option("--in", help="Read the table that somebody has filled in.")] = None,
    part: Annotated[str | None, typer.Option(help="With --out: only this part, as in mixer_cost-a.")] = None,
    course: CourseFolder = Path(),
    bank: BankFolder = None,
) -> None:
    """Write the answers that a person marks as a table (CSV), or read the marked table back.

    The table names papers by their codes, and nobody. Each marking point has a column for its points. What is read back
    is checked, and kept when the class is marked again, as long as the answer stays the same.
    """
    if (out is None) == (taken is None):
        raise AutograderError("say --out FILE.csv to write the table, or --in FILE.csv to read it back")
    opened = open_exam(course_at(course), exam, bank)
    if out is not None:
        count = write_rubric(opened, out, part)
        say(f"{count} answers in {out}; fill in the points, then `tenfold rubric {exam} --in {out}`")
    if taken is not None:
        found = read_rubric(opened, taken)
        say(f"{found.new} answers marked, {found.changed} marked anew, {found.same} as before, {found.left} left")
        say(f"run `tenfold run {exam}` to mark and post with them")

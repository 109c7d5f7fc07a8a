"""Deal every candidate a paper of their own; those who have one keep it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.console import OUT, BankFolder, CourseFolder, ExamName, course_at, progress, say, table
from autograder.pipeline import copied_credit, open_exam, people_of, set_exam


def set(
    exam: ExamName,
    roster: Annotated[
        Path | None, typer.Option(help="CSV with a column `candidate`; roster.csv when not given.")
    ] = None,
    again: Annotated[
        list[str] | None, typer.Option(help="A candidate who gets another attempt; may be repeated.")
    ] = None,
    course: CourseFolder = Path(),
    bank: BankFolder = None,
) -> None:
    """Deal every candidate a paper of their own; those who have one keep it, byte for byte.

    Prints what a neighbour's copied answer would earn on average: low where variants differ enough.
    """
    where = course_at(course)
    opened = open_exam(where, exam, bank)
    people = people_of(where, roster)
    dealt = list(progress(set_exam(opened, people, again or ()), "Dealing papers", len(people)))
    opened = open_exam(where, exam, bank)
    total = len(opened.allocation.rows)
    papers = "1 paper" if len(dealt) == 1 else f"{len(dealt)} papers"
    say(f"{papers} dealt, {total} in all, in {where.work(exam).relative_to(where.root)}/")
    shares = copied_credit(opened)
    if shares:
        OUT.print(
            table(
                "A neighbour's answer copied would earn",
                ["part", "on average"],
                [(ref, f"{share:.0%}") for ref, share in shares.items()],
                ["on average"],
            )
        )

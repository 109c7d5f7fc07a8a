"""Show a candidate's paper with its key, for staff."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder import store
from autograder.commands.console import OUT, AsJson, BankFolder, CourseFolder, course_at, prose, table
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.model import Key, Paper
from autograder.pipeline import keys_of_paper, open_exam


def show(
    candidate: Annotated[str, typer.Argument(metavar="CANDIDATE", help="As in the roster.")],
    exam: Annotated[str | None, typer.Option(help="Which exam; not needed when only one is set.")] = None,
    solutions: Annotated[bool, typer.Option(help="Also print the worked solutions.")] = False,
    json: AsJson = False,
    course: CourseFolder = Path(),
    bank: BankFolder = None,
) -> None:
    """Show a candidate's paper with its key, for staff."""
    where = course_at(course)
    opened = open_exam(where, exam or _only_exam(where), bank)
    rows = opened.allocation.of(candidate)
    if not rows:
        raise AutograderError(
            f"{candidate!r} has no paper of {opened.name}",
            hint=f"add them to the roster and run `tenfold set {opened.name}`",
        )
    paper = store.read_record(where.paper(opened.name, rows[-1].code), Paper)
    keys = keys_of_paper(opened, paper, solutions=solutions)
    if json:
        typer.echo(f'{{"paper":{paper.model_dump_json()},"keys":[{",".join(key.model_dump_json() for key in keys)}]}}')
        return
    whose = f"paper {paper.code}, attempt {rows[-1].attempt} of {candidate}"
    OUT.print(f"[bold]{paper.title}[/bold]  {whose}, {paper.points:g} points")
    by_ref = {key.ref: key for key in keys}
    for variant in paper.variants():
        OUT.rule(f"{variant.question}: {variant.title}", align="left")
        OUT.print(prose(variant.text))
        for part in variant.parts:
            OUT.print(f"\n[bold]{part.id}[/bold] ({part.points:g} points)")
            OUT.print(prose(part.text))
            show_key(by_ref[part.ref])


def show_key(key: Key) -> None:
    """Print a part's answer, conventions and slips, and the solution if it has been rendered."""
    rows = [("answer", "", _number(key.answer), "100 %", key.formula)]
    for claim in key.claims:
        share = "band" if claim.share is None else f"{claim.share:.0%}"
        rows.append((claim.kind, claim.name, _number(claim.value), share, claim.formula))
    OUT.print(
        table(
            f"{key.ref}, in {key.unit}" if key.unit else key.ref,
            ["", "name", "value", "share", "formula"],
            rows,
            ["value", "share"],
        )
    )
    if key.problem:
        OUT.print(f"[red]no key: {key.problem}[/red]")
    if key.solution:
        OUT.print(prose(key.solution))


def _number(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    return "–" if value is None else f"{float(value):.6g}"  # type: ignore[arg-type]


def _only_exam(course: Course) -> str:
    found = sorted(path.parent.name for path in (course.root / "work").glob("*/allocation.json"))
    if len(found) == 1:
        return found[0]
    raise AutograderError(
        f"several exams are set: {', '.join(found)}" if found else "no exam is set yet",
        hint="name one with --exam" if found else "run `tenfold set EXAM`",
    )

"""Show a candidate's paper with its key, for staff."""

from __future__ import annotations

from pathlib import Path
from string import ascii_uppercase
from typing import Annotated

import typer
from rich.syntax import Syntax

from autograder import store
from autograder.commands.console import OUT, AsJson, BankFolder, CourseFolder, course_at, prose, table
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.markup.tables import markdown_pools, markdown_table
from autograder.model import ChoiceKey, CodeKey, Declaration, Declarations, Key, Paper, VariantPart
from autograder.pipeline import keys_of_paper, open_exam
from autograder.reading.letters import say_chosen, say_expected
from autograder.reading.rows import place_of


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
            show_part(part)
            show_key(by_ref[part.ref])


def show_part(part: VariantPart) -> None:
    """Print a part as a candidate sees it."""
    OUT.print(f"\n[bold]{part.id}[/bold] ({part.points:g} points)")
    OUT.print(prose(part.text))
    if part.cells:
        OUT.print(prose("\n\n".join([markdown_table(part), *markdown_pools(part)])))
    if part.listing is not None:
        OUT.print(Syntax(part.listing, "python", line_numbers=True, word_wrap=True, background_color="default"))
    for number, prompt in enumerate(part.prompts, 1):
        OUT.print(f"{number}  {prompt}", markup=False, highlight=False)
    for letter, option in zip(ascii_uppercase, part.options, strict=False):
        OUT.print(f"{letter}  {option}", markup=False, highlight=False)
    if part.starter is not None:
        OUT.print(Syntax(part.starter, "python", background_color="default"))


def show_key(key: Key) -> None:
    """Print a part's answer, conventions and slips, and the solution if it has been rendered."""
    if key.code is not None:
        _show_code(key.ref, key.code)
    elif key.choice is not None:
        _show_choice(key, key.choice)
    elif key.declared is not None:
        _show_formula(key, key.declared)
    elif key.cells:
        _show_cells(key)
    elif key.rubric and key.answer is None:
        rows = [(f"{point.points:g}", point.say) for point in key.rubric]
        OUT.print(table(f"{key.ref}: what a person looks at", ["points", "what"], rows, ["points"]))
    else:
        _show_number(key)
    if key.problem:
        OUT.print(f"[red]no key: {key.problem}[/red]")
    if key.solution:
        OUT.print(prose(key.solution))


def _show_number(key: Key) -> None:
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


def _show_formula(key: Key, declared: Declarations) -> None:
    rows = [("answer", "", "100 %", key.formula)]
    for claim in key.claims:
        rows.append((claim.kind, claim.name, f"{claim.share or 0:.0%}", claim.formula))
    OUT.print(table(key.ref, ["", "name", "share", "formula"], rows, ["share"]))
    said = [f"{name}: {_declared(said)}" for name, said in declared.symbols.items()]
    said += [*declared.constraints, *declared.givens]
    OUT.print("; ".join(said), markup=False, highlight=False)


def _declared(said: Declaration | None) -> str:
    words = [name if value is True else f"{name} {value}" for name, value in (said or {}).items()]
    return " ".join(words) or "real"


def _show_choice(key: Key, choice: ChoiceKey) -> None:
    expected = choice.expected
    if choice.prompts:
        rows = list(zip(range(1, len(expected) + 1), choice.prompts, expected, strict=True))
        OUT.print(table(f"{key.ref}: what belongs together", ["number", "text", "letter"], rows))
        return
    if key.input == "ordering":
        OUT.print(f"{key.ref}: {say_chosen('ordering', expected)}", highlight=False)
        return
    told = [(each.letter, each.name, "right" if each.right else "wrong", each.say) for each in choice.options]
    OUT.print(table(key.ref, ["option", "id", "is", "say"], told))
    for claim in key.claims:
        share = f"{claim.share:.0%}" if claim.share is not None else "no credit"
        OUT.print(f"{claim.kind} {claim.name}: {bool(claim.value)} ({share})", highlight=False)


def _show_cells(key: Key) -> None:
    rows = [
        (place_of(row, column, (key.rows, key.columns)), _cell(cell), f"{cell.points:.3g}", cell.formula)
        for row, cells in enumerate(key.cells)
        for column, cell in enumerate(cells)
        if cell is not None
    ]
    OUT.print(table(key.ref, ["cell", "answer", "points", "formula"], rows, ["answer", "points"]))


def _cell(key: Key) -> str:
    if key.choice is not None:
        return say_expected(key.input, key.choice.expected)
    return "" if key.declared is not None else _number(key.answer)


def _show_code(ref: str, code: CodeKey) -> None:
    OUT.print(Syntax(code.reference, "python", background_color="default"))
    if code.checks:
        rows = [(check.id, f"{check.points:g}", check.say) for check in code.checks]
        OUT.print(table(f"{ref}: what is looked at", ["check", "points", "what"], rows, ["points"]))
    if code.options:
        claims = [
            (
                option.letter,
                option.fault or "invented",
                "neutral" if option.neutral else "right" if option.on else "wrong",
                "any" if option.lines is None else ", ".join(map(str, option.lines)),
            )
            for option in code.options
        ]
        OUT.print(table(f"{ref}: claims", ["letter", "fault", "is", "lines"], claims))


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

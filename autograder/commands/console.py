"""What the verbs share: where the course is, how tables and progress are drawn."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from autograder.course import Course

Item = TypeVar("Item")

_MATH: Final = re.compile(r"\$\$.+?\$\$|\$[^$]+\$", re.DOTALL)

OUT: Final = Console(width=None if sys.stdout.isatty() else 120)
ERR: Final = Console(stderr=True)

ExamName = Annotated[
    str, typer.Argument(metavar="EXAM", help="The exam's id: its file is question_bank/exams/EXAM.yaml.")
]
BankFolder = Annotated[
    Path | None,
    typer.Option("--bank", help="Use this question bank; else $TENFOLD_BANK, the course's own, the shipped one."),
]
RunnerWord = Annotated[
    str, typer.Option("--runner", help="Where code runs; `local` is this machine, in the best jail it offers.")
]
Unsafe = Annotated[
    bool, typer.Option("--unsafe", help="Where no jail works, run code without one, and say so beside every mark.")
]
CourseFolder = Annotated[Path, typer.Option("--course", help="The course's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def prose(text: str) -> Markdown:
    """Return a text of the bank as Markdown for a terminal, its math left as it was typed."""
    # Markdown would take the backslash of \\, and its like for an escape
    return Markdown(_MATH.sub(lambda found: found[0].replace("\\", "\\\\"), text))


def say(sentence: str) -> None:
    """Print a sentence as it is, on one line however narrow the terminal."""
    OUT.print(sentence, markup=False, highlight=False, soft_wrap=True)


def course_at(folder: Path) -> Course:
    """Return the course in a folder."""
    return Course(folder.resolve())


def progress(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """Yield the items while a bar on a terminal's standard error says how far they are."""
    if not ERR.is_terminal:
        yield from items
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ERR, transient=True) as bar:
        task = bar.add_task(what, total=total)
        for item in items:
            yield item
            bar.advance(task)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], numbers: Sequence[str] = ()) -> Table:
    """Return a table; the columns named in `numbers` are set flush right."""
    drawn = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for column in columns:
        drawn.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(escape(str(cell)) for cell in row))
    return drawn

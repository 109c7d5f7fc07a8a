"""Mark one returned file and report it as GitHub Actions, Classroom 50, Gradescope or a person wants it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from autograder.classroom.grading import HandedIn, grade_file, pages_of, practised, submitted
from autograder.classroom.practice import find_practice
from autograder.commands.console import BankFolder, CourseFolder, RunnerWord, Unsafe
from autograder.commands.mark import say_how
from autograder.errors import AutograderError
from autograder.model import Page
from autograder.pipeline import runs_of
from autograder.pipeline.feedback import page_for
from autograder.store import write_bytes


def grade(
    notebook: Annotated[
        Path | None, typer.Argument(help="What was returned. In a practice repository: its own paper when not given.")
    ] = None,
    format: Annotated[
        str, typer.Option(help="actions, classroom50, gradescope, markdown; several separated by commas.")
    ] = "markdown",
    out: Annotated[Path, typer.Option(help="Where files such as results.json are written.")] = Path(),
    candidate: Annotated[str | None, typer.Option(help="Whose file it is, in a course.")] = None,
    exam: Annotated[str | None, typer.Option(help="Which exam, in a course; else its file's name says.")] = None,
    feedback: Annotated[
        Path | None,
        typer.Option(help="Also write the feedback page, one HTML file, here; none for an unreadable file."),
    ] = None,
    runner: RunnerWord = "local",
    unsafe: Unsafe = False,
    course: CourseFolder = Path(),
    bank: BankFolder = None,
) -> None:
    """Mark one returned file and report it as GitHub Actions, Classroom 50, Gradescope or a person wants it.

    Marks are made as `tenfold mark` makes them, and are not saved. Ends with 1 where a part could not be checked.
    """
    handed_in = _handed_in(notebook, candidate, exam, course, bank)
    with runs_of(handed_in.opened, runner, unsafe=unsafe) as runs:
        graded = grade_file(handed_in, runs)
        say_how(runs)
    report = graded.report
    if feedback is not None:
        # one that was written before would be taken for that of this file
        feedback.unlink(missing_ok=True)
        if graded.read is not None:
            write_bytes(feedback, page_for(handed_in.opened, graded.read.sheet, graded.read.submission))
    words = tuple(word.strip() for word in format.split(",") if word.strip())
    # when it was handed in, for a format that must say and whose caller does not
    around = {"SOURCE_DATE_EPOCH": str(int(handed_in.file.stat().st_mtime)), **os.environ}
    _deliver(pages_of(report, words, around), out, around)
    if report.unchecked:
        raise typer.Exit(1)


def _handed_in(
    notebook: Path | None, candidate: str | None, exam: str | None, course: Path, bank: Path | None
) -> HandedIn:
    if notebook is not None and not notebook.is_file():
        raise AutograderError("there is no such file", where=str(notebook))
    # never looked for around the file: whoever hands in a folder could hand in keys of their own
    practice = find_practice(course.resolve())
    if practice is not None and candidate is None:
        handed_in = practised(practice, notebook, os.environ)
        if not handed_in.file.is_file():
            raise AutograderError(
                "your paper is missing", where=handed_in.shown, hint="restore it from the repository's history"
            )
        return handed_in
    if notebook is None:
        raise AutograderError("name the file to mark", hint="it can be left out in a practice repository only")
    return submitted(course.resolve(), notebook, exam, candidate, bank)


def _deliver(pages: Iterable[Page], out: Path, around: Mapping[str, str]) -> None:
    """Write each page into its file, add it to the one that the environment names, or print it."""
    for page in pages:
        if page.variable and around.get(page.variable):
            with open(around[page.variable], "a", encoding="utf-8", errors="replace") as file:
                file.write(page.text)
        elif page.name:
            out.mkdir(parents=True, exist_ok=True)
            (out / page.name).write_text(page.text, encoding="utf-8", errors="replace")
        else:
            typer.echo(page.text, nl=False)

"""Read what was returned, run its code in a jail, and mark it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import typer

from autograder.commands.console import (
    ERR,
    OUT,
    AsJson,
    BankFolder,
    CourseFolder,
    ExamName,
    RunnerWord,
    Unsafe,
    course_at,
    progress,
    say,
    table,
)
from autograder.pipeline import Marked, Opened, mark_exam, open_exam, runs_of
from autograder.runs import Runs


def mark(
    exam: ExamName,
    json: AsJson = False,
    runner: RunnerWord = "local",
    unsafe: Unsafe = False,
    course: CourseFolder = Path(),
    bank: BankFolder = None,
) -> None:
    """Read what was returned, run its code in a jail, and mark it.

    Reads submitted/CANDIDATE/EXAM/EXAM.ipynb (or answers.yaml) and saves marks in work/EXAM/marks/. Marking again after
    a mark scheme was mended draws nothing anew and runs nothing again. With --json, prints a mark sheet a line.
    """
    opened = open_exam(course_at(course), exam, bank)
    if not json:
        mark_all(opened, runner, unsafe)
        return
    with runs_of(opened, runner, unsafe=unsafe) as runs:
        for result in mark_exam(opened, runs):
            if result.sheet is not None:
                typer.echo(result.sheet.model_dump_json())
            for problem in result.problems:
                typer.echo(f"{result.candidate}: {problem}", err=True)
        say_how(runs)


class _Line(NamedTuple):
    """What the class table keeps of a result, so that a large class does not fill the memory."""

    candidate: str
    score: float | None
    points: float
    left: str
    problems: tuple[str, ...]


def say_how(runs: Runs) -> None:
    """Say on standard error how code was run, if any was."""
    if runs.made or runs.says:
        ERR.print(f"{runs.made} runs of code, {runs.reused} saved ones; {runs.says}", highlight=False, soft_wrap=True)
    elif runs.reused:
        ERR.print(f"no code was run; {runs.reused} saved runs", highlight=False)


def mark_all(opened: Opened, runner: str = "local", unsafe: bool = False) -> None:
    """Mark everything returned; show the class and what staff should look at."""
    total = sum(1 for _ in opened.course.submitted(opened.name))
    with runs_of(opened, runner, unsafe=unsafe) as runs:
        lines = [_line(result) for result in progress(mark_exam(opened, runs), "Marking", total)]
        say_how(runs)
    title, most = opened.picked.exam.title, 60
    rows = [
        (line.candidate, "–" if line.score is None else f"{line.score:g}", f"{line.points:g}", line.left)
        for line in lines
    ]
    if rows:
        shown = f"{title}: marks" if len(rows) <= most else f"{title}: marks, the first {most} of {len(rows)}"
        OUT.print(table(shown, ["candidate", "score", "of", "left"], rows[:most], ["score", "of"]))
    scores = [line.score for line in lines if line.score is not None]
    if scores:
        say(f"{len(scores)} marked, mean {sum(scores) / len(scores):.2f}, best {max(scores):g}, lowest {min(scores):g}")
    else:
        say(f"nothing in submitted/*/{opened.name}/ could be marked yet")
    problems = [(line.candidate, problem) for line in lines for problem in line.problems]
    if problems:
        OUT.print(table("For staff to look at", ["candidate", "what"], problems))


def _line(result: Marked) -> _Line:
    if result.sheet is None:
        return _Line(result.candidate, None, 0.0, "no marks", result.problems)
    waiting = [mark.ref for mark in result.sheet.marks if mark.state == "manual"]
    left = f"a person marks {', '.join(waiting)}" if waiting else ""
    return _Line(result.candidate, result.sheet.score, result.sheet.points, left, result.problems)

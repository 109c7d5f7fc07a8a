"""Read what was returned, run its code in a jail, and mark it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

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
from autograder.pipeline import Marked, Move, Opened, Stood, mark_exam, open_exam, runs_of
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
    Ends with 1 where somebody has no marks, or a part could not be marked.
    """
    opened = open_exam(course_at(course), exam, bank)
    if not json:
        raise typer.Exit(mark_all(opened, runner, unsafe))
    found = 0
    with runs_of(opened, runner, unsafe=unsafe) as runs:
        for result in mark_exam(opened, runs):
            if result.sheet is not None:
                typer.echo(result.sheet.model_dump_json())
            for problem in result.problems:
                typer.echo(f"{result.candidate}: {problem}", err=True)
            if result.moved is not None:
                typer.echo(f"{result.candidate}: moves by {result.moved.by:+g}", err=True)
            found |= not result.complete
        say_how(runs)
    raise typer.Exit(int(found))


_NAMED: Final = 3
"""Parts that wait for a person are named in the class table up to so many; below it they are counted by part."""


class _Line(NamedTuple):
    """What the class table keeps of a result, so that a large class does not fill the memory."""

    candidate: str
    paper: str
    score: float | None
    points: float
    waiting: tuple[str, ...]
    problems: tuple[str, ...]
    complete: bool
    moved: Move | None


def say_how(runs: Runs) -> None:
    """Say on standard error how code was run, if any was."""
    if runs.made or runs.says:
        ERR.print(f"{runs.made} runs of code, {runs.reused} saved ones; {runs.says}", highlight=False, soft_wrap=True)
    elif runs.reused:
        ERR.print(f"no code was run; {runs.reused} saved runs", highlight=False)


def mark_all(opened: Opened, runner: str = "local", unsafe: bool = False) -> int:
    """Mark everything returned; show the class and what staff should look at.

    Returns:
        The exit code: 1 where somebody has no marks, or a part could not be marked.
    """
    total = len(opened.course.submitted(opened.name))
    with runs_of(opened, runner, unsafe=unsafe) as runs:
        lines = [_line(result) for result in progress(mark_exam(opened, runs), "Marking", total)]
        say_how(runs)
    title, most = opened.picked.exam.title, 60
    rows = [_row(line) for line in lines]
    if rows:
        shown = f"{title}: marks" if len(rows) <= most else f"{title}: marks, the first {most} of {len(rows)}"
        OUT.print(table(shown, ["candidate", "score", "of", "left"], rows[:most], ["score", "of"]))
    scores = [line.score for line in lines if line.score is not None]
    if scores:
        say(f"{len(scores)} marked, mean {sum(scores) / len(scores):.2f}, best {max(scores):g}, lowest {min(scores):g}")
    else:
        say(f"nothing in submitted/*/{opened.name}/ could be marked yet")
    _for_a_person(opened, lines)
    show_moves([line.moved for line in lines if line.moved is not None])
    _for_staff(opened, lines)
    return int(not all(line.complete for line in lines))


def _row(line: _Line) -> tuple[str, str, str, str]:
    if line.score is None:
        return line.candidate, "–", "–", "no marks"
    many = len(line.waiting) > _NAMED
    parts = f"{len(line.waiting)} parts" if many else ", ".join(line.waiting)
    return line.candidate, f"{line.score:g}", f"{line.points:g}", f"a person marks {parts}" if parts else ""


def _for_a_person(opened: Opened, lines: Sequence[_Line]) -> None:
    waiting = Counter(ref for line in lines for ref in line.waiting)
    if waiting:
        parts = ", ".join(f"{ref} ({count})" for ref, count in waiting.items())
        wait = "answer waits" if waiting.total() == 1 else "answers wait"
        say(f"{waiting.total()} {wait} for a person, by part: {parts}")
        say(f"mark them in formgrader, or in the table that `tenfold rubric {opened.name} --out FILE.csv` writes")


def _for_staff(opened: Opened, lines: Sequence[_Line]) -> None:
    there = {line.candidate for line in lines}
    absent = list(dict.fromkeys(row.candidate for row in opened.allocation.rows if row.candidate not in there))
    if absent:
        names = ", ".join(absent[:20]) + (" …" if len(absent) > 20 else "")
        say(f"{len(absent)} handed in nothing: {names}")
    problems = [
        (line.candidate, line.paper, "no marks" if line.score is None else "marked", problem)
        for line in lines
        for problem in line.problems
    ]
    if problems:
        OUT.print(table("For staff to look at", ["candidate", "paper", "", "what"], problems))


def show_moves(moves: Sequence[Move], most: int = 200) -> None:
    """Show who moves and by how much against what was posted last, or saved before; nothing where nobody does.

    Somebody whose only news is that parts which waited have marks by now does not move, and is only counted.
    """
    first = [each for each in moves if each.only_completed]
    if first:
        mean = sum(each.by for each in first) / len(first)
        say(f"{len(first)} have marks by now for parts that waited, on average {mean:+.2f}")
    moved = sorted((each for each in moves if not each.only_completed), key=lambda each: (each.code, each.candidate))
    if not moved:
        return
    rows = [
        (
            each.code,
            each.candidate,
            f"{each.was:g} of {each.of:g}",
            "no marks" if each.now is None else f"{each.now[0]:g} of {each.now[1]:g}",
            f"{each.by:+g}" if each.by else "0",
            ", ".join(f"{ref} {_score(was)} → {_score(now)}" for ref, (was, now) in each.parts.items()),
        )
        for each in moved
    ]
    title = "Who moves" if len(rows) <= most else f"Who moves, the first {most} of {len(rows)}"
    OUT.print(table(title, ["paper", "candidate", "was", "now", "by", "parts"], rows[:most], ["was", "now", "by"]))
    by = [each.by for each in moved]
    up, down = sum(each > 0 for each in by), sum(each < 0 for each in by)
    same = f", {len(by) - up - down} by 0" if up + down < len(by) else ""
    shown = f"{up} up, {down} down{same}, from {min(by):+g} to {max(by):+g}, on average {sum(by) / len(by):+.2f}"
    say(f"{len(moved)} move: {shown}; nothing is posted before `tenfold post`")


def _score(stood: Stood) -> str:
    if isinstance(stood, str):
        return stood
    return "–" if stood is None else f"{stood:g}"


def _line(result: Marked) -> _Line:
    if result.sheet is None:
        return _Line(result.candidate, "", None, 0.0, (), result.problems, result.complete, result.moved)
    sheet = result.sheet
    waiting = tuple(mark.ref for mark in sheet.marks if mark.state == "manual")
    return _Line(
        result.candidate, sheet.code, sheet.score, sheet.points, waiting, result.problems, result.complete, result.moved
    )

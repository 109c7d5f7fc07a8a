"""Say how hard and telling each part was, how reliable the exam is, and whether its variants are equally hard."""

from __future__ import annotations

from pathlib import Path

import typer

from autograder import store
from autograder.commands.console import OUT, AsJson, BankFolder, CourseFolder, ExamName, course_at, say, table
from autograder.pipeline import open_exam
from autograder.resources import template_folders
from autograder.stats.exam import exam_stats
from autograder.stats.page import page
from autograder.stats.records import Estimate, ExamStats


def stats(exam: ExamName, json: AsJson = False, course: CourseFolder = Path(), bank: BankFolder = None) -> None:
    """Say how hard and telling each part was, how reliable the exam is, and whether its variants are equally hard.

    Reads the saved marks and writes work/EXAM/stats.json and the page work/EXAM/stats.html. With --json, prints them.
    """
    where = course_at(course)
    found = exam_stats(open_exam(where, exam, bank))
    if found is None:
        say(f"nobody has marks of {exam} yet: run `tenfold mark {exam}` first")
        return
    store.write_record(where.stats(exam, "json"), found)
    to = where.stats(exam, "html")
    store.write_bytes(to, page(found, template_folders(where.root)).encode())
    if json:
        typer.echo(found.model_dump_json())
        return
    _show(found)
    say(f"the whole of it, with pictures: {to.relative_to(where.root)}")


def _show(found: ExamStats) -> None:
    rows = [
        (part.ref, part.n, _shown(part.facility), _shown(part.discrimination), _most(part.slips))
        for part in found.parts
    ]
    columns = ["part", "n", "facility", "discrimination", "most frequent slip"]
    OUT.print(table(f"{found.title}: {found.n} candidates", columns, rows, ["n", "facility", "discrimination"]))
    if found.alpha is not None:
        bounds = f"95 %: {found.alpha.low:.2f} to {found.alpha.high:.2f}, {found.complete} candidates"
        say(f"Cronbach's alpha {found.alpha.value:.2f} ({bounds})")
    for caution in found.cautions:
        say(caution)
    for each in found.comparisons:
        if each.differs:
            groups = "; ".join(f"{group.name}: {group.facility.value:.2f} ({group.n})" for group in each.groups)
            say(f"{each.ref} differs by {each.by} (corrected p {each.corrected:.2g}): {groups}")


def _shown(estimate: Estimate | None) -> str:
    return "–" if estimate is None else f"{estimate.value:.2f}"


def _most(slips: dict[str, int]) -> str:
    return next((f"{name} ({count})" for name, count in slips.items()), "")

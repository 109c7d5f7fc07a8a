"""Keep marks in a table that every spreadsheet opens: a line a candidate, a column a part."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from csv import writer
from pathlib import Path

from autograder.amendments import is_void
from autograder.errors import GradebookError
from autograder.kinds import gradebook
from autograder.model import MarkSheet
from autograder.store import write_bytes


@gradebook
def csv(sheets: Iterable[MarkSheet], to: Path) -> Path:
    """Write `candidate, code, score, points`, then a column for each part, sorted by candidate.

    A part that a person has yet to mark, or that was left out of the maximum, leaves its field empty and gets a second
    column that says so. Where somebody was late, a column `late_minutes` says by how much; scores know nothing of it.

    Args:
        sheets: the marks, read once.
        to: the file.

    Returns:
        The file.

    Raises:
        GradebookError: a mark is in state `error`, or a candidate stands there twice; nothing is written.
    """
    rows: dict[str, tuple[str, float, float, dict[str, str]]] = {}
    points: dict[str, None] = {}
    manual: set[str] = set()
    states: dict[tuple[str, str], str] = {}
    late: dict[str, int] = {}
    for sheet in sheets:
        if sheet.candidate in rows:
            raise GradebookError("there are two sheets of marks for this candidate", where=sheet.candidate)
        scores: dict[str, str] = {}
        if sheet.late:
            late[sheet.candidate] = sheet.late
        for mark in sheet.marks:
            if mark.state == "error":
                raise GradebookError(f"{mark.ref} could not be marked", where=sheet.candidate, hint="mark again first")
            points[mark.ref] = None
            scores[mark.ref] = "" if mark.score is None or is_void(mark) else _shown(mark.score)
            if mark.state == "manual" or is_void(mark):
                manual.add(mark.ref)
                states[sheet.candidate, mark.ref] = "void" if is_void(mark) else "manual"
        rows[sheet.candidate] = (sheet.code, sheet.score, sheet.points, scores)
    said = [ref for ref in points if ref in manual]
    more = {ref: {who: states.get((who, ref), "graded" if ref in rows[who][3] else "") for who in rows} for ref in said}
    columns = {f"{ref}_state": column for ref, column in more.items()}
    if late:
        columns["late_minutes"] = {who: _shown(round(late.get(who, 0) / 60, 1)) for who in rows}
    write_bytes(to, _table(rows, list(points), columns).encode())
    return to


def _table(
    rows: Mapping[str, tuple[str, float, float, dict[str, str]]],
    refs: list[str],
    more: Mapping[str, Mapping[str, str]],
) -> str:
    text = io.StringIO(newline="")
    table = writer(text, lineterminator="\n")
    table.writerow(["candidate", "code", "score", "points", *refs, *more])
    for candidate in sorted(rows):
        code, score, total, scores = rows[candidate]
        said = [column[candidate] for column in more.values()]
        table.writerow([candidate, code, _shown(score), _shown(total), *(scores.get(ref, "") for ref in refs), *said])
    return text.getvalue()


def _shown(score: float) -> str:
    return str(int(score)) if score == int(score) else repr(score)

"""Mark a table: each cell by its own grader, as if it were a part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograder import kinds
from autograder.kinds import grader
from autograder.model import Key, Mark, Observation, Record, Response
from autograder.reading.letters import read_chosen
from autograder.reading.rows import place_of


class Settings(Record):
    """What an author may set under `grader: {table: …}`.

    Attributes:
        rows: a heading for each row.
        columns: a heading for each column.
    """

    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


Row = Sequence[Mapping[str, Any] | None]
"""The marks of a row's cells as data, None where a cell was given."""


@grader
def table(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Mark every cell that is asked.

    Args:
        key: `key.cells` has a key for each cell that is asked.
        response: rows of cells: None for one that was given or is blank, a mapping with `unreadable` for one that says
            something else than an answer, else the answer.
        seen: by the refs of cells, what happened where one had to be run; a formula was compared.

    Returns:
        The sum of the cells' marks, which are in `detail.cells`. The reason is that of the cells if it is the same for
        all, else `right` with all points, `partial` with some, and with none the most frequent one but `blank`.
    """
    observed = seen.cells if seen is not None else {}
    marks = {place: _marked(cell, own, observed.get(cell.ref)) for place, cell, own in answered_cells(key, response)}
    rows = [
        [dict(marks[row, column].__dict__) if (row, column) in marks else None for column in range(len(keys))]
        for row, keys in enumerate(key.cells)
    ]
    return combined(key, rows)


def answered_cells(key: Key, response: Response) -> Iterator[tuple[tuple[int, int], Key, Response]]:
    """Yield row and column, key and answer of each cell that is asked, as if it were a part."""
    rows = response.value if isinstance(response.value, list) else []
    for row, column, cell in asked(key):
        yield (row, column), cell, _answer_to(cell, _said(rows, row, column), response)


def combined(key: Key, cells: Sequence[Row]) -> Mark:
    """Return the mark of a table from those of its cells."""
    marks = [
        (place_of(row, column, (key.rows, key.columns)), mark)
        for row, found in enumerate(cells)
        for column, mark in enumerate(found)
        if mark is not None
    ]
    read = [[None if mark is None else mark["read"] for mark in row] for row in cells]
    detail = {"cells": [list(row) for row in cells]}
    feedback = "\n".join(
        f"{place[0].upper()}{place[1:]}: {mark['feedback']}" for place, mark in marks if mark["score"] != mark["points"]
    )
    states = {mark["state"] for _, mark in marks}
    if states != {"graded"}:
        return key.unmarked("error" if "error" in states else "manual", feedback, read, detail=detail)
    score = sum(mark["score"] for _, mark in marks)
    full = all(mark["score"] >= mark["points"] for _, mark in marks)
    reasons = Counter(mark["reason"] for _, mark in marks)
    # a blank cell says less than any other
    common = max(reasons, key=lambda reason: (reason != "blank", reasons[reason]))
    reason = common if len(reasons) == 1 or not score else "right" if full else "partial"
    if reason == "blank":
        return key.mark(0, reason, feedback="There is no answer.", detail=detail)
    share = 1.0 if full else score / key.points
    return key.mark(share, reason, read=read, feedback=feedback or "Every cell is right.", detail=detail)


def flaw(key: Key) -> str | None:
    """Return what makes this variant's table unusable, or None; its cells are looked at by themselves."""
    return None if any(cell is not None for row in key.cells for cell in row) else "no cell is asked"


def guessed(key: Key) -> float:
    """Return the share of the points that blind guessing earns in those cells that offer a choice."""
    chosen = [cell for _, _, cell in asked(key) if cell.choice is not None]
    return (
        sum(float(kinds.module_of("graders", each.grader).guessed(each)) * each.points for each in chosen) / key.points
    )


def asked(key: Key) -> Iterator[tuple[int, int, Key]]:
    """Yield row, column and key of each cell that is asked."""
    for row, cells in enumerate(key.cells):
        for column, cell in enumerate(cells):
            if cell is not None:
                yield row, column, cell


def _said(rows: Sequence[Any], row: int, column: int) -> Any:
    found = rows[row] if row < len(rows) and isinstance(rows[row], list) else ()
    return found[column] if column < len(found) else None


def _answer_to(key: Key, said: Any, response: Response) -> Response:
    hint = said.get("unreadable") if isinstance(said, Mapping) else None
    if response.state == "unreadable" or hint is not None:
        return Response.model_construct(
            ref=key.ref, state="unreadable", value=None, source="", hint=hint if hint is not None else response.hint
        )
    if key.choice is not None:
        read = read_chosen(key.input, said)
        if read.hint:
            return Response.model_construct(ref=key.ref, state="unreadable", value=None, source="", hint=read.hint)
        said = list(read.chosen) or None
    return Response.model_construct(
        ref=key.ref, state="blank" if said is None else "given", value=said, source="", hint=""
    )


def _marked(key: Key, response: Response, seen: Observation | None) -> Mark:
    if key.problem:
        return key.unmarked("error", f"There is no key for this cell: {key.problem}.")
    mark: Mark = kinds.load("graders", key.grader)(key, response, seen)
    return mark

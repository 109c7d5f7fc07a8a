"""Read what was said to a table: rows of cells, with or without those that were given, in any of the usual shapes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from autograder.kinds import LETTERED

MAX_CELL: Final = 2_000
"""Characters of a cell that are kept."""

Shape = Sequence[Sequence[str]]
"""For each cell of each row, how it is asked; an empty text where it is not."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A cell that says something which cannot be taken as an answer."""

    hint: str


class RowsRead(NamedTuple):
    """Cells as said, None for what was given or is blank.

    Attributes:
        rows: as many, and as long, as the table's; empty where nothing could be read.
        hint: why it could not.
    """

    rows: list[list[Any]]
    hint: str = ""


def read_rows(said: Any, shape: Shape, headings: tuple[Sequence[str], Sequence[str]] = ((), ())) -> RowsRead:
    """Return what was said to each cell of a table.

    Args:
        said: rows as lists or tuples, whole or without their given cells; all asked cells one after the other; a
            mapping of rows by number from 1 or by heading, each a list or a mapping by column; or any of this as JSON.
        shape: of the table. Where letters are asked, a list of them is one cell.
        headings: of rows and columns.

    Returns:
        The cells; a row of another length says so in each of its cells, so that the others can still be read.
    """
    if said is None or said is ... or said == "":
        return RowsRead([[None] * len(row) for row in shape])
    if isinstance(said, str):
        with contextlib.suppress(ValueError, RecursionError):
            said = json.loads(said)
    if isinstance(said, Mapping):
        return _by_name(said, shape, headings)
    if not isinstance(said, list | tuple):
        return RowsRead([], "Rows were expected here, each a list of cells.")
    asked = [number for number, row in enumerate(shape) if any(row)]
    count = sum(bool(each) for row in shape for each in row)
    if len(said) == count and _one_by_one(said, shape, asked):
        cells = iter(said)
        return RowsRead([[_plain(next(cells), each) if each else None for each in row] for row in shape])
    if not any(isinstance(row, list | tuple | Mapping) for row in said):
        if len(asked) != 1:
            return RowsRead([], f"{len(shape)} rows were expected here, or {count} cells.")
        said = [said]
    if len(said) not in (len(shape), len(asked)):
        return RowsRead([], f"{len(shape)} rows were expected here, not {len(said)}.")
    numbers = range(len(shape)) if len(said) == len(shape) else asked
    rows = [[None] * len(row) for row in shape]
    for number, row in zip(numbers, said, strict=True):
        rows[number] = _row(row, shape[number], headings[1])
    return RowsRead(rows)


def _one_by_one(said: Sequence[Any], shape: Shape, asked: Sequence[int]) -> bool:
    """Return whether as many things as there are asked cells are these, one after the other, and not rows."""
    grouped = [isinstance(each, list | tuple | Mapping) for each in said]
    if not any(grouped):
        return True
    several = [each in LETTERED for row in shape for each in row if each]
    if any(isinstance(each, Mapping) for each in said) or not all(
        takes for takes, group in zip(several, grouped, strict=True) if group
    ):
        return False
    return not all(grouped) or len(said) not in (len(shape), len(asked))


def place_of(row: int, column: int, headings: tuple[Sequence[str], Sequence[str]] = ((), ())) -> str:
    """Return how a cell, counted from 0, is called."""
    named = [
        heading[number].strip() if number < len(heading) and heading[number].strip() else f"{what} {number + 1}"
        for heading, number, what in ((headings[0], row, "row"), (headings[1], column, "column"))
    ]
    return ", ".join(named)


def _by_name(said: Mapping[Any, Any], shape: Shape, headings: tuple[Sequence[str], Sequence[str]]) -> RowsRead:
    rows = [[None] * len(row) for row in shape]
    for name, row in said.items():
        number = _number(name, headings[0], len(shape))
        if number is None:
            return RowsRead([], f"There is no row {str(name)[:40]!r}.")
        rows[number] = _row(row, shape[number], headings[1])
    return RowsRead(rows)


def _row(said: Any, shape: Sequence[str], headings: Sequence[str]) -> list[Any]:
    asked = [column for column, each in enumerate(shape) if each]
    row: list[Any] = [None] * len(shape)
    if said is None or said is ...:
        return row
    if isinstance(said, Mapping):
        found = {_number(name, headings, len(shape)): value for name, value in said.items()}
        if None in found:
            return _unread(shape, "This row names a column that is not there.")
        cells = {column: value for column, value in found.items() if column is not None}
    else:
        values = list(said) if isinstance(said, list | tuple) else [said]
        if len(asked) == 1 and shape[asked[0]] in LETTERED and len(values) not in (1, len(shape)):
            # a list of letters, which is all that is asked in this row
            values = [values]
        if len(values) not in (len(shape), len(asked)):
            return _unread(shape, f"This row has {len(values)} cells, not {len(shape)}.")
        cells = dict(zip(range(len(shape)) if len(values) == len(shape) else asked, values, strict=True))
    for column in asked:
        row[column] = _plain(cells.get(column), shape[column])
    return row


def _unread(shape: Sequence[str], hint: str) -> list[Any]:
    return [Unread(hint) if asked else None for asked in shape]


def _plain(cell: Any, asked: str) -> Any:
    if cell is None or cell is ... or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, list | tuple) and len(cell) == 1:
        return _plain(cell[0], asked)
    if asked in LETTERED and isinstance(cell, list | tuple | set | frozenset | Mapping):
        return cell
    if isinstance(cell, Mapping | list | tuple):
        return Unread("One answer was expected here.")
    return cell[:MAX_CELL] if isinstance(cell, str) else cell


def _number(name: Any, headings: Sequence[str], count: int) -> int | None:
    text = str(name).strip()
    for number, heading in enumerate(headings):
        if text == heading.strip():
            return number
    return int(text) - 1 if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= count else None

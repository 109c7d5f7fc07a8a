"""Cells of a table that offer options: their own, or those of a list that several cells of the table share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from autograder.kinds import LETTERED
from autograder.model import Alternative, Cell, Part, Question


class SharedOptions(NamedTuple):
    """A list of options that several cells share; the title is empty where the table has it under `options`."""

    title: str
    options: tuple[Alternative, ...]


def cell_name(part: Part, row: int, column: int) -> str:
    """Return the id of a cell, counted from 0."""
    return f"{part.id}.{row + 1}.{column + 1}"


def shared_options(part: Part) -> tuple[SharedOptions, ...]:
    """Return the lists of options that a table has for its cells, in the order in which they are shown."""
    plain = (SharedOptions("", part.options),) if part.options else ()
    return plain + tuple(SharedOptions(title, options) for title, options in part.pools.items())


def number_of_pool(part: Part, cell: Cell) -> int | None:
    """Return from which of a table's lists a cell is answered, counted from 0; None where it has options of its own.

    A cell that names none has the list without a title, or the only one.

    Raises:
        LookupError: there is no such list.
    """
    if cell.options:
        return None
    titles = [shared.title for shared in shared_options(part)]
    if cell.pool is not None:
        return titles.index(cell.pool) if cell.pool and cell.pool in titles else _missing(cell.pool)
    if "" in titles or len(titles) == 1:
        return 0
    return _missing("")


def _missing(title: str) -> int:
    raise LookupError(title)


def options_of(part: Part, cell: Cell) -> tuple[Alternative, ...]:
    """Return what a cell offers, with what is right there; nothing where it cannot be told.

    Args:
        part: a table.
        cell: of it, asked for letters.
    """
    try:
        number = number_of_pool(part, cell)
    except LookupError:
        return ()
    if number is None:
        return cell.options
    return tuple(_said_here(option, cell) for option in shared_options(part)[number].options)


def _said_here(option: Alternative, cell: Cell) -> Alternative:
    name = option.id or ""
    return option.model_copy(update={"right": cell.right.get(name, "0"), "say": cell.say.get(name, option.say)})


def lettered_cells(part: Part) -> Iterator[tuple[Part, str, bool]]:
    """Yield a table's cells that are answered by letters, as parts with a name and options.

    Yields:
        The cell, the name under which a paper keeps the order of its options, and whether these are shuffled. The name
        is the same for cells that share a list.
    """
    for row, cells in enumerate(part.cells):
        for column, cell in enumerate(cells):
            if not isinstance(cell, Cell) or cell.input not in LETTERED:
                continue
            named = {"id": cell_name(part, row, column), "options": options_of(part, cell)}
            offering = cell.model_copy(update=named)
            if not offering.options:
                continue
            number = number_of_pool(part, cell)
            own: Any = cell.marking()[1].get("shuffle", True)
            shared: Any = part.marking()[1].get("shuffle", True)
            if number is None:
                yield offering, f"{offering.id}.order", bool(own)
            else:
                yield offering.model_copy(update={"draw": None}), f"{part.id}.pool{number + 1}.order", bool(shared)


def pooled_texts(question: Question) -> list[list[Any]]:
    """Return what of the options of tables candidates may see: ids and texts of each list, by its place."""
    found: list[list[Any]] = []
    for part in question.parts:
        for shared in shared_options(part) if part.cells else ():
            found.append([part.id, shared.title, [[option.id or "", option.text] for option in shared.options]])
        for row, cells in enumerate(part.cells):
            for column, cell in enumerate(cells):
                if isinstance(cell, Cell) and cell.input in LETTERED:
                    own = [[option.id or "", option.text] for option in cell.options]
                    found.append([cell_name(part, row, column), cell.pool, own])
    return found

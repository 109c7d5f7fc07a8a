"""Make a table ready: which of its cells are asked in a variant, for how many points, and what stands in the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from autograder.algebra.typed import typeset_formula
from autograder.choosing.offers import shown_for
from autograder.choosing.pooled import cell_name, number_of_pool, options_of, shared_options
from autograder.formula import Value, compiled
from autograder.kinds import FORMULAS, LETTERED
from autograder.markup import templates
from autograder.markup.numerals import plain
from autograder.model import Cell, Declarations, Part, Question, ShownCell, ShownPool

_BREAK: Final = "\x1e"

Drawn = Mapping[str, Any]
Place = tuple[int, int]


@dataclass(frozen=True)
class Table:
    """A part's table as written.

    Attributes:
        asked: by row and column from 0, the cells that are asked at least in some variants, with all they inherit;
            their points are shares, which add up to 1.
        texts: headings of rows and of columns, and the given cells, as templates.
        plain: no text hangs on drawn values.
    """

    size: Place
    asked: Mapping[Place, Cell]
    headings: Place
    texts: tuple[str, ...]
    plain: bool


@lru_cache(maxsize=256)
def tables(question: Question) -> Mapping[str, Table]:
    """Return a question's tables by the part's id."""
    return {part.id: table_of(part) for part in question.parts if part.cells}


def table_of(part: Part) -> Table:
    """Return a part's table made ready."""
    settings = part.marking()[1]
    rows, columns = settings.get("rows") or (), settings.get("columns") or ()
    texts = [*rows, *columns, *(cell for row in part.cells for cell in row if isinstance(cell, str))]
    return Table(
        size=(len(part.cells), max(map(len, part.cells), default=0)),
        asked=dict(_asked(part)),
        headings=(len(rows), len(columns)),
        texts=tuple(map(str, texts)),
        plain=not any("[=" in str(text) or "[%" in str(text) for text in texts),
    )


def _asked(part: Part) -> Iterator[tuple[Place, Cell]]:
    cells = [
        ((row, column), cell)
        for row, cells in enumerate(part.cells)
        for column, cell in enumerate(cells)
        if isinstance(cell, Cell)
    ]
    said = sum(cell.own_points or 0.0 for _, cell in cells)
    silent = sum(cell.own_points is None for _, cell in cells)
    left = (part.points - said) / silent if silent else 0.0
    for (row, column), cell in cells:
        points = left if cell.own_points is None else cell.own_points
        own = {"id": cell_name(part, row, column), "points": points / part.points}
        yield (row, column), cell.model_copy(update=own | _inherited(part, cell))


def _inherited(part: Part, cell: Cell) -> dict[str, Any]:
    """Return what a cell has from its table: a number its unit and what it uses, a formula its names beside its own.

    What is answered by letters has options: its own, or those of the list that it shares.
    """
    if cell.input in LETTERED:
        return {"options": options_of(part, cell)}
    if cell.input == "number":
        unit = part.unit if cell.unit is None else cell.unit
        return {"unit": unit, "uses": part.uses, "plausible": part.plausible}
    if cell.input not in FORMULAS:
        return {}
    named = {field: {**getattr(part, field), **getattr(cell, field)} for field in ("symbols", "functions", "random")}
    said = {field: (*getattr(part, field), *getattr(cell, field)) for field in ("constraints", "givens")}
    return {**named, **said, "only": cell.only or part.only}


def asks_formulas(part: Part) -> bool:
    """Return whether a part, or a cell of its table, asks for a formula."""
    if not part.cells:
        return part.input in FORMULAS
    return any(isinstance(cell, Cell) and cell.input in FORMULAS for row in part.cells for cell in row)


def with_points(part: Part, points: float) -> Part:
    """Return a part that earns other points; what its cells earn by themselves is scaled."""
    scale = points / part.points
    cells = tuple(
        tuple(
            cell.model_copy(update={"points": cell.points * scale})
            if isinstance(cell, Cell) and cell.own_points is not None
            else cell
            for cell in row
        )
        for row in part.cells
    )
    return part.model_copy(update={"points": points, "cells": cells} if cells else {"points": points})


def asked_in(part: Part, table: Table, values: Drawn) -> dict[Place, Cell]:
    """Return the cells that are asked in a variant, by row and column, with their points.

    Raises:
        FormulaError: an `ask` has no value.
    """
    asked = {place: cell for place, cell in table.asked.items() if cell.ask is None or compiled(cell.ask)(values)}
    total = sum(cell.points for cell in asked.values())
    # as marks are rounded, so that a third of a point can be earned in full
    return {
        place: cell.model_copy(update={"points": round(cell.points / total * part.points, 6)})
        for place, cell in asked.items()
    }


def shown(question: Question, part: Part, values: Drawn) -> dict[str, Any]:
    """Return cells and headings of a table as a candidate sees them: the fields of a VariantPart.

    Raises:
        RenderError: a text cannot be rendered.
        FormulaError: a formula of a cell has no value.
    """
    table = tables(question)[part.id]
    texts = table.texts if table.plain else templates.render_text(_BREAK.join(table.texts), values).split(_BREAK)
    rows, columns = table.headings
    given = iter(texts[rows + columns :])
    cells = tuple(
        tuple(
            next(given).strip() if isinstance(cell, str) else _shown(question, part, (row, column), values)
            for column, cell in enumerate(written)
        )
        for row, written in enumerate(part.cells)
    )
    pools = tuple(_pool(question, part, number, values) for number in range(len(shared_options(part))))
    return {
        "cells": cells,
        "rows": tuple(texts[:rows]),
        "columns": tuple(texts[rows : rows + columns]),
        "pools": pools,
    }


def headings(question: Question, part: Part, values: Drawn) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the headings of a table's rows and columns."""
    table = tables(question)[part.id]
    rows, columns = table.headings
    texts: tuple[str, ...] = table.texts[: rows + columns]
    if not table.plain and texts:
        texts = tuple(templates.render_text(_BREAK.join(texts), values).split(_BREAK))
    return texts[:rows], texts[rows:]


def _shown(question: Question, part: Part, place: Place, values: Drawn) -> ShownCell:
    cell, written = tables(question)[part.id].asked[place], part.cells[place[0]][place[1]]
    assert isinstance(written, Cell)
    given = None
    if cell.ask is not None and not compiled(cell.ask)(values):
        given = templates.render_text(cell.text, values).strip() if cell.text else _answer_as_text(cell, values)
    own = cell.input in FORMULAS and any(getattr(written, field) for field in Declarations.model_fields)
    declared = cell.declared() if own else None
    options, pool = _offered(question, part, cell, written, values) if cell.input in LETTERED else ((), 0)
    return ShownCell(cell.input, cell.unit, cell.whole, given, cell.ask is not None, declared, options, pool)


def _offered(question: Question, part: Part, cell: Cell, written: Cell, values: Drawn) -> tuple[tuple[str, ...], int]:
    """Return a cell's own options, or the number of the list that it shares."""
    number = number_of_pool(part, written)
    return (_options(question, cell.id, values), 0) if number is None else ((), number + 1)


def _options(question: Question, name: str, values: Drawn) -> tuple[str, ...]:
    texts = shown_for(question, name, values)
    if any("[=" in text or "[%" in text for text in texts):
        texts = templates.render_text(_BREAK.join(texts), values).split(_BREAK)
    return tuple(" ".join(text.split()) for text in texts)


def _pool(question: Question, part: Part, number: int, values: Drawn) -> ShownPool:
    shared = shared_options(part)[number]
    # all that share a list have one order
    for (row, column), cell in tables(question)[part.id].asked.items():
        written = part.cells[row][column]
        if cell.input in LETTERED and isinstance(written, Cell) and number_of_pool(part, written) == number:
            return ShownPool(shared.title, _options(question, cell.id, values))
    return ShownPool(shared.title, ())


def _answer_as_text(cell: Cell, values: Drawn) -> str:
    if cell.input in LETTERED:
        right = [option.text for option in cell.options if compiled(option.right)(values)]
        return "; ".join(templates.render_text(text, values).strip() for text in right)
    if cell.answer is None:
        return ""
    if cell.input in FORMULAS:
        return typeset_formula(cell.answer, cell.declared(), values)
    answer: Value = compiled(cell.answer)(values)
    return str(bool(answer)) if cell.input == "truefalse" else plain(answer)


def seen(part: Part) -> tuple[list[str], list[str], list[Any]]:
    """Return what decides how a table looks: its texts, its formulas, and the rest."""
    table = table_of(part)
    varying = [cell for cell in table.asked.values() if cell.ask is not None]
    texts = [*table.texts, *(cell.text for cell in varying)]
    formulas = [formula for cell in varying for formula in (cell.ask, cell.answer) if formula is not None]
    formulas += [option.right for cell in varying if cell.input in LETTERED for option in cell.options]
    rest = [[*place, cell.input, cell.unit, cell.whole] for place, cell in table.asked.items()]
    return texts, formulas, [table.size, table.headings, rest]

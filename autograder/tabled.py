"""Make a table ready: which of its cells are asked in a variant, for how many points, and what stands in the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from autograder.algebra.typed import typeset_formula
from autograder.formula import Value, compiled
from autograder.kinds import FORMULAS
from autograder.markup import templates
from autograder.markup.numerals import plain
from autograder.model import Cell, Declarations, Part, Question, ShownCell

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
        own = {"id": f"{part.id}.{row + 1}.{column + 1}", "points": points / part.points}
        yield (row, column), cell.model_copy(update=own | _inherited(part, cell))


def _inherited(part: Part, cell: Cell) -> dict[str, Any]:
    """Return what a cell has from its table: a number its unit and what it uses, a formula its names beside its own."""
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
    return {
        place: cell.model_copy(update={"points": cell.points / total * part.points}) for place, cell in asked.items()
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
            next(given).strip() if isinstance(cell, str) else _shown(table.asked[row, column], cell, values)
            for column, cell in enumerate(written)
        )
        for row, written in enumerate(part.cells)
    )
    return {"cells": cells, "rows": tuple(texts[:rows]), "columns": tuple(texts[rows : rows + columns])}


def headings(question: Question, part: Part, values: Drawn) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the headings of a table's rows and columns."""
    table = tables(question)[part.id]
    rows, columns = table.headings
    texts: tuple[str, ...] = table.texts[: rows + columns]
    if not table.plain and texts:
        texts = tuple(templates.render_text(_BREAK.join(texts), values).split(_BREAK))
    return texts[:rows], texts[rows:]


def _shown(cell: Cell, written: Cell, values: Drawn) -> ShownCell:
    given = None
    if cell.ask is not None and not compiled(cell.ask)(values):
        given = templates.render_text(cell.text, values).strip() if cell.text else _answer_as_text(cell, values)
    own = cell.input in FORMULAS and any(getattr(written, field) for field in Declarations.model_fields)
    declared = cell.declared() if own else None
    return ShownCell(cell.input, cell.unit, cell.whole, given, cell.ask is not None, declared)


def _answer_as_text(cell: Cell, values: Drawn) -> str:
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
    rest = [[*place, cell.input, cell.unit, cell.whole] for place, cell in table.asked.items()]
    return texts, formulas, [table.size, table.headings, rest]

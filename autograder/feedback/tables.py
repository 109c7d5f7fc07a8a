"""A table as a candidate filled it in: what was given, what they wrote into each cell, and what that earned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import ascii_uppercase
from typing import Any, NamedTuple

from markupsafe import Markup

from autograder.feedback.told import cut, plain
from autograder.model import Mark, Response, VariantPart

Shown = Callable[[str], Markup]
"""Sets a text of the question."""


class AnsweredCell(NamedTuple):
    """A cell of a table.

    Attributes:
        given: what stood there; `wrote`: what the candidate wrote, empty for nothing.
        credit: full, some, none, or open without a mark; empty where it was given.
        score: earned of `points`; empty where there is no mark yet.
        options: its own, with their letters.
    """

    given: Markup
    wrote: str = ""
    unit: str = ""
    credit: str = ""
    score: str = ""
    points: str = ""
    options: tuple[tuple[str, Markup], ...] = ()


class AnsweredRow(NamedTuple):
    """A row of a table, with its heading if the table has any."""

    heading: Markup
    cells: tuple[AnsweredCell, ...]


class Answered(NamedTuple):
    """A table.

    Attributes:
        headed: whether its rows have headings.
        pools: the lists of options that its cells share, each with its title.
    """

    columns: tuple[Markup, ...]
    rows: tuple[AnsweredRow, ...]
    headed: bool
    pools: tuple[tuple[str, tuple[tuple[str, Markup], ...]], ...] = ()


def answered_table(
    part: VariantPart, mark: Mark, response: Response | None, shown: Shown, number: Callable[[float], str]
) -> Answered | None:
    """Return a table with its answers and what each earned; None where there are no marks of its cells.

    Args:
        part: as the candidate saw it.
        mark: with those of the cells.
        response: as read.
        shown: sets a text of the question.
        number: writes points.
    """
    rows = mark.detail.get("cells")
    if not part.cells or not isinstance(rows, list | tuple):
        return None
    said = response.value if response is not None and isinstance(response.value, list) else ()
    return Answered(
        columns=tuple(map(shown, part.columns)),
        rows=tuple(
            AnsweredRow(
                shown(part.rows[place]) if place < len(part.rows) else Markup(),
                tuple(
                    _given(each, shown)
                    if (found := _at(rows, place, column)) is None
                    else _marked(found, _at(said, place, column), each, shown, number)
                    for column, each in enumerate(row)
                ),
            )
            for place, row in enumerate(part.cells)
        ),
        headed=bool(part.rows),
        pools=tuple((pool.title, _lettered(pool.options, shown)) for pool in part.pools),
    )


def _lettered(options: Sequence[str], shown: Shown) -> tuple[tuple[str, Markup], ...]:
    return tuple((letter, shown(text)) for letter, text in zip(ascii_uppercase, options, strict=False))


def _given(cell: Any, shown: Shown) -> AnsweredCell:
    return AnsweredCell(shown(cell if isinstance(cell, str) else cell.given or ""))


def _marked(
    mark: Mapping[str, Any], said: Any, cell: Any, shown: Shown, number: Callable[[float], str]
) -> AnsweredCell:
    score, points = mark.get("score"), mark.get("points") or 0.0
    credit = "open" if score is None else "full" if score >= points else "some" if score > 0 else "none"
    said = ", ".join(map(str, said)) if isinstance(said, list) else said
    wrote = "?" if isinstance(said, Mapping) else cut(plain(said))
    options = () if isinstance(cell, str) else _lettered(cell.options, shown)
    earned = "" if score is None else number(score)
    return AnsweredCell(Markup(), wrote, _unit(cell), credit, earned, number(points), options)


def _unit(cell: Any) -> str:
    unit = None if isinstance(cell, str) else cell.unit
    return "" if unit in (None, "count", "probability") else unit


def _at(rows: Sequence[Any], row: int, column: int) -> Any:
    found = rows[row] if row < len(rows) else None
    return found[column] if isinstance(found, list | tuple) and column < len(found) else None

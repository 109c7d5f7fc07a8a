"""Show a table: in Markdown for everybody, and as the list of rows that a notebook's cell starts from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from string import ascii_uppercase
from typing import Any, Final

from autograder.kinds import LETTERED
from autograder.model import Declarations, ShownCell, VariantPart

ASKED: Final = "…"
"""What stands in the place of a cell that is asked, before its unit."""


def shape_of(part: VariantPart) -> list[list[str]]:
    """Return for each cell of each row how it is asked, an empty text where it is not in this variant."""
    return [
        [cell.input if isinstance(cell, ShownCell) and cell.given is None else "" for cell in row] for row in part.cells
    ]


def table_rows(part: VariantPart) -> list[list[str]]:
    """Return the texts of a table's lines, with its headings: the first line and the first column may be empty."""
    width = max(map(len, part.cells), default=0)
    lines = [[*part.columns] if part.columns else [""] * width]
    lines += [
        [_text(cell, place, part) for place, cell in enumerate(row)] + [""] * (width - len(row)) for row in part.cells
    ]
    if part.rows:
        lines = [[heading, *line] for heading, line in zip(["", *part.rows], lines, strict=True)]
    return lines


def markdown_table(part: VariantPart) -> str:
    """Return a table in Markdown; a bar in a cell, which would end it, is escaped."""
    lines = [[" ".join(cell.split()).replace("|", "\\|") for cell in line] for line in table_rows(part)]
    bold = bool(part.rows)
    shown = [
        [f"**{cell}**" if bold and not place and cell else cell for place, cell in enumerate(line)] for line in lines
    ]
    head, *rest = ["| " + " | ".join(line) + " |" for line in shown]
    return "\n".join([head, "|" + "---|" * len(lines[0]), *rest])


def with_table(part: VariantPart) -> str:
    """Return a part's text with its table below it, if it has one, and what can be chosen there."""
    return "\n\n".join([part.text, markdown_table(part), *markdown_pools(part)]) if part.cells else part.text


def markdown_pools(part: VariantPart) -> Iterator[str]:
    """Yield the lists of options that cells of a table share, in Markdown."""
    for pool in part.pools:
        if pool.title:
            yield f"**{pool.title}**"
        yield "\n".join(f"- **{letter}** {text}" for letter, text in zip(ascii_uppercase, pool.options, strict=False))


def list_of_rows(part: VariantPart, answers: Mapping[tuple[int, int], str] | None = None) -> str:
    """Return Python code for the list of rows: given cells as texts, dots or answers in the place of the others.

    Args:
        part: a table.
        answers: code for the cells that are asked, by row and column from 0.
    """
    rows = []
    for number, row in enumerate(part.cells):
        cells = [
            (answers or {}).get((number, column), "...")
            if isinstance(cell, ShownCell) and cell.given is None
            else _quoted(_text(cell, column, part))
            for column, cell in enumerate(row)
        ]
        rows.append(f"    [{', '.join(cells)}],")
    return "\n".join(["[", *rows, "]"])


def checked_cells(part: VariantPart, names: Callable[[Declarations], Any]) -> str:
    """Return Python code that says how each cell is asked: the same in every variant.

    Args:
        part: a table.
        names: what of a cell's own declarations a check cell must know.
    """
    rows = [[None if isinstance(cell, str) else _asked(cell, part, names) for cell in row] for row in part.cells]
    return "[\n" + "".join(f"            {row!r},\n" for row in rows) + "        ]"


def _asked(cell: ShownCell, part: VariantPart, names: Callable[[Declarations], Any]) -> tuple[Any, ...]:
    own = () if cell.declared is None else (names(cell.declared),)
    if cell.input in LETTERED:
        own = (len(part.pools[cell.pool - 1].options if cell.pool else cell.options),)
    return (cell.input, cell.unit, cell.whole, cell.varies, *own)


def title_of(cell: ShownCell, column: int, part: VariantPart) -> str:
    """Return the title of the list that a cell shares, where there are several and its column's heading is another."""
    if not cell.pool or len(part.pools) < 2:
        return ""
    title = part.pools[cell.pool - 1].title
    heading = part.columns[column] if column < len(part.columns) else ""
    return "" if title.casefold() == heading.strip().casefold() else title


def _text(cell: str | ShownCell, column: int, part: VariantPart) -> str:
    if isinstance(cell, str) or cell.given is not None:
        return cell if isinstance(cell, str) else cell.given or ""
    if cell.input in LETTERED:
        options = [f"**{letter}** {text}" for letter, text in zip(ascii_uppercase, cell.options, strict=False)]
        how = "one letter" if cell.input == "choice" else "all letters that apply"
        return " · ".join([*options, f"{ASKED} {': '.join(filter(None, (how, title_of(cell, column, part))))}"])
    return f"{ASKED} {cell.unit}" if cell.unit not in (None, "count", "probability") else ASKED


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

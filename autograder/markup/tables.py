"""Show a table: in Markdown for everybody, and as the list of rows that a notebook's cell starts from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from autograder.model import Declarations, ShownCell, VariantPart

ASKED: Final = "…"
"""What stands in the place of a cell that is asked, before its unit."""


def shape_of(part: VariantPart) -> list[list[bool]]:
    """Return for each cell of each row whether it is asked in this variant."""
    return [[not isinstance(cell, str) and cell.given is None for cell in row] for row in part.cells]


def table_rows(part: VariantPart) -> list[list[str]]:
    """Return the texts of a table's lines, with its headings: the first line and the first column may be empty."""
    width = max(map(len, part.cells), default=0)
    lines = [[*part.columns] if part.columns else [""] * width]
    lines += [[_text(cell) for cell in row] + [""] * (width - len(row)) for row in part.cells]
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
    """Return a part's text with its table below it, if it has one."""
    return f"{part.text}\n\n{markdown_table(part)}" if part.cells else part.text


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
            else _quoted(_text(cell))
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
    rows = [[None if isinstance(cell, str) else _asked(cell, names) for cell in row] for row in part.cells]
    return "[\n" + "".join(f"            {row!r},\n" for row in rows) + "        ]"


def _asked(cell: ShownCell, names: Callable[[Declarations], Any]) -> tuple[Any, ...]:
    own = () if cell.declared is None else (names(cell.declared),)
    return (cell.input, cell.unit, cell.whole, cell.varies, *own)


def _text(cell: str | ShownCell) -> str:
    if isinstance(cell, str) or cell.given is not None:
        return cell if isinstance(cell, str) else cell.given or ""
    return f"{ASKED} {cell.unit}" if cell.unit not in (None, "count", "probability") else ASKED


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

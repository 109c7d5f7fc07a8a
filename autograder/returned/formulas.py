"""Find a formula that stands in a notebook as code: written without quotation marks, it reads all the same."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from autograder.algebra.declare import declare
from autograder.algebra.malformed import Malformed
from autograder.algebra.read import read
from autograder.algebra.symbols import DeclarationError
from autograder.kinds import FORMULAS, LETTERED
from autograder.markup.tables import shape_of
from autograder.model import Declarations, ShownCell, VariantPart
from autograder.reading.rows import read_rows

_LETTERS: Final = re.compile(r"[A-Za-z]|\{\s*[\"']?[A-Za-z][\"']?(\s*,\s*[\"']?[A-Za-z][\"']?)*\s*,?\s*\}")
"""A letter, or a set of letters, with or without quotation marks."""


def written_as_code(variable: str, declared: Declarations | None, sources: Iterable[str]) -> str | None:
    """Return what stands right of the last assignment to a variable, if it reads as a formula.

    Args:
        variable: of the part.
        declared: the names that its formula may use.
        sources: code cells in document order, as Python.
    """
    text = None
    for source in sources:
        if variable in source:
            text = _right_side(variable, source) or text
    return text if text is not None and declared is not None and _reads(text, declared) else None


def rows_as_code(part: VariantPart, sources: Iterable[str]) -> list[list[Any]] | None:
    """Return the cells of a table in which formulas or letters were written as code, without quotation marks.

    Args:
        part: a table.
        sources: code cells in document order, as Python.

    Returns:
        The cells; code as texts. None where nothing was written so, where the variable is changed later on, or where
        it takes more than reading: a name in a number, a formula that does not read.
    """
    found, sources = None, list(sources)
    for source in (each for each in sources if part.variable in each):
        if re.search(rf"\b{part.variable}\s*[.\[]", source):
            return None
        node = _assigned(part.variable, source)
        found = (source, node) if node is not None else found
    try:
        read = read_rows(None if found is None else _texts(*found), shape_of(part), (part.rows, part.columns))
    except (ValueError, RecursionError):
        return None
    code = list(_code_in(read.rows))
    bound = _bound(sources) if code else frozenset()
    if not any(_is_text(part, row, column) for row, column, _ in code) or not all(
        _takes(part, bound, *each) for each in code
    ):
        return None
    return [[_as_text(cell) for cell in row] for row in read.rows]


def _as_text(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_as_text(each) for each in cell]
    return cell.text if isinstance(cell, _Code) else cell


def _is_text(part: VariantPart, row: int, column: int) -> bool:
    """Return whether code in a cell may stand for the text that its author meant."""
    cell = part.cells[row][column]
    return isinstance(cell, ShownCell) and (cell.input in FORMULAS or cell.input in LETTERED)


@dataclass(frozen=True)
class _Code:
    """A cell that is no literal, as it stands in the source."""

    text: str


def _code_in(rows: list[list[Any]]) -> Iterator[tuple[int, int, str]]:
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            for each in cell if isinstance(cell, list) else [cell]:
                if isinstance(each, _Code):
                    yield row, column, each.text


def _bound(sources: Iterable[str]) -> frozenset[str]:
    """Return the names that code gives a meaning."""
    found: set[str] = set()
    for source in sources:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return frozenset(found)


def _takes(part: VariantPart, bound: frozenset[str], row: int, column: int, text: str) -> bool:
    """Return whether a cell can be read from code: a formula that reads, letters, or a number without a name."""
    cell = part.cells[row][column]
    if isinstance(cell, ShownCell) and cell.input in LETTERED:
        return _LETTERS.fullmatch(text) is not None and bound.isdisjoint(text)
    if isinstance(cell, ShownCell) and cell.input in FORMULAS:
        return _reads(text, cell.declared or part.declared or Declarations())
    return not any(isinstance(node, ast.Name) for node in ast.walk(ast.parse(text, mode="eval")))


def _texts(source: str, node: ast.expr) -> Any:
    """Return rows of cells as texts.

    Raises:
        ValueError: something is neither a list, nor a mapping, nor a cell.
    """
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_texts(source, item) for item in items]
        case ast.Dict(keys=names, values=rows):
            return {ast.literal_eval(name): _texts(source, row) for name, row in zip(names, rows, strict=True) if name}
        case ast.Constant(value=None) | ast.Constant(value=builtins.Ellipsis):
            return None
        case ast.Constant(value=value):
            return value
        case ast.Set() | ast.BinOp() | ast.UnaryOp() | ast.Name() | ast.Call() | ast.Subscript() | ast.Attribute():
            return _Code(ast.get_source_segment(source, node) or "")
    raise ValueError("neither rows nor a cell")


def _right_side(variable: str, source: str) -> str | None:
    node = _assigned(variable, source)
    return ast.get_source_segment(source, node) if node is not None else None


def _assigned(variable: str, source: str) -> ast.expr | None:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = None
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == variable:
                found = value
    return found


def _reads(text: str, declared: Declarations) -> bool:
    try:
        read(text, declare(declared.model_dump(exclude={"only"})))
    except (Malformed, DeclarationError):
        return False
    return True

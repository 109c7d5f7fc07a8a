"""The statements of a notebook's cell: as Python reads them, and line by line where Python would not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from autograder.reading.assigned import COMPUTED, Assigned

MAX_SOURCE: Final = 100_000
"""Characters of a cell that is still looked at."""

MAX_KEPT: Final = 4_000
"""Characters of a cell whose reading is remembered, as that of the check cells that everybody hands in."""

_NEWLINE: Final = re.compile("\r\n|\r|\n")
_TIMED: Final = re.compile(r"^%time +(?=[A-Za-z_])")
_ARROW: Final = re.compile(r"^([A-Za-z_]\w*)[ \t]*<-[ \t]*(?=\S)", re.MULTILINE)
"""R's assignment, where nobody compares: a line of Python that begins so would have no effect."""

_LINE: Final = re.compile(r"([A-Za-z_]\w*)[ \t]*[=:](?!=)[ \t]*(.*)\Z", re.DOTALL)

Statement = ast.stmt | tuple[str, Assigned]
"""A statement, or the name and the text of a line that says so though it is no Python."""


def statements(source: str) -> tuple[Statement, ...]:
    """Return the statements of a cell; where it is not Python, what can be read line by line as (name, value)."""
    # a class that hands in long cells must not fill the memory with their trees
    return _read_statements(source) if len(source) > MAX_KEPT else _kept_statements(source)


@lru_cache(maxsize=512)
def _kept_statements(source: str) -> tuple[Statement, ...]:
    return _read_statements(source)


def _read_statements(source: str) -> tuple[Statement, ...]:
    if len(source) > MAX_SOURCE:
        return ()
    if "%" in source or "!" in source:
        # IPython's own lines are not Python
        lines = (_TIMED.sub("", line) for line in source.split("\n"))
        source = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)
    if "<-" in source:
        source = _ARROW.sub(r"\1 = ", source)
    found = _parsed(source)
    return tuple(found) if found is not None else tuple(_by_line(source))


def stored(node: ast.stmt | ast.expr) -> tuple[str, ...]:
    """Return the names that a statement may assign, in any of its branches and bodies.

    Remembered for each tree, and trees for each source, because every candidate hands in the same check cells.
    """
    short = (node.end_lineno or 0) - node.lineno < 30 and (node.end_col_offset or 0) < MAX_KEPT
    return _kept_names(node) if short else _names_stored(node)


@lru_cache(maxsize=512)
def _kept_names(node: ast.stmt | ast.expr) -> tuple[str, ...]:
    return _names_stored(node)


def _names_stored(node: ast.AST) -> tuple[str, ...]:
    names: list[str] = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            names.append(inner.id)
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(inner.name)
    return tuple(names)


def _parsed(source: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _by_line(source: str) -> Iterator[Statement]:
    for line in source.split("\n"):
        found = _LINE.match(line.strip())
        if line[:1].isspace():
            if found is not None:
                yield found[1], COMPUTED
            continue
        parsed = _parsed(line)
        if parsed is not None:
            yield from parsed
        elif found is not None:
            yield found[1], found[2]


def segment(source: str, node: ast.expr) -> str:
    """Return the text of an expression."""
    # ast.get_source_segment splits the whole source at each call, which takes quadratic time in a long cell
    lines = _lines(source)[node.lineno - 1 : node.end_lineno]
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"\n".join(lines).decode(errors="replace")


@lru_cache(maxsize=8)
def _lines(source: str) -> list[bytes]:
    return [line.encode(errors="replace") for line in _NEWLINE.split(source)]


def assigns(source: str, name: str) -> bool:
    """Return whether a cell may assign a name, in any of its branches and bodies."""
    found = ((each[0],) if isinstance(each, tuple) else stored(each) for each in statements(source))
    return any(name in names for names in found)

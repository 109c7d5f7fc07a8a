"""Read single fields of declarations: names, formulas, sizes; what is wrong with one is told with its path."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from autograder.algebra.symbols import DeclarationError, Size
from autograder.formula import FormulaError, parse
from autograder.formula.tree import Node

MAX_SYMBOLS: Final = 60
MAX_INDICES: Final = 4

RESERVED: Final = frozenset({"Sum", "Product", "Piecewise", "and", "or", "not", "True", "False", "oo"})
"""Words of the formula language that no symbol can have."""

NAME: Final = re.compile(r"[^\W\d_][^\W]*\Z")
"""How a name may be spelt."""


def formula_in(text: Any, path: tuple[str | int, ...]) -> Node:
    """Return the tree of a formula, or of a number."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = repr(text)
    if not isinstance(text, str):
        raise DeclarationError("a formula was expected here", path)
    try:
        return parse(text)
    except FormulaError as error:
        raise DeclarationError(f"{text!r}: {error.problem}", path) from None


def latex_in(said: Mapping[str, Any], path: tuple[str | int, ...]) -> str | None:
    """Return how a name is written, where that is said."""
    latex = said.get("latex")
    if latex is not None and (not isinstance(latex, str) or not latex.strip() or len(latex) > 60):
        raise DeclarationError("latex is how the name is written, such as '\\bar\\alpha'", (*path, "latex"))
    return latex


def check_name(name: Any, path: tuple[str | int, ...]) -> None:
    """Refuse what is no name."""
    if not isinstance(name, str) or not NAME.match(name) or len(name) > 40:
        raise DeclarationError(f"{name!r} is no name: letters, digits and _ after a letter", path)
    if name in RESERVED:
        raise DeclarationError(f"{name!r} is a word of the formula language", path)


def refuse_fields(said: Any, fields: Sequence[str], path: tuple[str | int, ...]) -> None:
    """Refuse fields that there are not, with the nearest that there is."""
    if not isinstance(said, Mapping):
        raise DeclarationError(f"write {{}} or any of: {', '.join(fields)}", path)
    for field in said:
        if field not in fields:
            near = difflib.get_close_matches(str(field), fields, n=1)
            raise DeclarationError(
                f"there is no field {field!r} here", (*path, field), f"did you mean {near[0]!r}?" if near else ""
            )


def size_in(size: Any, path: tuple[str | int, ...]) -> Size:
    """Return a size: a letter or a number."""
    if type(size) is int and 1 <= size <= 1_000:
        return size
    if isinstance(size, str) and NAME.match(size) and size not in RESERVED:
        return size
    raise DeclarationError("a size is a letter or a number from 1", path)

"""Tell a candidate how a formula in a notebook reads, typeset where that can be shown. This knows no key."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from autograder.algebra.declare import RESERVED, declare
from autograder.algebra.malformed import Malformed
from autograder.algebra.read import read
from autograder.algebra.spelling import shown
from autograder.algebra.typeset import to_latex
from autograder.algebra.vocabulary import ARITY, CONSTANTS
from autograder.algebra.write import to_formula
from autograder.errors import NotReadable

_WORD = re.compile(r"[^\W\d]\w*")
_READ_FROM = ("symbols", "left", "givens", "functions", "random")
_OF_A_SYMBOL = ("indexed", "matrix", "vector", "latex")


def for_reading(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a part's declarations its check cell needs: bounds and constraints are left out.

    Args:
        declared: the fields of the part, as plain data.
    """
    found = {name: declared[name] for name in _READ_FROM if declared.get(name)}
    sizes = {size for said in found.get("symbols", {}).values() for size in _sizes(said or {})}
    found["symbols"] = {
        name: _kept(said or {}) | ({"integer": True, "positive": True} if name in sizes else {})
        for name, said in found.get("symbols", {}).items()
    }
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def usable(declared: Mapping[str, Any]) -> str:
    """Return the names that a candidate may use, as they can be typed, with commas between them.

    Args:
        declared: the fields of the part, as plain data; `only` narrows them.
    """
    kept = for_reading(declared)
    names = shown(declare(kept, known=_drawn(kept))).split(", ")
    only = declared.get("only")
    return ", ".join(name for name in names if not only or name.partition("[")[0].partition("(")[0] in only)


def _sizes(said: Mapping[str, Any]) -> tuple[Any, ...]:
    return (*said.get("matrix", ()), said.get("vector"))


def _kept(said: Mapping[str, Any]) -> dict[str, Any]:
    return {field: said[field] for field in _OF_A_SYMBOL if field in said}


def check_formula(name: str, value: Any, *, declared: Mapping[str, Any]) -> None:
    """Show how an answer reads.

    Args:
        name: the variable, for the message.
        value: what the candidate assigned to it; None and `...` are blank.
        declared: what the part declares, as `for_reading` gives it.

    Raises:
        NotReadable: the answer is blank or is no formula, so `nbgrader validate` complains.
    """
    if value is None or value is ... or (isinstance(value, str) and not value.strip()):
        raise NotReadable(f"{name} is blank.")
    if isinstance(value, int | float | Fraction) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise NotReadable(f'{name} is no text. Write the formula between r" and ".')
    known = declare(declared, known=_drawn(declared))
    try:
        tree = read(value, known)
    except Malformed as error:
        raise NotReadable(f"{name} does not read as a formula: {error}") from None
    print(f"{name} reads as {to_formula(tree)}")
    _show(to_latex(tree, known))


def cell_teller(declared: Mapping[str, Any]) -> Callable[[str, Any, Mapping[str, Any] | None], str]:
    """Return what shows how a formula in a cell of a table reads.

    Args:
        declared: what the table declares, as `for_reading` gives it.

    Returns:
        A function of the cell's name, what stands in it, and what it declares beside the table, if that is anything. It
        prints how that reads; else it returns why it does not.
    """

    def tell(name: str, value: Any, own: Mapping[str, Any] | None) -> str:
        if not isinstance(value, str | int | float | Fraction) or isinstance(value, bool):
            return 'is no text. Write the formula between r" and "'
        known = declare(own or declared, known=_drawn(own or declared))
        try:
            tree = read(str(value), known)
        except Malformed as error:
            return f"does not read as a formula: {error}"
        print(f"{name} reads as {to_formula(tree)}")
        _show(to_latex(tree, known))
        return ""

    return tell


def _drawn(declared: Mapping[str, Any]) -> set[str]:
    """Return the names in definitions that are no symbols: they stand for numbers, drawn for each candidate."""
    bodies = [*declared.get("givens", ())]
    for said in (*declared.get("functions", {}).values(), *declared.get("random", {}).values()):
        bodies += [str(text) for text in said.values()]
    named = {name for field in ("symbols", "functions", "random") for name in declared.get(field, {})}
    named |= {text.partition("=")[0].strip() for text in declared.get("givens", ())}
    named |= {size for said in declared.get("symbols", {}).values() for size in _sizes(said or {})}
    return set(_WORD.findall(" ".join(bodies))) - named - ARITY.keys() - CONSTANTS.keys() - RESERVED


def _show(latex: str) -> None:
    """Typeset a formula where the cell runs in a notebook."""
    screen = sys.modules.get("IPython.display")
    shell = sys.modules.get("IPython")
    if screen is not None and shell is not None and shell.get_ipython() is not None:
        screen.display(screen.Math(latex))

"""Write a formula of the bank as it is shown: as a candidate would type it, or set in LaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.algebra.declare import declare
from autograder.algebra.malformed import Malformed
from autograder.algebra.read import read
from autograder.algebra.signs import LOOSE
from autograder.algebra.statements import line_to_latex, read_lines
from autograder.algebra.symbols import DeclarationError, Declared
from autograder.algebra.typeset import to_latex
from autograder.algebra.write import to_formula
from autograder.formula import Value
from autograder.formula.tree import Node
from autograder.model import Declarations, Key


def typed_formula(key: Key) -> str:
    """Return the key of a formula part as a Python expression, with this variant's numbers in it.

    Returns:
        A raw string; an empty text where the part asks for no formula, or its key is none.
    """
    found = _tree(key.formula, key.declared, key.values)
    return "" if found is None else f'r"{to_formula(found[0])}"'


def typeset_formula(formula: str, declared: Declarations | None, values: Mapping[str, Any]) -> str:
    """Return a formula between dollars, with drawn numbers in it.

    Args:
        formula: of a key, a convention or a slip.
        declared: the names it speaks of; None where no formula is asked for.
        values: drawn numbers by name; symbols of the same name stand for themselves.

    Returns:
        Markdown; an empty text where this is no formula.
    """
    found = _tree(formula, declared, values)
    return "" if found is None else f"${to_latex(*found)}$"


def _tree(formula: str, declared: Declarations | None, values: Mapping[str, Any]) -> tuple[Node, Declared] | None:
    if declared is None or not formula:
        return None
    drawn: dict[str, Value] = {
        name: value
        for name, value in values.items()
        if not isinstance(value, str | tuple) and name not in declared.symbols
    }
    try:
        known = declare(declared.model_dump(exclude={"only"}), known=drawn)
        return read(formula, known, drawn), known
    except (Malformed, DeclarationError):
        return None


def typed_lines(key: Key) -> str:
    """Return the whole derivation that its author wrote as a Python expression: a raw text with a line a step.

    Returns:
        An empty text where there is none, or Python could not hold it so.
    """
    if not key.model or '"""' in key.model or key.model.endswith(("\\", '"')):
        return ""
    return f'r"""\n{key.model}\n"""'


def typeset_lines(key: Key) -> tuple[str, ...]:
    """Return the whole derivation that its author wrote, each line in LaTeX without dollars; words are left out."""
    if not key.model or key.declared is None:
        return ()
    declared = declare(key.declared.model_dump(exclude={"only"}), known=key.values.keys())
    lines = read_lines(key.model, declared, LOOSE)
    return tuple(line_to_latex(line, declared) for line in lines if line.kind == "step")

"""Write a key as a candidate would type it: what staff find in their copy of a notebook."""

from __future__ import annotations

from autograder.algebra.declare import declare
from autograder.algebra.malformed import Malformed
from autograder.algebra.read import read
from autograder.algebra.statements import LOOSE, line_to_latex, read_lines
from autograder.algebra.symbols import DeclarationError
from autograder.algebra.write import to_formula
from autograder.formula import Value
from autograder.model import Key


def typed_formula(key: Key) -> str:
    """Return the key of a formula part as a Python expression, with this variant's numbers in it.

    Returns:
        A raw string; an empty text where the part asks for no formula, or its key is none.
    """
    if key.declared is None or not key.formula:
        return ""
    drawn: dict[str, Value] = {name: value for name, value in key.values.items() if not isinstance(value, str | tuple)}
    try:
        tree = read(key.formula, declare(key.declared.model_dump(exclude={"only"}), known=drawn), drawn)
    except (Malformed, DeclarationError):
        return ""
    return f'r"{to_formula(tree)}"'


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

"""Find a formula that stands in a notebook as code: written without quotation marks, it reads all the same."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from autograder.algebra.declare import declare
from autograder.algebra.malformed import Malformed
from autograder.algebra.read import read
from autograder.algebra.symbols import DeclarationError
from autograder.model import Declarations


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


def _right_side(variable: str, source: str) -> str | None:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = None
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == variable:
                found = ast.get_source_segment(source, value)
    return found


def _reads(text: str, declared: Declarations) -> bool:
    try:
        read(text, declare(declared.model_dump(exclude={"only"})))
    except (Malformed, DeclarationError):
        return False
    return True

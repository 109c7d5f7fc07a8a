"""What the formulas of a part speak of, as one text: a worker is handed it, and what is made of it is kept under it."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import lru_cache
from typing import Any

from autograder.algebra.declare import declare
from autograder.algebra.read import read
from autograder.algebra.symbols import Declared
from autograder.formula.tree import Node
from autograder.model import Key, written_values


def scope_of(key: Key) -> str:
    """Return what a part declares and the numbers drawn for it, as JSON."""
    declared = key.declared.model_dump(mode="json", exclude={"only"}) if key.declared is not None else {}
    values = {name: _plain(value) for name, value in key.values.items()}
    return json.dumps([declared, values], sort_keys=True)


@lru_cache(maxsize=256)
def in_scope(scope: str) -> tuple[Declared, dict[str, Any]]:
    """Return the declarations, and the drawn numbers by name.

    Raises:
        DeclarationError: something is declared that cannot be.
    """
    declared, values = json.loads(scope)
    numbers = {name: value for name, value in written_values(values).items() if not isinstance(value, tuple)}
    return declare(declared, known=values), numbers


@lru_cache(maxsize=4096)
def read_answer(text: str, scope: str) -> Node:
    """Return the tree of what a candidate wrote, who knows the numbers and not their names.

    Raises:
        Malformed: it is no formula of these declarations.
    """
    return read(text, in_scope(scope)[0])


@lru_cache(maxsize=4096)
def read_key(text: str, scope: str) -> Node:
    """Return the tree of what staff wrote, with the drawn numbers in the place of their names.

    Raises:
        Malformed: it is no formula of these declarations.
    """
    return read(text, *in_scope(scope))


def _plain(value: Any) -> Any:
    return f"{value.numerator}/{value.denominator}" if isinstance(value, Fraction) else value

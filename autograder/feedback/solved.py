"""What a candidate is told of a part's key, where an exam releases its solutions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from markupsafe import Markup

from autograder.algebra.typed import typeset_formula
from autograder.model import Key
from autograder.outline.solved import worked
from autograder.reading import Field, show_number
from autograder.reading.letters import say_expected
from autograder.reading.rows import place_of


class Solved(NamedTuple):
    """What is told of a part when solutions are released."""

    answer: Markup
    accepted: tuple[Markup, ...]
    code: str
    text: Markup


def solved(key: Key, scale: str | None, shown: Callable[..., Markup]) -> Solved:
    """Return what is told of a part when solutions are released.

    Args:
        key: with its solution.
        scale: on which its number was marked.
        shown: sets a text, with the name of its place, in a paragraph or several.
    """
    # where the exact number is asked, a rounded one is wrong
    digits = 15 if scale == "exact" else 6
    cells = [
        f"{place_of(row, column, (key.rows, key.columns))}: {_right(cell, _digits(cell))}"
        for row, keys in enumerate(key.cells)
        for column, cell in enumerate(keys)
        if cell is not None
    ]
    accepted = tuple(
        f"{_shown(key, claim.value, claim.formula, digits)} ({claim.name})"
        for claim in key.claims
        if claim.kind == "convention"
    )
    return Solved(
        answer=shown("; ".join(cells) or _right(key, digits), key.ref, inline=True),
        accepted=tuple(shown(each, key.ref, inline=True) for each in accepted),
        # a worked solution shows the code itself
        code=key.code.reference.strip("\n") if key.code is not None and not key.solution else "",
        text=shown(worked(key), f"the solution of {key.ref}"),
    )


def _digits(cell: Key) -> int:
    return 15 if cell.settings.get("scale") == "exact" else 6


def _right(key: Key, digits: int) -> str:
    if key.choice is not None:
        return say_expected(key.input, key.choice.expected)
    return "" if key.answer is None and key.declared is None else _shown(key, key.answer, key.formula, digits)


def _shown(key: Key, value: Any, formula: str, digits: int) -> str:
    if key.declared is not None:
        return typeset_formula(formula, key.declared, key.values)
    if key.choice is not None:
        return str(bool(value))
    return show_number(value, Field(unit=key.unit, whole=key.whole), digits) if value is not None else ""

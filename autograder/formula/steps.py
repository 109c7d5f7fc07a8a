"""How a value comes about: the formulas behind it, each with the numbers put in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from autograder.formula.arithmetic import FormulaError, Value
from autograder.formula.evaluate import evaluate, names
from autograder.formula.order import dependency_order
from autograder.formula.parse import parse
from autograder.formula.tree import free_names


def steps(formula: str, given: Mapping[str, str], values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a line for each given that a formula needs, and one for the formula itself.

    Args:
        formula: of the answer.
        given: formulas by name.
        values: all that the formulas name.

    Returns:
        Lines such as `forward = 4*B*s = 4*32*196 = 25088`; none where a formula has no value.
    """
    try:
        needed = _needed(formula, tuple(given.items()))
        lines = [f"{name} = {_line(given[name], values)}" for name in needed]
        # a formula that only names a given says nothing that the given's line does not
        return tuple(lines) if formula.strip() in given else (*lines, _line(formula, values))
    except FormulaError:
        return ()


@lru_cache(maxsize=1024)
def _needed(formula: str, given: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    formulas = dict(given)
    wanted, seen = [formula], set[str]()
    while wanted:
        fresh = (names(wanted.pop()) & formulas.keys()) - seen
        seen |= fresh
        wanted += [formulas[name] for name in fresh]
    return tuple(name for name in dependency_order(formulas) if name in seen)


def _line(formula: str, values: Mapping[str, Any]) -> str:
    written = " ".join(formula.split())
    put_in = _put_in(written, values)
    shown = _number(evaluate(formula, values))
    return " = ".join(dict.fromkeys((written, put_in, shown)))


def _put_in(formula: str, values: Mapping[str, Any]) -> str:
    # from the end, so that the places before stay where they are
    for name, place in sorted(_places(formula), key=lambda found: -found[1]):
        value = values.get(name)
        if isinstance(value, int | float | Fraction) and not isinstance(value, bool):
            shown = _number(value)
            shown = f"({shown})" if value < 0 else shown
            formula = formula[:place] + shown + formula[place + len(name) :]
    return formula


def _places(formula: str) -> Iterator[tuple[str, int]]:
    for found in free_names(parse(formula)):
        if formula.startswith(found.name, found.at):
            yield found.name, found.at


def _number(value: Value) -> str:
    if isinstance(value, int) and abs(value) < 10**7:
        return str(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    exact = Fraction(value)
    rounded = Context(prec=4).divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return f"{rounded.normalize():g}".replace("E+", "e").replace("E", "e").replace("e+", "e")

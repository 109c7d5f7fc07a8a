"""Prove that two formulas grow alike: each term of one is at most some times one of the other, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from autograder.algebra.symbolic.case import Case
from autograder.algebra.symbolic.evaluate import Scope, evaluated
from autograder.algebra.symbolic.ratios import Poly, multiplied, terms, used, variable
from autograder.algebra.symbolic.replacing import spoken
from autograder.formula.tree import Node

GROWTH: Final = ("O", "Theta", "Omega")


def same_class(key: Node, answer: Node, scope: Scope) -> bool:
    """Return whether two formulas are proved to be of the same order as all symbols grow.

    Errors as for `evaluated`.
    """
    case = scope.case
    wanted, given = evaluated(key, scope), evaluated(answer, scope)
    left, right = multiplied(wanted.top, given.bottom), multiplied(given.top, wanted.bottom)
    if not all(_grows(case, place) for place in used(left, right)):
        return False
    sides = [[(number, _growing(case, powers)) for number, powers in terms(side)] for side in (left, right)]
    if not all(coefficient > 0 for side in sides for coefficient, _ in side):
        return False
    return all(
        any(_below(one, other) for _, other in theirs) for own, theirs in (sides, reversed(sides)) for _, one in own
    )


def _growing(case: Case, powers: Mapping[int, int]) -> dict[int, int]:
    """Return the powers of a term without those of numbers such as log(2)."""
    named = {place: spoken(case, variable(place)) for place in powers}
    return {place: power for place, power in powers.items() if any(each in case.symbols for each in named[place])}


def _below(one: Mapping[int, int], other: Mapping[int, int]) -> bool:
    return all(power <= other.get(place, 0) for place, power in one.items())


def _grows(case: Case, place: int) -> bool:
    """Return whether a variable is above some positive number as all symbols grow."""
    thing = case.table.things[place]
    if place in case.symbols:
        span = case.symbols[place][0]
        return span.high is None
    if thing.kind in ("radical", "root", "log"):
        return _all_grow(case, thing.arguments[0].top, thing.arguments[0].bottom)
    if thing.kind == "exp" and not thing.name:
        [exponent] = thing.arguments
        return case.least(exponent.bottom) == 2 and case.least(exponent.top) > 0
    return False


def _all_grow(case: Case, top: Poly, bottom: Poly) -> bool:
    positive = all(coefficient > 0 for coefficient, _ in terms(top))
    return positive and bottom.is_one() and all(_grows(case, place) for place in used(top))

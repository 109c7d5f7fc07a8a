"""Sums and products with symbolic ends: in closed form where there is one, else in one form for all that are the same.

Sums are taken apart into terms and products into factors; what does not hang on the index goes outside. What is left is
written from 1 on, in the direction in which it is shorter, and up to an end without a number added to it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Final

from flint import fmpq

from autograder.algebra.symbolic.case import Case
from autograder.algebra.symbolic.functions import AGAIN, shift_of
from autograder.algebra.symbolic.indices import bound, from_one, runs_back, shifted, shifts_of
from autograder.algebra.symbolic.powers import exp, power, reduced
from autograder.algebra.symbolic.ratios import (
    GENERATORS,
    ONE,
    ZERO,
    NoValueError,
    Poly,
    Ratio,
    by_powers,
    constant,
    degree,
    factors,
    monomial,
    number,
    ratio,
    terms,
    used,
    variable,
)
from autograder.algebra.symbolic.replacing import hangs, replaced
from autograder.algebra.symbolic.things import Thing

SERIES: Final = ("Sum", "Product", "Largest", "Least")
_MOST_TERMS: Final = 24
_MOST_PEELED: Final = 8
_MOST_POWER: Final = 6


def series(case: Case, kind: str, body: Ratio, index: int, ends: tuple[Ratio, Ratio]) -> Ratio:
    """Return a sum, a product, a largest or a least member over whole numbers.

    Args:
        case: at hand.
        kind: one of `SERIES`.
        body: a term.
        index: the variable that stands for the index in it.
        ends: the first and the last index.
    """
    try:
        return _series(case, kind, body, index, ends)
    except NoValueError:
        # a term without a value, which may be one that was put to the others only to write them shorter
        return _named(case, kind, body, index, ends)


def _series(case: Case, kind: str, body: Ratio, index: int, ends: tuple[Ratio, Ratio]) -> Ratio:
    low, high = ends
    case.table.spend()
    count = (high - low).whole()
    if count is not None and count < _MOST_TERMS and kind in ("Sum", "Product"):
        found = ZERO if kind == "Sum" else ONE
        for step in range(count + 1):
            term = replaced(case, body, {index: low + number(step)})
            found = found + term if kind == "Sum" else found * term
        return found
    if not (case.whole(low) and case.whole(high)):
        case.need("whole ends", low.key, high.key)
        return _named(case, kind, body, index, ends)
    if kind in ("Largest", "Least"):
        return _named(case, kind, *from_one(case, body, index, ends))
    if not case.least((high - low + ONE).top):
        # it may have no terms by more than one: nothing can be put before them
        return _named(case, kind, *from_one(case, body, index, ends))
    if runs_back(case, body, index):
        body = replaced(case, body, {index: low + high - variable(index)})
    return _sum(case, body, index, ends) if kind == "Sum" else _product(case, body, index, ends)


def _sum(case: Case, body: Ratio, index: int, ends: tuple[Ratio, Ratio]) -> Ratio:
    low, high = ends
    outside, inside = _split(case, body.bottom, index)
    total = ZERO
    parts: dict[str, tuple[Ratio, Ratio]] = {}
    for coefficient, powers in terms(body.top):
        own = {place: times for place, times in powers.items() if hangs(case, place, index)}
        rest = {place: times for place, times in powers.items() if place not in own}
        unit, before = ratio(monomial(own), inside), ratio(monomial(rest)) * number(coefficient)
        known = parts.get(unit.key)
        parts[unit.key] = (unit, before if known is None else known[1] + before)
    for unit, before in parts.values():
        if not any(hangs(case, place, index) for place in used(unit.top, unit.bottom)):
            value = unit * (high - low + ONE)
        else:
            value = _sum_of(case, unit, index, ends)
        total = total + before * value
    return total / ratio(outside)


def _split(case: Case, a: Poly, index: int) -> tuple[Poly, Poly]:
    """Return what of a product hangs on the index not at all, and the rest."""
    lead, parts = factors(a)
    outside, inside = constant(lead), constant(1)
    for part, times in parts:
        if any(hangs(case, place, index) for place in used(part)):
            inside = inside * part**times
        else:
            outside = outside * part**times
    return outside, inside


def _sum_of(case: Case, unit: Ratio, index: int, ends: tuple[Ratio, Ratio]) -> Ratio:
    low, high = ends
    if unit.bottom.is_one() and used(unit.top) == {index} and degree(unit.top) <= _MOST_POWER:
        return _of_powers(degree(unit.top), high) - _of_powers(degree(unit.top), low - ONE)
    if index not in used(unit.top, unit.bottom):
        after = replaced(case, unit, {index: variable(index) + ONE})
        step = after / unit
        if step != ONE and not any(hangs(case, place, index) for place in used(step.top, step.bottom)):
            first, end = (replaced(case, unit, {index: place}) for place in (low, high + ONE))
            return (end - first) / (step - ONE)
    return _kept(case, "Sum", *from_one(case, unit, index, ends))


def _of_powers(times: int, last: Ratio) -> Ratio:
    """Return 1^k + 2^k + … + n^k as a polynomial in n, through its values at 0, 1, …, k + 1."""
    values, total = [fmpq(0)], fmpq(0)
    for at in range(1, times + 2):
        total += fmpq(at) ** times
        values.append(total)
    # Newton's form: differences before the binomials n over j
    found, basis = ZERO, ONE
    for j in range(times + 2):
        found = found + basis * number(values[0])
        values = [b - a for a, b in itertools.pairwise(values)]
        basis = basis * (last - number(j)) / number(j + 1)
    return found


def _product(case: Case, body: Ratio, index: int, ends: tuple[Ratio, Ratio]) -> Ratio:
    low, high = ends
    count = high - low + ONE
    found = ONE
    for polynomial, direction in ((body.top, 1), (body.bottom, -1)):
        lead, parts = factors(polynomial)
        found = found * power(case, number(lead), count) ** direction
        for part, times in parts:
            if any(hangs(case, place, index) for place in used(part)):
                value = _product_of(case, part, index, ends)
            else:
                value = power(case, ratio(part), count)
            found = found * value ** (direction * times)
    return found


def _product_of(case: Case, part: Poly, index: int, ends: tuple[Ratio, Ratio]) -> Ratio:
    low, high = ends
    places = used(part)
    if len(places) == 1 and part == GENERATORS[next(iter(places))]:
        thing = case.table.things[next(iter(places))]
        if thing.kind == "exp":
            return exp(case, _sum(case, thing.arguments[0], index, ends))
        if thing.kind in ("radical", "root"):
            inner = _product(case, thing.arguments[0], index, ends)
            return power(case, inner, number(fmpq(1, int(thing.name))))
    if index in places and degree(part) == 1:
        powers = by_powers(part, index)
        shift = (ratio(powers[0]) if 0 in powers else ZERO) / ratio(powers[1])
        if case.whole(shift) and not any(hangs(case, place, index) for place in places - {index}):
            first = low + shift - ONE
            if case.least(first.top) and case.whole(first):
                rising = case.build("factorial", "", high + shift) / case.build("factorial", "", first)
                return rising * power(case, ratio(powers[1]), high - low + ONE)
    return _kept(case, "Product", *from_one(case, ratio(part), index, ends))


def _kept(case: Case, kind: str, body: Ratio, index: int, ends: tuple[Ratio, Ratio]) -> Ratio:
    """Return a series that is not taken apart in the one form of all that are the same."""
    low, high = ends
    before = low.whole()
    if before is not None and 1 < before <= _MOST_PEELED and _may_divide(case, kind, body, index):
        whole = _peeled(case, kind, body, index, (ONE, high))
        first = series(case, kind, body, index, (ONE, number(before - 1)))
        return whole - first if kind == "Sum" else whole / first
    if before is None and case.least((low - ONE).top) and _may_divide(case, kind, body, index):
        whole, first = (_peeled(case, kind, body, index, (ONE, end)) for end in (high, low - ONE))
        return whole - first if kind == "Sum" else whole / first
    return _peeled(case, kind, body, index, ends)


def _may_divide(case: Case, kind: str, body: Ratio, index: int) -> bool:
    """Return whether a product may be divided by its first factors: none of them vanishes."""
    if kind == "Sum":
        return bool(shifts_of(case, body, index))
    return bool(shifts_of(case, body, index)) and 2 in (case.least(body.top), case.least(-body.top))


def _peeled(case: Case, kind: str, body: Ratio, index: int, ends: tuple[Ratio, Ratio]) -> Ratio:
    """Return a series up to an end without a number added to it, and the terms that are more or fewer."""
    low, high = ends
    more = shift_of(high)
    base = high - number(more)
    if more and abs(more) <= _MOST_PEELED and base.number is None and case.least((base - low + ONE).top):
        found = _named(case, kind, body, index, (low, base))
        for step in range(1, abs(more) + 1):
            place = base + number(step) if more > 0 else base - number(step - 1)
            term = replaced(case, body, {index: place})
            if kind == "Sum":
                found = found + term if more > 0 else found - term
            else:
                found = found * term if more > 0 else found / term
        return found
    return _named(case, kind, body, index, ends)


def _named(case: Case, kind: str, body: Ratio, index: int, ends: tuple[Ratio, Ratio]) -> Ratio:
    """Return a series as one thing, its index named by how deep series stand in it."""
    body = reduced(case, body)
    height = 1 + max((_height(case, place) for place in used(body.top, body.bottom)), default=0)
    place = bound(case, str(height), ends[0])
    if place != index:
        body = replaced(case, body, {index: variable(place)})
    return case.thing(kind, case.table.things[place].name, body, *ends)


def _height(case: Case, place: int) -> int:
    thing = case.table.things[place]
    inner = max(
        (_height(case, each) for argument in thing.arguments for each in used(argument.top, argument.bottom)), default=0
    )
    return inner + (thing.kind in SERIES)


def _again(kind: str) -> Callable[[Case, str, tuple[Ratio, ...]], Ratio]:
    def build(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
        body, low, high = arguments
        index = case.table.place(Thing("bound", name))
        if _is_endless(case, high):
            return endless(case, kind, body, index, low)
        return series(case, kind, body, index, (low, high))

    return build


def endless(case: Case, kind: str, body: Ratio, index: int, low: Ratio) -> Ratio:
    """Return a series without end; nothing is known of it but what it is."""
    end = case.thing("oo", "")
    body, index, (low, _) = shifted(case, body, index, (low, end), low - ONE)
    return _named(case, kind, body, index, (low, end))


def _is_endless(case: Case, high: Ratio) -> bool:
    return any(case.table.things[place].kind == "oo" for place in used(high.top))


BUILDERS: Final = {
    **AGAIN,
    **{kind: _again(kind) for kind in SERIES},
    "oo": lambda case, name, arguments: case.thing("oo", ""),
}
"""By kind, what makes a thing again when something in it is replaced."""

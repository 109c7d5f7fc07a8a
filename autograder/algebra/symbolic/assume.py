"""Go on to another case: with a sign assumed, or with a symbol that is something else."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import Final

from autograder.algebra.symbolic.case import Case
from autograder.algebra.symbolic.ratios import LostError, Poly, Ratio, by_powers, constant, degree, number, ratio, used
from autograder.algebra.symbolic.replacing import replaced
from autograder.algebra.symbolic.signs import Range

_MOST_FACTS: Final = 12


def assuming(case: Case, gap: Poly, sign: int) -> Case | None:
    """Return the case in which a polynomial has a sign, None where it cannot have it."""
    if case.sign(gap) not in (None, sign) or (sign < 0 and case.least(gap)) or (sign > 0 and case.least(-gap)):
        return None
    if sign == 0:
        return _vanishing(case, gap)
    tightened = _tightened(case, gap * sign)
    if tightened is not None:
        return tightened
    facts = [*case.facts, (gap * sign, True)]
    if case.whole(ratio(gap)):
        facts.append((gap * sign - constant(1), False))
    return _knowing(case, facts)


def not_negative(case: Case, gap: Poly) -> Case:
    """Return the case in which a polynomial is not negative."""
    return _knowing(case, [*case.facts, (gap, False)])


def swapping(case: Case, place: int, value: Ratio) -> Case:
    """Return the case in which a symbol is something else; what others are is written with that."""
    swapped = {each: replaced(case, known, {place: value}) for each, known in case.swapped.items()}
    return replace(case, swapped={**swapped, place: value}, ranges={}, known={}, needs=set())


def solved(case: Case, gap: Poly, place: int, *, loose: bool = False) -> Ratio | None:
    """Return what a symbol is where a polynomial vanishes; `loose`: what stands before it may be no number."""
    if place not in case.symbols or place in case.swapped or case.table.roots.get(place, 1) != 1:
        return None
    parts = by_powers(gap, place)
    if set(parts) - {0, 1} or 1 not in parts:
        return None
    if not parts[1].is_constant() and not (loose and (case.least(parts[1]) == 2 or case.least(-parts[1]) == 2)):
        return None
    found = ratio(-parts[0], parts[1]) if 0 in parts else number(0)
    return found if not case.symbols[place][1] or case.whole(found) else None


def _knowing(case: Case, facts: list[tuple[Poly, bool]]) -> Case:
    if len(facts) > _MOST_FACTS:
        raise LostError("too many cases")
    return replace(case, facts=tuple(facts), ranges={}, known={}, needs=set())


def _vanishing(case: Case, gap: Poly) -> Case:
    for place in sorted(used(gap)):
        found = solved(case, gap, place)
        if found is not None:
            return swapping(case, place, found)
    return replace(case, zeros=(*case.zeros, gap), ranges={}, known={}, needs=set())


def _tightened(case: Case, gap: Poly) -> Case | None:
    """Return the case with the range of a symbol made narrower, if it is one symbol that makes the sign."""
    places = used(gap)
    if len(places) != 1 or degree(gap) != 1:
        return None
    [place] = places
    if place not in case.symbols:
        return None
    parts = by_powers(gap, place)
    slope = parts[1].leading_coefficient()
    end = -parts[0].leading_coefficient() / slope if 0 in parts else slope * 0
    span, whole = case.symbols[place]
    narrow = _above if slope > 0 else _below
    symbols = {**case.symbols, place: (narrow(span, Fraction(int(end.p), int(end.q)), whole), whole)}
    return replace(case, symbols=symbols, ranges={}, known={}, needs=set())


def _above(span: Range, end: Fraction, whole: bool) -> Range:
    """Return the part of a range above an end, which does not belong to it."""
    low, is_open = (Fraction(floor(end) + 1), False) if whole else (end, True)
    if span.low is not None and (span.low, span.low_open) > (low, is_open):
        return span
    return replace(span, low=low, low_open=is_open)


def _below(span: Range, end: Fraction, whole: bool) -> Range:
    """Return the part of a range below an end, which does not belong to it."""
    high, is_open = (Fraction(ceil(end) - 1), False) if whole else (end, True)
    if span.high is not None and (span.high, not span.high_open) < (high, not is_open):
        return span
    return replace(span, high=high, high_open=is_open)

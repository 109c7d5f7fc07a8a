"""Tell the sign of a polynomial from the ranges of its variables.

Where a variable is bounded on one side the polynomial is written in the distance from that bound, and where it is
bounded on both in the two distances (Bernstein's form): it is positive if all coefficients are. Without bounds only
even powers tell, and quadratics by their discriminant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Final

from flint import fmpq

from autograder.algebra.symbolic.ratios import GENERATORS, Poly, by_powers, constant, multiplied, used

_MOST_TERMS: Final = 60
_MOST_DEGREE: Final = 12


@dataclass(frozen=True, slots=True)
class Range:
    """Between which numbers a variable lies; None where nothing is known."""

    low: Fraction | None = None
    low_open: bool = False
    high: Fraction | None = None
    high_open: bool = False

    @property
    def below_zero(self) -> bool:
        """Whether it may be negative."""
        return self.low is None or self.low < 0


POSITIVE: Final = Range(Fraction(0), True)
NONNEGATIVE: Final = Range(Fraction(0))

Least = int
"""What is known from below: 2 it is positive, 1 it is not negative, 0 nothing."""


def least(a: Poly, ranges: Callable[[int], Range]) -> Least:
    """Return what is known of the sign of a polynomial from below; of `-a` it says what is known from above."""
    if not a:
        return 1
    if a.is_constant():
        return 2 if a.leading_coefficient() > 0 else 0
    if len(a) > _MOST_TERMS or a.total_degree() > _MOST_DEGREE:
        return 0
    for place in sorted(used(a), reverse=True):
        found = _by(a, place, ranges)
        if found:
            return found
    return 0


def _by(a: Poly, place: int, ranges: Callable[[int], Range]) -> Least:
    span = ranges(place)
    if span.low is not None and span.high is not None:
        return _between(a, place, span, ranges)
    if span.low is not None:
        parts = by_powers(_moved(a, place, span.low, 1), place)
        return _upward(parts, span.low_open, ranges)
    if span.high is not None:
        parts = by_powers(_moved(a, place, span.high, -1), place)
        return _upward(parts, span.high_open, ranges)
    return _anywhere(by_powers(a, place), ranges)


def _moved(a: Poly, place: int, start: Fraction, direction: int) -> Poly:
    """Return the polynomial in the distance from a bound."""
    if start == 0 and direction == 1:
        return a
    moved = GENERATORS[place] * direction + constant(start)
    total = constant(0)
    for power, part in by_powers(a, place).items():
        total = total + multiplied(part, moved**power)
    return total


def _upward(parts: dict[int, Poly], is_open: bool, ranges: Callable[[int], Range]) -> Least:
    signs = {power: least(part, ranges) for power, part in parts.items()}
    if not all(signs.values()):
        return 0
    return 2 if signs.get(0) == 2 or (is_open and 2 in signs.values()) else 1


def _between(a: Poly, place: int, span: Range, ranges: Callable[[int], Range]) -> Least:
    assert span.low is not None
    assert span.high is not None
    parts = by_powers(a, place)
    top = max(parts)
    low, high = (fmpq(end.numerator, end.denominator) for end in (span.low, span.high))
    signs = []
    for k in range(top + 1):
        # of s^k t^(top - k), where the variable is (low·t + high·s)/(s + t)
        total = constant(0)
        for power, part in parts.items():
            weight = sum(
                (
                    fmpq(comb(power, j) * comb(top - power, k - j)) * high**j * low ** (power - j)
                    for j in range(max(0, k - top + power), min(power, k) + 1)
                ),
                fmpq(0),
            )
            total = total + part * weight
        signs.append(least(total, ranges))
    if not all(signs):
        return 0
    ends = (span.low_open or signs[0] == 2) and (span.high_open or signs[-1] == 2)
    return 2 if ends and 2 in signs else 1


def _anywhere(parts: dict[int, Poly], ranges: Callable[[int], Range]) -> Least:
    if set(parts) <= {0, 1, 2} and 2 in parts and least(parts[2], ranges) == 2:
        zero = constant(0)
        c, b = parts.get(0, zero), parts.get(1, zero)
        return least(multiplied(parts[2], c) * 4 - multiplied(b, b), ranges)
    if any(power % 2 for power in parts):
        return 0
    signs = {power: least(part, ranges) for power, part in parts.items()}
    return 0 if not all(signs.values()) else 2 if signs.get(0) == 2 else 1

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

from autograder.algebra.symbolic.ratios import Poly, used

_MOST_TERMS: Final = 60
_MOST_DEGREE: Final = 12
_MOST_LOOKS: Final = 1_000


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
    places = sorted(used(a))
    terms = {tuple(powers[place] for place in places): coefficient for powers, coefficient in a.terms()}
    spans = [ranges(place) for place in places]
    looks = _Looks(spans)
    found = 0
    for first in range(len(places)):
        # which variable is gone into first may matter; which then, hardly ever
        found = max(found, looks.by(terms, first))
        if found == 2:
            break
    return found


Terms = dict[tuple[int, ...], fmpq]


class _Looks:
    """Looks at the signs of polynomials in a few variables, at most at so many terms."""

    def __init__(self, spans: list[Range]) -> None:
        self.spans = spans
        self.left = _MOST_LOOKS

    def least(self, a: Terms) -> Least:
        if not a:
            return 1
        sums = [sum(powers) for powers in a]
        if not any(sums):
            return 2 if next(iter(a.values())) > 0 else 0
        self.left -= len(a)
        if self.left < 0:
            return 0
        return self.by(a, max(place for powers in a for place, power in enumerate(powers) if power))

    def by(self, a: Terms, place: int) -> Least:
        span, parts = self.spans[place], _parts(a, place)
        if span.low is not None and span.high is not None:
            return self.between(parts, span)
        if span.low is not None:
            return self.upward(_moved(parts, span.low, 1), span.low_open)
        if span.high is not None:
            return self.upward(_moved(parts, span.high, -1), span.high_open)
        return self.anywhere(parts)

    def upward(self, parts: dict[int, Terms], is_open: bool) -> Least:
        signs: dict[int, Least] = {}
        for power, part in parts.items():
            signs[power] = self.least(part)
            if not signs[power]:
                return 0
        return 2 if signs.get(0) == 2 or (is_open and 2 in signs.values()) else 1

    def between(self, parts: dict[int, Terms], span: Range) -> Least:
        """Look at the coefficients of s^k t^(top - k), where the variable is (low·t + high·s)/(s + t)."""
        assert span.low is not None
        assert span.high is not None
        top, low, high = max(parts), _exact(span.low), _exact(span.high)
        signs = []
        for k in range(top + 1):
            total: Terms = {}
            for power, part in parts.items():
                own = range(max(0, k - top + power), min(power, k) + 1)
                weights = (comb(power, j) * comb(top - power, k - j) * high**j * low ** (power - j) for j in own)
                _add(total, part, sum(weights, fmpq(0)))
            signs.append(self.least(total))
            if not signs[-1]:
                return 0
        ends = (span.low_open or signs[0] == 2) and (span.high_open or signs[-1] == 2)
        return 2 if ends and 2 in signs else 1

    def anywhere(self, parts: dict[int, Terms]) -> Least:
        if set(parts) <= {0, 1, 2} and 2 in parts and self.least(parts[2]) == 2:
            discriminant: Terms = {}
            _add(discriminant, _times(parts[2], parts.get(0, {})), fmpq(4))
            _add(discriminant, _times(parts.get(1, {}), parts.get(1, {})), fmpq(-1))
            return self.least(discriminant)
        if any(power % 2 for power in parts):
            return 0
        return self.upward(parts, is_open=False)


def _exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _parts(a: Terms, place: int) -> dict[int, Terms]:
    """Return a polynomial as one in a single variable."""
    found: dict[int, Terms] = {}
    for powers, coefficient in a.items():
        found.setdefault(powers[place], {})[*powers[:place], 0, *powers[place + 1 :]] = coefficient
    return found


def _moved(parts: dict[int, Terms], start: Fraction, direction: int) -> dict[int, Terms]:
    """Return a polynomial in the distance from a bound."""
    if start == 0 and direction == 1:
        return parts
    found: dict[int, Terms] = {}
    for power, part in parts.items():
        for j in range(power + 1):
            _add(found.setdefault(j, {}), part, comb(power, j) * _exact(start) ** (power - j) * direction**j)
    return {power: part for power, part in found.items() if part}


def _add(total: Terms, part: Terms, times: fmpq) -> None:
    for powers, coefficient in part.items() if times else ():
        value = total.get(powers, fmpq(0)) + coefficient * times
        if value:
            total[powers] = value
        else:
            del total[powers]


def _times(a: Terms, b: Terms) -> Terms:
    found: Terms = {}
    for powers, coefficient in a.items():
        _add(
            found, {tuple(map(sum, zip(powers, other, strict=True))): value for other, value in b.items()}, coefficient
        )
    return found

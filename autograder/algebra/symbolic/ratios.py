"""Fractions of polynomials with rational coefficients, over a fixed row of variables, within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

VARIABLES: Final = 96
"""Things that one proof may speak of: symbols, logarithms, sums, …"""

RING: Final = fmpq_mpoly_ctx.get([f"v{place}" for place in range(VARIABLES)], "lex")
GENERATORS: Final = RING.gens()

_MOST_TERMS: Final = 1_500
_MOST_PRODUCTS: Final = 40_000
_MOST_DEGREE: Final = 200
_MOST_TO_CANCEL: Final = 300
_MOST_TO_FACTOR: Final = 40
_MOST_DIGITS: Final = 4_000

Poly = fmpq_mpoly


class LostError(Exception):
    """No proof is found this way, or it would take too much."""


class NoValueError(LostError):
    """The formula has no value in the case at hand."""


def constant(value: int | Fraction | fmpq) -> Poly:
    """Return a number as a polynomial."""
    number = fmpq(value.numerator, value.denominator) if isinstance(value, Fraction) else value
    return RING.constant(number)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A fraction in lowest terms, its denominator with leading coefficient 1. Made by `ratio`."""

    top: Poly
    bottom: Poly

    @property
    def key(self) -> str:
        """A text that is the same for the same fraction."""
        return str(self.top) if self.bottom.is_one() else f"({self.top})/({self.bottom})"

    @property
    def number(self) -> fmpq | None:
        """Its value, if it is a number."""
        if not (self.top.is_constant() and self.bottom.is_one()):
            return None
        return self.top.leading_coefficient() if self.top else fmpq(0)

    def whole(self) -> int | None:
        """Return its value, if it is a whole number."""
        value = self.number
        return int(value.p) if value is not None and value.q == 1 else None

    def __bool__(self) -> bool:
        return bool(self.top)

    def __neg__(self) -> Ratio:
        return Ratio(-self.top, self.bottom)

    def __add__(self, other: Ratio) -> Ratio:
        if self.bottom == other.bottom:
            return ratio(self.top + other.top, self.bottom)
        left, right = multiplied(self.top, other.bottom), multiplied(other.top, self.bottom)
        return ratio(left + right, multiplied(self.bottom, other.bottom))

    def __sub__(self, other: Ratio) -> Ratio:
        return self + -other

    def __mul__(self, other: Ratio) -> Ratio:
        return ratio(multiplied(self.top, other.top), multiplied(self.bottom, other.bottom))

    def __truediv__(self, other: Ratio) -> Ratio:
        return ratio(multiplied(self.top, other.bottom), multiplied(self.bottom, other.top))

    def __pow__(self, exponent: int) -> Ratio:
        if abs(exponent) > _MOST_DEGREE:
            raise LostError("a large exponent")
        base = self if exponent >= 0 else ONE / self
        result = ONE
        for _ in range(abs(exponent)):
            result = result * base
        return result


def ratio(top: Poly, bottom: Poly | None = None) -> Ratio:
    """Return a fraction in lowest terms.

    Raises:
        NoValueError: the denominator is zero.
        LostError: this is too large.
    """
    if bottom is None:
        return Ratio(top, _ONE)
    if not bottom:
        raise NoValueError("a division by zero")
    if not top:
        return ZERO
    if bottom.is_constant():
        return Ratio(top / bottom.leading_coefficient(), _ONE)
    if len(top) + len(bottom) > _MOST_TERMS:
        raise LostError("too many terms")
    if len(top) + len(bottom) <= _MOST_TO_CANCEL:
        common = top.gcd(bottom)
        if not common.is_one():
            top, bottom = top / common, bottom / common
    lead = bottom.leading_coefficient()
    if len(str(lead)) > _MOST_DIGITS:
        raise LostError("large coefficients")
    return Ratio(top / lead, bottom / lead)


def multiplied(a: Poly, b: Poly) -> Poly:
    """Return a product.

    Raises:
        LostError: it would be too large.
    """
    if len(a) * len(b) > _MOST_PRODUCTS or (a and b and degree(a) + degree(b) > _MOST_DEGREE):
        raise LostError("a large product")
    return a * b


def degree(a: Poly) -> int:
    """Return the total degree of a polynomial."""
    found: int = a.total_degree()
    return found


def variable(place: int) -> Ratio:
    """Return one variable."""
    return Ratio(GENERATORS[place], _ONE)


def number(value: int | Fraction | fmpq) -> Ratio:
    """Return a number."""
    return Ratio(constant(value), _ONE)


def used(*polynomials: Poly) -> set[int]:
    """Return the variables that polynomials speak of."""
    found: set[int] = set()
    for polynomial in polynomials:
        if polynomial:
            found |= {place for place, power in enumerate(polynomial.degrees()) if power}
    return found


def terms(a: Poly) -> Iterator[tuple[fmpq, dict[int, int]]]:
    """Yield the terms of a polynomial: coefficient, and the power of each variable."""
    for powers, coefficient in a.terms():
        yield coefficient, {place: power for place, power in enumerate(powers) if power}


def monomial(powers: dict[int, int]) -> Poly:
    """Return a product of powers of variables."""
    found = _ONE
    for place, power in powers.items():
        found = found * GENERATORS[place] ** power
    return found


def by_powers(a: Poly, place: int) -> dict[int, Poly]:
    """Return a polynomial as one in a single variable: its power → what stands before it."""
    found: dict[int, dict[tuple[int, ...], fmpq]] = {}
    for powers, coefficient in a.terms():
        rest = (*powers[:place], 0, *powers[place + 1 :])
        found.setdefault(powers[place], {})[rest] = coefficient
    return {power: RING.from_dict(rest) for power, rest in found.items()}


def factors(a: Poly) -> tuple[fmpq, list[tuple[Poly, int]]]:
    """Return a polynomial as a number times powers of others that are taken apart as far as is cheap."""
    if not a:
        raise LostError("the factors of zero")
    if a.is_constant():
        return a.leading_coefficient(), []
    if len(a) > _MOST_TO_FACTOR or degree(a) > _MOST_TO_FACTOR:
        lead = a.leading_coefficient()
        return lead, [(a / lead, 1)]
    number, found = a.factor()
    return number, [(part, int(power)) for part, power in found]


_ONE: Final = constant(1)
ZERO: Final = Ratio(constant(0), _ONE)
ONE: Final = Ratio(_ONE, _ONE)

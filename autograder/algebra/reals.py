"""Real numbers for comparing: exact fractions, and balls that are sure to hold the true value where nothing is exact.

Only the comparing worker imports this: FLINT (through python-flint) does the arithmetic. What is too large to be kept
exact goes on as a ball, so no formula can make it slow.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Final, TypeAlias

from flint import arb, ctx, fmpq, fmpz

Scalar: TypeAlias = fmpq | arb
"""A real number: a fraction, or a ball of the working precision."""

MAX_BITS: Final = 4_000
"""Largest fraction that is kept exact: larger ones cost more than a ball, and no formula needs them."""

ZERO: Final = fmpq(0)
ONE: Final = fmpq(1)

_HALF: Final = fmpq(1, 2)


class NoValueError(Exception):
    """A formula has no value at a point.

    Attributes:
        kind: `pole` (a division by zero, the logarithm of zero: may be one point among many), `index` (outside a
            family), `domain` (not real there), `shape`, `vague` (more digits would tell), `large`, or `unknown`.
        why: in a few words.
    """

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind
        self.why = why


def real(value: int | float | Fraction) -> fmpq:
    """Return a number of the formula language; a float is taken as the decimal that it shows."""
    if isinstance(value, float):
        value = Fraction(repr(value))
    return fmpq(value) if isinstance(value, int) else fmpq(value.numerator, value.denominator)


def is_exact(value: Scalar) -> bool:
    """Return whether a number is a fraction, not a ball."""
    return type(value) is fmpq


def ball(value: Scalar) -> arb:
    """Return a number as a ball of the working precision."""
    return value if isinstance(value, arb) else arb(value)


def kept(value: Scalar) -> Scalar:
    """Return a number, as a ball where its fraction has grown too large."""
    if type(value) is fmpq and value.height_bits() > MAX_BITS:
        return arb(value)
    return value


def sign_of(value: Scalar, *, lenient: bool) -> int:
    """Return -1, 0 or 1.

    Args:
        value: any number.
        lenient: take a very small ball around zero for zero, where no more digits will be asked for.

    Raises:
        NoValueError: a ball holds zero and more digits would tell.
    """
    if type(value) is fmpq:
        return (value > 0) - (value < 0)
    assert isinstance(value, arb)
    if value > 0:
        return 1
    if value < 0:
        return -1
    if value.is_zero() or (lenient and is_small(value)):
        return 0
    if not value.is_finite():
        raise NoValueError("large", "the value is beyond bounds")
    raise NoValueError("vague", "too few digits")


def is_small(value: arb) -> bool:
    """Return whether a ball around zero is as small as the working precision leaves it when the value is zero."""
    return bool(abs(value) < arb(2) ** -(ctx.prec // 2))


def add(a: Scalar, b: Scalar) -> Scalar:
    """Return a + b."""
    return kept(a + b)


def subtract(a: Scalar, b: Scalar) -> Scalar:
    """Return a - b."""
    return kept(a - b)


def multiply(a: Scalar, b: Scalar) -> Scalar:
    """Return a · b; an exact zero times anything finite is zero."""
    return kept(a * b)


def divide(a: Scalar, b: Scalar, *, lenient: bool) -> Scalar:
    """Return a / b.

    Raises:
        NoValueError: b is zero, or may be.
    """
    if sign_of(b, lenient=lenient) == 0:
        raise NoValueError("pole", "division by zero")
    return kept(a / b)


def whole(value: Scalar, *, lenient: bool) -> fmpz | None:
    """Return a number as an integer if it is one.

    Raises:
        NoValueError: a ball holds an integer and more digits would tell.
    """
    if type(value) is fmpq:
        return value.p if value.q == 1 else None
    assert isinstance(value, arb)
    if not value.contains_integer():
        return None
    found = value.unique_fmpz()
    if found is not None and (value.is_exact() or (lenient and is_small(value - found))):
        return found
    raise NoValueError("vague" if value.is_finite() else "large", "too few digits")


def floor(value: Scalar, *, lenient: bool) -> Scalar:
    """Return the largest integer that is not above a number."""
    if type(value) is fmpq:
        return fmpq(value.floor())
    assert isinstance(value, arb)
    if not value.is_finite():
        raise NoValueError("large", "the value is beyond bounds")
    found = value.floor().unique_fmpz()
    if found is not None:
        return fmpq(found)
    near = whole(value, lenient=lenient)
    if near is None:
        raise NoValueError("vague", "too few digits")  # so near below a whole number that its end is rounded up to it
    return fmpq(near)


def ceiling(value: Scalar, *, lenient: bool) -> Scalar:
    """Return the smallest integer that is not below a number."""
    return -floor(-value, lenient=lenient)


def modulo(a: Scalar, b: Scalar, *, lenient: bool) -> Scalar:
    """Return a - b·floor(a / b), with the sign of b."""
    return subtract(a, multiply(b, floor(divide(a, b, lenient=lenient), lenient=lenient)))


def power(a: Scalar, b: Scalar, *, lenient: bool) -> Scalar:
    """Return a to the power b among the reals; exact for whole exponents and perfect roots, 0 to the power 0 is 1.

    Raises:
        NoValueError: zero to a negative power, or a negative base with a broken exponent.
    """
    if type(b) is arb and a > 0:
        return finite((b * ball(a).log()).exp())
    exponent = whole(b, lenient=lenient)
    if exponent is not None:
        return _whole_power(a, exponent, lenient=lenient)
    sign = sign_of(a, lenient=lenient)
    if sign == 0:
        if sign_of(b, lenient=lenient) < 0:
            raise NoValueError("pole", "zero to a negative power")
        return ZERO
    if sign < 0:
        raise NoValueError("domain", "a negative number to a broken power")
    if type(a) is fmpq and type(b) is fmpq and b.q <= 8:
        root = _exact_root(a, int(b.q))
        if root is not None:
            return _whole_power(root, b.p, lenient=lenient)
    return finite((ball(b) * ball(a).log()).exp())


def square_root(a: Scalar, *, lenient: bool) -> Scalar:
    """Return the square root."""
    if sign_of(a, lenient=lenient) < 0:
        raise NoValueError("domain", "the square root of a negative number")
    if type(a) is arb:
        return finite(a.sqrt()) if a > 0 else ZERO
    return power(a, _HALF, lenient=lenient)


def logarithm(a: Scalar, *, lenient: bool) -> Scalar:
    """Return the natural logarithm."""
    sign = sign_of(a, lenient=lenient)
    if sign == 0:
        raise NoValueError("pole", "the logarithm of zero")
    if sign < 0:
        raise NoValueError("domain", "the logarithm of a negative number")
    return ZERO if type(a) is fmpq and a == 1 else finite(ball(a).log())


def log_base(a: Scalar, base: int, *, lenient: bool) -> Scalar:
    """Return the logarithm to a whole base, exact for its powers."""
    if type(a) is fmpq and a > 0:
        top, bottom = a.p, a.q
        number, direction = (top, 1) if bottom == 1 else (bottom, -1)
        if bottom == 1 or top == 1:
            exponent = round(float((ball(fmpq(number)).log() / arb(base).log()).mid()))
            if fmpz(base) ** exponent == number:
                return fmpq(direction * exponent)
    return finite(ball(logarithm(a, lenient=lenient)) / arb(base).log())


def magnitude(a: Scalar) -> Scalar:
    """Return the absolute value."""
    return abs(a) if type(a) is fmpq else abs(ball(a))


def largest(a: Scalar, b: Scalar) -> Scalar:
    """Return the greater of two numbers; of balls that overlap, a ball that holds it."""
    if type(a) is fmpq and type(b) is fmpq:
        return max(a, b)
    if a > b:
        return a
    return b if b > a else ball(a).max(ball(b))


def smallest(a: Scalar, b: Scalar) -> Scalar:
    """Return the smaller of two numbers."""
    return -largest(-a, -b)


def finite(value: arb) -> arb:
    """Return a ball that is bounded.

    Raises:
        NoValueError: it is not: the function has no value there, or one beyond all bounds, or more digits would tell.
    """
    if value.is_finite():
        return value
    raise NoValueError("large" if not value.is_nan() else "vague", "the value is beyond bounds")


def agree(a: Scalar, b: Scalar, *, lenient: bool) -> bool | None:
    """Return whether two values are the same; None where more digits would tell.

    Values that differ are never taken for the same unless they do so by less than 60 bits of either.
    """
    if type(a) is fmpq and type(b) is fmpq:
        return a == b
    gap = ball(a) - ball(b)
    if not gap.contains(0):
        return False
    size = abs(ball(a)).upper()
    if size > 0 and gap.rad() < size * arb(2) ** -60 and not ball(a).contains(0):
        return True
    return True if gap.is_zero() or (lenient and is_small(gap)) else None


def _whole_power(a: Scalar, n: fmpz, *, lenient: bool) -> Scalar:
    if n < 0 and sign_of(a, lenient=lenient) == 0:
        raise NoValueError("pole", "zero to a negative power")
    if type(a) is fmpq:
        if a in (ZERO, ONE, -1) or n == 0:
            odd = int(n % 2)
            return ONE if n == 0 else a if odd or a >= 0 else ONE
        if int(a.height_bits()) * abs(int(n)) <= MAX_BITS:
            return a ** int(n)
    if n == 0:
        return ONE
    value = ball(a)
    if 0 < n <= 64 and value.contains(0):
        return finite(prod([value] * int(n), start=arb(1)))  # a power of such a ball has no digits
    if abs(n) < 2**31:
        return finite(value ** int(n))
    size = finite((arb(n) * abs(value).log()).exp())
    return -size if value < 0 and n % 2 else size


def _exact_root(a: fmpq, degree: int) -> fmpq | None:
    top, bottom = a.p, a.q
    if top.bit_length() + bottom.bit_length() > MAX_BITS:
        return None
    above, below = top.root(degree), bottom.root(degree)
    return fmpq(above, below) if above**degree == top and below**degree == bottom else None

"""Factorials and binomial coefficients: exact while they are short."""

from __future__ import annotations

from typing import Final

from flint import arb, fmpq, fmpz

from autograder.algebra.reals import MAX_BITS, ZERO, NoValueError, Scalar, finite, whole

MAX_COUNT: Final = 500
"""Largest n whose factorial is kept exact."""


def factorial(n: Scalar, *, lenient: bool) -> Scalar:
    """Return n! for a whole n from 0."""
    count = whole(n, lenient=lenient)
    if count is None or count < 0:
        raise NoValueError("domain", "the factorial of what is no whole number from 0")
    return fmpq(fmpz.fac_ui(count)) if count <= MAX_COUNT else finite((arb(count) + 1).gamma())


def binomial(n: Scalar, k: Scalar, *, lenient: bool) -> Scalar:
    """Return the number of ways to choose k of n, both whole; 0 when k is below 0 or above n."""
    top, low = whole(n, lenient=lenient), whole(k, lenient=lenient)
    if top is None or low is None or top < 0:
        raise NoValueError("domain", "a binomial coefficient of what is no whole number from 0")
    if low < 0 or low > top:
        return ZERO
    low = min(low, top - low)
    if low * top.bit_length() <= MAX_BITS and top.bit_length() <= 62:
        return fmpq(fmpz.bin_uiui(int(top), int(low)))
    return finite((arb(top) + 1).gamma() / ((arb(low) + 1).gamma() * (arb(top - low) + 1).gamma()))

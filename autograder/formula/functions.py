"""The functions of the formula language: exact where they can be, bounded always."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from autograder.formula.arithmetic import (
    MAX_BITS,
    FormulaError,
    TooLarge,
    Value,
    as_floats,
    ceiling,
    float_log,
    floor,
    magnitude,
    modulo,
    power,
)

MAX_FACTORIAL: Final = 1_000


def square_root(a: Value) -> Value:
    """Return the square root, exact for perfect squares."""
    if a < 0:
        raise FormulaError("the square root of a negative number is not real")
    return power(a, Fraction(1, 2))


def natural_log(a: Value) -> Value:
    """Return the natural logarithm; log(1) is exactly 0."""
    if a <= 0:
        raise FormulaError("the logarithm needs a positive number")
    return 0 if a == 1 else float_log(a)


def log_base_2(a: Value) -> Value:
    """Return the binary logarithm, exact for powers of two."""
    return _log_base(a, 2)


def log_base_10(a: Value) -> Value:
    """Return the decimal logarithm, exact for powers of ten."""
    return _log_base(a, 10)


def exponential(a: Value) -> Value:
    """Return e to the power a; exp(0) is exactly 1."""
    return 1 if a == 0 else as_floats(math.exp, a)


def sign(a: Value) -> Value:
    """Return -1, 0 or 1."""
    return (a > 0) - (a < 0)


def factorial(n: Value) -> Value:
    """Return n! for a whole n from 0 to `MAX_FACTORIAL`."""
    whole = _whole(n, "factorial")
    if whole < 0:
        raise FormulaError("factorial needs a number from 0")
    if whole > MAX_FACTORIAL:
        raise TooLarge("the factorial is too large")
    return math.factorial(whole)


def binomial(n: Value, k: Value) -> Value:
    """Return the number of ways to choose k of n; 0 when k is below 0 or above n."""
    top, low = _whole(n, "binomial"), _whole(k, "binomial")
    if top < 0:
        raise FormulaError("binomial needs a number from 0")
    if low < 0 or low > top:
        return 0
    low = min(low, top - low)
    if low * max(top.bit_length(), 1) > MAX_BITS:
        raise TooLarge("the binomial coefficient is too large")
    return math.comb(top, low)


def kronecker(a: Value, b: Value) -> Value:
    """Return 1 when a equals b, else 0."""
    return int(a == b)


def largest(*values: Value) -> Value:
    """Return the greatest of the arguments."""
    found: Value = max(_some(values))
    return found


def smallest(*values: Value) -> Value:
    """Return the least of the arguments."""
    found: Value = min(_some(values))
    return found


def _real(function: Callable[[float], float]) -> Callable[[Value], Value]:
    def apply(a: Value) -> Value:
        return 0 if a == 0 and function(0.0) == 0.0 else as_floats(function, a)

    return apply


FUNCTIONS: Final[dict[str, tuple[Callable[..., Value], int, int | None]]] = {
    "exp": (exponential, 1, 1),
    "log": (natural_log, 1, 1),
    "log2": (log_base_2, 1, 1),
    "log10": (log_base_10, 1, 1),
    "sqrt": (square_root, 1, 1),
    "sin": (_real(math.sin), 1, 1),
    "cos": (_real(math.cos), 1, 1),
    "tan": (_real(math.tan), 1, 1),
    "asin": (_real(math.asin), 1, 1),
    "acos": (_real(math.acos), 1, 1),
    "atan": (_real(math.atan), 1, 1),
    "sinh": (_real(math.sinh), 1, 1),
    "cosh": (_real(math.cosh), 1, 1),
    "tanh": (_real(math.tanh), 1, 1),
    "erf": (_real(math.erf), 1, 1),
    "Abs": (magnitude, 1, 1),
    "sign": (sign, 1, 1),
    "floor": (floor, 1, 1),
    "ceiling": (ceiling, 1, 1),
    "Max": (largest, 1, None),
    "Min": (smallest, 1, None),
    "Mod": (modulo, 2, 2),
    "factorial": (factorial, 1, 1),
    "binomial": (binomial, 2, 2),
    "KroneckerDelta": (kronecker, 2, 2),
}
"""Name in the formula language → function, least and most number of arguments (None: any)."""

CONSTANTS: Final[dict[str, Value]] = {"pi": math.pi, "E": math.e, "oo": math.inf}
"""Built-in constants; a declared name wins over them."""


def _log_base(a: Value, base: int) -> Value:
    if a <= 0:
        raise FormulaError("the logarithm needs a positive number")
    if isinstance(a, float):
        return math.log2(a) if base == 2 else math.log10(a)
    ratio = Fraction(a)
    for number, direction in ((ratio.numerator, 1), (ratio.denominator, -1)):
        if ratio in (number, Fraction(1, number)):
            exponent = round(math.log(number) / math.log(base))
            if base**exponent == number:
                return direction * exponent
    if isinstance(a, int):
        return math.log2(a) if base == 2 else math.log10(a)
    return float_log(a) / math.log(base)


def _whole(a: Value, what: str) -> int:
    if not isinstance(a, float | Fraction):
        return a
    if isinstance(a, float) and a.is_integer() and abs(a) < 2**53:
        return int(a)
    raise FormulaError(f"{what} needs a whole number")


def _some(values: tuple[Value, ...]) -> tuple[Value, ...]:
    if not values:
        raise FormulaError("Max and Min need at least one argument")
    return values

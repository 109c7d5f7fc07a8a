"""Exact arithmetic within bounds: integers and rationals first, floats where nothing else will do.

Every operation estimates the size of its result before it computes it, so no formula and no answer can make it slow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

Value = int | Fraction | float
"""A real number: exact where it can be. Truth values are 1 and 0."""

MAX_BITS: Final = 13_000
"""Largest integer kept exact: below the 4,300 digits that Python itself will print."""

MAX_ROOT_BITS: Final = 2_048
"""Largest number whose cube and higher roots are looked for among the exact numbers: the search takes a while."""


class FormulaError(ValueError):
    """A formula cannot be read or has no value here.

    Attributes:
        problem: what is wrong, in words.
        at: offset in the text where it shows, or None.
    """

    def __init__(self, problem: str, at: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.at = at


class TooLarge(FormulaError):
    """The result would be larger than the bounds allow."""


def exact(value: Value) -> Value:
    """Return the simplest form of `value`: a whole fraction becomes an int, a truth value 1 or 0.

    Raises:
        FormulaError: the value is not a number (nan).
        TooLarge: it has more than `MAX_BITS` bits.
    """
    kind = type(value)
    if kind is int:
        if value.bit_length() > MAX_BITS:  # type: ignore[union-attr]
            raise TooLarge("the number has too many digits")
        return value
    if kind is Fraction:
        top, bottom = value.numerator, value.denominator  # type: ignore[union-attr]
        if top.bit_length() + bottom.bit_length() > MAX_BITS:
            raise TooLarge("the fraction has too many digits")
        return top if bottom == 1 else value
    if isinstance(value, float):
        if math.isnan(value):
            raise FormulaError("the result is not a number")
        return value
    return int(value)


def to_float(value: Value) -> float:
    """Return `value` as a float, infinite if it is beyond a float's range."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def add(a: Value, b: Value) -> Value:
    """Return a + b."""
    # operands are within bounds, so one operation costs little even where its result is not
    return exact(a + b) if type(a) is not float and type(b) is not float else exact(to_float(a) + to_float(b))


def subtract(a: Value, b: Value) -> Value:
    """Return a - b."""
    return exact(a - b) if type(a) is not float and type(b) is not float else exact(to_float(a) - to_float(b))


def multiply(a: Value, b: Value) -> Value:
    """Return a · b."""
    return exact(a * b) if type(a) is not float and type(b) is not float else exact(to_float(a) * to_float(b))


def divide(a: Value, b: Value) -> Value:
    """Return a / b, exact for exact numbers.

    Raises:
        FormulaError: b is zero.
    """
    _refuse_zero(b)
    if isinstance(a, float) or isinstance(b, float):
        return exact(to_float(a) / to_float(b))
    if type(a) is int and type(b) is int and a % b == 0:
        return exact(a // b)
    return exact(Fraction(a, b))


def floor_divide(a: Value, b: Value) -> Value:
    """Return floor(a / b)."""
    return floor(divide(a, b))


def modulo(a: Value, b: Value) -> Value:
    """Return a - b·floor(a / b), with the sign of b."""
    _refuse_zero(b)
    if isinstance(a, float) or isinstance(b, float):
        x, y = to_float(a), to_float(b)
        if math.isinf(x) or math.isinf(y):
            raise FormulaError("a remainder needs finite numbers")
        return x % y
    return exact(a % b)


def negate(a: Value) -> Value:
    """Return -a."""
    return -a


def magnitude(a: Value) -> Value:
    """Return the absolute value."""
    return -a if a < 0 else a


def power(a: Value, b: Value) -> Value:
    """Return a to the power b among the reals; exact for whole exponents and for perfect powers.

    Raises:
        TooLarge: the result would not fit, estimated before computing.
        FormulaError: zero to a negative power, or a negative base with a broken exponent.
    """
    if a == 0 and b < 0:
        raise FormulaError("division by zero")
    if isinstance(b, float) and b.is_integer() and abs(b) < 2**53 and not isinstance(a, float):
        b = int(b)
    if isinstance(b, int) and not isinstance(a, float):
        return _whole_power(a, b)
    if a < 0 and not (isinstance(b, int) or to_float(b).is_integer()):
        raise FormulaError("a negative number to a broken power is not real")
    if isinstance(b, Fraction) and not isinstance(a, float):
        root = _exact_root(a, b.denominator) if b.denominator <= 64 else None
        if root is not None:
            return _whole_power(root, b.numerator)
    if a > 0 and to_float(a) in (0.0, math.inf) and not isinstance(a, float):
        # beyond a float's range, as its root need not be
        return as_floats(lambda exponent: math.exp(exponent * float_log(a)), b)
    return as_floats(math.pow, a, b)


def floor(a: Value) -> Value:
    """Return the largest integer that is not above a."""
    return a if isinstance(a, float) and math.isinf(a) else exact(math.floor(a))


def ceiling(a: Value) -> Value:
    """Return the smallest integer that is not below a."""
    return a if isinstance(a, float) and math.isinf(a) else exact(math.ceil(a))


def rounded(a: Value, digits: Value = 0) -> Value:
    """Return a rounded half to even, as Python rounds, to `digits` decimals (at most 300 either way)."""
    if not isinstance(digits, int) or abs(digits) > 300:
        raise FormulaError("round takes a small whole number of digits")
    if isinstance(a, float) and math.isinf(a):
        return a
    return exact(round(Fraction(a), digits))


OPERATORS: Final[dict[str, Callable[[Any, Any], Value]]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "//": floor_divide,
    "%": modulo,
    "**": power,
}
"""The binary operators of formulas and templates."""


def as_floats(function: Callable[..., float], *values: Value) -> Value:
    """Return a function of floats; where it has no value or overflows, that is a `FormulaError`."""
    try:
        return exact(function(*(to_float(value) for value in values)))
    except OverflowError:
        raise TooLarge("the result is beyond the range of numbers") from None
    except FormulaError:
        raise
    except ValueError:
        raise FormulaError("the function has no value there") from None


def float_log(a: Value) -> float:
    """Return the natural logarithm of a positive number of any size, as a float."""
    if isinstance(a, Fraction):
        return math.log(a.numerator) - math.log(a.denominator)
    return math.log(a)


def _bits(a: Value) -> int:
    if isinstance(a, Fraction):
        return a.numerator.bit_length() + a.denominator.bit_length()
    return a.bit_length() if isinstance(a, int) else 64


def _whole_power(a: int | Fraction, b: int) -> Value:
    if a in (0, 1) or b == 0:
        return 1 if b == 0 else a
    if a == -1:
        return -1 if b % 2 else 1
    if _bits(a) * abs(b) > MAX_BITS:
        raise TooLarge("the power has too many digits")
    return exact(a**b if type(a) is int and b > 0 else Fraction(a) ** b)


def _exact_root(a: int | Fraction, degree: int) -> int | Fraction | None:
    if a < 0 or (degree > 2 and _bits(a) > MAX_ROOT_BITS):
        return None
    whole = Fraction(a)
    top, bottom = _integer_root(whole.numerator, degree), _integer_root(whole.denominator, degree)
    if top**degree == whole.numerator and bottom**degree == whole.denominator:
        return Fraction(top, bottom)
    return None


def _integer_root(n: int, degree: int) -> int:
    if degree == 2:
        return math.isqrt(n)
    low, high = 0, 1 << (n.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        if middle**degree <= n:
            low = middle
        else:
            high = middle - 1
    return low


def _refuse_zero(b: Value) -> None:
    if b == 0:
        raise FormulaError("division by zero")

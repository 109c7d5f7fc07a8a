"""Exact arithmetic within bounds: integers and rationals first, floats where nothing else will do.

Every operation estimates the size of its result before it computes it, so no formula and no answer can make it slow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Final

Value = int | Fraction | float
"""A real number: exact where it can be. Truth values are 1 and 0."""

MAX_BITS: Final = 13_000
"""Largest integer kept exact: below the 4,300 digits that Python itself will print."""

MAX_FACTORIAL: Final = 1_000


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
    if type(value) is int:
        if value.bit_length() > MAX_BITS:
            raise TooLarge("the number has too many digits")
        return value
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return exact(value.numerator)
        if value.numerator.bit_length() + value.denominator.bit_length() > MAX_BITS:
            raise TooLarge("the fraction has too many digits")
        return value
    if isinstance(value, float):
        if value != value:
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
    return a + b if type(a) is int and type(b) is int and a.bit_length() < 64 > b.bit_length() else _mixed(a, b, "+")


def subtract(a: Value, b: Value) -> Value:
    """Return a - b."""
    return a - b if type(a) is int and type(b) is int and a.bit_length() < 64 > b.bit_length() else _mixed(a, b, "-")


def multiply(a: Value, b: Value) -> Value:
    """Return a · b."""
    if type(a) is int and type(b) is int:
        if a.bit_length() + b.bit_length() > MAX_BITS:
            raise TooLarge("the product has too many digits")
        return a * b
    return _mixed(a, b, "*")


def divide(a: Value, b: Value) -> Value:
    """Return a / b, exact for exact numbers.

    Raises:
        FormulaError: b is zero.
    """
    _refuse_zero(b)
    if isinstance(a, float) or isinstance(b, float):
        return _mixed(a, b, "/")
    return exact(Fraction(a) / Fraction(b))


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
    return _as_floats(math.pow, a, b)


def square_root(a: Value) -> Value:
    """Return the square root, exact for perfect squares."""
    if a < 0:
        raise FormulaError("the square root of a negative number is not real")
    return power(a, Fraction(1, 2))


def natural_log(a: Value) -> Value:
    """Return the natural logarithm; log(1) is exactly 0."""
    if a <= 0:
        raise FormulaError("the logarithm needs a positive number")
    return 0 if a == 1 else _log(a)


def log_base_2(a: Value) -> Value:
    """Return the binary logarithm, exact for powers of two."""
    return _log_base(a, 2)


def log_base_10(a: Value) -> Value:
    """Return the decimal logarithm, exact for powers of ten."""
    return _log_base(a, 10)


def exponential(a: Value) -> Value:
    """Return e to the power a; exp(0) is exactly 1."""
    return 1 if a == 0 else _as_floats(math.exp, a)


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


def magnitude(a: Value) -> Value:
    """Return the absolute value."""
    return abs(a)


def _real(function: Callable[[float], float]) -> Callable[[Value], Value]:
    def apply(a: Value) -> Value:
        return 0 if a == 0 and function(0.0) == 0.0 else _as_floats(function, a)

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


def _mixed(a: Value, b: Value, operator: str) -> Value:
    if isinstance(a, float) or isinstance(b, float):
        a, b = to_float(a), to_float(b)
    elif isinstance(a, Fraction) or isinstance(b, Fraction):
        if _bits(a) + _bits(b) > MAX_BITS:
            raise TooLarge("the fraction has too many digits")
    elif max(_bits(a), _bits(b)) > MAX_BITS:
        raise TooLarge("the number has too many digits")
    if operator == "+":
        return exact(a + b)
    if operator == "-":
        return exact(a - b)
    if operator == "*":
        return exact(a * b)
    return exact(a / b)


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
    return exact(Fraction(a) ** b)


def _exact_root(a: int | Fraction, degree: int) -> int | Fraction | None:
    if a < 0:
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


def _log(a: Value) -> float:
    if isinstance(a, Fraction):
        return math.log(a.numerator) - math.log(a.denominator)
    return math.log(a)


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
    return _log(a) / math.log(base)


def _as_floats(function: Callable[..., float], *values: Value) -> Value:
    try:
        return exact(function(*(to_float(value) for value in values)))
    except OverflowError:
        raise TooLarge("the result is beyond the range of numbers") from None
    except FormulaError:
        raise
    except ValueError:
        raise FormulaError("the function has no value there") from None


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


def _refuse_zero(b: Value) -> None:
    if b == 0:
        raise FormulaError("division by zero")

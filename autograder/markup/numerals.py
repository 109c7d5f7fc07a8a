"""Show numbers in texts: plain, grouped, with significant digits, as powers of ten, with SI prefixes."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from autograder.formula import Value

NARROW_SPACE: Final = "\u202f"
_PREFIXES: Final = {
    24: "Y",
    21: "Z",
    18: "E",
    15: "P",
    12: "T",
    9: "G",
    6: "M",
    3: "k",
    0: "",
    -3: "m",
    -6: "µ",
    -9: "n",
}


def plain(value: Any) -> str:
    """Return what `[= value =]` prints: whole numbers and finite decimals exactly, others to 6 digits; commas in lists.

    Raises:
        TypeError: the value is neither a number nor a text.
    """
    if type(value) is int:  # most are
        return str(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Fraction):
        return _terminating(value.numerator, value.denominator) or sig(value, 6)
    if isinstance(value, float):
        return sig(value, 6)
    if isinstance(value, tuple):
        return ", ".join(plain(item) for item in value)
    raise TypeError(f"only numbers and texts can be shown, not {type(value).__name__}")


def sig(value: Value, digits: int = 3) -> str:
    """Return `value` with `digits` significant digits, as 0.00125, 28.3 or 1.78e14, without trailing zeros."""
    mantissa, exponent = _scientific(value, digits)
    if exponent is None:
        return mantissa
    if -5 < exponent < 7 or (isinstance(value, int) and exponent < digits):
        with localcontext() as context:
            context.prec = 60
            return f"{Decimal(mantissa).scaleb(exponent):f}"
    return f"{mantissa}e{exponent}"


def sci(value: Value, digits: int = 3) -> str:
    r"""Return `value` as LaTeX, such as `1.78\times10^{14}`; numbers near 1 stay as `sig` shows them."""
    mantissa, exponent = _scientific(value, digits)
    if exponent is None or -3 < exponent < 5:
        return sig(value, digits)
    return rf"{mantissa}\times10^{{{exponent}}}" if mantissa != "1" else rf"10^{{{exponent}}}"


def group(value: Value) -> str:
    """Return `value` with its whole digits in groups of three, split by a narrow space: 4 194 304."""
    whole, point, rest = plain(value).partition(".")
    if not whole.lstrip("-").isdigit():
        return plain(value)
    return f"{int(whole):,}".replace(",", NARROW_SPACE) + point + rest


def si(value: Value, digits: int = 4) -> str:
    """Return `value` with an SI prefix after a narrow space, to be followed by a unit: 178.1 T."""
    mantissa, exponent = _scientific(value, digits)
    if exponent is None:
        return mantissa
    step = max(min(3 * (exponent // 3), 24), -9)
    shown = f"{Decimal(mantissa).scaleb(exponent - step):f}"
    return f"{shown}{NARROW_SPACE}{_PREFIXES[step]}"


def _scientific(value: Value, digits: int) -> tuple[str, int | None]:
    if not isinstance(value, int | float | Fraction):
        raise TypeError(f"only numbers have digits, not {type(value).__name__}")
    # Decimal arithmetic, so that a value of any size is rounded the same way on every machine.
    if isinstance(value, float) and math.isinf(value):
        return ("∞" if value > 0 else "−∞"), None
    if value == 0:
        return "0", None
    with localcontext() as context:
        context.prec = 60
        number = Decimal(value) if not isinstance(value, Fraction) else Decimal(value.numerator) / value.denominator
        context.prec = max(1, min(int(digits), 50))
        number = +number
    exponent = number.adjusted()
    mantissa = f"{number.scaleb(-exponent).normalize():f}"
    return mantissa, exponent


@lru_cache(maxsize=4096)
def _terminating(top: int, bottom: int) -> str | None:
    rest, twos, fives = bottom, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1 or places > 15:
        return None
    with localcontext() as context:
        context.prec = 60
        return f"{Decimal(top) / bottom:f}"

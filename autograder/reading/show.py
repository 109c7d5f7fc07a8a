"""How is a number shown back to a candidate? In the field's unit, short, and so that the reader reads it again."""

from __future__ import annotations

import math
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from autograder.formula.arithmetic import Value
from autograder.reading.fields import Field

_WHOLE_UP_TO: Final = 10**7
_COUNTED: Final = 15


def show_number(value: Value, field: Field, digits: int = 4) -> str:
    """Return a number with the field's unit: `1.78e14 FLOP`, `28 GB`, `12.5 %`.

    Args:
        value: in the field's unit.
        field: what the part asks for; counts, probabilities and bare numbers are shown without a unit.
        digits: significant digits; whole numbers up to ten million are shown whole, and counts to fifteen digits, since
            they are asked exactly.

    Returns:
        A text that `read_number` reads as the same number, to `digits` significant digits.
    """
    counted = (field.whole or field.unit == "count") and math.isfinite(value) and value % 1 == 0
    figures = _figures(value, max(digits, _COUNTED) if counted else digits)
    if field.unit in (None, "", "count", "probability"):
        return figures
    return f"{figures} {field.unit}"


def _figures(value: Value, digits: int) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "-inf" if value < 0 else "inf"
    exact = Fraction(value)
    if exact.denominator == 1 and abs(exact) <= _WHOLE_UP_TO:
        return str(exact.numerator)
    context = Context(prec=digits, Emin=-(10**6), Emax=10**6)
    rounded = context.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    mantissa = rounded.normalize(context)
    power = mantissa.adjusted()
    plain, scaled = f"{mantissa:f}", f"{mantissa.scaleb(-power, context):f}e{power}"
    return plain if -4 <= power < 7 or (0 < power < digits and len(plain) <= len(scaled)) else scaled

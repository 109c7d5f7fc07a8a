"""Does this number fit the field? Converts it, and checks unit, figures and size against what is asked."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Final

from autograder.formula.arithmetic import Value, magnitude
from autograder.reading import compound
from autograder.reading.amounts import Amount
from autograder.reading.compound import NOUN
from autograder.reading.fields import Reading, Unread
from autograder.reading.joined import Item
from autograder.reading.units import PERCENT, PERMILLE, Asked, convert, in_base

_LARGEST: Final = int(1.7976931348623157e308)
_MARK: Final = "A mark before three figures may group or divide: write 4194 or 4.1940."


def finish(found: Item | Amount, wanted: Asked) -> Reading:
    """Turn an amount into the field's unit and check it against the field's rules."""
    item = found if isinstance(found, Item) else Item(found)
    amount = item.amount
    shown = None if amount.unit is None else _shown(amount)
    value = _value(amount, wanted)
    if wanted.rule == "required" and amount.unit is None and wanted.kind in ("unit", "percent"):
        value_said = value if item.upper is None else None
        return Reading(value_said, "missing_unit", f"Write the unit after the number: {wanted.name}.")
    if item.upper is not None:
        upper = _value(item.upper if item.upper.unit is not None else replace(item.upper, unit=amount.unit), wanted)
        return Reading(None, None, "Give one number, not a range.", shown, ends=(value, upper))
    base = in_base(value, wanted) if amount.unit is None else None
    return Reading(value, None, unit=shown, in_base=None if base is None else _simplest(base))


def _value(amount: Amount, wanted: Asked) -> Value:
    """Return an amount in the field's unit.

    Raises:
        Unread: `wrong_unit`, `ambiguous` figures, or `nonfinite`.
    """
    value = convert(amount.value, amount.unit, wanted)
    if value is None or (wanted.rule == "none" and not _may_repeat(amount, wanted)):
        assert amount.unit is not None
        raise Unread("wrong_unit", _misfit(amount, wanted), unit=_shown(amount))
    if amount.mark:
        larger = amount.unit is not None and magnitude(value) > magnitude(amount.value)
        # nobody writes three decimals of a dollar, so `$9,800` has one reading
        grouped = wanted.whole or (wanted.money and len(wanted.unit) == 1)
        doubtful = amount.mark == "," and (not grouped or amount.scaled)
        if doubtful or (amount.mark == "." and wanted.whole and not larger):
            other = None if amount.other is None else convert(amount.other, amount.unit, wanted)
            both = (value,) if other is None else (value, other)
            raise Unread("ambiguous", _MARK, candidates=both)
    value = _simplest(value)
    if magnitude(value) > _LARGEST:
        raise Unread("nonfinite", "An answer is a finite number.", value=math.inf if value > 0 else -math.inf)
    if value != 0 and float(value) == 0:
        raise Unread("unreadable", "This number is too close to zero to be read.")
    return value


def _may_repeat(amount: Amount, wanted: Asked) -> bool:
    return amount.unit in (None, NOUN, wanted.unit) or (amount.unit in (PERCENT, PERMILLE) and wanted.kind != "unit")


def _simplest(value: Value) -> Value:
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def _shown(amount: Amount) -> str | None:
    assert amount.unit is not None
    return None if amount.unit == (("?", 1),) else compound.show(amount.unit)


def _misfit(amount: Amount, wanted: Asked) -> str:
    shown = _shown(amount) or "The word after the number"
    answer = {
        "unit": f"is in {wanted.name}", "percent": "is in per cent", "count": "is a count", "probability": "is a share",
    }.get(wanted.kind, "has no unit")  # fmt: skip
    return f"{shown} does not fit: the answer {answer}."

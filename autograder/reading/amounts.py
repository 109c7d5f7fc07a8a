"""What is a number with its unit, half-way through an answer? The record that arithmetic works on."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from autograder.formula.arithmetic import Value, add, divide, floor_divide, modulo, multiply, power, subtract, to_float
from autograder.reading import compound
from autograder.reading.compound import Unit
from autograder.reading.fields import Unread
from autograder.reading.units import PERCENT, Asked, scale


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written, with its unit if it has one.

    Attributes:
        value: in the unit as written.
        unit: None for a bare number.
        other: the other number its figures could write, or None.
        mark: the mark, `,` or `.`, between the two readings.
        places: decimal places of a figure; None for what was worked out or is exact by its form.
        simple: a figure or a power of figures, not a sum or product: such two with a dash between are a range.
        scaled: whether a power of ten scales it.
        bare_word: one number word alone, such as `two`.
        part: a fraction in words, such as `half`.
    """

    value: Value
    unit: Unit | None = None
    other: Value | None = None
    mark: str = ""
    places: int | None = None
    simple: bool = False
    scaled: bool = False
    bare_word: bool = False
    part: bool = False

    @property
    def slack(self) -> float:
        """Half a unit in the last place written, relative to the value: how far a restatement may lie."""
        if self.places is None or self.value == 0 or abs(self.places) > 300:
            return 0.0
        return min(0.2, 0.5 * 10.0**-self.places / max(abs(to_float(self.value)), 1e-300))

    def times(self, factor: Value) -> Amount:
        """Return it scaled by a letter or word such as `million`."""
        if self.mark == ".":
            # `4.194 million` has one reading
            return Amount(self.value, self.unit, places=self.places, simple=self.simple, scaled=self.scaled).times(
                factor
            )
        other = None if self.other is None else multiply(self.other, factor)
        shift = len(str(factor)) - 1 if self.places is not None else 0
        places = None if self.places is None else self.places - shift
        return Amount(multiply(self.value, factor), self.unit, other, self.mark, places, self.simple, self.scaled)

    def with_unit(self, unit: Unit) -> Amount:
        """Return it measured in `unit`."""
        return Amount(self.value, unit, self.other, self.mark, self.places, self.simple, self.scaled, False, self.part)


def combine(operator: str, left: Amount, right: Amount) -> Amount:
    """Work out `left operator right`, exactly where it can be, units and all.

    Args:
        operator: `+ - * / // mod ^`, or `of` after a share.
        left: what stands before it.
        right: what stands after it.

    Raises:
        Unread: `wrong_unit` for a sum of unlike units, `nonfinite` for a division by zero.
        FormulaError: no value, or one beyond the bounds.
    """
    if operator == "of":
        share = divide(left.value, 100) if left.unit is not None else left.value
        return _worked(multiply(share, right.value), right.unit, left, right)
    if operator in ("/", "//", "mod") and right.value == 0:
        raise Unread("nonfinite", "This divides by zero.")
    if operator in ("+", "-"):
        right, unit = _alike(left, right)
        return _worked(
            add(left.value, right.value) if operator == "+" else subtract(left.value, right.value), unit, left, right
        )
    if operator == "*":
        worked = _worked(multiply(left.value, right.value), _product(left.unit, right.unit), left, right)
        size = abs(to_float(right.value))
        if not (right.scaled and right.simple and left.places is not None and 0 < size < math.inf):
            return worked
        # a figure times a power of ten is still a figure
        shift = round(math.log10(size))
        return Amount(
            worked.value, worked.unit, worked.other, worked.mark, left.places - shift, left.simple, scaled=True
        )
    if operator == "/":
        if left.unit is None:
            return _worked(divide(left.value, right.value), right.unit, left, right)
        below = compound.inverse(right.unit) if right.unit is not None else None
        return _worked(divide(left.value, right.value), _product(left.unit, below), left, right)
    if operator == "^":
        if right.unit is not None or left.unit is not None:
            raise Unread("unreadable", "A unit cannot stand in a power.")
        doubt = _worked(power(left.value, right.value), None, left, right)
        simple = left.simple and right.simple
        return Amount(doubt.value, None, doubt.other, doubt.mark, simple=simple, scaled=left.value == 10)
    return _worked(
        (floor_divide if operator == "//" else modulo)(left.value, right.value), left.unit or right.unit, left, right
    )


def is_complement(one: Amount, share: Amount, field: Asked) -> bool:
    """Say whether `1 - 75 %` is what is left of a whole; where per cent are asked, a bare 1 is one of them."""
    return field.kind != "percent" and one.unit is None and one.value == 1 and share.unit == PERCENT


def _worked(value: Value, unit: Unit | None, left: Amount, right: Amount) -> Amount:
    """Carry doubt about a comma upwards; a dot in arithmetic is a decimal point."""
    doubtful = next((part for part in (left, right) if part.mark == ","), None)
    if doubtful is None:
        return Amount(value, unit)
    return Amount(value, unit, mark=",", scaled=left.scaled or right.scaled)


def _alike(left: Amount, right: Amount) -> tuple[Amount, Unit | None]:
    """Bring the right summand to the left one's unit; a bare one takes the other's."""
    if left.unit == right.unit or right.unit is None:
        return right, left.unit
    if left.unit is None:
        return right, right.unit
    if (
        any(name in ("?", "%", "permille") for name, _ in left.unit + right.unit)
        or scale(left.unit)[1] != scale(right.unit)[1]
    ):
        raise Unread("wrong_unit", "These units cannot be added.")
    ratio = scale(right.unit)[0] / scale(left.unit)[0]
    return replace(right, value=multiply(right.value, ratio)), left.unit


def _product(left: Unit | None, right: Unit | None) -> Unit | None:
    if left is None or right is None:
        return right if left is None else left
    if ("%", 1) in left or ("%", 1) in right or ("?", 1) in left or ("?", 1) in right:
        return (("?", 1),)
    unit = compound.product(left, right)
    return tuple(part for part in unit if part[0] != "count") or (compound.NOUN if unit else ())

"""What does a part ask for, and what was read? The two records that go in and out of the reader."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.formula.arithmetic import Value

REASONS = ("blank", "unreadable", "ambiguous", "wrong_unit", "missing_unit", "nonfinite")
"""Every reason for which an answer isn't read."""


@dataclass(frozen=True, slots=True)
class Field:
    """What a part asks for.

    Attributes:
        unit: a unit of our registry, `count`, `%`, `probability`, or None for a number without unit.
        whole: whether the answer is a whole number; it decides how `4,194` is read. `count` is always whole.
        unit_rule: `required` (a bare number is refused), `optional`, or `none` (only the asked unit may be repeated).
    """

    unit: str | None = None
    whole: bool = False
    unit_rule: str = "optional"


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer says.

    Attributes:
        value: the number in the field's unit, exact where it was written exactly; None if there is no single number.
        reason: None when read, else one of `REASONS`.
        hint: one sentence to the candidate: why it was not read, or how to write it.
        unit: the unit as written, by its canonical name; None if the number was bare.
        ends: both ends of a range, in the field's unit; then `value` and `reason` are None.
        in_base: for a bare number, its value in the field's unit if it was meant in the base unit (bytes where MB are
            asked, a fraction where per cent is); None where that says nothing.
        candidates: for `ambiguous`, the different numbers it could be.
    """

    value: Value | None
    reason: str | None
    hint: str = ""
    unit: str | None = None
    ends: tuple[Value, Value] | None = None
    in_base: Value | None = None
    candidates: tuple[Value, ...] = ()


class Unread(Exception):
    """An answer that isn't read.

    Attributes:
        reason: one of `REASONS`.
        hint: one sentence to the candidate.
        value: the infinite value, where that is what was written.
        candidates: for `ambiguous`, the different numbers.
        unit: the unit as written, if that is what is wrong.
    """

    def __init__(
        self,
        reason: str,
        hint: str,
        value: Value | None = None,
        candidates: tuple[Value, ...] = (),
        unit: str | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.value = value
        self.candidates = candidates
        self.unit = unit

    def reading(self) -> Reading:
        """Return this verdict as a reading."""
        return Reading(self.value, self.reason, self.hint, unit=self.unit, candidates=self.candidates)

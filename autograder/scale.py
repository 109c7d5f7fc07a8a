"""The scales on which a number is marked: how far it lies from the key, and what that distance earns."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from autograder.formula import Value
from autograder.formula.arithmetic import to_float
from autograder.model import Record

Scale = Literal["log", "relative", "absolute", "exact", "sigfig"]

_FULL: Final[dict[str, float]] = {"log": 0.3, "relative": 0.01, "absolute": 0.0, "exact": 0.0, "sigfig": 0.5}
_NEAR_DECADES: Final = 0.02


class Settings(Record):
    """What an author may set under `grader: {numeric: …}`.

    Attributes:
        scale: how distance is measured: in decades (`log`), as a fraction of the key (`relative`), in the part's unit
            (`absolute`), not at all (`exact`), or in units of the last of `digits` significant digits (`sigfig`).
        full: the distance up to which an answer earns full credit.
        zero: the distance from which it earns none; between the two, credit falls in a straight line.
        digits: significant digits, for `sigfig`.
        near: the distance within which a convention or slip claims an answer.
        unit: whether an answer must carry its unit, may, or must not.
    """

    scale: Scale = "relative"
    full: Annotated[float, Field(ge=0)] | None = None
    zero: Annotated[float, Field(ge=0)] | None = None
    digits: Annotated[int, Field(ge=1, le=15)] | None = None
    near: Annotated[float, Field(ge=0)] | None = None
    unit: Literal["required", "optional", "none"] = "optional"

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.scale == "sigfig" and self.digits is None:
            raise ValueError("the scale sigfig needs `digits`")
        if self.scale != "sigfig" and self.digits is not None:
            raise ValueError("`digits` belongs to the scale sigfig")
        if self.scale == "exact" and (self.full or self.zero):
            raise ValueError("the scale exact has no tolerance; use absolute")
        if self.zero is not None and self.zero < self.full_distance:
            raise ValueError("zero is below full: credit would rise with the error")
        return self

    @property
    def full_distance(self) -> float:
        """Distance up to which an answer earns full credit."""
        return _FULL[self.scale] if self.full is None else self.full

    @property
    def zero_distance(self) -> float:
        """Distance from which an answer earns nothing."""
        return self.full_distance if self.zero is None else self.zero

    @property
    def near_distance(self) -> float:
        """Distance within which a claim holds."""
        if self.near is not None:
            return self.near
        return _NEAR_DECADES if self.scale == "log" else self.full_distance


def distance(value: Value, key: Value, settings: Settings) -> float:
    """Return how far a value lies from a key on the part's scale; infinite across the sign on the log scale.

    Source of `log`: |log10(value/key)|, the number of decades between them.
    """
    if value == key:
        return 0.0
    if is_infinite(value) or is_infinite(key):
        return math.inf
    if settings.scale == "exact":
        if isinstance(value, int) and isinstance(key, int):
            return to_float(abs(value - key))
        return 0.0 if _equal_floats(value, key) else abs(to_float(Fraction(value) - Fraction(key)))
    if settings.scale == "absolute":
        return to_float(abs(Fraction(value) - Fraction(key)))
    if settings.scale == "log":
        if value == 0 or key == 0 or opposite(value, key):
            return math.inf
        return abs(_log10(value, key))
    if key == 0:
        return math.inf
    if settings.scale == "relative":
        return _relative(value, key)
    gap = abs(Fraction(value) - Fraction(key))
    assert settings.digits is not None
    return to_float(gap / Fraction(10) ** (_exponent(key) - settings.digits + 1))


def credit(away: float, settings: Settings) -> float:
    """Return the share for a distance: 1 up to `full`, 0 from `zero`, a straight line between."""
    full, zero = settings.full_distance, settings.zero_distance
    # The last bits of a logarithm or a quotient must not decide.
    slack = 1e-12 * max(1.0, full)
    if away <= full + slack:
        return 1.0
    if away >= zero:
        return 0.0
    return (zero - away) / (zero - full)


def opposite(value: Value, key: Value) -> bool:
    """Return whether two numbers have opposite signs."""
    return (value > 0 > key) or (value < 0 < key)


def is_infinite(value: Value) -> bool:
    """Return whether a number is infinite."""
    return isinstance(value, float) and math.isinf(value)


def _equal_floats(value: Value, key: Value) -> bool:
    return (isinstance(value, float) or isinstance(key, float)) and math.isclose(value, key, rel_tol=1e-12)


def _log10(value: Value, key: Value) -> float:
    ratio = _quotient(value, key)
    if ratio is not None:
        return math.log10(ratio)
    exact = abs(Fraction(value) / Fraction(key))
    return math.log10(exact.numerator) - math.log10(exact.denominator)


def _relative(value: Value, key: Value) -> float:
    ratio = _quotient(value, key)
    # near the key the difference of floats has lost digits, and far from it they may not hold the numbers
    if ratio is None or 0.999 < ratio < 1.001:
        return to_float(abs(Fraction(value) - Fraction(key)) / abs(Fraction(key)))
    return abs(ratio - 1) if not opposite(value, key) else ratio + 1


def _quotient(value: Value, key: Value) -> float | None:
    """Return |value/key| as a float, or None where it or one of the two is beyond a float's normal range."""
    try:
        ratio = abs(float(value) / float(key))
    except (OverflowError, ZeroDivisionError):
        return None
    return ratio if 1e-300 < ratio < 1e300 else None


def _exponent(value: Value) -> int:
    """Return floor(log10(|value|)), exactly."""
    size = abs(Fraction(value))
    guess = math.floor(_log10(size, 1))
    while Fraction(10) ** guess > size:
        guess -= 1
    while Fraction(10) ** (guess + 1) <= size:
        guess += 1
    return guess

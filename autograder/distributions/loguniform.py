"""A number of any size, every factor equally likely: `{loguniform: {low: 1e6, high: 1e9, digits: 2}}`."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from autograder.formula import Value, arithmetic
from autograder.kinds import distribution
from autograder.model import Record, WrittenNumber
from autograder.seeds import Rng

# Decimal's logarithm is rounded correctly everywhere; the C library's differs in the last bit from machine to machine.
_EXACT: Final = Context(prec=40)


class Settings(Record):
    """What an author may set under `loguniform`; `digits` counts significant digits."""

    low: WrittenNumber
    high: WrittenNumber
    digits: Annotated[int, Field(ge=1, le=12)] = 2

    @model_validator(mode="after")
    def _has_members(self) -> Self:
        if not 0 < self.low <= self.high:
            raise ValueError("loguniform needs 0 < low ≤ high")
        return self


@distribution
def loguniform(rng: Rng, settings: Settings) -> Value:
    """Draw low·(high/low)^u for u even on [0, 1), rounded to the significant digits and kept within the ends."""
    share = _EXACT.divide(Decimal(rng.bits(64)), Decimal(2**64))
    low, high = _decimal(settings.low), _decimal(settings.high)
    spread = _EXACT.ln(_EXACT.divide(high, low))
    drawn = _EXACT.multiply(low, _EXACT.exp(_EXACT.multiply(share, spread)))
    short = Context(prec=settings.digits).plus(drawn)
    return arithmetic.exact(min(max(Fraction(short), Fraction(settings.low)), Fraction(settings.high)))


def _decimal(value: int | Fraction) -> Decimal:
    exact = Fraction(value)
    return _EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator))

"""A decimal between low and high: `{uniform: {low: 0.1, high: 0.9, digits: 2}}`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field, model_validator

from autograder.formula import Value, arithmetic
from autograder.kinds import distribution
from autograder.model import Record, WrittenNumber
from autograder.seeds import Rng


class Settings(Record):
    """What an author may set under `uniform`; `digits` counts decimals."""

    low: WrittenNumber
    high: WrittenNumber
    digits: Annotated[int, Field(ge=0, le=12)] = 2

    @model_validator(mode="after")
    def _has_members(self) -> Self:
        if not _lattice(self):
            raise ValueError(f"no number of {self.digits} decimals lies between low and high")
        return self


@distribution
def uniform(rng: Rng, settings: Settings) -> Value:
    """Draw one of the decimals from low to high, both included, every one equally likely."""
    lattice = _lattice(settings)
    return arithmetic.exact(Fraction(lattice[rng.below(len(lattice))], 10**settings.digits))


def support(settings: Settings) -> Sequence[Value] | None:
    """Return every decimal that can be drawn, or None when there are more than ten thousand."""
    lattice = _lattice(settings)
    return (
        [arithmetic.exact(Fraction(tick, 10**settings.digits)) for tick in lattice] if len(lattice) <= 10_000 else None
    )


def _lattice(settings: Settings) -> range:
    scale = 10**settings.digits
    return range(math.ceil(settings.low * scale), math.floor(settings.high * scale) + 1)

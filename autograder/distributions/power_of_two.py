"""A power of two from low to high: `{power_of_two: {low: 32, high: 1024}}`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from autograder.kinds import distribution
from autograder.model import Record
from autograder.seeds import Rng


class Settings(Record):
    """What an author may set under `power_of_two`."""

    low: Annotated[int, Field(ge=1)]
    high: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _has_members(self) -> Self:
        if not support(self):
            raise ValueError(f"there is no power of two from {self.low} to {self.high}")
        return self


@distribution
def power_of_two(rng: Rng, settings: Settings) -> int:
    """Draw one of the powers of two from low to high, every one equally likely."""
    return rng.choice(support(settings))


def support(settings: Settings) -> Sequence[int]:
    """Return every power of two that can be drawn."""
    exponents = range((settings.low - 1).bit_length(), settings.high.bit_length())
    return [2**exponent for exponent in exponents]

"""A whole number from low to high, in steps: `{integer: {low: 2, high: 64, step: 2}}`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from autograder.kinds import distribution
from autograder.model import Record
from autograder.seeds import Rng


class Settings(Record):
    """What an author may set under `integer`; both ends can be drawn."""

    low: int
    high: int
    step: Annotated[int, Field(gt=0)] = 1

    @model_validator(mode="after")
    def _has_members(self) -> Self:
        if self.high < self.low:
            raise ValueError(f"high ({self.high}) is below low ({self.low})")
        return self


@distribution
def integer(rng: Rng, settings: Settings) -> int:
    """Draw low, low + step, …, up to high, every one equally likely."""
    return rng.choice(support(settings))


def support(settings: Settings) -> Sequence[int]:
    """Return every number that can be drawn."""
    return range(settings.low, settings.high + 1, settings.step)

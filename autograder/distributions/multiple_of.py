"""A multiple from low to high: `{multiple_of: {of: 64, low: 256, high: 4096}}`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from autograder.kinds import distribution
from autograder.model import Record
from autograder.seeds import Rng


class Settings(Record):
    """What an author may set under `multiple_of`."""

    of: Annotated[int, Field(ge=1)]
    low: int
    high: int

    @model_validator(mode="after")
    def _has_members(self) -> Self:
        if not support(self):
            raise ValueError(f"there is no multiple of {self.of} from {self.low} to {self.high}")
        return self


@distribution
def multiple_of(rng: Rng, settings: Settings) -> int:
    """Draw one of the multiples from low to high, every one equally likely."""
    return rng.choice(support(settings))


def support(settings: Settings) -> Sequence[int]:
    """Return every multiple that can be drawn."""
    first = -(-settings.low // settings.of) * settings.of
    return range(first, settings.high + 1, settings.of)

"""Some of a list, none twice, in a random order: `{sample: {from: [1, 2, 3, 5, 8], take: 3}}`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from autograder.kinds import distribution
from autograder.model import Record, Written
from autograder.seeds import Rng


class Settings(Record):
    """What an author may set under `sample`."""

    values: Annotated[tuple[Written, ...], Field(alias="from", min_length=1, max_length=1000)]
    take: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _has_members(self) -> Self:
        if self.take > len(self.values):
            raise ValueError(f"cannot take {self.take} of {len(self.values)} values")
        return self


@distribution
def sample(rng: Rng, settings: Settings) -> tuple[Written, ...]:
    """Draw `take` of the values without repeating one; formulas count the members from 1."""
    return tuple(rng.sample(settings.values, settings.take))


def support(settings: Settings) -> Sequence[tuple[Written, ...]] | None:
    """Return every ordered choice, or None when there are more than ten thousand."""
    if math.perm(len(settings.values), settings.take) > 10_000:
        return None
    return list(itertools.permutations(settings.values, settings.take))

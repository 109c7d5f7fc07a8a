"""A list in a random order: `{permutation: [0.1, 0.2, 0.7]}`, or `{permutation: 4}` for 1 to 4."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, model_validator

from autograder.kinds import distribution
from autograder.model import Record, Written
from autograder.seeds import Rng


class Settings(Record):
    """What an author may set under `permutation`."""

    values: Annotated[tuple[Written, ...], Field(min_length=1, max_length=1000)]

    @model_validator(mode="before")
    @classmethod
    def _accept_a_bare_list(cls, given: Any) -> Any:
        if isinstance(given, int) and not isinstance(given, bool) and 0 < given <= 1000:
            return {"values": tuple(range(1, given + 1))}
        given = {"values": given} if isinstance(given, list) else given
        if isinstance(given, dict) and isinstance(given.get("values"), list):
            return given | {"values": tuple(given["values"])}
        return given


@distribution
def permutation(rng: Rng, settings: Settings) -> tuple[Written, ...]:
    """Draw an order of the values, every order equally likely; formulas count its members from 1."""
    return tuple(rng.shuffled(settings.values))


def support(settings: Settings) -> Sequence[tuple[Written, ...]] | None:
    """Return every order, or None when there are more than ten thousand."""
    if math.factorial(len(settings.values)) > 10_000:
        return None
    return list(itertools.permutations(settings.values))

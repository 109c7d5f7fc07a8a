"""One of a list: `{pick: [64, 128, 256]}`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, model_validator

from autograder.kinds import distribution
from autograder.model import Record, Written
from autograder.seeds import Rng


class Settings(Record):
    """What an author may set under `pick`."""

    values: Annotated[tuple[Written, ...], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _accept_a_bare_list(cls, given: Any) -> Any:
        given = {"values": given} if isinstance(given, list) else given
        if isinstance(given, dict) and isinstance(given.get("values"), list):
            return given | {"values": tuple(given["values"])}
        return given


@distribution
def pick(rng: Rng, settings: Settings) -> Written:
    """Draw one of the values, every one equally likely."""
    return rng.choice(settings.values)


def support(settings: Settings) -> Sequence[Written]:
    """Return every value that can be drawn."""
    return settings.values

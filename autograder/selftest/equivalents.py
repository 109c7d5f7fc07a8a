"""Say of the right answers among an author's tests which are proved to equal the key, and which only at many points."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from autograder.graders.formula import work_on
from autograder.model import Key, Mark
from autograder.observe import worked_out

_SAME: Final = ("proved", "probable", "convention")


@dataclass(frozen=True)
class Equivalent:
    """A formula that earns points as the key, or as a convention, does.

    Attributes:
        part: its ref; of a cell, with its place.
        key: the formula that it equals.
        answer: as it was read.
        proved: whether that was proved; else it is so at `points` exact points.
    """

    part: str
    key: str
    answer: str
    proved: bool
    points: int

    def __str__(self) -> str:
        return f"{self.part}: {self.answer} is {self.key} at {self.points} points"


def equivalents(marks: Iterable[tuple[Key, Mark]]) -> tuple[Equivalent, ...]:
    """Return what was accepted as equal, each once, after trying to prove it."""
    found: dict[str, Equivalent] = {}
    for key, answer, wanted in (each for own, mark in marks for each in _accepted(own, mark.__dict__)):
        data = json.dumps(work_on(key, answer) | {"key": wanted, "claims": []}, sort_keys=True)
        if data not in found:
            verdict = worked_out("equivalence", data)
            found[data] = Equivalent(key.ref, wanted, answer, verdict["kind"] == "proved", verdict["points"])
    return tuple(found.values())


def _accepted(key: Key, mark: Mapping[str, Any]) -> Iterator[tuple[Key, str, str]]:
    """Yield each answer that was accepted as a formula, with its key and the formula that it equals."""
    if key.cells:
        for keys, marks in zip(key.cells, mark["detail"].get("cells", ()), strict=False):
            for cell, own in zip(keys, marks, strict=False):
                if cell is not None and own is not None:
                    yield from _accepted(cell, own)
    elif key.grader == "formula" and mark["reason"] in _SAME and isinstance(mark["read"], str):
        claimed = mark["detail"].get("claimed")
        wanted = next((claim.formula for claim in key.claims if claim.name == claimed), key.formula)
        yield key, mark["read"], wanted

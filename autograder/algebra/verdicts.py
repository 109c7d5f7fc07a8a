"""What a comparison finds out: proved, probable, refuted at a point, or undecided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["proved", "probable", "refuted", "undecided"]


@dataclass(frozen=True, slots=True)
class Witness:
    """A point at which two formulas differ.

    Attributes:
        at: name → value, as shown: whole numbers, short fractions as text, else six digits.
        yours, key: the two values; None where a formula has none.
    """

    at: Mapping[str, Any]
    yours: Any
    key: Any

    def plain(self) -> dict[str, Any]:
        """Return it as data that can be saved."""
        return {"at": dict(self.at), "yours": self.yours, "key": self.key}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one comparison.

    Attributes:
        kind: `proved`: the same for certain; `probable`: the same at many exact points; `refuted`: sure to differ;
            `undecided`: a person must look.
        points: how many exact points agreed.
        witness: where they differ, if refuted at a point.
        why: what stood in the way, or in which respect they differ, in a sentence for the candidate.
    """

    kind: Kind
    points: int = 0
    witness: Witness | None = field(default=None)
    why: str = ""

    @property
    def same(self) -> bool:
        """Whether the answer counts as equal to the key."""
        return self.kind in ("proved", "probable")

    def plain(self) -> dict[str, Any]:
        """Return it as data that can be saved."""
        witness = self.witness.plain() if self.witness is not None else None
        return {"kind": self.kind, "points": self.points, "witness": witness, "why": self.why}


def weakest(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict on several things that must all be the same: one that refutes, else the least certain."""
    order = ("refuted", "undecided", "probable", "proved")
    found = min(verdicts, key=lambda verdict: order.index(verdict.kind))
    if not found.same:
        return found
    return Verdict(found.kind, min((each.points for each in verdicts if each.kind == found.kind), default=0))

"""Look at the key of a part that asks for a formula: has it values, and are its conventions and slips others?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autograder.graders.formula import clashes as clashes_of
from autograder.graders.formula import verdict, work_on
from autograder.model import Key
from autograder.observe import worked_out

VARIANTS: Final = 20
"""Variants in which keys are compared, where drawn numbers stand in them."""

_LOOKS: Final = 3


@dataclass(frozen=True)
class Compared:
    """What comparing showed of one key.

    Attributes:
        flaw: what makes the key unusable, or an empty text.
        clashes: what is wrong with a convention or slip, by its name.
        standing: the conventions and slips that differ from the key.
    """

    flaw: str
    clashes: Mapping[str, str]
    standing: frozenset[str]


def compared(key: Key) -> Compared:
    """Compare the key of a formula part with its conventions and slips, and these with each other."""
    if not _has_values(key):
        return Compared("the key has no value at points drawn within bounds and constraints", {}, frozenset())
    clashes = {
        name: f"{'cannot be told from' if other == 'the key' else 'equals'} {other}" for name, other in clashes_of(key)
    }
    standing = frozenset(claim.name for claim in key.claims if verdict(key, key.formula, claim.formula) == "refuted")
    return Compared("", clashes, standing - clashes.keys())


def points_of(keys: Mapping[str, Key], count: int) -> list[dict[str, Any]]:
    """Return points for the symbols of some formula parts, and the values of their keys there.

    Args:
        keys: of one variant, by ref. Symbols that several declare share their values.
        count: how many points are wanted; fewer come back where the bounds leave fewer.

    Returns:
        For each point `names` and `keys`: what a proof is given, and what it is held against, by ref.
    """
    data = {
        "declared": _together([key.declared.model_dump(exclude={"only"}) for key in keys.values() if key.declared]),
        "values": {name: value for key in keys.values() for name, value in work_on(key, "")["values"].items()},
        "keys": {ref: key.formula for ref, key in keys.items()},
        "count": count,
    }
    found: list[dict[str, Any]] = worked_out("points", json.dumps(data, sort_keys=True))
    return found


def _has_values(key: Key) -> bool:
    return len(points_of({"key": key}, _LOOKS)) > 0


def _together(declarations: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return several parts' declarations as one; what two say of the same name holds together."""
    found: dict[str, Any] = {"symbols": {}, "constraints": [], "givens": [], "functions": {}, "random": {}}
    for each in declarations:
        for name, said in each["symbols"].items():
            found["symbols"][name] = {**found["symbols"].get(name, {}), **(said or {})}
        for field in ("functions", "random"):
            found[field] |= each[field]
        for field in ("constraints", "givens"):
            found[field] += [text for text in each[field] if text not in found[field]]
    return found

"""Keys of code parts and observations of them, written down without running anything."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.model import Check, CodeKey, Key, Observation, Option, Run
from autograder.sandbox.values import Values, write_values

Arrays = Mapping[str, Any]


def run(
    checks: Mapping[str, Any] | None = None,
    arrays: Arrays | None = None,
    reports: Sequence[tuple[str, str, Mapping[str, Any]]] = (),
    **fields: Any,
) -> Run:
    """A run as a probe with `Checks` leaves it.

    Args:
        checks: by id, the data that were seen, or a mapping with `raised` and the like as it is.
        arrays: of the answer, named `check/name`.
        reports: the check, the moment, and what was seen: arrays, or data.
        fields: of the record.
    """
    written = {
        check: notes if isinstance(notes, dict) and notes.keys() & {"saw", "raised"} else {"saw": {"value": notes}}
        for check, notes in (checks or {}).items()
    }
    held = {f"answer/{name}": np.asarray(array) for name, array in (arrays or {}).items()}
    told = []
    for number, (check, after, things) in enumerate(reports):
        held |= {f"{number}/{name}": thing for name, thing in things.items() if isinstance(thing, np.ndarray)}
        saw = {name: thing for name, thing in things.items() if not isinstance(thing, np.ndarray)}
        told.append({"check": check, "after": after, "saw": saw})
    labels = fields.get("labels", {})
    blob = write_values(Values(None, held, {name: label for name, label in labels.items() if name in held}))[1]
    shared = {"key": "", "status": "ok", "data": {"checks": written}, "reports": tuple(told)}
    return Run(**(shared | {"blob": base64.b64encode(blob).decode()} | fields))


def seen(runs: Sequence[Run], reference: Run | Sequence[Run]) -> Observation:
    """Runs of an answer, each beside the reference's."""
    right = (reference,) * len(runs) if isinstance(reference, Run) else tuple(reference)
    return Observation(ref="made-a", runs=tuple(runs), reference=right)


def code_key(
    grader: str,
    checks: Sequence[Mapping[str, Any]] = (),
    options: Sequence[Mapping[str, Any]] = (),
    settings: Mapping[str, Any] | None = None,
    points: float | None = None,
    listing: str = "",
) -> Key:
    """The key of a part that asks for code; its points are the checks', if not given."""
    blank = {"fault": None, "on": False, "neutral": False, "lines": None}
    offered = tuple(
        Option.model_validate_json(
            json.dumps(blank | {"letter": "ABCDEFGHIJ"[place], "say": f"Option {place}."} | dict(option))
        )
        for place, option in enumerate(options)
    )
    made = tuple(Check(**check) for check in checks)
    code = CodeKey(
        listing=listing, reference="right = True\n", starter="", probe="def probe(channel): ...", checks=made,
        options=offered,
    )  # fmt: skip
    worth = points if points is not None else sum(check.points for check in made)
    return Key(
        ref="made-a", input="code", grader=grader, settings=dict(settings or {}), points=worth, unit=None, whole=False,
        answer=None, formula="", claims=(), code=code,
    )  # fmt: skip

"""Compare a candidate's formula with the key, and where it differs with the conventions and slips of the part."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from autograder.algebra.compare import compare
from autograder.algebra.declare import declare
from autograder.algebra.read import read
from autograder.algebra.symbols import Declared
from autograder.formula.tree import Node
from autograder.kinds import worker
from autograder.model import written_values


@worker
def formula(data: dict[str, Any]) -> dict[str, Any]:
    """Compare one answer.

    Args:
        data: `declared` as the author wrote it, `values` drawn for the variant, `key` and `answer` as texts, and
            `claims`, the texts of conventions and slips in the order in which they are tried; `staff` for an answer of
            the author's.

    Returns:
        `key`, the verdict on it; and, unless it is the same, `claims`: the verdicts up to the first that is the same.
    """
    scope = json.dumps([data["declared"], data["values"]])
    declared, values = _scope(scope)
    # what staff write may speak of drawn numbers, what a candidate writes may not
    answer = _key(data["answer"], scope) if data.get("staff") else read(data["answer"], declared)
    verdict = compare(_key(data["key"], scope), answer, declared, values)
    claims: list[dict[str, Any]] = []
    for text in () if verdict.same else data["claims"]:
        found = compare(_key(text, scope), answer, declared, values)
        claims.append(found.plain())
        if found.same:
            break
    return {"key": verdict.plain(), "claims": claims}


@lru_cache(maxsize=256)
def _scope(written: str) -> tuple[Declared, dict[str, Any]]:
    declared, values = json.loads(written)
    numbers = {name: value for name, value in written_values(values).items() if not isinstance(value, tuple)}
    return declare(declared, known=values), numbers


@lru_cache(maxsize=4096)
def _key(text: str, scope: str) -> Node:
    return read(text, *_scope(scope))

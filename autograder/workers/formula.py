"""Compare a candidate's formula with the key, and where it differs with the conventions and slips of the part."""

from __future__ import annotations

import json
from typing import Any

from autograder.algebra.compare import compare
from autograder.algebra.read import read
from autograder.algebra.scope import in_scope, read_key
from autograder.kinds import worker


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
    declared, values = in_scope(scope)
    # what staff write may speak of drawn numbers, what a candidate writes may not
    answer = read_key(data["answer"], scope) if data.get("staff") else read(data["answer"], declared)
    verdict = compare(read_key(data["key"], scope), answer, declared, values)
    claims: list[dict[str, Any]] = []
    for text in () if verdict.same else data["claims"]:
        found = compare(read_key(text, scope), answer, declared, values)
        claims.append(found.plain())
        if found.same:
            break
    return {"key": verdict.plain(), "claims": claims}

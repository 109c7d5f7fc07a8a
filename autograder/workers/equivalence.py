"""Compare two formulas, and where points alone say that they are equal try to prove it. Never done while marking."""

from __future__ import annotations

import json
from typing import Any

from autograder.algebra.compare import compare
from autograder.algebra.scope import in_scope, read_key
from autograder.algebra.symbolic.prove import proved
from autograder.kinds import worker


@worker
def equivalence(data: dict[str, Any]) -> dict[str, Any]:
    """Compare a formula with another.

    Args:
        data: `declared` as the author wrote it, `values` drawn for the variant, `key` and `answer` as texts.

    Returns:
        The verdict's `kind`, which is `proved` also where a proof was found, and its `points`.
    """
    scope = json.dumps([data["declared"], data["values"]])
    declared, values = in_scope(scope)
    key, answer = (read_key(data[name], scope) for name in ("key", "answer"))
    verdict = compare(key, answer, declared, values)
    sure = verdict.kind == "probable" and proved(key, answer, declared, values)
    return {"kind": "proved" if sure else verdict.kind, "points": verdict.points}

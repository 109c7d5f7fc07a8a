"""The cases that are shipped with the tests, as work for a warm worker, and how long the workers take for it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.answers import response_to
from autograder.key import keys_of
from autograder.model import Job, Key, Part, Question, Response
from autograder.runners.warm import Warm

CASES = Path(__file__).parents[1] / "tests" / "algebra"
ROUNDS = 3


def cases(folder: str) -> list[dict[str, Any]]:
    """Return the cases of a folder below `tests/algebra`, each `part`, `say` and `want`."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((CASES / folder).glob("*.jsonl"))]
    return [json.loads(line) for text in texts for line in text.split("\n") if line]


def asked(part: dict[str, Any], said: Any) -> tuple[Key, Response]:
    """Return the key of a part as it stands in a case, and the response to it."""
    made = Part.model_validate_json(json.dumps({"id": "a", "text": "", "points": 1.0} | part))
    key = keys_of(Question(id="made", title="", topic="", text="", parts=(made,)), {})[0]
    return key, response_to(key, said)


def seconds_of(jobs: Sequence[Job]) -> list[float]:
    """Return seconds on the clock for each piece of work, there and back, the shortest first.

    Each is the least of several rounds, because neighbours only make it longer.
    """
    best = [float("inf")] * len(jobs)
    with Warm() as warm:
        for _ in range(ROUNDS):
            for place, each in enumerate(jobs):
                started = time.perf_counter()
                warm.run(each)
                best[place] = min(best[place], time.perf_counter() - started)
    return sorted(best)

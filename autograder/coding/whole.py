"""Run and mark a source that was handed in whole: does it do what the reference does?"""

from __future__ import annotations

import json
from functools import lru_cache

from autograder.coding.marks import CodeSettings, job_for, mark_code
from autograder.model import Job, Key, Mark, Observation, Response


def whole_job(key: Key, response: Response) -> Job | None:
    """Return what must run: the candidate's source, with the part's probe. None where nothing was written."""
    source = response.value
    if response.state != "given" or not isinstance(source, str) or not source.strip():
        return None
    return job_for(key, source, _settings(json.dumps(key.settings)))


def mark_whole(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Mark code by its checks.

    Args:
        key: `key.code.checks` say what is looked at, and what each is worth.
        response: the source.
        seen: its runs and the reference's, one for each hidden draw.

    Returns:
        A graded mark, its score that of the checks that passed; `error` where it could not be checked.
    """
    return mark_code(key, response, seen, isinstance(response.value, str) and bool(response.value.strip()))


@lru_cache(maxsize=256)
def _settings(written: str) -> CodeSettings:
    return CodeSettings.model_validate_json(written)

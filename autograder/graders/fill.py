"""Mark the blanks of a listing: does the listing, with them filled in, do what the reference does?"""

from __future__ import annotations

import json
from functools import lru_cache

from autograder import kinds
from autograder.coding.listing import filled
from autograder.coding.marks import REASONS, CodeSettings, job_for, judge, mark_code
from autograder.model import Job, Key, Mark, Observation, Response

__all__ = ["REASONS", "Settings", "fill", "job", "job_for", "judge"]


class Settings(CodeSettings):
    """What an author may set under `grader: {fill: …}`."""


@kinds.job
def job(key: Key, response: Response) -> Job | None:
    """Return what must run: the listing with the candidate's lines in its blanks. None where all are empty."""
    fills = _fills(response)
    if not fills or key.code is None:
        return None
    return job_for(key, filled(key.code.listing, fills), _settings(json.dumps(key.settings)))


@kinds.grader
def fill(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Mark filled blanks by the part's checks.

    Args:
        key: `key.code.checks` say what is looked at, and what each is worth.
        response: code by the number of its blank; a blank that is left out stays empty.
        seen: runs of the whole listing and of the reference, one for each hidden draw.

    Returns:
        A graded mark, its score that of the checks that passed; `error` where it could not be checked.
    """
    return mark_code(key, response, seen, bool(_fills(response)))


def _fills(response: Response) -> dict[str, str]:
    value = response.value if response.state == "given" else None
    if not isinstance(value, dict):
        return {}
    return {str(number): code for number, code in value.items() if isinstance(code, str) and code.strip()}


@lru_cache(maxsize=256)
def _settings(written: str) -> Settings:
    return Settings.model_validate_json(written)

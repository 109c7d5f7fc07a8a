"""Mark a mended listing: does it now do what the reference does?"""

from __future__ import annotations

from autograder import kinds
from autograder.coding.marks import REASONS, CodeSettings, job_for, judge
from autograder.coding.whole import mark_whole, whole_job
from autograder.model import Job, Key, Mark, Observation, Response

__all__ = ["REASONS", "Settings", "fix", "job", "job_for", "judge"]


class Settings(CodeSettings):
    """What an author may set under `grader: {fix: …}`."""


@kinds.job
def job(key: Key, response: Response) -> Job | None:
    """Return what must run; see `whole_job`."""
    return whole_job(key, response)


@kinds.grader
def fix(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Mark a mended listing by its checks; see `mark_whole`."""
    return mark_whole(key, response, seen)

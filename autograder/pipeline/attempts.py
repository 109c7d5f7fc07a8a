"""Which of a candidate's attempts counts?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from autograder.model import MarkSheet, Submission


@dataclass(frozen=True)
class Attempt:
    """One paper of a candidate, handed in and marked."""

    submission: Submission
    sheet: MarkSheet


def which_counts(attempts: Sequence[Attempt], rule: Literal["best", "last"]) -> Attempt:
    """Return the attempt that counts: the last, or the best by the share of the points, the later of equal ones.

    What a person has yet to mark counts nothing so far, so that the best may change when they have.
    """
    *_, last = attempts
    if rule == "last":
        return last
    return max(reversed(attempts), key=lambda each: _share(each.sheet))


def described(attempts: Sequence[Attempt], counts: Attempt, rule: str) -> Iterator[str]:
    """Yield what staff should know where there are several attempts."""
    if len(attempts) > 1:
        shown = ", ".join(f"{each.sheet.code} {each.sheet.score:g} of {each.sheet.points:g}" for each in attempts)
        yield f"{len(attempts)} attempts ({shown}): {counts.sheet.code} counts, as the {rule}"
        waits = [each for each in attempts if any(mark.state == "manual" for mark in each.sheet.marks)]
        if waits and rule == "best":
            yield "an attempt waits for a person, after whom another may be the best"


def _share(sheet: MarkSheet) -> float:
    return sheet.score / sheet.points if sheet.points else 0.0

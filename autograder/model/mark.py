"""What it is worth: a mark for each part, a sheet for each candidate."""

from __future__ import annotations

from typing import Any, Literal

from autograder.model.record import Record


class Mark(Record):
    """The result for one part. `score` is None unless it is graded: could not check is neither wrong nor right."""

    ref: str
    state: Literal["graded", "manual", "error"]
    score: float | None
    points: float
    reason: str
    read: Any = None
    feedback: str = ""
    detail: dict[str, Any] = {}


class MarkSheet(Record):
    """The marks of one candidate.

    Attributes:
        digest: SHA-256 of the submitted file these marks belong to.
        score: the sum of all graded parts.
        file: the submitted file, below the candidate's folder; empty where that is not known.
        due: when the exam ended, as the exam says it, and the candidate's extra time, None where the roster has none.
        late: seconds after that end, extra time counted.
    """

    exam: str
    candidate: str
    code: str
    digest: str
    score: float
    points: float
    marks: tuple[Mark, ...]
    flags: tuple[str, ...] = ()
    file: str = ""
    due: str = ""
    extra_minutes: float | None = None
    late: int = 0


class HandMark(Record):
    """What a person gave for one answer.

    Attributes:
        points: for each marking point; `of` is what each could earn then.
        answer: the digest of the answer it was given for.
    """

    points: tuple[float, ...]
    of: tuple[float, ...]
    comment: str = ""
    answer: str


class HandMarks(Record):
    """What persons gave in one exam, by paper code and ref."""

    exam: str
    papers: dict[str, dict[str, HandMark]] = {}


class Standing(Record):
    """Where a candidate stood: what marks of today are compared with.

    Attributes:
        scores: by ref; None where there was no score.
        left_out: the refs of parts that did not count, towards the maximum either.
    """

    code: str
    score: float
    points: float
    scores: dict[str, float | None]
    left_out: tuple[str, ...] = ()


class Posted(Record):
    """What was posted last, by candidate."""

    exam: str
    standings: dict[str, Standing]

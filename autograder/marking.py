"""Mark one submission: keys, responses and observations in, marks out. Pure; the same records give the same marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from autograder import kinds
from autograder.following import follow_through, in_order
from autograder.model import Key, Mark, MarkSheet, Observation, Response, Submission

_MISSING: Final = Response(ref="", state="blank")


def mark(keys: Iterable[Key], submission: Submission, observations: Mapping[str, Observation]) -> list[Mark]:
    """Mark every part of one submission.

    Args:
        keys: of the paper assigned to the candidate, made from the bank as it stands.
        submission: what came back.
        observations: by ref, what happened where something had to be run.

    Returns:
        A mark for each key, in the order of the keys.
    """
    return mark_all(keys, {response.ref: response for response in submission.responses}, observations)


def mark_all(
    keys: Iterable[Key], responses: Mapping[str, Response], observations: Mapping[str, Observation]
) -> list[Mark]:
    """Mark parts, each after those that it uses; arguments by ref, a missing response is blank."""
    ordered = tuple(keys)
    marks: dict[str, Mark] = {}
    for key in in_order(ordered) if any(key.follow for key in ordered) else ordered:
        response, seen = responses.get(key.ref, _MISSING), observations.get(key.ref)
        own = mark_part(key, response, seen)
        if key.follow is not None:
            own = follow_through(key, own, marks, partial(mark_part, response=response, seen=seen))
        marks[key.ref] = own
    return [marks[key.ref] for key in ordered]


def mark_part(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Mark one part. Whatever a candidate wrote, this returns a mark."""
    if key.problem:
        return key.unmarked("error", f"There is no key for this variant: {key.problem}.")
    if response.state in ("run", "lost"):
        return key.unmarked(
            "manual",
            response.hint or "This answer has to be run to be known; a person will look at it.",
            response.source,
        )
    try:
        marked: Mark = kinds.load("graders", key.grader)(key, response, seen)
    except Exception as error:
        # a grader that fails has checked nothing: that is neither wrong nor right
        return key.unmarked("error", f"The grader {key.grader} failed: {type(error).__name__}.")
    return marked


def sheet(submission: Submission, marks: list[Mark]) -> MarkSheet:
    """Return the marks of one candidate with their sum."""
    return MarkSheet.model_construct(
        exam=submission.exam, candidate=submission.candidate, code=submission.code, digest=submission.digest,
        score=round(sum(mark.score or 0.0 for mark in marks), 6), points=round(sum(mark.points for mark in marks), 6),
        marks=tuple(marks), flags=submission.flags, file=submission.file,
    )  # fmt: skip

"""Mark one submission: keys, responses and observations in, marks out. Pure; the same records give the same marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from autograder import kinds
from autograder.model import Key, Mark, MarkSheet, Observation, Response, Submission


def mark(keys: Iterable[Key], submission: Submission, observations: Mapping[str, Observation]) -> list[Mark]:
    """Mark every part of one submission.

    Args:
        keys: of the paper assigned to the candidate, made from the bank as it stands.
        submission: what came back.
        observations: by ref, what happened where something had to be run.

    Returns:
        A mark for each key, in the order of the keys.
    """
    responses = {response.ref: response for response in submission.responses}
    missing = Response(ref="", state="blank")
    return [mark_part(key, responses.get(key.ref, missing), observations.get(key.ref)) for key in keys]


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

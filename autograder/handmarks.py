"""Keep the marks that a person gave: they stand when a class is marked again, and are told when they no longer fit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from autograder.model import HandMark, Key, Mark, Response, RubricPoint, Submission


def answer_id(response: Response) -> str:
    """Return a digest of an answer: a person's marks belong to this answer and to no other."""
    digest = hashlib.sha256(response.model_dump_json(exclude={"hint"}).encode()).hexdigest()
    # a letter first, because a spreadsheet would take 12e345678901 for a number
    return f"x{digest[:15]}"


def points_of(key: Key) -> tuple[RubricPoint, ...]:
    """Return what a person gives points for: the rubric, or the part as a whole where it has none."""
    return key.rubric or (RubricPoint.model_construct(points=key.points, say="the part as a whole"),)


def with_hand_marks(
    marks: Iterable[Mark], keys: Iterable[Key], submission: Submission, given: Mapping[str, HandMark]
) -> tuple[list[Mark], tuple[str, ...]]:
    """Put a person's marks in the place of what marking found, where they are still about the same answer.

    Args:
        marks: of one submission, in the order of the keys.
        keys: of its paper.
        submission: what came back.
        given: by ref, what a person gave.

    Returns:
        The marks, and what staff should look at: a mark that was given for another answer or by another rubric is left
        aside, and the part waits for a person again.
    """
    responses = {response.ref: response for response in submission.responses} if given else {}
    missing = Response(ref="", state="blank")
    found: list[Mark] = []
    flags: list[str] = []
    for mark, key in zip(marks, keys, strict=True):
        hand = given.get(key.ref)
        if hand is None or mark.state == "error":
            found.append(mark)
            continue
        total = f"{sum(hand.points):g} points"
        if hand.answer != answer_id(responses.get(key.ref, missing)):
            flags.append(f"{key.ref}: the answer has changed since a person gave it {total}; mark it again")
        elif hand.of != tuple(point.points for point in points_of(key)):
            flags.append(f"{key.ref}: the rubric has changed since a person gave {total}; mark it again")
        else:
            found.append(_given(key, mark, hand))
            continue
        found.append(mark if mark.score is None else key.unmarked("manual", mark.feedback, mark.read))
    return found, tuple(flags)


def _given(key: Key, mark: Mark, hand: HandMark) -> Mark:
    points = [
        {"points": earned, "of": point.points, "say": point.say}
        for earned, point in zip(hand.points, points_of(key), strict=True)
    ]
    parts = " + ".join(f"{earned:g}" for earned in hand.points)
    sentences = [f"Marked by a person: {parts} of {key.points:g} points.", hand.comment]
    feedback = " ".join(filter(None, sentences))
    detail = {**mark.detail, "rubric": points, "comment": hand.comment}
    return key.mark(sum(hand.points) / key.points, "marked", read=mark.read, feedback=feedback, detail=detail)

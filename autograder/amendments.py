"""Do what an exam's amendments say: accept a further answer, give everybody a part's points, or leave it out.

A further answer becomes a convention of the part, so that whatever marks conventions marks it too. The other two are
done to marks that are made; what a mark was before stays in its detail.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from autograder.model import Also, Amendment, Mark, Question

ACCEPTED: Final = "an answer accepted after the exam"


@lru_cache(maxsize=256)
def amended(question: Question, amendments: tuple[Amendment, ...]) -> Question:
    """Return a question that also takes the further answers of these amendments; the same arguments give the same one.

    Args:
        question: of the bank.
        amendments: of one paper; those of other questions are passed over.
    """
    further: dict[str, list[Also]] = {}
    for number, each in enumerate(amendments):
        if each.do == "accept" and each.answer is not None:
            also = Also(name=_name(number), answer=each.answer, share=1.0 if each.share is None else each.share)
            further.setdefault(each.part, []).append(also)
    parts = tuple(
        # before the others, so that of equal answers this one decides
        part.model_copy(update={"also": (*further[ref], *part.also)}) if (ref := f"{question.id}-{part.id}") in further
        else part
        for part in question.parts
    )  # fmt: skip
    return question if parts == question.parts else question.model_copy(update={"parts": parts})


def amend(marks: Sequence[Mark], amendments: Iterable[Amendment]) -> list[Mark]:
    """Return marks with what the amendments of their paper do to them, and the reason in words.

    Args:
        marks: made with the keys of amended questions.
        amendments: of the paper, in the order in which the questions were amended.
    """
    by_ref = {mark.ref: mark for mark in marks}
    for number, each in enumerate(amendments):
        mark = by_ref.get(each.part)
        if mark is None:
            continue
        if each.do != "accept":
            by_ref[each.part] = _settled(mark, each)
        elif mark.detail.get("claimed") == _name(number):
            by_ref[each.part] = _with_reason(mark, each, f"{mark.feedback} {each.reason}", {})
    return [by_ref[mark.ref] for mark in marks]


def full_points(mark: Mark) -> float:
    """Return the points of a part as the paper says them, also where it was left out since."""
    was = mark.detail.get("amended", {}).get("was", {})
    return float(was.get("points", mark.points))


def is_void(mark: Mark) -> bool:
    """Return whether a part was left out of the maximum."""
    return mark.reason == "voided"


def _settled(mark: Mark, amendment: Amendment) -> Mark:
    void = amendment.do == "void"
    points = 0.0 if void else mark.points
    says = "This part is left out of the total." if void else "Everybody is given the points of this part."
    was = {"state": mark.state, "score": mark.score, "points": mark.points, "reason": mark.reason}
    changed = mark.model_copy(
        update={"state": "graded", "score": points, "points": points, "reason": "voided" if void else "awarded"}
    )
    # what could not be checked, or waited for a person, is of no interest any more
    earlier = mark.feedback if mark.state == "graded" else ""
    return _with_reason(changed, amendment, f"{says} {amendment.reason} {earlier}".rstrip(), {"was": was})


def _with_reason(mark: Mark, amendment: Amendment, feedback: str, more: dict[str, Any]) -> Mark:
    told = {"do": amendment.do, "reason": amendment.reason} | more
    return mark.model_copy(update={"feedback": feedback, "detail": mark.detail | {"amended": told}})


def _name(number: int) -> str:
    return f"{ACCEPTED} ({number + 1})" if number else ACCEPTED

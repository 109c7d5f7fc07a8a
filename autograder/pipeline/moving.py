"""Who moves when an exam is marked again, and by how much?

Marks are compared with those that were posted last, or, as long as none was, with those that were saved before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from autograder import store
from autograder.amendments import is_void
from autograder.model import MarkSheet, Posted, Standing
from autograder.pipeline.opened import Opened

LEFT_OUT: Final = "left out"

Stood = float | Literal["left out"] | None
"""The score of a part; None where it had no mark."""


@dataclass(frozen=True, slots=True)
class Move:
    """A candidate whose marks change.

    Attributes:
        code: of the paper that counted, and counts now unless there are no marks any more.
        was: the score before; `of` the points of all parts then.
        now: the score today and the points of all parts; None where there are no marks any more.
        parts: a part's ref → its score before and now, of those that change; one that was voided is left out.
    """

    candidate: str
    code: str
    was: float
    of: float
    now: tuple[float, float] | None
    parts: dict[str, tuple[Stood, Stood]]

    @property
    def by(self) -> float:
        """By how much the score changes."""
        return round((self.now[0] if self.now is not None else 0.0) - self.was, 6)

    @property
    def only_completed(self) -> bool:
        """Whether nothing changed but that parts without a mark have one by now, of the same maximum."""
        same_maximum = self.now is not None and self.now[1] == self.of
        return same_maximum and bool(self.parts) and all(was is None for was, _ in self.parts.values())


def standing_of(sheet: MarkSheet) -> Standing:
    """Return where a candidate stands by these marks."""
    scores = {mark.ref: mark.score for mark in sheet.marks}
    void = tuple(mark.ref for mark in sheet.marks if is_void(mark))
    return Standing.model_construct(
        code=sheet.code, score=sheet.score, points=sheet.points, scores=scores, left_out=void
    )


def posted_before(opened: Opened) -> Mapping[str, Standing]:
    """Return by candidate what was posted last; nothing where nothing was."""
    path = opened.course.posted(opened.name)
    return store.read_record(path, Posted).standings if path.is_file() else {}


def before(opened: Opened, posted: Mapping[str, Standing], candidate: str) -> Standing | None:
    """Return where a candidate stood before; None where this is the first time.

    Args:
        opened: the exam.
        posted: what was posted last.
        candidate: whose saved marks are looked up where nothing of theirs was posted.
    """
    if candidate in posted:
        return posted[candidate]
    path = opened.course.marks(opened.name, candidate)
    return standing_of(store.read_record(path, MarkSheet)) if path.is_file() else None


def move(candidate: str, was: Standing | None, sheet: MarkSheet | None) -> Move | None:
    """Return how a candidate moves, or None where they do not.

    Args:
        candidate: their name.
        was: where they stood before.
        sheet: today's marks, if there are any.
    """
    if was is None:
        return None
    now = standing_of(sheet) if sheet is not None else None
    refs = {**was.scores, **(now.scores if now is not None else {})}
    pairs = ((ref, (_stood(ref, was), _stood(ref, now))) for ref in refs)
    parts = {ref: pair for ref, pair in pairs if pair[0] != pair[1]}
    if now is not None and not parts and (was.score, was.points) == (now.score, now.points):
        return None
    total = (now.score, now.points) if now is not None else None
    return Move(candidate, was.code if now is None else now.code, was.score, was.points, total, parts)


def _stood(ref: str, standing: Standing | None) -> Stood:
    if standing is None:
        return None
    return LEFT_OUT if ref in standing.left_out else standing.scores.get(ref)

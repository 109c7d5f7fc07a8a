"""Who has which paper: a file to which rows are only ever added, and the rules for dealing variants out.

A late candidate, a second attempt or a lost paper moves nobody, because nothing already written is drawn again.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable
from typing import Any

from autograder.formula import Value
from autograder.model import Gap, Key, Paper, Record, Variant
from autograder.seeds import paper_code

Answers = tuple[tuple[str, str, Value], ...]
"""Ref, scale and answer of the parts that a minimum gap concerns."""


class Row(Record):
    """One paper: whose it is, and how its questions were drawn.

    Attributes:
        code: printed on the paper; names nobody.
        form: which of the exam's forms it is, or None for a paper of one's own.
        redraw: by question, how often a draw was passed over; questions drawn at once are left out.
    """

    candidate: str
    attempt: int
    code: str
    form: int | None = None
    redraw: dict[str, int] = {}


class Allocation(Record):
    """The papers of one exam, in the order in which they were dealt.

    Attributes:
        answers: what the exam's queries were answered with, for everybody.
        fingerprints: by question, of the texts and params that the papers were drawn from.
        form_redraw: for exams with forms, by form and question, how often a draw was passed over.
        rows: one a paper.
    """

    exam: str
    answers: dict[str, tuple[str, ...]] = {}
    fingerprints: dict[str, str] = {}
    form_redraw: dict[str, dict[str, int]] = {}
    rows: tuple[Row, ...] = ()

    def of(self, candidate: str) -> tuple[Row, ...]:
        """Return a candidate's papers, the latest attempt last."""
        return tuple(row for row in self.rows if row.candidate == candidate)


def new_rows(
    allocation: Allocation, candidates: Iterable[str], secret: bytes, *, forms: int | None, again: Iterable[str] = ()
) -> list[Row]:
    """Return rows for those who have no paper yet, and one more attempt for those named in `again`.

    Args:
        allocation: as it stands; nothing in it changes.
        candidates: the roster, in order.
        secret: paper codes are computed from it.
        forms: how many forms the exam has, or None; forms are dealt in turn.
        again: candidates who get another attempt.
    """
    attempts = Counter(row.candidate for row in allocation.rows)
    wanted = [name for name in candidates if name not in attempts]
    wanted += [name for name in again if name in attempts]
    rows: list[Row] = []
    for place, candidate in enumerate(wanted, len(allocation.rows)):
        attempt = attempts[candidate] + 1
        code = paper_code(secret, allocation.exam, candidate, attempt)
        rows.append(Row(candidate=candidate, attempt=attempt, code=code, form=place % forms + 1 if forms else None))
    return rows


class Dealer:
    """What has been dealt of each question, so that the next paper differs where the space allows."""

    def __init__(self, gap: Gap) -> None:
        self.gap = gap
        self._notes: dict[str, Counter[bytes]] = {}
        self._answers: dict[str, list[Value]] = {}
        self._patience: dict[str, int] = {}

    def patience(self, question: str, most: int) -> int:
        """Return how many draws to try for a question; each disappointment halves it, so that a crowded space stays fast."""
        return self._patience.get(question, most)

    def disappointed(self, question: str, rank: tuple[int, int]) -> None:
        """Remember that no draw was wholly welcome; a note that had to be dealt again says nothing about the next."""
        if rank[0] == 0:
            self._patience[question] = max(4, self._patience.get(question, 64) // 2)

    def rank(self, variant: Variant, keys: Iterable[Key]) -> tuple[int, int]:
        """Return how unwelcome a variant is: how often its note was dealt, and how many of its answers lie too near another's.

        (0, 0) is a variant to deal; of others the least is.
        """
        dealt = self._notes.get(variant.question, Counter())[_digest(variant.note)]
        return dealt, sum(self._too_near(*answer) for answer in gap_answers(keys))

    def add(self, variant: Variant, keys: Iterable[Key]) -> None:
        """Remember a variant as dealt."""
        self._notes.setdefault(variant.question, Counter())[_digest(variant.note)] += 1
        for ref, _, value in gap_answers(keys):
            insort(self._answers.setdefault(ref, []), value)

    def learn(self, paper: Paper, keys: Iterable[Key]) -> None:
        """Remember the variants of a paper that was dealt before."""
        by_question: dict[str, list[Key]] = {}
        for key in keys:
            by_question.setdefault(key.ref.partition("-")[0], []).append(key)
        for variant in paper.variants():
            self.add(variant, by_question.get(variant.question, ()))

    def _too_near(self, ref: str, scale: str, value: Value) -> bool:
        others = self._answers.get(ref)
        if not others:
            return False
        place = bisect_left(others, value)
        return any(self._near(scale, value, other) for other in others[max(place - 1, 0) : place + 1])

    def _near(self, scale: str, a: Any, b: Any) -> bool:
        if scale == "exact":
            return abs(a - b) < self.gap.exact
        return abs(a - b) < self.gap.relative * min(abs(a), abs(b)) or (self.gap.relative > 0 and a == b)


def gap_answers(keys: Iterable[Key]) -> Answers:
    """Return the answers that a minimum gap concerns: those of relative and exact parts."""
    found = []
    for key in keys:
        scale = key.settings.get("scale", "relative") if key.grader == "numeric" else None
        if key.answer is not None and scale in ("relative", "exact"):
            found.append((key.ref, scale, key.answer))
    return tuple(found)


def _digest(note: str) -> bytes:
    return hashlib.sha256(note.encode()).digest()[:8]

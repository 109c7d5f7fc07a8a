"""Who has which paper: a file to which rows are only ever added.

A late candidate, a second attempt or a lost paper moves nobody, because nothing already written is drawn again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from autograder.model import Record
from autograder.seeds import paper_code


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
    wanted += [name for name in again if name in attempts or name in wanted]
    rows: list[Row] = []
    for place, candidate in enumerate(wanted, len(allocation.rows)):
        attempts[candidate] += 1
        attempt = attempts[candidate]
        code = paper_code(secret, allocation.exam, candidate, attempt)
        rows.append(Row(candidate=candidate, attempt=attempt, code=code, form=place % forms + 1 if forms else None))
    return rows

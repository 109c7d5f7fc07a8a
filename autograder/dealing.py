"""Deal variants out: a note is not dealt twice while the space allows, and answers keep their distance.

A draw that is not welcome is passed over and counted; the count is kept in the allocation, so that a paper can be drawn
again as it was.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from autograder.following import with_used
from autograder.formula.arithmetic import to_float
from autograder.key import answer_of, keys_of
from autograder.markup.templates import names_in
from autograder.model import Gap, Key, Paper, Part, Question, Variant
from autograder.variant import Drawn, draw_values, is_small, note_of, show, space, with_given

MAX_REDRAWS: Final = 60
"""Draws passed over for a note that was dealt before, in a space too large to list."""

PATIENCE: Final = 2_000
"""Draws that a class may pass over together, for each question, for answers too near another's."""

SeedOf = Callable[[str, Question, int], bytes]
"""Paper code or form, question and redraw to a seed."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """One question of one paper; `number` is how many draws were passed over.

    The keys are without conventions and slips: these are marked by as the bank has them on that day, not as on this.
    """

    number: int
    values: Drawn
    variant: Variant
    keys: tuple[Key, ...]


class _Draw(NamedTuple):
    number: int
    values: Drawn
    note: str
    spaced: tuple[tuple[str, str, float], ...]


class Dealer:
    """What has been dealt of each question of an exam."""

    def __init__(self, gap: Gap, seed: SeedOf, crowd: int) -> None:
        """Start with nothing dealt.

        Args:
            gap: the least distance between two candidates' answers.
            seed: how draws are seeded.
            crowd: how many papers are about to be dealt; the more, the less patience each gets.
        """
        self._gap = gap
        self._most_patience = min(max(PATIENCE // max(crowd, 1), 4), 64)
        self._seed = seed
        self._notes: dict[str, Counter[bytes]] = {}
        self._dealt: Counter[str] = Counter()
        self._answers: dict[str, list[float]] = {}
        self._patience: dict[str, int] = {}
        self._different: dict[str, int] = {}

    def deal(self, label: str, question: Question) -> Dealt:
        """Draw a question for a paper, and remember it.

        Args:
            label: the paper's code, or its form.
            question: what to draw.
        """
        number, values, note, spaced = self._welcome(label, question)
        self._remember(question, note)
        for ref, _, value in spaced:
            insort(self._answers.setdefault(ref, []), value)
        return Dealt(number, values, show(question, values, note), keys_of(question, values, claims=False))

    def learn(self, paper: Paper, questions: Iterable[Question]) -> None:
        """Remember the variants of a paper that was dealt before."""
        by_id = {question.id: question for question in questions}
        for variant in paper.variants():
            question = by_id[variant.question]
            self._remember(question, variant.note)
            for ref, _, value in _spaced(question, with_given(question, variant.values)):
                insort(self._answers.setdefault(ref, []), value)

    def _remember(self, question: Question, note: str) -> None:
        self._notes.setdefault(question.id, Counter())[_digest(note)] += 1
        self._dealt[question.id] += 1

    def _welcome(self, label: str, question: Question) -> _Draw:
        """Return the first welcome draw, else the least unwelcome one."""
        best: tuple[tuple[int, int], _Draw] | None = None
        patience, most, number = self._patience.get(question.id, self._most_patience), MAX_REDRAWS, 0
        while number < most:
            values = draw_values(question, self._seed(label, question, number))
            note = note_of(question, values)
            # without patience nobody looks at answers any more, and they need not be known
            draw = _Draw(number, values, note, tuple(_spaced(question, values)) if patience else ())
            rank = self._repeats(question, note), sum(self._too_near(*answer) for answer in draw.spaced)
            if not any(rank):
                return draw
            if best is None or rank < best[0]:
                best = rank, draw
            if not best[0][0] and number >= patience:
                break
            number += 1
            if number == MAX_REDRAWS and best[0][0] and is_small(question):
                # the space is nearly used up: only now is it worth knowing how many notes it has
                self._different[question.id] = _different_notes(question)
                best, most = None, MAX_REDRAWS + 8 * self._different[question.id]
        assert best is not None
        if not best[0][0]:
            self._patience[question.id] = patience // 2
        return best[1]

    def _repeats(self, question: Question, note: str) -> int:
        """Return how often a note was dealt beyond what the space makes unavoidable."""
        notes = self._notes.get(question.id)
        if notes is None or (times := notes[_digest(note)]) == 0:
            return 0
        different = self._different.get(question.id)
        return times if different is None else times - self._dealt[question.id] // different

    def _too_near(self, ref: str, scale: str, value: float) -> bool:
        others = self._answers.get(ref)
        if not others:
            return False
        # the nearest lie on either side of where this one would stand
        place = bisect_left(others, value)
        return (place > 0 and self._near(scale, others[place - 1], value)) or (
            place < len(others) and self._near(scale, value, others[place])
        )

    def _near(self, scale: str, low: float, high: float) -> bool:
        if scale == "exact":
            return high - low < self._gap.exact
        return self._gap.relative > 0 and high - low <= self._gap.relative * min(abs(low), abs(high))


def drawn_again(seed: SeedOf, label: str, question: Question, number: int) -> Dealt:
    """Draw a question of a paper as it was drawn when so many draws were passed over."""
    values = draw_values(question, seed(label, question, number))
    return Dealt(number, values, show(question, values), keys_of(question, values, claims=False))


@lru_cache(maxsize=256)
def _different_notes(question: Question) -> int:
    if names_in(question.note_template()) <= question.params.keys():
        return len({note_of(question, dict(values)) for values in space(question)})
    return len({note_of(question, with_given(question, values)) for values in space(question)})


def _spaced(question: Question, values: Drawn) -> Iterator[tuple[str, str, float]]:
    """Yield ref, scale and answer of the parts that a minimum gap concerns."""
    known = with_used(question, values)
    for ref, scale, part in _spaced_parts(question):
        answer = answer_of(part, known)
        if answer is not None:
            yield ref, scale, to_float(answer)


@lru_cache(maxsize=1024)
def _spaced_parts(question: Question) -> tuple[tuple[str, str, Part], ...]:
    """Return the parts whose answers are kept apart: the relative and the exact ones."""
    found = []
    for part in question.parts:
        word, settings = part.marking()
        scale = settings.get("scale", "relative") if word == "numeric" else ""
        if scale in ("relative", "exact"):
            found.append((f"{question.id}-{part.id}", scale, part))
    return tuple(found)


def _digest(note: str) -> bytes:
    return hashlib.sha256(note.encode()).digest()[:8]

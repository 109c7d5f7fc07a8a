"""Mark the answers that an author wrote as tests of a question, on many variants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from autograder.course import SAMPLE_SECRET
from autograder.errors import AutograderError, BankError
from autograder.following import with_used
from autograder.key import keys_of
from autograder.model import Key, Mark, Question, Test
from autograder.reading import Field, show_number
from autograder.seeds import seed_of
from autograder.selftest.expected import earlier_in, marked, said_in, unmet, whole_derivations
from autograder.variant import draw_values
from autograder.yamlsrc import Source

TEST_DRAWS: Final = 25
"""Variants on which an author's tests are marked."""


@dataclass(frozen=True)
class Tried:
    """What marking a question's tests showed.

    Attributes:
        count: how many answers there were, in all variants.
        marks: each with its key.
        errors: tests that are not met.
    """

    count: int
    marks: tuple[tuple[Key, Mark], ...]
    errors: tuple[BankError, ...]


def seed_for(question: Question, label: str | int) -> bytes:
    """Return the seed for one of the draws on which a question is tried out."""
    return seed_of(SAMPLE_SECRET, "selftest", question.id, label)


def mark_tests(question: Question, source: Source) -> Tried:
    """Mark a question's tests, and its authors' own derivations, on some variants; code is left out."""
    tests = [*whole_derivations(question), *((("tests", place), test) for place, test in enumerate(question.tests))]
    errors: dict[int, BankError] = {}
    marks: list[tuple[Key, Mark]] = []
    count = 0
    for number in range(TEST_DRAWS):
        values = draw_values(question, seed_for(question, f"test {number}"))
        keys = {part.id: key for part, key in zip(question.parts, keys_of(question, values), strict=True)}
        for place, (path, test) in enumerate(tests):
            if keys[test.part].code is not None:
                continue  # which takes running: `_prove`
            count += 1
            if place in errors:
                continue
            key, shown = keys[test.part], with_used(question, values)
            try:
                mark = _mark_of(test, keys, shown)
                marks.append((key, mark))
                problem = _problem(test, key, mark, shown)
            except AutograderError as error:
                problem = f"the test's answer cannot be rendered: {error.problem}"
            if problem:
                errors[place] = BankError(problem, where=source.place(*path))
    return Tried(count, tuple(marks), tuple(errors[place] for place in sorted(errors)))


def _mark_of(test: Test, keys: Mapping[str, Key], values: Mapping[str, Any]) -> Mark:
    return marked(keys, test.part, said_in(test, values), earlier_in(test, values))


def _problem(test: Test, key: Key, mark: Mark, values: Mapping[str, Any]) -> str:
    """Return in what a test is not met, or an empty text."""
    wanted = unmet(test, mark)
    if not wanted:
        return ""
    got = "no score" if mark.score is None else f"{mark.score:g}"
    right = [[cell and _right(cell) for cell in row] for row in key.cells] if key.cells else _right(key)
    said = said_in(test, values)
    return f"the test {said!r} of part {test.part} wants {wanted}, got {got} ({mark.reason}); the key is {right}"


def _right(key: Key) -> Any:
    if key.choice is not None:
        return ", ".join(key.choice.expected)
    if key.declared is not None:
        return key.formula
    return None if key.answer is None else show_number(key.answer, Field(), 15)

"""Mark a matching: how many of the things on the left got what belongs to them?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from math import perm

from autograder.choosing.answers import REASONS, read_response
from autograder.choosing.authors import equal_options, matching_problems
from autograder.kinds import grader
from autograder.model import Key, Mark, Observation, Part, Record, Response
from autograder.reading.letters import say_chosen

__all__ = ["REASONS", "Settings", "flaw", "guessed", "matching", "problems"]


class Settings(Record):
    """What an author may set under `grader: {matching: …}`."""

    partial: bool = True
    """Credit for each number with its right letter; otherwise all or nothing."""


@grader
def matching(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Mark letters against the numbers they were given to.

    Args:
        key: `key.choice.expected` has the right letter of each number.
        response: numbers and letters in any form that can be read. A number without a letter is not right.
        seen: unused; nothing runs.

    Returns:
        A graded mark; reason `right`, `partial`, `wrong` or `invalid` (a number or letter that was not printed, or two
        letters for a number).
    """
    read = read_response(key, response)
    if isinstance(read, Mark):
        return read
    assert key.choice is not None
    given = dict(read.chosen)
    right = {number: given.get(number) == letter for number, letter in enumerate(key.choice.expected, 1)}
    hits = sum(right.values())
    partial = _settings(json.dumps(key.settings)).partial
    share = hits / len(right) if partial else float(hits == len(right))
    reason = "right" if hits == len(right) else "partial" if share > 0 else "wrong"
    return key.mark(
        share,
        reason,
        read=[list(pair) for pair in read.chosen],
        feedback=f"Read as {say_chosen('matching', read.chosen)}. {_said(right, given)}",
        detail={"numbers": {str(number): verdict for number, verdict in right.items()}},
    )


def _said(right: dict[int, bool], given: dict[int, str]) -> str:
    if all(right.values()):
        return "Right."
    wrong = [str(number) for number, verdict in right.items() if not verdict and number in given]
    missing = [str(number) for number in right if number not in given]
    sentences = [f"{sum(right.values())} of {len(right)} are right."]
    if wrong:
        sentences.append(f"Not right: {', '.join(wrong)}.")
    if missing:
        sentences.append(f"Without a letter: {', '.join(missing)}.")
    return " ".join(sentences)


def problems(part: Part, settings: Settings | None) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a part for this grader: the field, the problem, a hint."""
    yield from matching_problems(part)


def flaw(key: Key) -> str | None:
    """Return what makes this variant unfair, or None: two texts on one side read the same."""
    if key.choice is None:
        return "there are no pairs"
    prompts = key.choice.prompts
    same = next((text for at, text in enumerate(prompts) if text in prompts[:at]), None)
    return f"two numbers both read {same!r}" if same is not None else equal_options(key.choice.options)


def guessed(key: Key) -> float:
    """Return the share of the points that random letters earn on average."""
    if key.choice is None or not key.choice.options:
        return 0.0
    numbers, letters = len(key.choice.expected), len(key.choice.options)
    if _settings(json.dumps(key.settings)).partial:
        return 1 / letters
    # nobody gives a letter twice where each belongs somewhere once
    once = len(set(key.choice.expected)) == numbers
    return 1 / perm(letters, numbers) if once else 1 / letters**numbers


@lru_cache(maxsize=256)
def _settings(written: str) -> Settings:
    return Settings.model_validate_json(written)

"""Mark an ordering: how much of the right order did the candidate keep?

Partial credit is for the longest run that is in order, gaps allowed, as for Parsons problems (the longest common
subsequence); or for pairs that stand in the right order, less those that do not (Maurice Kendall's rank correlation).
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import factorial
from typing import Literal

from autograder.choosing.answers import REASONS, read_response
from autograder.choosing.authors import equal_options, ordering_problems
from autograder.kinds import grader
from autograder.model import Key, Mark, Observation, Part, Record, Response
from autograder.reading.letters import say_chosen

__all__ = ["REASONS", "Settings", "flaw", "guessed", "ordering", "problems"]


class Settings(Record):
    """What an author may set under `grader: {ordering: …}`."""

    partial: Literal[True, False, "run", "pairs"] = True
    """`run`, or true: the longest run that is in order, as a share of all items; one item alone is no run. `pairs`:
    pairs in the right order less the others, as a share of all pairs. False: all or nothing."""


@grader
def ordering(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Mark a list of letters against the right order.

    Args:
        key: `key.choice.expected` is the right order, letters without repeats.
        response: letters in any form that can be read.
        seen: unused; nothing runs.

    Returns:
        A graded mark; reason `right`, `partial`, `wrong` or `invalid` (a letter missing, repeated or unknown).
    """
    read = read_response(key, response)
    if isinstance(read, Mark):
        return read
    assert key.choice is not None
    places = [key.choice.expected.index(letter) for letter in read.chosen]
    partial = _settings(json.dumps(key.settings)).partial
    share = _share(places, partial)
    reason = "right" if share == 1 else "partial" if share > 0 else "wrong"
    return key.mark(
        share,
        reason,
        read=list(read.chosen),
        feedback=f"Read as {say_chosen('ordering', read.chosen)}. {_said(places, partial)}",
        detail={"run": _longest(places), "misplaced_pairs": _swapped(places)},
    )


def _share(places: Sequence[int], partial: bool | str) -> float:
    count = len(places)
    if all(place == number for number, place in enumerate(places)):
        return 1.0
    if not partial:
        return 0.0
    if partial == "pairs":
        return max(1 - 2 * _swapped(places) / (count * (count - 1) / 2), 0.0)
    return _of_run(_longest(places), count)


def _of_run(longest: int, count: int) -> float:
    return longest / count if longest > 1 else 0.0


def _said(places: Sequence[int], partial: bool | str) -> str:
    swapped, longest, count = _swapped(places), _longest(places), len(places)
    if not swapped:
        return "Right."
    if partial == "pairs":
        return f"{swapped} of {count * (count - 1) // 2} pairs stand the wrong way round."
    return f"{longest} of {count} stand in the right order." if longest > 1 else "The order is reversed."


def _longest(places: Sequence[int]) -> int:
    ends: list[int] = []
    for place in places:
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
    return len(ends)


def _swapped(places: Sequence[int]) -> int:
    return sum(first > second for at, first in enumerate(places) for second in places[at + 1 :])


def problems(part: Part, settings: Settings | None) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a part for this grader: the field, the problem, a hint."""
    yield from ordering_problems(part)


def flaw(key: Key) -> str | None:
    """Return what makes this variant unfair, or None: two items read the same."""
    return equal_options(key.choice.options) if key.choice is not None else "there are no items"


def guessed(key: Key) -> float:
    """Return the share of the points that a random order earns on average, exactly."""
    count = len(key.choice.expected) if key.choice is not None else 0
    return _guessed(count, _settings(json.dumps(key.settings)).partial)


@lru_cache(maxsize=256)
def _guessed(count: int, partial: bool | str) -> float:
    if not partial:
        return 1 / factorial(count)
    if partial == "pairs":
        pairs = max(count * (count - 1) // 2, 1)
        ways = enumerate(_orders_by_swaps(count))
        return sum(number * max(1 - 2 * swaps / pairs, 0.0) for swaps, number in ways) / factorial(count)
    # Schensted: orders whose longest run is k are counted by squares of the tableaux with a first row of k
    total = sum(
        _of_run(shape[0], count) * _tableaux(shape) ** 2 / factorial(count) for shape in _partitions(count, count)
    )
    return total


def _orders_by_swaps(count: int) -> list[int]:
    ways = [1]
    for size in range(2, count + 1):
        ways = [
            sum(ways[at - back] for back in range(size) if 0 <= at - back < len(ways))
            for at in range(len(ways) + size - 1)
        ]
    return ways


def _partitions(total: int, most: int) -> Iterator[tuple[int, ...]]:
    if total == 0:
        yield ()
    for first in range(min(total, most), 0, -1):
        for rest in _partitions(total - first, first):
            yield (first, *rest)


def _tableaux(shape: tuple[int, ...]) -> int:
    """Return how many standard Young tableaux a shape has, by the hook length formula."""
    hooks = 1
    for row, length in enumerate(shape):
        for column in range(length):
            hooks *= length - column + sum(other > column for other in shape[row + 1 :])
    return factorial(sum(shape)) // hooks


@lru_cache(maxsize=256)
def _settings(written: str) -> Settings:
    return Settings.model_validate_json(written)

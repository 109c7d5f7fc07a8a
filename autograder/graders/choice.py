"""Mark a choice: was the right option taken, or the right ones of several?

Three schemes. `all` asks for the right options and no other. `per_option` counts every option that was decided rightly,
taken or left. `net` counts what was taken: right ones earn, wrong ones cost. Penalties keep guessing from paying
(formula scoring: Frederick B. Davis, "Estimation and use of scoring weights for each choice", 1959).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from fractions import Fraction
from functools import lru_cache
from math import comb
from typing import Annotated, Final, Literal

from pydantic import Field

from autograder.choosing.answers import REASONS, read_response
from autograder.choosing.authors import choice_problems, equal_options
from autograder.kinds import grader
from autograder.model import Claim, Key, Mark, Observation, Offered, Part, Record, Response
from autograder.reading.letters import say_chosen

__all__ = ["REASONS", "Settings", "choice", "confirms", "flaw", "guessed", "problems"]


class Settings(Record):
    """What an author may set under `grader: {choice: …}`; `right` to `cap` in points."""

    scheme: Literal["all", "per_option", "net"] = "all"
    """How options add up."""

    right: Annotated[float, Field(gt=0)] | None = None
    """What an option earns: decided rightly (`per_option`), or right and taken (`net`). If not given, as much as makes
    all of them together earn the part's points."""

    wrong: Annotated[float, Field(le=0)] | None = None
    """What one costs that is decided wrongly, or wrong and taken. If not given, nothing with `per_option`, and with
    `net` what a right one earns."""

    floor: float = 0.0
    """The least that all together earn."""

    cap: Annotated[float, Field(gt=0)] | None = None
    """The most that all together earn; the part's points, if not given."""

    shuffle: bool = True
    """Each candidate finds the options in an order of their own; pinned ones keep their places."""


@grader
def choice(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Mark the options that were taken.

    Args:
        key: `key.choice` has the options with what is right; claims of a part of true or false accept or explain the
            other answer.
        response: letters in any form that can be read, or True or False.
        seen: unused; nothing runs.

    Returns:
        A graded mark; reason `right`, `partial`, `wrong` or `invalid` (a letter that was not printed, or several where
        one is asked). `read` is the list of letters, of a part of true or false the one word.
    """
    read = read_response(key, response)
    if isinstance(read, Mark):
        return read
    assert key.choice is not None
    settings = _settings(json.dumps(key.settings))
    if key.input == "truefalse":
        return _mark_truth(key, read.chosen[0])
    taken = set(read.chosen)
    share = _share(key.choice.options, taken, key.points, settings)
    reason = "right" if taken == set(key.choice.expected) else "partial" if share > 0 else "wrong"
    return key.mark(
        share,
        reason,
        read=list(read.chosen),
        feedback=_feedback(key, taken, reason, settings),
        detail={"options": {each.letter: _decided(each, taken) for each in key.choice.options}},
    )


def _mark_truth(key: Key, chosen: str) -> Mark:
    assert key.choice is not None
    right = chosen in key.choice.expected
    claim = None if right else _claim(key.claims, chosen == "True")
    share = 1.0 if right else (claim.share or 0.0) if claim is not None else 0.0
    words = ["Right." if right else "Not right." if share < 1 else "This is accepted."]
    if claim is not None:
        words += [f"{claim.name[0].upper()}{claim.name[1:]}.", claim.say]
    reason = "right" if share == 1 else "partial" if share > 0 else "wrong"
    feedback = f"Read as {chosen}. {' '.join(filter(None, words))}"
    return key.mark(share, reason, read=chosen, feedback=feedback, detail={"options": {chosen: right}})


def _claim(claims: tuple[Claim, ...], value: bool) -> Claim | None:
    return next((claim for claim in claims if bool(claim.value) == value), None)


def _decided(option: Offered, taken: Collection[str]) -> bool:
    return option.right == (option.letter in taken)


def _share(options: tuple[Offered, ...], taken: Collection[str], points: float, settings: Settings) -> float:
    """Return the share of the points that taking these options earns."""
    count = sum(option.right for option in options)
    if settings.scheme == "all":
        return float(all(_decided(option, taken) for option in options))
    if settings.scheme == "per_option":
        decided = sum(_decided(option, taken) for option in options)
        return _scored(decided, len(options) - decided, len(options), points, settings)
    hits = sum(option.right for option in options if option.letter in taken)
    return _scored(hits, len(taken) - hits, count, points, settings)


def _scored(hits: int, misses: int, most: int, points: float, settings: Settings) -> float:
    right = points / most if settings.right is None else settings.right
    wrong = settings.wrong if settings.wrong is not None else -right if settings.scheme == "net" else 0.0
    cap = points if settings.cap is None else settings.cap
    earned = min(max(hits * right + misses * wrong, settings.floor, 0.0), cap)
    return min(earned / points, 1.0)


_SIGNS: Final = {True: "✓", False: "✗"}


def _feedback(key: Key, taken: Collection[str], reason: str, settings: Settings) -> str:
    """Return what was decided wrongly, with the author's words; what is right and was not taken is not named."""
    assert key.choice is not None
    lines = [f"Read as {say_chosen(key.input, sorted(taken))}."]
    if reason == "right":
        return f"{lines[0]} Right."
    for option in key.choice.options:
        if option.letter in taken:
            verdict = "right." if option.right else f"not right. {option.say}".rstrip()
            lines.append(f"{_SIGNS[option.right]} {option.letter}: {verdict}")
        elif option.right and option.say:
            lines.append(f"✗ {option.letter}, not taken: {option.say}")
    missed = sum(option.right and option.letter not in taken for option in key.choice.options)
    if missed and key.input == "multi":
        lines.append(f"Right options that were not taken: {missed}.")
    return "\n".join(lines)


def problems(part: Part, settings: Settings | None) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a part for this grader: the field, the problem, a hint."""
    yield from choice_problems(part)
    if settings is None:
        return
    if settings.floor < 0:
        yield (
            "grader",
            f"the floor {settings.floor:g} lies below 0, but no part earns less than nothing",
            "leave it out",
        )
    cap = part.points if settings.cap is None else settings.cap
    if settings.floor >= cap:
        yield "grader", f"the floor {settings.floor:g} is not below the {cap:g} points that can be earned", ""
    counting = {"right", "wrong", "floor", "cap"} & settings.model_fields_set
    if counting and (settings.scheme == "all" or part.input == "truefalse"):
        hint = "set `scheme: net` or `per_option`" if part.input != "truefalse" else "leave it out"
        yield "grader", f"{sorted(counting)[0]!r} means nothing where it is all or nothing", hint


def flaw(key: Key) -> str | None:
    """Return what makes this variant unfair, or None."""
    if key.choice is None:
        return "there are no options"
    if key.input == "truefalse":
        return None if key.answer in (0, 1) else f"the answer is {key.answer}, neither true nor false"
    equal = equal_options(key.choice.options)
    if equal:
        return equal
    settings = _settings(json.dumps(key.settings))
    earned = _share(key.choice.options, key.choice.expected, key.points, settings)
    if earned < 1:
        return f"the right answer earns {earned * key.points:g} of {key.points:g} points"
    draw = settings.scheme != "all" and all(option.right for option in key.choice.options)
    return "every option is right, so taking all of them takes no thought" if draw else None


def confirms(key: Key, value: float) -> bool:
    """Return whether what was found in another way confirms the key of a part of true or false: 1 is true, 0 false."""
    return key.input == "truefalse" and key.answer is not None and value in (0, 1) and value == key.answer


def guessed(key: Key) -> float:
    """Return the share of the points that blind guessing earns on average, with the best number of options taken.

    Every choice of so many options is equally likely; taking all of them is one.
    """
    if key.choice is None:
        return 0.0
    options, settings = key.choice.options, _settings(json.dumps(key.settings))
    if key.input in ("truefalse", "choice") and settings.scheme == "all":
        return 1 / len(options)
    total, right = len(options), sum(option.right for option in options)
    most = 1 if key.input == "choice" else total
    return max(_guessed(total, right, taken, key.points, settings) for taken in range(1, most + 1))


def _guessed(total: int, right: int, taken: int, points: float, settings: Settings) -> float:
    mean = Fraction(0)
    for hits in range(max(0, taken - (total - right)), min(taken, right) + 1):
        chance = Fraction(comb(right, hits) * comb(total - right, taken - hits), comb(total, taken))
        if settings.scheme == "all":
            share = float(hits == right == taken)
        elif settings.scheme == "per_option":
            decided = hits + total - right - (taken - hits)
            share = _scored(decided, total - decided, total, points, settings)
        else:
            share = _scored(hits, taken - hits, right, points, settings)
        mean += chance * Fraction(share)
    return float(mean)


@lru_cache(maxsize=256)
def _settings(written: str) -> Settings:
    return Settings.model_validate_json(written)

"""Mark a bug hunt: which claims about a listing are right, and what does the repaired listing do?

A claim is a line and the letter of an option. Options are faults that the listing has, faults that it could have had,
and invented ones. Points are taken off for wrong claims, so that naming everything wins nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from autograder import kinds
from autograder.coding.marks import (
    REASONS,
    CodeSettings,
    Judged,
    Judgement,
    checks_of,
    checks_said,
    could_not_check,
    detail_of,
    job_for,
    judge,
    unanswered,
)  # fmt: skip
from autograder.model import Job, Key, Mark, Observation, Option, Response

__all__ = [
    "MOST_CLAIMS", "REASONS", "Scored", "Settings", "bughunt", "flaw", "guessed", "job", "job_for", "judge", "score_of",
    "scored", "settings_of",
]  # fmt: skip

MOST_CLAIMS: Final = 60
"""Claims that are looked at, more than any list of options has letters; those after them are passed over."""


class Settings(CodeSettings):
    """What an author may set under `grader: {bughunt: …}`; everything but the limits in points."""

    right: Annotated[float, Field(gt=0)] = 2.0
    """A fault that the listing has, named at a line where it stands."""

    wrong: Annotated[float, Field(le=0)] = -2.0
    """A fault that the listing does not have, or an invented one."""

    elsewhere: Annotated[float, Field(le=0)] = 0.0
    """A fault that the listing has, named at another line."""

    floor: float = 0.0
    """The least that all claims together earn."""

    cap: Annotated[float, Field(gt=0)] | None = None
    """The most that all claims together earn; if not given, the part's points but for those of the repair."""

    invented: Annotated[int, Field(ge=0)] | None = None
    """How many invented options are offered; all, if not given."""

    repair: Annotated[float, Field(ge=0)] = 0.0
    """What a repaired listing that passes every check earns beside the claims."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One claim.

    Attributes:
        verdict: `right`; `wrong`; `elsewhere`: right at another line; `neutral`; `repeated`: claimed before; `unknown`:
            no line and letter of this listing.
        score: points.
    """

    line: int | None
    letter: str
    option: Option | None
    verdict: Literal["right", "wrong", "elsewhere", "neutral", "repeated", "unknown"]
    score: float


@kinds.job
def job(key: Key, response: Response) -> Job | None:
    """Return what must run: the repaired listing. None where there is none, or nothing to check it with."""
    repair = _repair(response)
    if repair is None or not checks_of(key):
        return None
    return job_for(key, repair, settings_of(key))


@kinds.grader
def bughunt(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Mark claims about a listing, and its repair.

    Args:
        key: `key.code.options` are what may be claimed.
        response: `{"claims": [[line, letter], …], "repair": source or None}`.
        seen: runs of the repair and of the reference; None where there is no repair.

    Returns:
        A graded mark; `detail` has `claims`, `checks` and `output`. State `error` where the repair decides points and
        could not be checked.
    """
    claims, repair = _claims(response), _repair(response)
    settings = settings_of(key)
    if response.state != "given" or not (claims or repair):
        return _unanswered(key, response)
    made = scored(key.code.options if key.code is not None else (), claims, settings)
    judged = judge(checks_of(key), seen) if repair is not None and checks_of(key) else None
    if judged is not None and judged.problem and settings.repair:
        mark = could_not_check(key, response, judged)
        return mark.model_copy(update={"detail": _detail(key, settings, made, judged)})
    most = _cap(key, settings)
    earned = score_of(made, settings.floor, most)
    if judged is not None and not judged.problem:
        earned += settings.repair * judged.share
    share = earned / (most + settings.repair)
    reason = "passed" if share >= 1 else "partial" if share > 0 else "failed"
    return key.mark(
        share,
        reason,
        read=response.value,
        feedback=_feedback(response, made, judged),
        detail=_detail(key, settings, made, judged),
    )


def scored(options: tuple[Option, ...], claims: list[Any], settings: Settings) -> tuple[Scored, ...]:
    """Return what each claim earns. The first claim of an option counts, whatever its line; the others are repeated."""
    by_letter = {option.letter: option for option in options}
    seen: set[str] = set()
    made = []
    for claim in claims[:MOST_CLAIMS]:
        line, letter = _pair(claim)
        option = by_letter.get(letter)
        if option is None or line is None:
            made.append(Scored(line, letter, option, "unknown", 0.0))
            continue
        verdict = "repeated" if letter in seen else _verdict(option, line)
        seen.add(letter)
        made.append(Scored(line, letter, option, verdict, _worth(verdict, settings)))
    return tuple(made)


def score_of(made: tuple[Scored, ...], floor: float, cap: float) -> float:
    """Return what claims earn together."""
    return min(max(sum(each.score for each in made), floor), cap)


def settings_of(key: Key) -> Settings:
    """Return a part's settings."""
    return _settings(json.dumps(key.settings))


def flaw(key: Key) -> str | None:
    """Return what makes this variant unfair, or None: too few faults to earn all points."""
    settings, options = settings_of(key), key.code.options if key.code is not None else ()
    real = sum(option.on and not option.neutral for option in options)
    cap = _cap(key, settings)
    if cap <= 0:
        return "the repair alone is worth all points"
    if real * settings.right < cap:
        return f"the listing has {real} of the faults: claims can earn {real * settings.right:g} of {cap:g} points"
    nowhere = [option.fault for option in options if option.on and not option.neutral and option.lines == ()]
    return f"there is no line at which the fault {nowhere[0]!r} can be claimed" if nowhere else None


def _verdict(option: Option, line: int) -> Literal["right", "wrong", "elsewhere", "neutral"]:
    if option.neutral:
        return "neutral"
    if not option.on:
        return "wrong"
    return "right" if option.lines is None or line in option.lines else "elsewhere"


def _worth(verdict: str, settings: Settings) -> float:
    return {"right": settings.right, "wrong": settings.wrong, "elsewhere": settings.elsewhere}.get(verdict, 0.0)


def _cap(key: Key, settings: Settings) -> float:
    return settings.cap if settings.cap is not None else key.points - settings.repair


def _claims(response: Response) -> list[Any]:
    value = response.value
    claims = value.get("claims") if isinstance(value, dict) else None
    return list(claims) if isinstance(claims, list | tuple) else []


def _repair(response: Response) -> str | None:
    value = response.value
    repair = value.get("repair") if response.state == "given" and isinstance(value, dict) else None
    return repair if isinstance(repair, str) and repair.strip() else None


def _pair(claim: Any) -> tuple[int | None, str]:
    if not isinstance(claim, list | tuple) or len(claim) != 2:
        return None, ""
    line, letter = claim
    return (
        line if type(line) is int and 0 <= line < 1_000_000 else None,
        letter.strip().upper()[:10] if isinstance(letter, str) else "",
    )


def _unanswered(key: Key, response: Response) -> Mark:
    mark = unanswered(key, response)
    return mark.model_copy(update={"detail": {"claims": [], **mark.detail}})


def _detail(key: Key, settings: Settings, made: tuple[Scored, ...], judged: Judged | None) -> dict[str, Any]:
    shown = judged or Judged(tuple(Judgement(check, False) for check in checks_of(key)))
    claims = [
        {
            "line": each.line,
            "letter": each.letter,
            "fault": each.option.fault if each.option is not None else None,
            "verdict": each.verdict,
            "score": each.score,
        }
        for each in made
    ]
    return {"claims": claims, **detail_of(shown, settings.repair)}


def _feedback(response: Response, made: tuple[Scored, ...], judged: Judged | None) -> str:
    lines = [response.hint, *_claims_said(made)]
    if judged is not None:
        lines += ["Your repaired listing:", checks_said(judged)]
    return "\n".join(filter(None, lines))


_WORDS: Final = {
    "right": "✓ {place}: {say} Right.",
    "wrong": "✗ {place}: {say} That is not so.",
    "elsewhere": "· {place}: {say} That is so, but not in this line.",
    "neutral": "· {place}: {say} This earns nothing and costs nothing.",
    "repeated": "· {place}: this was claimed before and counts once.",
    "unknown": "· {place}: this names no line and letter of the listing.",
}


def _claims_said(made: tuple[Scored, ...]) -> Iterator[str]:
    for each in made:
        place = f"line {each.line}, {each.letter or '?'}" if each.line is not None else f"claim {each.letter or '?'}"
        say = " ".join(each.option.say.split()) if each.option is not None else ""
        points = f" ({each.score:+g})" if each.score else ""
        yield _WORDS[each.verdict].format(place=place, say=say) + points


def guessed(key: Key) -> tuple[float, ...]:
    """Return what blind guessing earns on average, for 1, 2, … claims: different letters, each at some line.

    Every choice of letters and of lines is equally likely; the average is taken over all of them, exactly, by counting
    the choices that come to the same sum. The repair is left aside.
    """
    if key.code is None or not key.code.options:
        return ()
    settings, options = settings_of(key), key.code.options[:MOST_CLAIMS]
    lines = max(len(key.code.listing.splitlines()), 1)
    ways: dict[tuple[int, Fraction], Fraction] = {(0, Fraction(0)): Fraction(1)}
    for option in options:
        after = dict(ways)
        for (count, total), weight in ways.items():
            for worth, chance in _outcomes(option, lines, settings):
                place = count + 1, total + worth
                after[place] = after.get(place, Fraction(0)) + weight * chance
        ways = after
    cap = _cap(key, settings)
    sums = [Fraction(0)] * (len(options) + 1)
    for (count, total), weight in ways.items():
        sums[count] += weight * Fraction(max(min(max(float(total), settings.floor), cap), 0.0))
    return tuple(float(sums[count] / comb(len(options), count)) for count in range(1, len(options) + 1))


def _outcomes(option: Option, lines: int, settings: Settings) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield what a claim of an option at a random line may be worth, each with its chance."""
    if option.neutral or not option.on or option.lines is None:
        yield Fraction(_worth(_verdict(option, 0), settings)), Fraction(1)
        return
    chance = Fraction(len({line for line in option.lines if 1 <= line <= lines}), lines)
    yield Fraction(settings.right), chance
    yield Fraction(settings.elsewhere), 1 - chance


@lru_cache(maxsize=256)
def _settings(written: str) -> Settings:
    return Settings.model_validate_json(written)

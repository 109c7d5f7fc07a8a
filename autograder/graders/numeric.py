"""Mark a number: how far from the key is it, on the part's own scale?

A band of credit surrounds the key; conventions and slips claim the answers beside them and decide what those earn.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from autograder.formula import Value
from autograder.formula.arithmetic import to_float
from autograder.kinds import grader
from autograder.model import Claim, Key, Mark, Observation, Part, Response
from autograder.reading import Field, Reading, check_unit, read_number, show_number
from autograder.scale import Settings, credit, distance, is_infinite, opposite

REASONS: Final = (
    "right",
    "convention",
    "slip",
    "near",
    "far",
    "sign",
    "ambiguous",
    "wrong_unit",
    "missing_unit",
    "nonfinite",
    "blank",
    "unreadable",
)
"""Every reason this grader gives."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    share: float
    reason: str
    distance: float
    claim: Claim | None = None


@grader
def numeric(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Mark one number against its key.

    Args:
        key: `key.answer` and the claims' values are in the part's unit.
        response: a text as the candidate wrote it, or a number from a notebook's own assignment.
        seen: unused; nothing runs.

    Returns:
        A graded mark. `read` is the answer in the part's unit; `detail` has `error` (decades for `log`, a fraction
        for `relative`, in the unit else) and `claimed`, the name of the convention or slip.
    """
    settings = _settings(json.dumps(key.settings))
    field = Field(unit=key.unit, whole=key.whole, unit_rule=settings.unit)
    reading = _read(response, field)
    if reading.reason is not None and not (reading.reason == "nonfinite" and reading.value == key.answer):
        return _refusal(key, reading, field)
    assert key.answer is not None
    if reading.ends is not None:
        return _mark_range(key, reading, field, settings)
    assert reading.value is not None
    verdict = judge(key, reading.value, settings)
    return key.mark(
        verdict.share,
        verdict.reason,
        read=_plain(reading.value),
        feedback=_feedback(key, reading, field, settings, verdict),
        detail={"error": _finite(verdict.distance), "claimed": verdict.claim.name if verdict.claim else None},
    )


def judge(key: Key, value: Value, settings: Settings) -> _Verdict:
    """Return what a value earns: claimed by the nearest convention or slip, else by the band around the key."""
    assert key.answer is not None
    away = distance(value, key.answer, settings)
    claim = _claim(key.claims, value, settings)
    if claim is not None and claim.share is not None:
        return _Verdict(claim.share, claim.kind, away, claim)
    share = credit(away, settings)
    if claim is not None:
        return _Verdict(share, claim.kind, away, claim)
    if share == 1:
        return _Verdict(1.0, "right", away)
    if opposite(value, key.answer) and settings.scale != "absolute":
        return _Verdict(0.0, "sign", away)
    return _Verdict(share, "near" if share > 0 else "far", away)


def problems(part: Part, settings: Settings | None) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a part for this grader: the field, the problem, a hint."""
    if part.answer is None:
        yield "id", "it has no answer", "write `answer:` as a formula over params and givens"
    problem = check_unit(part.unit) if part.unit is not None else None
    if problem is not None:
        yield "unit", problem, "see docs/numbers.md for the units a part may ask for"
    if settings is not None and settings.unit == "required" and part.unit is None:
        yield "grader", "a unit is required but none is declared", "add `unit:` to the part"


def confirms(key: Key, value: Value) -> bool:
    """Return whether a number that was found in another way confirms the key.

    It must earn full credit in its own right, not as a convention. The band of the scale `log` is wide on purpose, for
    estimates; a key is none, so there the number must also lie within `near`.
    """
    settings = _settings(json.dumps(key.settings))
    if key.answer is None:
        return False
    verdict = judge(key, value, settings)
    return verdict.reason == "right" and (settings.scale != "log" or verdict.distance <= settings.near_distance)


def flaw(key: Key) -> str | None:
    """Return what makes this variant's key unusable, or None."""
    settings = _settings(json.dumps(key.settings))
    if key.answer is None:
        return "there is no answer"
    if is_infinite(key.answer):
        return "the answer is infinite"
    if settings.scale in ("log", "sigfig") and key.answer == 0:
        return f"the answer is 0, which the scale {settings.scale} cannot mark"
    if (key.whole or key.unit == "count") and key.answer != math.floor(key.answer):
        return f"the answer {show_number(key.answer, Field())} is not whole"
    return None


def clashes(key: Key) -> Iterator[tuple[str, str]]:
    """Yield each claim of this variant that would claim the key, or a convention, without being equal to it.

    Yields:
        The claim's name, and what it passes for.
    """
    settings = _settings(json.dumps(key.settings))
    assert key.answer is not None
    conventions = [claim for claim in key.claims if claim.kind == "convention"]
    for claim in key.claims:
        if distance(key.answer, claim.value, settings) <= settings.near_distance:
            yield claim.name, "the key"
        for other in conventions if claim.kind == "slip" else ():
            if 0 < distance(other.value, claim.value, settings) <= settings.near_distance:
                yield claim.name, f"the convention {other.name!r}"


@lru_cache(maxsize=1024)
def _settings(written: str) -> Settings:
    return Settings.model_validate_json(written)


def _read(response: Response, field: Field) -> Reading:
    if response.state == "blank":
        return Reading(value=None, reason="blank")
    if response.state == "unreadable":
        return Reading(value=None, reason="unreadable", hint=response.hint)
    return read_number(response.value if response.value is not None else "", field)


def _claim(claims: tuple[Claim, ...], value: Value, settings: Settings) -> Claim | None:
    nearest, least = None, math.inf
    for claim in claims:
        away = distance(value, claim.value, settings)
        if away <= settings.near_distance * (1 + 1e-12) and away < least:
            nearest, least = claim, away
    return nearest


def _mark_range(key: Key, reading: Reading, field: Field, settings: Settings) -> Mark:
    assert reading.ends is not None
    ends = [judge(key, end, settings) for end in reading.ends]
    shown = " to ".join(show_number(end, field) for end in reading.ends)
    detail = {"error": _finite(max(end.distance for end in ends)), "claimed": None}
    if settings.scale == "log" and all(end.share == 1 for end in ends):
        return key.mark(1, "right", read=shown, feedback=f"Read as {shown}: both ends are right.", detail=detail)
    return key.mark(0, "ambiguous", read=shown, feedback=f"Read as a range, {shown}: give one number.", detail=detail)


_REFUSALS: Final = {
    "blank": "There is no answer.",
    "unreadable": "This could not be read as a number.",
    "ambiguous": "This can be read as different numbers.",
    "wrong_unit": "The unit does not fit what was asked.",
    "missing_unit": "The unit is missing.",
    "nonfinite": "The answer is not a finite number.",
}


def _refusal(key: Key, reading: Reading, field: Field) -> Mark:
    assert reading.reason is not None
    words = [_REFUSALS[reading.reason], reading.hint]
    if reading.reason in ("wrong_unit", "missing_unit"):
        words.append(f"The question asks for {field.unit}." if field.unit else "The question asks for a bare number.")
    feedback = " ".join(dict.fromkeys(word for word in words if word))
    return key.mark(0, reading.reason, feedback=feedback, detail={"error": None, "claimed": None})


def _feedback(key: Key, reading: Reading, field: Field, settings: Settings, verdict: _Verdict) -> str:
    assert reading.value is not None
    # where the exact number is asked, a rounded one would show another answer than the candidate gave
    digits = 15 if settings.scale == "exact" else 4
    sentences = [f"Read as {show_number(reading.value, field, digits)}."]
    if verdict.claim is not None:
        named = "accepted" if verdict.claim.kind == "convention" else "a known slip"
        sentences.append(f"That is {named}: {verdict.claim.name}.")
        sentences.append(verdict.claim.say)
    elif verdict.reason == "sign":
        sentences.append("The sign is wrong.")
    elif verdict.reason != "right":
        sentences.append(_miss(key, reading.value, settings, verdict))
    else:
        sentences.append("Right.")
    if verdict.share < 1 and reading.in_base is not None and judge(key, reading.in_base, settings).reason == "right":
        sentences.append(f"It would be right in the base unit: the question asks for {key.unit}.")
    return " ".join(sentence for sentence in sentences if sentence)


def _miss(key: Key, value: Value, settings: Settings, verdict: _Verdict) -> str:
    assert key.answer is not None
    side = "high" if value > key.answer else "low"
    if settings.scale == "log" and math.isfinite(verdict.distance):
        factor = 10**verdict.distance if verdict.distance < 300 else math.inf
        times = f", a factor of {factor:.3g}" if factor < 1e6 else ""
        return f"Too {side} by {verdict.distance:.2f} decades{times}."
    if settings.scale == "relative" and math.isfinite(verdict.distance):
        return f"Too {side} by {100 * verdict.distance:.3g} %." if verdict.distance < 10 else f"Far too {side}."
    if settings.scale == "exact":
        return "Not the exact number."
    return f"Too {side}."


def _finite(value: float) -> float | None:
    return round(value, 9) if math.isfinite(value) else None


def _plain(value: Value) -> int | float:
    return value if isinstance(value, int | float) else to_float(value)

"""Mark a derivation: which of its lines follow, is what was to be shown reached, and what does each earn?

Lines are read here; judging them, which may be long, happens beforehand in a warm worker.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from autograder import kinds
from autograder.algebra.malformed import Malformed
from autograder.algebra.scheme import Outcome, Scheme, earned
from autograder.algebra.scope import in_scope, read_key, scope_of
from autograder.algebra.shown import difference
from autograder.algebra.statements import ReadLine, line_to_latex, read_lines
from autograder.algebra.symbols import DeclarationError
from autograder.model import Job, Key, Mark, Observation, Part, Record, Response, Share

REASONS: Final = ("right", "broken", "incomplete", "malformed", "undecided", "blank", "unreadable")
"""Every reason this grader gives, beside those of a mark that could not be made."""


FIRST_CASE: Final = 0.25
"""The share that the first case of an induction has of the steps' points, beside required results."""


class Required(Record):
    """An intermediate result that a derivation must have.

    Attributes:
        form: as it may be written; several forms of one result as a list.
        points: of the part's points, taken from the share of the steps.
    """

    form: str | tuple[str, ...]
    points: Annotated[float, Field(gt=0)]


class Settings(Record):
    """What an author may set under `grader: {derivation: …}`."""

    kind: Literal["chain", "equations", "induction"] = "chain"

    steps_share: Share | None = None
    """Share of the points for the steps, the rest for the goal; one half, or what the required results sum up to."""

    require: tuple[Required, ...] = ()

    only: tuple[str, ...] = ()
    """Names that the result may use."""

    forbid: tuple[str, ...] = ()
    """Names, functions or operators that it may not use: `Sum`, `Ev`, `/`, …"""

    relations: tuple[str, ...] = ()
    """`≈` and `∝` where they may be used; `<=` and the like where no equality between the ends is asked for."""

    after_break: Literal["judge", "stop"] = "judge"
    """Whether what stands after the first broken line still earns."""

    least: Annotated[int, Field(ge=0)] = 1
    """Different lines between start and goal that the full share of the steps takes."""

    unfinished: Share = 0.5
    """Share of the steps' points that is left where every line follows and the goal is not reached."""

    solve_for: str | tuple[str, ...] | None = None
    """What equations are solved for; several unknowns as a list, `start` and `answer` with commas then."""

    on_the_way: tuple[str, ...] = ()
    """Further unknowns of several equations, such as a multiplier, each with its value: `lam = …`."""

    base: str | None = None
    """The first case of an induction, which must stand there; `hypothesis` and the recurrence `step` may be used."""

    hypothesis: str | None = None
    step: str | None = None

    limits: dict[str, int | str] = {}
    """Where ≈ is allowed: name → `0` or `oo`, to which it goes; `constant`: names that ∝ may leave out."""

    constant: tuple[str, ...] = ()


@kinds.job
def job(key: Key, response: Response) -> Job | None:
    """Return the work of judging; None where no line can be judged."""
    said = _said(response)
    if said is None or not any(line.kind == "step" for line in _lines(key, said)):
        return None
    return Job(ref=key.ref, files={}, entry="", worker="derivation", data=work_on(key, said))


@kinds.grader
def derivation(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Mark one derivation.

    Args:
        key: `key.start` and `key.formula` are its ends; `key.declared` says what it speaks of.
        response: a text, or a list of texts.
        seen: the verdicts on its lines, one run.

    Returns:
        A graded mark; `detail` has `lines`, `first_broken`, `goal`, `form`, `required`, `prose`. State `manual` with
        reason `undecided` where a person must look.
    """
    said = _said(response)
    if said is None:
        blank = response.state != "unreadable"
        words = "There is no answer." if blank else response.hint or "This could not be read as a derivation."
        return key.mark(0, "blank" if blank else "unreadable", feedback=words)
    lines = _lines(key, said)
    if not any(line.kind == "step" for line in lines):
        return _without_steps(key, lines)
    run = seen.runs[0] if seen is not None and seen.runs else None
    if run is None or run.status != "ok":
        why = run.why if run is not None else "it was not compared"
        return key.unmarked("error", f"This could not be checked: {why}.", _read_as(lines))
    return _judged(key, lines, run.data)


def _without_steps(key: Key, lines: Sequence[ReadLine]) -> Mark:
    unread = [line for line in lines if line.kind == "unreadable"]
    words = f"No line could be read. {unread[0].problem}" if unread else "There is text, but no line of a derivation."
    return key.mark(0, "malformed", feedback=words.strip(), detail=_detail(key, lines, None))


def _judged(key: Key, lines: Sequence[ReadLine], found: dict[str, Any]) -> Mark:
    settings, told, goal = _settings_of(key), found["lines"], found["goal"]
    misfit = _misfit(key, found)
    outcome = Outcome(
        words=[each["verdict"] for each in told],
        new=[each["new"] for each in told],
        reached=goal["reached"] and not misfit,
        required=found["required"],
    )
    detail = _detail(key, lines, found) | {"form": not misfit}
    stopped = settings.after_break == "stop" and outcome.broken is not None
    counted = outcome.words[: (outcome.broken or 1) - 1] if stopped else outcome.words
    if "undecided" in counted or (not stopped and goal["verdict"]["kind"] == "undecided"):
        why = next((each["why"] for each in told if each["verdict"] == "undecided"), goal["verdict"]["why"])
        mark = key.unmarked("manual", f"A person will look at this. {why}".strip(), _read_as(lines), detail=detail)
        return mark.model_copy(update={"reason": "undecided"})
    made = earned(_scheme(key.points, settings), outcome)
    whole = outcome.reached and not made.missing and set(outcome.words) == {"ok"}
    reason = "broken" if outcome.broken is not None else "right" if whole else "incomplete"
    words = [*_told(outcome, told), misfit, made.missing]
    if not outcome.reached:
        words.insert(0 if outcome.broken is None else 1, goal["why"] if not misfit else "")
    return key.mark(made.share, reason, read=_read_as(lines), feedback=" ".join(filter(None, words)), detail=detail)


def _told(outcome: Outcome, told: list[dict[str, Any]]) -> Iterator[str]:
    if outcome.broken is not None:
        yield f"Line {outcome.broken} does not follow. {difference(told[outcome.broken - 1])}".strip()
    unread = [str(place) for place, word in enumerate(outcome.words, 1) if word == "unreadable"]
    if unread:
        yield f"Line{'s' if len(unread) > 1 else ''} {', '.join(unread)} could not be read."
    if outcome.reached:
        yield "What was to be shown is reached."


def _misfit(key: Key, found: dict[str, Any]) -> str:
    """Return in what the form of the result is not what was asked for, or an empty text."""
    settings = _settings_of(key)
    only = settings.only or (key.declared.only if key.declared is not None else ())
    other = [name for name in found["names"] if only and name not in only]
    if other:
        return f"The result may use {', '.join(only)}, not {', '.join(other)}."
    barred = [word for word in settings.forbid if word in (*found["names"], *found["marks"])]
    return f"The result may not use {', '.join(barred)}." if barred else ""


def _scheme(points: float, settings: Settings) -> Scheme:
    required = tuple(each.points / points for each in settings.require)
    steps = settings.steps_share
    if steps is None:
        steps = min(1.0, sum(required)) if required else 0.5
    if settings.base is not None:
        # the first case of an induction is one of the results on the way
        required = (*required, max(0.0, steps - sum(required)) * FIRST_CASE)
    return Scheme(steps, required, settings.after_break == "stop", settings.least, settings.unfinished)


def _detail(key: Key, lines: Sequence[ReadLine], found: dict[str, Any] | None) -> dict[str, Any]:
    declared = in_scope(scope_of(key))[0]
    told = iter(found["lines"] if found is not None else ())
    shown: list[dict[str, Any]] = []
    prose: list[tuple[int, str]] = []
    for line in lines:
        if line.kind == "prose":
            prose.append((len(shown), line.text))
            continue
        each = next(told, {"verdict": "unreadable", "witness": None, "why": ""})
        latex = line_to_latex(line, declared) if line.kind == "step" else ""
        why = line.problem or (difference(each) if each["verdict"] != "ok" else "")
        shown.append(
            {"verdict": each["verdict"], "witness": each["witness"], "why": why, "text": line.text, "latex": latex}
        )
    return {
        "lines": shown,
        "first_broken": next((place for place, each in enumerate(shown, 1) if each["verdict"] == "broken"), None),
        "goal": found is not None and bool(found["goal"]["reached"]),
        "form": found is not None,
        "required": [place is not None for place in found["required"]] if found is not None else [],
        "prose": [list(each) for each in prose],
    }


def work_on(key: Key, said: str | list[str]) -> dict[str, Any]:
    """Return what a worker needs to judge a derivation."""
    declared, values = json.loads(scope_of(key))
    return {
        "declared": declared, "values": values, "start": key.start, "goal": key.formula, "said": said,
        "settings": _settings_of(key).model_dump(mode="json", exclude_defaults=True),
    }  # fmt: skip


def problems(part: Part, settings: Settings | None) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a part for this grader: the field, the problem, a hint."""
    settings = settings or Settings()
    if part.answer is None:
        yield "id", "it has no answer", "write `answer:`, what is to be shown, in the formula language"
    if part.start is None and settings.kind != "induction":
        yield "id", "it has no start", "write `start:`, what a derivation begins with, in the formula language"
    total = sum(each.points for each in settings.require)
    share = settings.steps_share if settings.steps_share is not None else 1.0
    if total > share * part.points + 1e-9:
        yield "grader", f"the required results have {total:g} points, the steps only {share * part.points:g}", ""
    if settings.kind == "equations" and settings.solve_for is None:
        yield "grader", "equations are solved for a name", "write `solve_for:`"


def flaw(key: Key) -> str | None:
    """Return what makes this variant's key unusable, or None."""
    settings = _settings_of(key)
    facts = [text for text in (settings.base, settings.hypothesis, settings.step, *settings.on_the_way) if text]
    forms = [form for each in settings.require for form in ([each.form] if isinstance(each.form, str) else each.form)]
    try:
        for text in (key.start, key.formula, *facts, *forms):
            if text:
                read_key(text, scope_of(key))
    except Malformed as error:
        return f"{text!r} is no formula: {error.problem}"
    except DeclarationError as error:
        return error.problem
    return None


def _read_as(lines: Sequence[ReadLine]) -> list[str]:
    return [line.text for line in lines if line.kind != "prose"]


def _said(response: Response) -> str | list[str] | None:
    """Return what was handed in; None where there is nothing."""
    value = response.value if response.state == "given" else None
    if isinstance(value, list):
        found = [str(each) for each in value if each is not None]
        return found if any(each.strip() for each in found) else None
    return str(value) if value is not None and str(value).strip() else None


def _lines(key: Key, said: str | list[str]) -> tuple[ReadLine, ...]:
    return _read_lines(json.dumps(said), scope_of(key), _settings_of(key).relations, key.start)


@lru_cache(maxsize=256)
def _read_lines(said: str, scope: str, relations: tuple[str, ...], start: str | None) -> tuple[ReadLine, ...]:
    begun = read_key(start, scope) if start else None
    return read_lines(json.loads(said), in_scope(scope)[0], relations, begun)


def _settings_of(key: Key) -> Settings:
    return _settings(json.dumps(key.settings))


@lru_cache(maxsize=256)
def _settings(written: str) -> Settings:
    return Settings.model_validate_json(written)

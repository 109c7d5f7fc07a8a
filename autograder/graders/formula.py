"""Mark a formula: does it say the same as the key, in the form that was asked for?

Reading happens here; comparing, which may be long, happens beforehand in a warm worker, whose verdict is what is seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from autograder import kinds
from autograder.algebra.form import used
from autograder.algebra.malformed import Malformed
from autograder.algebra.scope import in_scope, read_answer, read_key, scope_of
from autograder.algebra.symbols import DeclarationError
from autograder.algebra.typeset import to_latex
from autograder.algebra.write import to_formula
from autograder.formula.tree import Node
from autograder.model import Claim, Job, Key, Mark, Observation, Part, Record, Response, Run, Share

REASONS: Final = (
    "proved",
    "probable",
    "convention",
    "slip",
    "refuted",
    "wrong_form",
    "malformed",
    "undecided",
    "blank",
    "unreadable",
)
"""Every reason this grader gives, beside those of a mark that could not be made."""

_SAME: Final = ("proved", "probable")


class Settings(Record):
    """What an author may set under `grader: {formula: …}`."""

    only: tuple[str, ...] = ()
    """Names that the answer may use; all that are declared when empty."""

    forbid: tuple[str, ...] = ()
    """Names, functions or operators that it may not use: `Sum`, `Product`, `exp`, `/`, …"""

    form_share: Share = 0.0
    """Share of the points for a right value in a wrong form."""


@kinds.job
def job(key: Key, response: Response) -> Job | None:
    """Return the comparison to make; None where there is nothing to compare."""
    text = _text(response)
    if text is None or _tree(key, text) is None:
        return None
    return Job(ref=key.ref, files={}, entry="", worker="formula", data=work_on(key, text))


@kinds.grader
def formula(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Mark one formula.

    Args:
        key: `key.formula` and the claims' formulas are in the formula language; `key.declared` says what they speak of.
        response: a text in LaTeX or Python.
        seen: the verdict of the comparison, one run.

    Returns:
        A graded mark; `read` is the answer in the formula language, `detail` has `verdict`, `claimed` and `witness`.
        State `manual` with reason `undecided` where a person must look.
    """
    text = _text(response)
    if text is None:
        blank = response.state != "unreadable"
        words = "There is no answer." if blank else response.hint or "This could not be read as a formula."
        return key.mark(0, "blank" if blank else "unreadable", feedback=words)
    try:
        tree = read_answer(text, scope_of(key))
    except Malformed as error:
        return key.mark(0, "malformed", feedback=f"This could not be read as a formula: {error}")
    run = seen.runs[0] if seen is not None and seen.runs else None
    if run is None or run.status != "ok":
        why = run.why if run is not None else "it was not compared"
        return key.unmarked("error", f"This could not be checked: {why}.", to_formula(tree))
    return _judged(key, tree, run)


def _judged(key: Key, tree: Node, run: Run) -> Mark:
    verdict, claim = run.data["key"], _claimed(key, run.data["claims"])
    shown = f"Read as {_typeset(key, tree)}."
    detail = {"verdict": verdict["kind"], "claimed": claim.name if claim else None, "witness": verdict["witness"]}
    written = to_formula(tree)
    if claim is not None and claim.kind == "slip":
        words = " ".join(filter(None, (shown, f"That is a known slip: {claim.name}.", claim.say)))
        return key.mark(claim.share or 0.0, "slip", read=written, feedback=words, detail=detail)
    if claim is None and verdict["kind"] == "undecided":
        words = f"{shown} A person will look at it. {verdict['why']}".strip()
        return key.unmarked("manual", words, written).model_copy(update={"reason": "undecided", "detail": detail})
    if claim is None and verdict["kind"] == "refuted":
        return key.mark(0, "refuted", read=written, feedback=f"{shown} {_difference(verdict)}", detail=detail)
    share = claim.share if claim is not None and claim.share is not None else 1.0
    misfit = _misfit(key, tree)
    if misfit:
        words = f"{shown} The value is right, the form is not what was asked for: {misfit}."
        return key.mark(share * _settings_of(key).form_share, "wrong_form", read=written, feedback=words, detail=detail)
    if claim is not None:
        words = f"{shown} That is accepted: {claim.name}."
        return key.mark(share, "convention", read=written, feedback=words, detail=detail)
    return key.mark(1, verdict["kind"], read=written, feedback=f"{shown} Right.", detail=detail)


def work_on(key: Key, text: str) -> dict[str, Any]:
    """Return what a worker needs to compare a text with a key."""
    declared, values = json.loads(scope_of(key))
    claims = [claim.formula for claim in _claims(key)]
    return {"declared": declared, "values": values, "key": key.formula, "answer": text, "claims": claims}


def problems(part: Part, settings: Settings | None) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a part for this grader: the field, the problem, a hint."""
    if part.answer is None:
        yield "id", "it has no answer", "write `answer:` in the formula language, over the declared symbols"


def flaw(key: Key) -> str | None:
    """Return what makes this variant's key unusable, or None."""
    try:
        for text in (key.formula, *(claim.formula for claim in key.claims)):
            read_key(text, scope_of(key))
    except Malformed as error:
        return f"{text!r} is no formula: {error.problem}"
    except DeclarationError as error:
        return error.problem
    return None


def clashes(key: Key) -> Iterator[tuple[str, str]]:
    """Yield each claim of this variant that cannot be told from the key, or that says the same as a convention.

    Yields:
        The claim's name, and what it passes for. One that equals the key claims nothing: the key comes first.
    """
    conventions: list[Claim] = []
    for claim in _claims(key):
        kind = verdict(key, key.formula, claim.formula)
        if kind == "undecided":
            yield claim.name, "the key"
        elif kind == "refuted":
            same = [other.name for other in conventions if verdict(key, other.formula, claim.formula) in _SAME]
            yield from ((claim.name, f"the convention {name!r}") for name in same[:1])
        if claim.kind == "convention":
            conventions.append(claim)


def verdict(key: Key, wanted: str, other: str) -> str:
    """Return the kind of verdict on a formula of the author's, held against another; nothing but its budget ends this.

    Args:
        key: says what they speak of.
        wanted: the key, or a convention.
        other: a convention or slip.
    """
    data = work_on(key, other) | {"key": wanted, "claims": [], "staff": True}
    return _verdict(json.dumps(data, sort_keys=True))


@lru_cache(maxsize=4096)
def _verdict(data: str) -> str:
    kind: str = kinds.load("workers", "formula")(json.loads(data))["key"]["kind"]
    return kind


def _claimed(key: Key, verdicts: list[dict[str, Any]]) -> Claim | None:
    """Return the convention or slip that the answer is."""
    for claim, found in zip(_claims(key), verdicts, strict=False):
        if found["kind"] in _SAME:
            return claim
    return None


def _claims(key: Key) -> list[Claim]:
    return sorted(key.claims, key=lambda claim: claim.kind != "convention")


def _difference(verdict: dict[str, Any]) -> str:
    """Return the words that show where an answer differs."""
    witness = verdict["witness"]
    if witness is None:
        return verdict["why"] or "It is not what was asked for."
    shown = {name: value for name, value in witness["at"].items() if not isinstance(value, list)}
    if len(shown) != len(witness["at"]) or len(shown) > 8 or isinstance(witness["yours"], list):
        at = ", ".join(f"{name} = {value}" for name, value in list(shown.items())[:8])
        return " ".join(filter(None, (f"It differs from the key{f' at {at}' if at else ''}.", verdict["why"])))
    at = ", ".join(f"{name} = {value}" for name, value in shown.items())
    where = f"At {at} your" if at else "Your"
    if witness["yours"] is None:
        return f"{where} formula has no value, the key gives {witness['key']}. {verdict['why']}"
    if isinstance(witness["yours"], str) and not witness["yours"][:1].isdigit():
        return f"At {at}: {verdict['why']}"
    return f"{where} formula gives {witness['yours']}, the key {witness['key']}."


def _misfit(key: Key, tree: Node) -> str:
    """Return in what the form is not what was asked for, or an empty text."""
    settings = _settings_of(key)
    names, marks = used(tree, in_scope(scope_of(key))[0].by_name)
    only = settings.only or (key.declared.only if key.declared is not None else ())
    other = sorted(names - set(only)) if only else []
    if other:
        return f"it may use {', '.join(only)}, not {', '.join(other)}"
    barred = [word for word in settings.forbid if word in names or word in marks]
    return f"it may not use {', '.join(barred)}" if barred else ""


def _typeset(key: Key, tree: Node) -> str:
    return f"${to_latex(tree, in_scope(scope_of(key))[0])}$"


def _text(response: Response) -> str | None:
    """Return an answer as a text; None where there is none."""
    value = response.value if response.state == "given" else None
    if isinstance(value, str):
        return value if value.strip() else None
    return str(value) if isinstance(value, int | float | Fraction) else None


def _tree(key: Key, text: str) -> Node | None:
    try:
        return read_answer(text, scope_of(key))
    except Malformed:
        return None


def _settings_of(key: Key) -> Settings:
    return _settings(json.dumps(key.settings))


@lru_cache(maxsize=256)
def _settings(written: str) -> Settings:
    return Settings.model_validate_json(written)

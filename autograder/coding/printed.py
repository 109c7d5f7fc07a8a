"""Make what a part that asks for code prints, and what staff know of it, for drawn values.

A listing is written once, or made from the reference by the mistakes that were drawn. Names and constants are put in
by the syntax tree, so what is printed looks as its author wrote it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from string import ascii_uppercase
from typing import Any, Final, NamedTuple

from autograder import kinds
from autograder.coding.listing import ListingError, modules_of, renamed
from autograder.coding.patching import patched_together
from autograder.formula import compiled
from autograder.markup import templates
from autograder.model import Check, CodeKey, Fault, Option, Part, Question
from autograder.seeds import Rng

_BREAK: Final = "\x1e"

Drawn = Mapping[str, Any]

Lines = tuple[int, ...] | None


class _Made(NamedTuple):
    """The texts of a part, and for each fault that is on where claims of it count."""

    listing: str
    reference: str
    starter: str
    lines: Mapping[str, Lines]


def code_of(question: Question, part: Part, values: Drawn) -> CodeKey:
    """Return what a part that asks for code prints and is marked by.

    Args:
        question: with its files.
        part: of it, with input `code`.
        values: what was drawn, and the givens.

    Raises:
        ListingError: a file cannot be cut as the part says, or a drawn word does not fit in.
        FormulaError: a constant has no value.
    """
    made = _made(question, part.id, _words(part, values), _literals(part, values), faults_on(part, values))
    checks, *says = _said(part, values)
    return CodeKey.model_construct(
        listing=made.listing,
        reference=made.reference,
        starter=made.starter,
        probe=_file(question, part.probe),
        shared=imported(question.shared, _file(question, part.probe)),
        checks=checks,
        options=_options(question, part, values, made.lines, (says[0], says[1])) if asks_for_claims(part) else (),
        values={name: value for name, value in values.items() if name.isidentifier()},
    )


def imported(shared: Mapping[str, str], source: str) -> dict[str, str]:
    """Return the files, of those that questions share, which some code imports, directly or by way of another."""
    found: dict[str, str] = {}
    waiting = [source]
    while waiting:
        for name in modules_of(waiting.pop()):
            file = f"{name}.py"
            if file in shared and file not in found:
                found[file] = shared[file]
                waiting.append(shared[file])
    return found


def asks_for_claims(part: Part) -> bool:
    """Return whether a part asks which lines of a listing are wrong, and why."""
    return part.marking()[0] == "bughunt"


def faults_on(part: Part, values: Drawn) -> tuple[str, ...]:
    """Return the ids of the faults that a listing has, in the order they are declared."""
    if part.faults_on is None:
        return tuple(fault.id for fault in part.faults if not fault.neutral or fault.patch)
    drawn = values[part.faults_on]
    wanted = drawn if isinstance(drawn, tuple | list) else (drawn,)
    return tuple(fault.id for fault in part.faults if fault.id in wanted)


def literal(value: int | float | Fraction) -> str:
    """Return the Python literal of a formula's value: a decimal where it is one exactly, else a quotient."""
    if isinstance(value, Fraction):
        near = repr(float(value))
        text = near if Fraction(near) == value else f"({value.numerator}/{value.denominator})"
    elif isinstance(value, float) and value in (float("inf"), float("-inf")):
        text = f'float("{value}")'
    else:
        text = repr(value)
    return f"({text})" if text.startswith("-") else text


def _words(part: Part, values: Drawn) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(values[param])) for name, param in part.names.items())


def _literals(part: Part, values: Drawn) -> tuple[tuple[str, str], ...]:
    return tuple((name, literal(compiled(formula)(values))) for name, formula in part.constants.items())


@lru_cache(maxsize=512)
def _made(
    question: Question,
    part_id: str,
    words: tuple[tuple[str, str], ...],
    literals: tuple[tuple[str, str], ...],
    on: tuple[str, ...],
) -> _Made:
    part = next(part for part in question.parts if part.id == part_id)

    def put_in(source: str) -> str:
        return renamed(source, dict(words), dict(literals)) if source else ""

    reference, listing = _file(question, part.reference), _file(question, part.listing)
    lines: Mapping[str, Lines] = {}
    if part.listing is None and part.faults and part.marking()[0] in ("fix", "bughunt"):
        listing, lines = _mutated(question, part.id, on)
    elif part.listing is not None:
        lines = {fault.id: None if fault.lines == "any" else fault.lines or () for fault in part.faults}
    return _Made(put_in(listing).rstrip("\n"), put_in(reference), put_in(_file(question, part.starter)), lines)


@lru_cache(maxsize=512)
def _mutated(question: Question, part_id: str, on: tuple[str, ...]) -> tuple[str, dict[str, Lines]]:
    part = next(part for part in question.parts if part.id == part_id)
    return mutated(_file(question, part.reference), part.faults, on)


def mutated(reference: str, faults: Sequence[Fault], on: Sequence[str]) -> tuple[str, dict[str, Lines]]:
    """Make some mistakes in a reference.

    Args:
        reference: as its author wrote it.
        faults: all that can be made.
        on: ids of those that are.

    Returns:
        The faulty listing, and for each fault the lines of it where a claim counts; None is any.

    Raises:
        ListingError: a patch does not fit.
    """
    made = [fault for fault in faults if fault.id in on]
    listing, traced = patched_together(reference, [fault.patch for fault in made])
    changed = {fault.id: lines for fault, (lines, _) in zip(made, traced, strict=True)}
    _, became = patched_together(reference, [()])[1][0] if not traced else traced[0]
    found: dict[str, Lines] = {}
    for fault in faults:
        if fault.lines == "any":
            found[fault.id] = None
        elif fault.lines is None:
            found[fault.id] = changed.get(fault.id, ())
        else:
            found[fault.id] = tuple(sorted({new for old in fault.lines for new in became.get(old, ())}))
    return listing, found


def _file(question: Question, name: str | None) -> str:
    if name is None:
        return ""
    if name not in question.files:
        raise ListingError(f"there is no file {name!r} beside the question")
    return question.files[name]


def _said(part: Part, values: Drawn) -> tuple[tuple[Check, ...], list[str], list[str]]:
    """Return the checks and the words of faults and invented claims, with the drawn values in them."""
    texts = [text for check in part.checks for text in (check.say, check.why)]
    texts += [fault.say for fault in part.faults] + [invented.say for invented in part.invented]
    if any("[=" in text or "[%" in text for text in texts):
        texts = templates.render_text(_BREAK.join(texts), values).split(_BREAK)
    after = 2 * len(part.checks)
    checks = tuple(
        Check.model_construct(id=check.id, points=check.points, say=texts[2 * place], why=texts[2 * place + 1])
        for place, check in enumerate(part.checks)
    )
    return checks, texts[after : after + len(part.faults)], texts[after + len(part.faults) :]


def _options(
    question: Question, part: Part, values: Drawn, lines: Mapping[str, Lines], says: tuple[list[str], list[str]]
) -> tuple[Option, ...]:
    rng, on = Rng(_seed(question, part, values)), faults_on(part, values)
    true, invented = says
    offered: list[tuple[str, Fault | None]] = list(zip(true, part.faults, strict=True))
    offered += [(say, None) for say in rng.sample(invented, min(_count(question, part.id), len(invented)))]
    return tuple(
        Option.model_construct(
            letter=letter,
            say=say.strip(),
            fault=fault.id if fault is not None else None,
            on=fault is not None and fault.id in on,
            neutral=fault is not None and fault.neutral,
            lines=lines.get(fault.id, ()) if fault is not None else (),
        )
        for letter, (say, fault) in zip(ascii_uppercase, rng.shuffled(offered), strict=False)
    )


def _seed(question: Question, part: Part, values: Drawn) -> bytes:
    # papers are marked from their values alone, and must find the same order again
    drawn = {name: values[name] for name in sorted(question.params)}
    written = json.dumps([question.id, part.id, drawn], default=str, sort_keys=True)
    return hashlib.sha256(written.encode()).digest()


@lru_cache(maxsize=256)
def _count(question: Question, part_id: str) -> int:
    """Return how many invented claims are offered: as the grader's settings say, else all."""
    part = next(part for part in question.parts if part.id == part_id)
    word, written = part.marking()
    record = kinds.settings_of("graders", word)
    settings = record.model_validate_json(json.dumps(written)) if record is not None else None
    count: int | None = getattr(settings, "invented", None)
    return len(part.invented) if count is None else count

"""Draw a question's values from a seed and make what one candidate sees, and the keys that only staff see.

The same question and seed give the same variant on every machine. Small spaces are listed once and drawn from; large ones
are drawn by rejection, a bounded number of times.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from autograder import kinds
from autograder.errors import BankError, RenderError
from autograder.formula import FormulaError, Value, compiled, dependency_order, names
from autograder.markup import templates
from autograder.model import Claim, Key, Part, Question, Variant, VariantPart, word_and_settings
from autograder.seeds import Rng

MAX_TRIES: Final = 2_000
"""Draws that may fail `where` before the question counts as impossible."""

MAX_SPACE: Final = 5_000
"""Largest number of combinations that is listed rather than drawn."""

_BREAK: Final = "\x1e"

Drawn = dict[str, Any]


@dataclass(frozen=True)
class _Param:
    name: str
    draw: Callable[[Rng, Any], Any]
    settings: Any
    support: Sequence[Any] | None


@dataclass(frozen=True)
class Plan:
    """A question made ready for drawing: kinds loaded, formulas compiled, givens in order."""

    params: tuple[_Param, ...]
    where: tuple[Callable[[Mapping[str, Any]], Value], ...]
    given: tuple[tuple[str, Callable[[Mapping[str, Any]], Value]], ...]
    combinations: int | None
    fingerprint: str


@lru_cache(maxsize=1024)
def plan(question: Question) -> Plan:
    """Make a question ready for drawing; errors as the loaded bank reports them."""
    params = []
    for name, spec in question.params.items():
        word, given = word_and_settings(spec)
        settings = kinds.settings_of("distributions", word).model_validate_json(json.dumps(given))
        support = getattr(kinds.module_of("distributions", word), "support", None)
        params.append(_Param(name, kinds.load("distributions", word), settings, support(settings) if support else None))
    sizes = [len(param.support) if param.support is not None else None for param in params]
    return Plan(
        params=tuple(params),
        where=tuple(compiled(formula) for formula in question.where),
        given=tuple((name, compiled(question.given[name])) for name in dependency_order(question.given)),
        combinations=None if None in sizes else math.prod(size for size in sizes if size is not None),
        fingerprint=_fingerprint(question),
    )


def draw(question: Question, seed: bytes) -> tuple[Variant, tuple[Key, ...]]:
    """Draw one variant of a question and its keys.

    Args:
        question: from a bank that loaded without errors.
        seed: 32 secret bytes.

    Raises:
        BankError: no values satisfy `where`, or a formula has no value for those drawn.
    """
    values = with_given(question, draw_values(question, seed))
    return show(question, values), keys_of(question, values)


def draw_values(question: Question, seed: bytes) -> Drawn:
    """Return drawn values, without givens, that satisfy `where`; errors as for `draw`."""
    rng = Rng(seed)
    if is_listed(question):
        return dict(rng.choice(space(question)))
    for values in _tries(question, rng):
        if values is not None:
            return values
    raise BankError(
        f"no values satisfied `where` in {MAX_TRIES:,} draws", where=question.id, hint="loosen a constraint"
    )


def acceptance(question: Question, seed: bytes, tries: int = MAX_TRIES) -> float:
    """Return the share of draws that satisfy `where`: exact for a listed space, else of so many tries."""
    combinations = plan(question).combinations
    if is_listed(question):
        try:
            return len(space(question)) / max(combinations or 1, 1)
        except BankError:
            return 0.0
    held = sum(values is not None for values in itertools.islice(_tries(question, Rng(seed)), tries))
    return held / tries


def is_listed(question: Question) -> bool:
    """Return whether the question's space is small enough to be listed."""
    combinations = plan(question).combinations
    return combinations is not None and combinations <= MAX_SPACE


@lru_cache(maxsize=256)
def space(question: Question) -> tuple[Mapping[str, Any], ...]:
    """Return every combination of values that satisfies `where`, for a question that `is_listed`.

    Raises:
        BankError: none does.
    """
    ready = plan(question)
    words = [param.name for param in ready.params]
    every = itertools.product(*(param.support or () for param in ready.params))
    held = tuple(values for values in (dict(zip(words, row, strict=True)) for row in every) if _holds(question, values))
    if not held:
        raise BankError("no combination of the params satisfies `where`", where=question.id, hint="loosen a constraint")
    return held


def with_given(question: Question, values: Mapping[str, Any]) -> Drawn:
    """Return the values and the givens computed from them.

    Raises:
        BankError: a given has no value for these params.
    """
    known = dict(values)
    for name, formula in plan(question).given:
        try:
            known[name] = formula(known)
        except FormulaError as error:
            raise BankError(f"given {name!r}: {error.problem} (with {_shown(values)})", where=question.id) from None
    return known


def show(question: Question, values: Drawn) -> Variant:
    """Return the question as a candidate with these values (givens included) sees it.

    Raises:
        RenderError: a text cannot be rendered.
    """
    texts = [question.text, question.note_template(), *(part.text for part in question.parts)]
    try:
        text, note, *rest = templates.render_text(_BREAK.join(texts), values).split(_BREAK)
    except RenderError as error:
        raise RenderError(error.problem, where=question.id) from None
    parts = tuple(
        VariantPart.model_construct(
            ref=f"{question.id}-{part.id}", id=part.id, text=shown.strip(), input=part.input, points=part.points,
            unit=part.unit, whole=part.whole,
        )
        for part, shown in zip(question.parts, rest, strict=True)
    )  # fmt: skip
    return Variant.model_construct(
        question=question.id, title=question.title, text=text.strip(), parts=parts, note=note.strip(),
        values={name: values[name] for name in question.params}, fingerprint=plan(question).fingerprint,
    )  # fmt: skip


def keys_of(question: Question, values: Drawn, *, solutions: bool = False) -> tuple[Key, ...]:
    """Return the keys of a variant, from the question as it stands now and the variant's values (givens included).

    Args:
        question: from the current bank: a mended mark scheme gives other keys for the same values.
        values: what was drawn, and the givens.
        solutions: also render the worked solutions, which only staff copies and feedback need.
    """
    words = _slip_words(question, values)
    return tuple(_key(question, part, values, words, solutions) for part in question.parts)


def keys_without(question: Question, problem: str) -> tuple[Key, ...]:
    """Return keys without answers, for a variant whose givens have no value under the question as it stands now."""
    return tuple(
        Key(ref=f"{question.id}-{part.id}", input=part.input, grader=part.marking()[0], settings=part.marking()[1], points=part.points,
            unit=part.unit, whole=part.whole, answer=None, formula=part.answer or "", claims=(), problem=problem)
        for part in question.parts
    )  # fmt: skip


def _tries(question: Question, rng: Rng) -> Iterator[Drawn | None]:
    ready = plan(question)
    for _ in range(MAX_TRIES):
        values = {param.name: param.draw(rng, param.settings) for param in ready.params}
        yield values if _holds(question, values) else None


def _holds(question: Question, values: Mapping[str, Any]) -> bool:
    ready = plan(question)
    if not ready.where:
        return True
    try:
        known = with_given(question, values)
        return all(condition(known) for condition in ready.where)
    except (BankError, FormulaError):
        # values for which a formula has no value are not a variant
        return False


def _key(question: Question, part: Part, values: Drawn, words: Mapping[tuple[str, str], str], solutions: bool) -> Key:
    word, written = part.marking()
    problem, answer = "", None
    claims: tuple[Claim, ...] = ()
    try:
        answer = compiled(part.answer)(values) if part.answer is not None else None
        claims = tuple(_claims(part, values, answer, words))
    except FormulaError as error:
        problem = error.problem
    return Key.model_construct(
        ref=f"{question.id}-{part.id}", input=part.input, grader=word, settings=written, points=part.points, unit=part.unit,
        whole=part.whole, answer=answer, formula=part.answer or "", claims=claims, problem=problem,
        solution=templates.render_text(part.solution, values).strip() if solutions else "",
    )  # fmt: skip


def _claims(part: Part, values: Drawn, answer: Value | None, words: Mapping[tuple[str, str], str]) -> Iterator[Claim]:
    for also in part.also:
        value = compiled(also.answer)(values)
        if not same(value, answer):
            yield Claim.model_construct(
                kind="convention", name=also.name, value=value, formula=also.answer, share=also.share, say=""
            )
    for slip in part.slips:
        value = compiled(slip.answer)(values)
        if not same(value, answer):
            say = words[part.id, slip.name]
            yield Claim.model_construct(
                kind="slip", name=slip.name, value=value, formula=slip.answer, share=slip.share, say=say
            )


def same(a: Value | None, b: Value | None) -> bool:
    """Return whether two values are equal: exactly, or to a float's precision where either is a float."""
    if a is None or b is None:
        return a is b
    if isinstance(a, float) or isinstance(b, float):
        return a == b or math.isclose(a, b, rel_tol=1e-12)
    return a == b


def _slip_words(question: Question, values: Drawn) -> dict[tuple[str, str], str]:
    places = [(part.id, slip.name) for part in question.parts for slip in part.slips]
    texts = [slip.say for part in question.parts for slip in part.slips]
    return dict(zip(places, templates.render_text(_BREAK.join(texts), values).split(_BREAK), strict=False))


def _fingerprint(question: Question) -> str:
    shown = [question.text, question.note_template(), *(part.text for part in question.parts)]
    needed: set[str] = set()
    waiting = set().union(*(templates.names_in(text) for text in shown)) & question.given.keys()
    while waiting:
        name = waiting.pop()
        needed.add(name)
        waiting |= (names(question.given[name]) & question.given.keys()) - needed
    parts = [[part.id, part.input, part.unit, part.whole] for part in question.parts]
    content = [shown, question.params, parts, {name: question.given[name] for name in sorted(needed)}]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _shown(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())

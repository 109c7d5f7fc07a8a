"""Draw a question's values from a seed and make what one candidate sees, and the keys that only staff see.

The same question and seed give the same variant on every machine. Tiny spaces are listed once and drawn from; others
are drawn by rejection, a bounded number of times.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from autograder import kinds, tabled
from autograder.choosing.offers import order_names, shown_in, with_orders
from autograder.coding.listing import ListingError
from autograder.coding.printed import code_of
from autograder.errors import BankError, RenderError
from autograder.fingerprint import fingerprint_of, given_behind
from autograder.formula import FormulaError, Value, compiled, dependency_order, names
from autograder.key import keys_of
from autograder.markup import templates
from autograder.markup.figures import with_figures
from autograder.model import Key, Part, Question, Variant, VariantPart, word_and_settings
from autograder.seeds import Rng

MAX_TRIES: Final = 2_000
"""Draws that may fail `where` before the question counts as impossible."""

MAX_LISTED: Final = 300
"""Largest number of combinations that is listed and drawn from; larger spaces are drawn by rejection."""

MAX_SPACE: Final = 20_000
"""Largest number of combinations that is gone through where all of them matter."""

_NOTHING_PRINTED: Final[dict[str, Any]] = {"listing": None, "options": (), "prompts": (), "starter": None}

Drawn = dict[str, Any]


@dataclass(frozen=True)
class _Param:
    name: str
    draw: Callable[[Rng, Any], Any]
    settings: Any
    support: Sequence[Any] | None


_Given = tuple[str, Callable[[Mapping[str, Any]], Value]]


@dataclass(frozen=True)
class Plan:
    """A question made ready for drawing: kinds loaded, formulas compiled, givens in order.

    Attributes:
        where: each constraint behind the givens that it needs and those before it did not, the cheapest first.
        given: every given, each after those it uses.
    """

    params: tuple[_Param, ...]
    where: tuple[tuple[tuple[_Given, ...], Callable[[Mapping[str, Any]], Value]], ...]
    given: tuple[_Given, ...]
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
    given = tuple((name, compiled(question.given[name])) for name in dependency_order(question.given))
    sizes = [len(param.support) if param.support is not None else None for param in params]
    return Plan(
        params=tuple(params),
        where=_constraints(question, given),
        given=given,
        combinations=None if None in sizes else math.prod(size for size in sizes if size is not None),
        fingerprint=fingerprint_of(question),
    )


def draw(question: Question, seed: bytes) -> tuple[Variant, tuple[Key, ...]]:
    """Draw one variant of a question and its keys.

    Args:
        question: from a bank that loaded without errors.
        seed: 32 secret bytes.

    Raises:
        BankError: no values satisfy `where`, or a formula has no value for those drawn.
    """
    values = draw_values(question, seed)
    return show(question, values), keys_of(question, values)


def draw_values(question: Question, seed: bytes) -> Drawn:
    """Return drawn values that satisfy `where`, the givens computed from them, and orders of options.

    Errors as for `draw`.
    """
    rng = Rng(seed)
    combinations = plan(question).combinations
    if combinations is not None and combinations <= MAX_LISTED:
        return with_orders(question, with_given(question, rng.choice(space(question))), seed)
    for values in _tries(question, rng):
        if values is not None:
            return with_orders(question, values, seed)
    raise BankError(
        f"no values satisfied `where` in {MAX_TRIES:,} draws", where=question.id, hint="loosen a constraint"
    )


def acceptance(question: Question, seed: bytes, tries: int = MAX_TRIES) -> float:
    """Return the share of draws that satisfy `where`: exact for a small space, else of so many tries."""
    combinations = plan(question).combinations
    if is_small(question):
        try:
            return len(space(question)) / max(combinations or 1, 1)
        except BankError:
            return 0.0
    held = sum(values is not None for values in itertools.islice(_tries(question, Rng(seed)), tries))
    return held / tries


def is_small(question: Question) -> bool:
    """Return whether the question's space is small enough to go through all of it."""
    combinations = plan(question).combinations
    return combinations is not None and combinations <= MAX_SPACE


@lru_cache(maxsize=256)
def space(question: Question) -> tuple[Mapping[str, Any], ...]:
    """Return every combination of values that satisfies `where`, for a question that `is_small`.

    Raises:
        BankError: none does.
    """
    ready = plan(question)
    words = [param.name for param in ready.params]
    every = itertools.product(*(param.support or () for param in ready.params))
    rows = (dict(zip(words, row, strict=True)) for row in every)
    held = tuple(values for values in rows if _completed(question, values) is not None)
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


def show(question: Question, values: Drawn, note: str | None = None) -> Variant:
    """Return the question as a candidate with these values (givens included) sees it.

    Args:
        question: from the bank.
        values: what was drawn, the givens and the orders of options.
        note: the variant's, if it is known already.

    Raises:
        RenderError: a text cannot be rendered.
    """

    def shown(text: str) -> str:
        # each by itself: options stand in as many orders as there are candidates
        return with_figures(templates.render_text(text, values), question.figures, values).strip()

    try:
        text, note = shown(question.text), note_of(question, values) if note is None else note
        every = zip(question.parts, shown_in(question, values), strict=True)
        parts = tuple(_part(question, part, values, offered, shown) for part, offered in every)
    except RenderError as error:
        raise RenderError(error.problem, where=error.where or question.id) from None
    return Variant.model_construct(
        question=question.id,
        title=question.title,
        text=text,
        parts=parts,
        note=note,
        values={name: values[name] for name in (*question.params, *order_names(question)) if name in values},
        fingerprint=plan(question).fingerprint,
    )


def _part(
    question: Question,
    part: Part,
    values: Drawn,
    offered: tuple[list[str], list[str]],
    shown: Callable[[str], str],
) -> VariantPart:
    options, prompts = offered
    printed = _NOTHING_PRINTED
    if part.input == "code":
        printed = _printed(question, part, values)
    elif options:
        options, prompts = [shown(text) for text in options], [shown(text) for text in prompts]
        printed = {"listing": None, "options": tuple(options), "prompts": tuple(prompts), "starter": None}
    return VariantPart.model_construct(
        ref=f"{question.id}-{part.id}",
        id=part.id,
        text=shown(part.text),
        input=part.input,
        points=part.points,
        unit=part.unit,
        whole=part.whole,
        words=part.marking()[1].get("words") if part.input == "text" else None,
        relations=tuple(part.marking()[1].get("relations", ())) if part.input == "derivation" else (),
        declared=part.declared() if tabled.asks_formulas(part) else None,
        **printed,
        **(_tabled(question, part, values) if part.cells else {}),
    )


def _tabled(question: Question, part: Part, values: Drawn) -> dict[str, Any]:
    try:
        return tabled.shown(question, part, values)
    except FormulaError as error:
        raise RenderError(error.problem, where=f"{question.id}-{part.id}") from None


def _printed(question: Question, part: Part, values: Drawn) -> dict[str, Any]:
    try:
        code = code_of(question, part, values)
    except (ListingError, FormulaError) as error:
        raise RenderError(error.problem, where=f"{question.id}-{part.id}") from None
    return {
        "listing": code.listing or None,
        "options": tuple(option.say for option in code.options),
        "prompts": (),
        # where a repair is run, the listing stands once more, to be mended
        "starter": code.starter or (code.listing if code.options and code.probe else "") or None,
    }


def note_of(question: Question, values: Drawn) -> str:
    """Return what tells a variant from others.

    Raises:
        RenderError: it cannot be rendered.
    """
    return templates.render_text(question.note_template(), values).strip()


def _tries(question: Question, rng: Rng) -> Iterator[Drawn | None]:
    params = plan(question).params
    for _ in range(MAX_TRIES):
        yield _completed(question, {param.name: param.draw(rng, param.settings) for param in params})


def _completed(question: Question, values: Drawn) -> Drawn | None:
    """Return the values with their givens, or None where a constraint does not hold or a given has no value."""
    ready, known = plan(question), dict(values)
    try:
        for needed, condition in ready.where:
            for name, formula in needed:
                known[name] = formula(known)
            if not condition(known):
                return None
        for name, formula in ready.given:
            if name not in known:
                known[name] = formula(known)
    except FormulaError:
        # values for which a formula has no value are not a variant
        return None
    return known


def _constraints(question: Question, given: tuple[_Given, ...]) -> Any:
    """Return each constraint with the givens it adds to those before it, those that need the fewest first."""
    needs = {formula: given_behind(names(formula), question.given) for formula in question.where}
    done: set[str] = set()
    result = []
    for formula in sorted(question.where, key=lambda formula: len(needs[formula])):
        fresh = tuple((name, run) for name, run in given if name in needs[formula] - done)
        done |= needs[formula]
        result.append((fresh, compiled(formula)))
    return tuple(result)


def _shown(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())

"""Make the keys of a variant: what only staff know about its parts.

Keys are made from the question as it stands now and the values as they were drawn, so a mended mark scheme re-marks
papers that were set before it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from autograder.choosing.offers import OfferError, choice_of
from autograder.coding.listing import ListingError
from autograder.coding.printed import code_of
from autograder.formula import FormulaError, Value, compiled
from autograder.markup import templates
from autograder.model import Claim, Key, Part, Question
from autograder.reading.letters import INPUTS

_BREAK: Final = "\x1e"

Drawn = Mapping[str, Any]
"""Drawn values by name, the givens among them, and the orders of options."""


def answer_of(part: Part, values: Drawn) -> Value | None:
    """Return a part's answer alone, or None where it has none for these values."""
    try:
        return compiled(part.answer)(values) if part.answer is not None else None
    except FormulaError:
        return None


def keys_of(question: Question, values: Drawn, *, claims: bool = True, solutions: bool = False) -> tuple[Key, ...]:
    """Return the keys of a variant, from the question as it stands now and the variant's values (givens included).

    Args:
        question: from the current bank: a mended mark scheme gives other keys for the same values.
        values: what was drawn, and the givens.
        claims: with conventions and slips, which marking needs. What is known of code is there in any case.
        solutions: also render the worked solutions, which only staff copies and feedback need.
    """
    words = _slip_words(question, values) if claims else None
    return tuple(_key(question, part, values, words, solutions) for part in question.parts)


def keys_without(question: Question, problem: str) -> tuple[Key, ...]:
    """Return keys without answers, for a variant whose givens have no value under the question as it stands now."""
    return tuple(
        Key(
            ref=f"{question.id}-{part.id}",
            input=part.input,
            grader=part.marking()[0],
            settings=part.marking()[1],
            points=part.points,
            unit=part.unit,
            whole=part.whole,
            answer=None,
            formula=part.answer or "",
            claims=(),
            problem=problem,
        )
        for part in question.parts
    )


def _key(
    question: Question, part: Part, values: Drawn, words: Mapping[tuple[str, str], str] | None, solutions: bool
) -> Key:
    word, written = part.marking()
    problem, answer = "", None
    claims: tuple[Claim, ...] = ()
    code, choice = None, None
    try:
        answer = compiled(part.answer)(values) if part.answer is not None else None
        claims = tuple(_claims(part, values, answer, words)) if words is not None else ()
        code = code_of(question, part, values) if part.input == "code" else None
        choice = choice_of(question, part, values, answer) if part.input in INPUTS else None
    except (FormulaError, ListingError, OfferError) as error:
        problem = error.problem
    return Key.model_construct(
        ref=f"{question.id}-{part.id}",
        input=part.input,
        grader=word,
        settings=written,
        points=part.points,
        unit=part.unit,
        whole=part.whole,
        answer=answer,
        formula=part.answer or "",
        claims=claims,
        problem=problem,
        code=code,
        choice=choice,
        solution=templates.render_text(part.solution, values).strip() if solutions else "",
    )


def _claims(part: Part, values: Drawn, answer: Value | None, words: Mapping[tuple[str, str], str]) -> Iterator[Claim]:
    for also in part.also:
        value = compiled(also.answer)(values)
        if not same(value, answer):
            yield Claim(kind="convention", name=also.name, value=value, formula=also.answer, share=also.share, say="")
    for slip in part.slips:
        value = compiled(slip.answer)(values)
        if not same(value, answer):
            say = words[part.id, slip.name]
            yield Claim(kind="slip", name=slip.name, value=value, formula=slip.answer, share=slip.share, say=say)


def same(a: Value | None, b: Value | None) -> bool:
    """Return whether two values are equal: exactly, or to a float's precision where either is a float."""
    if a is None or b is None:
        return a is b
    if isinstance(a, float) or isinstance(b, float):
        return a == b or math.isclose(a, b, rel_tol=1e-12)
    return a == b


def _slip_words(question: Question, values: Drawn) -> dict[tuple[str, str], str]:
    words = {(part.id, slip.name): slip.say for part in question.parts for slip in part.slips}
    drawn = [place for place, text in words.items() if "[=" in text or "[%" in text]
    if drawn:
        rendered = templates.render_text(_BREAK.join(words[place] for place in drawn), values)
        words.update(zip(drawn, rendered.split(_BREAK), strict=True))
    return words

"""Make the keys of a variant: what only staff know about its parts.

Keys are made from the question as it stands now and the values as they were drawn, so a mended mark scheme re-marks
papers that were set before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from autograder import tabled
from autograder.choosing.offers import OfferError, choice_of
from autograder.coding.listing import ListingError
from autograder.coding.printed import code_of
from autograder.following import name_of, standing, with_used
from autograder.formula import FormulaError, Value, compiled, steps
from autograder.kinds import FORMULAS
from autograder.markup import templates
from autograder.markup.figures import with_figures
from autograder.model import Claim, Follow, Key, Part, Question, RubricPoint, Values
from autograder.reading.letters import INPUTS

_BREAK: Final = "\x1e"
_WORD: Final = re.compile(r"[^\W\d]\w*")

Drawn = Mapping[str, Any]
"""Drawn values by name, the givens among them, and the orders of options."""


def answer_of(part: Part, values: Drawn) -> Value | None:
    """Return a part's answer alone, or None where it has none for these values."""
    try:
        return compiled(part.answer)(values) if part.answer is not None and part.input not in FORMULAS else None
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
    known = with_used(question, values)
    words = _slip_words(question, known) if claims else None
    # a part that runs code may hand its values to a candidate's
    return tuple(_key(question, part, known if part.uses else values, words, solutions) for part in question.parts)


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
    code, choice, follow, declared, used = None, None, None, None, {}
    cells: tuple[tuple[Key | None, ...], ...] = ()
    headings: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    try:
        if part.input in FORMULAS:
            claims = tuple(_formulas(part, words)) if words is not None else ()
            declared, used = part.declared(), _used(part, values)
        else:
            answer = compiled(part.answer)(values) if part.answer is not None else None
            every = tuple(_claims(part, values, words)) if words is not None else ()
            claims = tuple(standing(every, answer))
            follow = _follow(question, part, values, every) if part.uses and words is not None else None
            code = code_of(question, part, values) if part.input == "code" else None
            choice = choice_of(question, part, values, answer) if part.input in INPUTS else None
            cells, headings = _cells(question, part, values, words) if part.cells else ((), ((), ()))
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
        follow=follow,
        cells=cells,
        rows=headings[0],
        columns=headings[1],
        rubric=_rubric(part, values) if words is not None or solutions else (),
        start=part.start or "",
        model=templates.render_text(part.model, values).strip("\n") if solutions else "",
        declared=declared,
        values=used,
        solution=_solution(question, part, values) if solutions else "",
        steps=steps(part.answer, question.given, values) if solutions and part.answer and declared is None else (),
    )


def _solution(question: Question, part: Part, values: Drawn) -> str:
    return with_figures(templates.render_text(part.solution, values).strip(), question.figures, values)


def _cells(
    question: Question, part: Part, values: Drawn, words: Mapping[tuple[str, str], str] | None
) -> tuple[tuple[tuple[Key | None, ...], ...], tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return a key for each cell that is asked in this variant, and the table's headings."""
    asked = tabled.asked_in(part, tabled.tables(question)[part.id], values)
    keys = {place: _key(question, cell, values, words, False) for place, cell in asked.items()}
    rows = tuple(tuple(keys.get((row, column)) for column in range(len(cells))) for row, cells in enumerate(part.cells))
    return rows, tabled.headings(question, part, values)


def _rubric(part: Part, values: Drawn) -> tuple[RubricPoint, ...]:
    """Return the marking points in this variant's words."""
    if not part.rubric:
        return ()
    total = sum(point.points for point in part.rubric)
    points = part.rubric if total == part.points else _scaled(part.rubric, part.points)
    if not any("[=" in point.say or "[%" in point.say for point in points):
        return points
    says = templates.render_text(_BREAK.join(point.say for point in points), values).split(_BREAK)
    return tuple(
        RubricPoint.model_construct(points=point.points, say=say) for point, say in zip(points, says, strict=True)
    )


@lru_cache(maxsize=1024)
def _scaled(rubric: tuple[RubricPoint, ...], points: float) -> tuple[RubricPoint, ...]:
    """Return the marking points as an exam with other points for the part counts them."""
    total = sum(point.points for point in rubric)
    return tuple(point.model_copy(update={"points": round(point.points * points / total, 6)}) for point in rubric)


def _follow(question: Question, part: Part, values: Drawn, claims: tuple[Claim, ...]) -> Follow:
    uses = tuple((name_of(used), f"{question.id}-{used}", share) for used, share in part.uses.items())
    return Follow(uses=uses, plausible=part.plausible or "", values=dict(values), claims=claims)


def _claims(part: Part, values: Drawn, words: Mapping[tuple[str, str], str]) -> Iterator[Claim]:
    for also in part.also:
        value = compiled(also.answer)(values)
        yield Claim(kind="convention", name=also.name, value=value, formula=also.answer, share=also.share, say="")
    for slip in part.slips:
        value = compiled(slip.answer)(values)
        say = words[part.id, slip.name]
        yield Claim(kind="slip", name=slip.name, value=value, formula=slip.answer, share=slip.share, say=say)


def _formulas(part: Part, words: Mapping[tuple[str, str], str]) -> Iterator[Claim]:
    """Yield the conventions and slips of a part that asks for a formula; comparing tells which are which."""
    for also in part.also:
        yield Claim(kind="convention", name=also.name, value=0, formula=also.answer, share=also.share)
    for slip in part.slips:
        say = words[part.id, slip.name]
        yield Claim(kind="slip", name=slip.name, value=0, formula=slip.answer, share=slip.share, say=say)


def _used(part: Part, values: Drawn) -> Values:
    """Return the drawn numbers that a part's formulas speak of; symbols of the same name stand for themselves."""
    texts = [part.answer or "", part.start or "", str(part.grader or ""), *part.constraints, *part.givens]
    texts += [claim.answer for _, claims in part.claims() for claim in claims]
    texts += [str(said) for table in (part.symbols, part.functions, part.random) for said in table.values()]
    found = {word for text in texts for word in _WORD.findall(text)} - part.symbols.keys()
    return {name: values[name] for name in sorted(found & values.keys()) if not isinstance(values[name], str)}


def _slip_words(question: Question, values: Drawn) -> Mapping[tuple[str, str], str]:
    words, drawn = _slips_say(question)
    return words if not drawn else {**words, **{place: templates.render_text(words[place], values) for place in drawn}}


@lru_cache(maxsize=256)
def _slips_say(question: Question) -> tuple[dict[tuple[str, str], str], tuple[tuple[str, str], ...]]:
    """Return the words of each part's slips as written, and which of them hang on drawn values."""
    cells = [cell for table in tabled.tables(question).values() for cell in table.asked.values()]
    words = {(part.id, slip.name): slip.say for part in (*question.parts, *cells) for slip in part.slips}
    return words, tuple(place for place, text in words.items() if "[=" in text or "[%" in text)

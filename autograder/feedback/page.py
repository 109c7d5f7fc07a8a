"""Put one candidate's page together. It names nobody and holds no key, unless the exam releases its solutions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup

from autograder.coding.listing import numbered
from autograder.errors import RenderError
from autograder.feedback.solved import Solved, solved
from autograder.feedback.steps import Step, steps, without_repeats
from autograder.feedback.tables import Answered, answered_table
from autograder.feedback.told import Line, Written, coded, plain, said, written
from autograder.formula import FormulaError
from autograder.markup.fence import explain
from autograder.markup.html import to_html, to_inline_html
from autograder.markup.math import in_its_place
from autograder.markup.numerals import sig
from autograder.markup.tables import with_table
from autograder.markup.templates import layout
from autograder.markup.words import reasons, words
from autograder.model import Key, Mark, MarkSheet, Paper, Response, Submission, Variant, VariantPart

_PAGE = "feedback/page.html.jinja"

Folders = tuple[Path, ...]


class Person(NamedTuple):
    """What somebody on the staff decided about a part, outside of these marks.

    Attributes:
        score: stands in place of ours; None leaves ours.
        comment: words for the candidate.
    """

    score: float | None = None
    comment: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of one paper.

    Attributes:
        sheet: the marks.
        submission: the answers as read.
        scales: a part's ref → the scale on which its number was marked.
        keys: by ref, with solutions; none, unless the exam releases them.
        persons: by ref, what people decided in nbgrader.
        penalty: points taken off for lateness.
        authored: by ref, what marks may quote of authors, where it has math.
    """

    sheet: MarkSheet
    submission: Submission
    scales: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, Key] = field(default_factory=dict)
    persons: Mapping[str, Person] = field(default_factory=dict)
    penalty: float = 0.0
    authored: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Marked(NamedTuple):
    """A part as the page shows it.

    Attributes:
        number: of question and part, as 1a.
        worth: the points that the paper says; `points` are those that there are, none once the part was voided.
        score: earned, empty where it has no mark yet.
        credit: full, some, none, or open without a mark.
        distance: how far a number on a log scale lies from the key, in decades and, where one can imagine it, as a
            factor; None where the mark says so itself.
        steps: a derivation's lines; `notes`: what else the mark tells: titles of the words' list, each with lines.
    """

    ref: str
    number: str
    input: str
    text: Markup
    listing: str
    options: tuple[tuple[str, Markup], ...]
    worth: str
    reason: str
    score: str
    points: str
    credit: str
    wrote: tuple[Written, ...]
    steps: tuple[Step, ...]
    table: Answered | None
    said: tuple[tuple[bool, tuple[Line, ...]], ...]
    distance: tuple[str, str] | None
    printed: str
    notes: tuple[tuple[str, tuple[Markup, ...]], ...]
    solved: Solved | None


class Asked(NamedTuple):
    """A question as the page shows it."""

    ref: str
    number: int
    title: str
    text: Markup
    parts: tuple[Marked, ...]


class Section(NamedTuple):
    """A section as the page shows it."""

    title: str
    text: Markup
    questions: tuple[Asked, ...]


class Total(NamedTuple):
    """The sum: points earned, points there were, parts without a mark, points off for lateness."""

    score: str
    points: str
    waiting: int
    penalty: str


def feedback(paper: Paper, outcome: Outcome, folders: Sequence[Path]) -> str:
    """Return one candidate's page as HTML that needs no other file and no network; its math font is put in at last.

    Args:
        paper: what the candidate had.
        outcome: what came of it.
        folders: where templates are looked for, the first that has one wins.

    Raises:
        RenderError: a template is wrong, or a text of the paper has math that cannot be read; with question and part.
    """
    sections = tuple(_sections(paper, outcome))
    parts = [part for section in sections for asked in section.questions for part in asked.parts]
    about = [each for each in (paper.exam_code, paper.date) if each]
    values: dict[str, Any] = {
        "title": paper.title,
        "code": paper.code,
        "about": about,
        "sections": sections,
        "parts": parts,
    }
    found = _same(tuple(folders))
    try:
        values |= {"total": _total(parts, outcome), "words": words(found), "reasons": reasons(found)}
        return layout(found, _PAGE).render(values)
    except (jinja2.TemplateError, FormulaError, TypeError, ValueError) as error:
        raise RenderError(explain(error), where=f"templates/{_PAGE}") from None


def _sections(paper: Paper, outcome: Outcome) -> Iterator[Section]:
    marks = {mark.ref: mark for mark in outcome.sheet.marks}
    responses = {response.ref: response for response in outcome.submission.responses}
    number = 0
    for section in paper.sections:
        questions = []
        for number, variant in enumerate(section.variants, number + 1):  # noqa: B020 - goes on through the sections
            parts = tuple(
                _marked(part, f"{number}{letter}", marks[part.ref], outcome, responses.get(part.ref))
                for letter, part in zip(_letters(variant), variant.parts, strict=True)
                if part.ref in marks
            )
            text = _html(variant.text, variant.question)
            questions.append(Asked(variant.question, number, variant.title, text, parts))
        yield Section(section.title, _html(section.text, section.title), tuple(questions))


def _total(parts: Sequence[Marked], outcome: Outcome) -> Total:
    sheet = outcome.sheet
    # the sheet's own sum, unless somebody decided otherwise
    score = sum(_score(mark, outcome) or 0.0 for mark in sheet.marks) if outcome.persons else sheet.score
    score = round(max(score - outcome.penalty, 0.0), 6)
    waiting = sum(not part.score for part in parts)
    return Total(_number(score), _number(sheet.points), waiting, _number(outcome.penalty) if outcome.penalty else "")


def _score(mark: Mark, outcome: Outcome) -> float | None:
    person = outcome.persons.get(mark.ref)
    return mark.score if person is None or person.score is None else person.score


@lru_cache(maxsize=1024)
def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _marked(part: VariantPart, number: str, mark: Mark, outcome: Outcome, response: Response | None) -> Marked:
    score = _score(mark, outcome)
    table = answered_table(part, mark, response, lambda text: _html(text, part.ref, inline=True), _number)
    key = outcome.keys.get(part.ref)
    return Marked(
        ref=part.ref,
        number=number,
        input=part.input,
        text=_html(part.text if table is not None else _with_prompts(part), part.ref),
        listing=numbered(part.listing) if part.listing and part.options else part.listing or "",
        options=tuple(
            (letter, _html(option, part.ref, inline=True))
            for letter, option in zip(ascii_uppercase, part.options, strict=False)
        ),
        worth=_number(part.points),
        reason="marked" if score != mark.score else mark.reason,
        score="" if score is None else _number(score),
        points=_number(mark.points),
        credit=_credit(score, mark.points),
        wrote=() if table is not None else written(response),
        steps=steps(mark) if part.input == "derivation" else (),
        table=table,
        said=said(without_repeats(mark) if part.input == "derivation" else mark, outcome.authored.get(part.ref, ())),
        distance=_distance(mark, outcome.scales.get(part.ref)),
        printed=plain(mark.detail.get("output")),
        notes=tuple(_notes(mark, outcome.persons.get(part.ref, Person()))),
        solved=None if key is None else solved(key, outcome.scales.get(part.ref), _html),
    )


def _credit(score: float | None, points: float) -> str:
    if score is None or not points:
        return "open"
    return "full" if score >= points else "some" if score > 0 else "none"


def _letters(variant: Variant) -> Sequence[str]:
    ids = [part.id for part in variant.parts]
    if len(ids) == 1:
        return ("",)
    return ids if all(len(name) == 1 for name in ids) else [ascii_lowercase[place % 26] for place in range(len(ids))]


def _distance(mark: Mark, scale: str | None) -> tuple[str, str] | None:
    error = mark.detail.get("error")
    # off the band, the mark's own words say by how much
    if scale != "log" or mark.reason in ("near", "far") or not isinstance(error, int | float) or error < 0.005:
        return None
    return sig(error, 2), sig(10.0**error) if error < 6 else ""


def _notes(mark: Mark, person: Person) -> Iterator[tuple[str, tuple[Markup, ...]]]:
    """Yield what people added to a mark, where its own words do not say it: a rubric's points, comments, amendments."""
    rubric = tuple(_rubric(mark.detail.get("rubric"))) if mark.reason == "marked" else ()
    if rubric:
        yield "rubric", rubric
    amended = mark.detail.get("amended")
    why = plain(amended.get("reason")) if isinstance(amended, dict) else ""
    for name, text in (("comment", plain(mark.detail.get("comment"))), ("comment", person.comment), ("amended", why)):
        if text.strip() and text.strip() not in mark.feedback:
            yield name, tuple(coded(line) for line in text.strip().splitlines() if line.strip())


def _rubric(points: Any) -> Iterator[Markup]:
    for each in points if isinstance(points, list | tuple) else ():
        # without `of`, these are points that could be earned, which are the markers' to know
        if isinstance(each, dict) and "of" in each:
            earned = Markup("{} / {}: ").format(plain(each.get("points")), plain(each["of"]))
            yield earned + _html(plain(each.get("say")), "a marking point", inline=True)


def _with_prompts(part: VariantPart) -> str:
    """Return a part's text with its table, and with what its options belong to."""
    prompts = (f"{number}. {text}" for number, text in enumerate(part.prompts, 1))
    return "\n".join([with_table(part), "", *prompts]).strip()


def _html(text: str, where: str, *, inline: bool = False) -> Markup:
    try:
        return to_inline_html(text) if inline else to_html(text)
    except RenderError as error:
        raise in_its_place(error, text, where) from None


@cache
def _same(folders: Folders) -> Folders:
    # equal paths become the same ones, because comparing them costs more than a look into the caches below
    return folders

"""Tell a candidate what came of their paper: one page with what was asked, how it was read, and what it earned.

A page names nobody and holds no key, unless the exam releases its solutions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import groupby
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Final, NamedTuple

import jinja2
from markupsafe import Markup

from autograder.coding.listing import numbered
from autograder.errors import RenderError
from autograder.formula import FormulaError
from autograder.markup.html import to_html, to_inline_html
from autograder.markup.templates import explain, layout
from autograder.model import Key, Mark, MarkSheet, Paper, Response, Submission, Variant, VariantPart
from autograder.reading import Field, show_number

MAX_SHOWN: Final = 20_000
"""Characters of one answer that a page shows."""

Folders = tuple[Path, ...]


class Person(NamedTuple):
    """What somebody on the staff decided about a part, outside of these marks.

    Attributes:
        score: stands in place of ours; None leaves ours.
        comment: words for the candidate.
    """

    score: float | None = None
    comment: str = ""


class Line(NamedTuple):
    """A line that a mark says; `sign` is passed, failed, neutral, or empty for a sentence."""

    sign: str
    text: str


class Written(NamedTuple):
    """A piece of an answer as the candidate wrote it: under which name, and whether its lines matter."""

    name: str
    text: str
    block: bool


class Solved(NamedTuple):
    """What is told of a part when solutions are released."""

    answer: str
    accepted: tuple[str, ...]
    code: str
    text: Markup


class Marked(NamedTuple):
    """A part as the page shows it."""

    part: VariantPart
    number: str
    text: Markup
    listing: str
    options: tuple[tuple[str, Markup], ...]
    mark: Mark
    score: float | None
    credit: str
    wrote: tuple[Written, ...]
    said: tuple[tuple[bool, tuple[Line, ...]], ...]
    decades: float | None
    printed: str
    comment: str
    solved: Solved | None


class Asked(NamedTuple):
    """A question as the page shows it."""

    number: int
    variant: Variant
    text: Markup
    parts: tuple[Marked, ...]


def feedback(
    paper: Paper,
    sheet: MarkSheet,
    submission: Submission,
    folders: Sequence[Path],
    *,
    scales: Mapping[str, str] | None = None,
    keys: Iterable[Key] = (),
    persons: Mapping[str, Person] | None = None,
    penalty: float = 0.0,
) -> str:
    """Return one candidate's page as HTML that needs no other file and no network.

    Args:
        paper: what the candidate had.
        sheet: the marks.
        submission: the answers as read.
        folders: where templates are looked for, the first that has one wins.
        scales: a part's ref → the scale on which its number was marked.
        keys: with solutions; none, unless the exam releases them.
        persons: by ref, what people decided in nbgrader.
        penalty: points taken off for lateness.

    Raises:
        RenderError: a template is wrong, or a text of the paper has math that cannot be read; with question and part.
    """
    marks = {mark.ref: mark for mark in sheet.marks}
    responses = {response.ref: response for response in submission.responses}
    solved = {key.ref: key for key in keys}
    sections = []
    number = 0
    for section in paper.sections:
        asked = []
        for variant in section.variants:
            number += 1
            parts = tuple(
                _marked(
                    part,
                    f"{number}{letter}",
                    marks[part.ref],
                    responses.get(part.ref),
                    scales or {},
                    solved,
                    persons or {},
                )
                for letter, part in zip(_letters(variant), variant.parts, strict=True)
                if part.ref in marks
            )
            asked.append(Asked(number, variant, _html(variant.text, variant.question), parts))
        sections.append((section.title, _html(section.text, section.title), asked))
    every = [part for _, _, asked in sections for each in asked for part in each.parts]
    return _rendered(
        _same(tuple(folders)),
        paper=paper,
        sections=sections,
        parts=every,
        penalty=penalty,
        **_totals(every, sheet, penalty),
    )


def _totals(parts: Sequence[Marked], sheet: MarkSheet, penalty: float) -> dict[str, Any]:
    changed = any(part.score != part.mark.score for part in parts)
    score = sum(part.score or 0.0 for part in parts) if changed else sheet.score
    return {
        "score": round(max(score - penalty, 0.0), 6),
        "points": sheet.points,
        "waiting": sum(part.score is None for part in parts),
    }


def _marked(
    part: VariantPart,
    number: str,
    mark: Mark,
    response: Response | None,
    scales: Mapping[str, str],
    solved: Mapping[str, Key],
    persons: Mapping[str, Person],
) -> Marked:
    person = persons.get(part.ref, Person())
    score = mark.score if person.score is None else person.score
    key = solved.get(part.ref)
    return Marked(
        part=part,
        number=number,
        text=_html(part.text, part.ref),
        listing=numbered(part.listing) if part.listing and part.options else part.listing or "",
        options=tuple(
            (letter, _inline(option, part.ref)) for letter, option in zip(ascii_uppercase, part.options, strict=False)
        ),
        mark=mark,
        score=score,
        credit=_credit(score, mark),
        wrote=tuple(_wrote(response)),
        said=tuple(_said(mark)),
        decades=_decades(mark, scales.get(part.ref)),
        printed=_plain(mark.detail.get("output")),
        comment=person.comment,
        solved=None if key is None else _solved(part, key),
    )


def _credit(score: float | None, mark: Mark) -> str:
    if score is None:
        return "open"
    return "full" if score >= mark.points else "some" if score > 0 else "none"


def _letters(variant: Variant) -> Sequence[str]:
    ids = [part.id for part in variant.parts]
    if len(ids) == 1:
        return ("",)
    return ids if all(len(name) == 1 for name in ids) else [ascii_lowercase[place % 26] for place in range(len(ids))]


def _wrote(response: Response | None) -> Iterator[Written]:
    """Yield an answer in the candidate's own words, whatever its shape."""
    if response is None or response.state == "blank":
        return
    value = response.value
    if value is None or response.state == "run":
        yield from _block("", response.source)
    elif isinstance(value, dict) and value.keys() <= {"claims", "repair"}:
        yield Written("claims", ", ".join(_plain(claim) for claim in value.get("claims") or ()), False)
        yield from _block("repair", value.get("repair") or "")
    elif isinstance(value, dict):
        for name, text in value.items():
            yield from _block(str(name), text)
    elif isinstance(value, list):
        yield Written("", _cut(", ".join(_plain(item) for item in value)), False)
    else:
        yield from _block("", _plain(value))


def _block(name: str, text: Any) -> Iterator[Written]:
    shown = _plain(text)
    if shown.strip():
        yield Written(name, _cut(shown.strip("\n")), "\n" in shown.strip("\n"))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]} …"


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return f"({', '.join(_plain(item) for item in value)})"
    if isinstance(value, int | float | Fraction) and not isinstance(value, bool):
        try:
            return show_number(value, Field(), digits=12)
        except (ValueError, ArithmeticError):
            return str(value)
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)


_SIGNS: Final = {"✓ ": "passed", "✗ ": "failed", "· ": "neutral"}


def _said(mark: Mark) -> Iterator[tuple[bool, tuple[Line, ...]]]:
    """Yield what the mark says: runs of lines with a sign, which make a list, and of sentences."""
    lines = (line for line in mark.feedback.strip().splitlines() if line.strip())
    signed = (Line(_SIGNS[line[:2]], line[2:]) if line[:2] in _SIGNS else Line("", line) for line in lines)
    for is_list, run in groupby(signed, key=lambda line: bool(line.sign)):
        yield is_list, tuple(run)


def _decades(mark: Mark, scale: str | None) -> float | None:
    error = mark.detail.get("error")
    # where the number is off the band, the mark's own words say by how much
    if scale != "log" or mark.reason in ("near", "far") or not isinstance(error, int | float):
        return None
    return float(error)


def _solved(part: VariantPart, key: Key) -> Solved:
    field = Field(unit=part.unit, whole=part.whole)
    answer = key.answer
    shown = show_number(answer, field, 6) if isinstance(answer, int | float | Fraction) else ""
    accepted = tuple(
        f"{show_number(claim.value, field, 6)} ({claim.name})"
        for claim in key.claims
        if claim.kind == "convention" and isinstance(claim.value, int | float | Fraction)
    )
    text = _html(key.solution, f"the solution of {part.ref}")
    code = key.code.reference.strip("\n") if key.code is not None and not key.solution else ""
    return Solved(shown, accepted, code, text)


def _html(text: str, where: str) -> Markup:
    try:
        return to_html(text)
    except RenderError as error:
        raise RenderError(error.problem, where=where, hint=error.hint) from None


def _inline(text: str, where: str) -> Markup:
    try:
        return to_inline_html(text)
    except RenderError as error:
        raise RenderError(error.problem, where=where, hint=error.hint) from None


@cache
def _same(folders: Folders) -> Folders:
    # equal paths become the same ones, because comparing them costs more than a look into the caches below
    return folders


def _rendered(folders: Folders, **values: Any) -> str:
    name = "feedback/page.html.jinja"
    try:
        return layout(folders, name).render(**values)
    except (jinja2.TemplateError, FormulaError, TypeError, ValueError) as error:
        raise RenderError(explain(error), where=f"templates/{name}") from None

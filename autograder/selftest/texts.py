"""Can every text of a question or an exam be shown and printed? Math that cannot be read is named with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from autograder.errors import BankError, RenderError
from autograder.following import with_used
from autograder.key import keys_of
from autograder.markup.html import to_html
from autograder.markup.math import HAS_MATH, in_its_place
from autograder.markup.templates import render_text
from autograder.markup.typst_text import to_typst
from autograder.model import Alternative, Exam, Part, Question, VariantPart
from autograder.variant import show, with_given
from autograder.yamlsrc import Path_, Source

_Texts = Iterator[tuple[Path_, str]]


def text_problems(question: Question, source: Source, drawn: Iterable[Mapping[str, Any]]) -> Iterator[BankError]:
    """Yield one error for each text that cannot be shown in one of these variants.

    Nothing is looked at where the package that reads math is not installed.

    Args:
        question: whose values were drawn.
        source: the file it was read from.
        drawn: values.
    """
    if not HAS_MATH:
        return
    told: set[Path_] = set()
    for values in drawn:
        for place, text in _texts(question, with_given(question, values)):
            if place not in told:
                for error in _problem(text, place, source):
                    told.add(place)
                    yield error


def exam_text_problems(exam: Exam, source: Source) -> Iterator[BankError]:
    """Yield one error for each text of an exam's own that cannot be shown.

    Args:
        exam: as read.
        source: the file it was read from.
    """
    if not HAS_MATH:
        return
    for place, text in (("instructions",), exam.instructions), (("formula_sheet",), exam.formula_sheet):
        yield from _problem(text, place, source)
    for number, section in enumerate(exam.sections):
        yield from _problem(section.text, ("sections", number, "text"), source)


def _problem(text: str, place: Path_, source: Source) -> Iterator[BankError]:
    try:
        to_html(text)
        to_typst(text)
    except RenderError as error:
        # the line is one of the text as it is shown: a text that loops has others in its file
        placed = in_its_place(error, text, source.place(*place))
        yield BankError(placed.problem, where=placed.where, hint=placed.hint)


def _texts(question: Question, values: dict[str, Any]) -> _Texts:
    """Yield every text of a variant, and of its keys, with the place where it is written."""
    shown, known = show(question, values), with_used(question, values)
    yield ("text",), shown.text
    keys = keys_of(question, values, claims=False, solutions=True)
    for number, (part, own, key) in enumerate(zip(question.parts, shown.parts, keys, strict=True)):
        here = ("parts", number)
        yield (*here, "text"), own.text
        yield (*here, "solution"), key.solution
        yield from _offered(part, own, values, here)
        yield from _tabled(part, own, values, here)
        yield from _told(part, known, here)


def _offered(part: Part, own: VariantPart, values: Mapping[str, Any], here: Path_) -> _Texts:
    if part.input == "code":
        return  # what may be claimed of a listing stands among what is told
    yield from _among(part.options, own.options, values, (*here, "options" if part.options else "items"))
    for text in own.prompts:
        yield (*here, "pairs"), text


def _among(options: Sequence[Alternative], shown: Sequence[str], values: Mapping[str, Any], here: Path_) -> _Texts:
    """Yield options that were drawn and shuffled, each with the place of the one that was written."""
    written = {render_text(option.text, values).strip(): (number, "text") for number, option in enumerate(options)}
    for text in shown:
        yield (*here, *written.get(text.strip(), ())), text


def _tabled(part: Part, own: VariantPart, values: Mapping[str, Any], here: Path_) -> _Texts:
    for heading in (*own.rows, *own.columns):
        yield (*here, "grader"), heading
    for pool in own.pools:
        options, place = part.pools.get(pool.title, part.options), ("pools", pool.title) if pool.title else ("options",)
        yield from _among(options, pool.options, values, (*here, *place))
    for row, cells in enumerate(own.cells):
        for column, cell in enumerate(cells):
            texts = [cell] if isinstance(cell, str) else [cell.given or "", *cell.options]
            yield from (((*here, "cells", row, column), text) for text in texts)


def _told(part: Part, values: Mapping[str, Any], here: Path_) -> _Texts:
    """Yield what markers read, and what candidates are told of their answers."""
    for number, check in enumerate(part.checks):
        yield (*here, "checks", number, "why"), render_text(check.why, values)
    saying: Sequence[tuple[str, Sequence[Any]]] = (
        ("slips", part.slips), ("options", part.options), ("rubric", part.rubric), ("checks", part.checks),
        ("faults", part.faults), ("invented", part.invented),
    )  # fmt: skip
    for field, each in saying:
        for number, own in enumerate(each):
            yield (*here, field, number, "say"), render_text(own.say, values)
    for title, options in part.pools.items():
        for number, option in enumerate(options):
            yield (*here, "pools", title, number, "say"), render_text(option.say, values)
    for row, cells in enumerate(part.cells):
        for column, cell in enumerate(cells):
            if not isinstance(cell, str):
                for name, text in cell.say.items():
                    yield (*here, "cells", row, column, "say", name), render_text(text, values)
                yield from _told(cell, values, (*here, "cells", row, column))


class Unrendered(BankError):
    """A text that cannot be rendered with some values, with its file and line."""


def unrendered(question: Question, source: Source, values: Mapping[str, Any]) -> Unrendered | None:
    """Return which text cannot be rendered with these values, or None where it is none of the texts."""
    parts = [((*("parts", place), "text"), part.text) for place, part in enumerate(question.parts)]
    for path, text in [(("text",), question.text), (("note",), question.note), *parts]:
        try:
            render_text(text, values)
        except RenderError as error:
            shown = ", ".join(f"{name} = {values[name]}" for name in question.params)
            return Unrendered(f"{path[-1]}: {error.problem} when {shown}", where=source.place(*path))
    return None

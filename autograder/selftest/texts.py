"""Can every text of a question be shown on a page and printed? Math that cannot be read is named with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from autograder.errors import BankError, RenderError
from autograder.key import keys_of
from autograder.markup.html import to_html
from autograder.markup.math import HAS_MATH, in_its_place
from autograder.markup.templates import render_text
from autograder.markup.typst_text import to_typst
from autograder.model import Question
from autograder.variant import show, with_given
from autograder.yamlsrc import Path_, Source


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
            try:
                to_html(text)
                to_typst(text)
            except RenderError as error:
                if place not in told:
                    told.add(place)
                    # the line is one of the text as it is shown: a text that loops has others in its file
                    placed = in_its_place(error, text, source.place(*place))
                    yield BankError(placed.problem, where=placed.where, hint=placed.hint)


def unrendered(question: Question, source: Source, values: Mapping[str, Any]) -> BankError | None:
    """Return which text cannot be rendered with these values, or None where it is none of the texts."""
    parts = [((*("parts", place), "text"), part.text) for place, part in enumerate(question.parts)]
    for path, text in [(("text",), question.text), (("note",), question.note), *parts]:
        try:
            render_text(text, values)
        except RenderError as error:
            shown = ", ".join(f"{name} = {values[name]}" for name in question.params)
            return BankError(f"{path[-1]}: {error.problem} when {shown}", where=source.place(*path))
    return None


def _texts(question: Question, values: dict[str, Any]) -> Iterator[tuple[Path_, str]]:
    variant = show(question, values)
    yield ("text",), variant.text
    for number, (part, key) in enumerate(
        zip(variant.parts, keys_of(question, values, claims=False, solutions=True), strict=True)
    ):
        yield ("parts", number, "text"), part.text
        yield ("parts", number, "solution"), key.solution
        for option in part.options:
            yield ("parts", number), option

"""What stands on a paper: sections, questions and parts with their numbers, points and places to answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from string import ascii_lowercase, ascii_uppercase
from typing import Final, Literal, NamedTuple

from autograder.algebra.check import typeset_names
from autograder.coding.listing import asked as asked_of
from autograder.coding.listing import blanks
from autograder.errors import RenderError
from autograder.markup.tables import title_of
from autograder.model import Key, Paper, ShownCell, Variant, VariantPart
from autograder.outline.prose import Prose
from autograder.outline.solved import Solved, number_of, solved

_LIST: Final = re.compile(r"\A\s*(\d*)([-+*.)#>])(?=\s|\Z)")

Face = Literal["paper", "solutions", "guide"]
"""Whom a paper is for: candidates; readers of worked solutions; those who mark."""

_MOST_LINES: Final = 22
"""More than a page would tear a derivation from its question."""

FACES: Final[tuple[Face, ...]] = ("paper", "solutions", "guide")


class Lettered(NamedTuple):
    """An option, or a prompt with its number."""

    letter: str
    text: str


class Cell(NamedTuple):
    """A cell of a table.

    Attributes:
        given: what stands there, or None where it is asked.
        unit: of what is asked.
        input: how it is asked, empty where it is given.
        options: its own; `pool`: the title of the list that it shares, where there are several.
    """

    given: str | None
    unit: str = ""
    input: str = ""
    options: tuple[Lettered, ...] = ()
    pool: str = ""


class Pool(NamedTuple):
    """Options that cells of a table share; the title may be empty."""

    title: str
    options: tuple[Lettered, ...]


class AskedPart(NamedTuple):
    """A part.

    Attributes:
        number: of question and part, as 1a; `letter` is the part's, empty where a question has one part.
        points: as printed; `weight` is the same as a number.
        unit: as printed; empty where there is none to write.
        asked: of code: implement, fill, fix or bughunt.
        lines: of the listing, for each its number, its text, the number of the blank that stands there, and how far
            that is indented.
        words: the most words of a text, 0 where nothing is said.
        symbols: the names that a derivation may use; `room`: the lines that it is given to write on.
        solved: for staff only.
    """

    ref: str
    number: str
    letter: str
    text: str
    input: str
    points: str
    weight: float
    unit: str
    whole: bool
    asked: str
    lines: tuple[tuple[int, str, str, int], ...]
    options: tuple[Lettered, ...]
    prompts: tuple[Lettered, ...]
    words: int
    symbols: str
    room: int
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    pools: tuple[Pool, ...]
    solved: Solved | None


class AskedQuestion(NamedTuple):
    """A question."""

    ref: str
    number: int
    title: str
    text: str
    points: str
    parts: tuple[AskedPart, ...]


class AskedSection(NamedTuple):
    """A section."""

    title: str
    text: str
    points: str
    questions: tuple[AskedQuestion, ...]


class Outline(NamedTuple):
    """A whole paper."""

    exam: str
    title: str
    exam_code: str
    date: str
    duration: int
    instructions: str
    code: str
    points: str
    face: Face
    sections: tuple[AskedSection, ...]
    formula_sheet: str

    def parts(self) -> tuple[AskedPart, ...]:
        """Return the parts of all questions, in order."""
        return tuple(part for section in self.sections for question in section.questions for part in question.parts)


def outline(paper: Paper, keys: Sequence[Key] | None, face: Face) -> Outline:
    """Return what stands on a paper.

    Args:
        paper: what the candidate sees.
        keys: of this paper, for staff; not looked at on a candidate's own paper.
        face: whom it is for.

    Raises:
        RenderError: solutions are wanted and there are no keys, or those of another paper.
    """
    answers: Mapping[str, Key] | None = None
    if face != "paper":
        if keys is None:
            raise RenderError("solutions and marking guides need the keys of the paper", where=paper.code)
        answers = {key.ref: key for key in keys}
    return Outline(
        exam=paper.exam,
        title=paper.title,
        exam_code=paper.exam_code,
        date=paper.date,
        duration=paper.duration or 0,
        instructions=Prose(paper.instructions),
        code=paper.code,
        points=number_of(paper.points),
        face=face,
        sections=tuple(_sections(paper, answers)),
        formula_sheet=Prose(paper.formula_sheet),
    )


def letters_of(variant: Variant) -> Sequence[str]:
    """Return the letter of each part of a question; none where it has only one part."""
    ids = [part.id for part in variant.parts]
    if len(ids) == 1:
        return ("",)
    return ids if all(len(name) == 1 for name in ids) else [ascii_lowercase[place % 26] for place in range(len(ids))]


def _sections(paper: Paper, answers: Mapping[str, Key] | None) -> Iterator[AskedSection]:
    number = 0
    for section in paper.sections:
        questions = []
        for variant in section.variants:
            number += 1
            questions.append(_question(variant, number, answers))
        points = sum(part.points for variant in section.variants for part in variant.parts)
        yield AskedSection(section.title, Prose(section.text), number_of(points), tuple(questions))


def _question(variant: Variant, number: int, answers: Mapping[str, Key] | None) -> AskedQuestion:
    parts = tuple(
        _part(part, number, letter, answers) for part, letter in zip(variant.parts, letters_of(variant), strict=True)
    )
    points = number_of(sum(part.points for part in variant.parts))
    return AskedQuestion(variant.question, number, variant.title, Prose(variant.text), points, parts)


def _part(part: VariantPart, number: int, letter: str, answers: Mapping[str, Key] | None) -> AskedPart:
    if answers is not None and part.ref not in answers:
        raise RenderError("the keys do not belong to this paper: there is none for this part", where=part.ref)
    listing = part.listing or ""
    return AskedPart(
        ref=part.ref,
        number=f"{number}{letter}",
        letter=letter,
        text=Prose(part.text),
        input=part.input,
        points=number_of(part.points),
        weight=part.points,
        unit=_unit(part.unit),
        whole=part.whole,
        asked=asked_of(part.listing, part.options) if part.input == "code" else "",
        lines=_lines(listing),
        options=_lettered(ascii_uppercase, part.options),
        prompts=_lettered([str(place) for place in range(1, len(part.prompts) + 1)], part.prompts),
        words=part.words or 0,
        symbols=Prose(_symbols(part)),
        room=min(max(ceil(3 * part.points), 6), _MOST_LINES) if part.input == "derivation" else 0,
        rows=tuple(map(_in_line, part.rows)),
        columns=tuple(map(_in_line, part.columns)),
        cells=tuple(tuple(_cell(cell, place, part) for place, cell in enumerate(row)) for row in part.cells),
        pools=tuple(Pool(pool.title, _lettered(ascii_uppercase, pool.options)) for pool in part.pools),
        solved=None if answers is None else solved(answers[part.ref]),
    )


def _symbols(part: VariantPart) -> str:
    if part.input != "derivation" or part.declared is None:
        return ""
    names = typeset_names(part.declared.model_dump(exclude={"only"}))
    return ", ".join(f"${name}$" for name in names)


def _unit(unit: str | None) -> str:
    return "" if unit in (None, "count", "probability") else unit


def _lettered(letters: Sequence[str], texts: Sequence[str]) -> tuple[Lettered, ...]:
    return tuple(Lettered(letter, Prose(text)) for letter, text in zip(letters, texts, strict=False))


def _lines(listing: str) -> tuple[tuple[int, str, str, int], ...]:
    if not listing.strip():
        return ()
    left_out = {blank.line: (blank.number, len(blank.indent.expandtabs(4))) for blank in blanks(listing)}
    lines = listing.rstrip("\n").split("\n")
    return tuple((number, line.expandtabs(4), *left_out.get(number, ("", 0))) for number, line in enumerate(lines, 1))


def _cell(cell: str | ShownCell, column: int, part: VariantPart) -> Cell:
    if isinstance(cell, str) or cell.given is not None:
        return Cell(_in_line(cell if isinstance(cell, str) else cell.given or ""))
    options = _lettered(ascii_uppercase, cell.options)
    return Cell(None, _unit(cell.unit), cell.input, options, title_of(cell, column, part))


def _in_line(text: str) -> Prose:
    # a dash alone, or 1. alone, is no list in a table
    return Prose(_LIST.sub(r"\1\\\2", text))

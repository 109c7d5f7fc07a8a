"""Write a paper as one HTML page: math as MathML, no script, no request, for phones, paper, dark rooms and readers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import jinja2
from markupsafe import Markup

from autograder.errors import RenderError
from autograder.formula import FormulaError
from autograder.kinds import format
from autograder.markup.fence import explain
from autograder.markup.html import to_html, to_inline_html
from autograder.markup.math import in_its_place
from autograder.markup.mathfont import with_math_font
from autograder.markup.templates import layout
from autograder.markup.words import words
from autograder.model import Key, Paper
from autograder.outline.paper import AskedPart, AskedQuestion, AskedSection, Cell, Face, Lettered, Outline, outline
from autograder.outline.solved import Named, Solved
from autograder.resources import template_folders
from autograder.store import write_bytes

_PAGE: Final = "html/page.html.jinja"

Folders = tuple[Path, ...]


@format
def html(paper: Paper, keys: tuple[Key, ...] | None, folder: Path, face: Face = "paper") -> list[Path]:
    """Write `<folder>/<exam>.html`, or `<exam>_solutions.html` and `<exam>_guide.html` for staff.

    Args:
        paper: what the candidate sees.
        keys: of this paper, with solutions; not looked at on a candidate's own paper.
        folder: where to write; made when missing.
        face: whom it is for.

    Returns:
        The one file.

    Raises:
        RenderError: a text has math that cannot be read, with the part; or a template is wrong or has no place to
            answer for an input.
    """
    folders = _same(tuple(template_folders(Path.cwd())))
    path = folder / f"{paper.exam if face == 'paper' else f'{paper.exam}_{face}'}.html"
    write_bytes(path, with_math_font(page_of(outline(paper, keys, face), folders), folders))
    return [path]


def page_of(shown: Outline, folders: Folders) -> str:
    """Return the page; errors as for `html`."""
    about = shown._replace(
        sections=(),
        instructions=_html(shown.instructions, f"the instructions of {shown.exam}"),
        formula_sheet=_html(shown.formula_sheet.strip(), f"the formula sheet of {shown.exam}"),
    )
    sections = [_section(section) for section in shown.sections]
    try:
        return layout(folders, _PAGE).render(about=about, sections=sections, face=shown.face, words=words(folders))
    except (jinja2.TemplateError, FormulaError, TypeError, ValueError) as error:
        raise RenderError(explain(error), where=f"templates/{_PAGE}") from None


def _section(section: AskedSection) -> AskedSection:
    questions = tuple(map(_question, section.questions))
    return section._replace(text=_html(section.text, section.title), questions=questions)


def _question(question: AskedQuestion) -> AskedQuestion:
    return question._replace(text=_html(question.text, question.ref), parts=tuple(map(_part, question.parts)))


def _part(part: AskedPart) -> AskedPart:
    where = part.ref
    return part._replace(
        text=_html(part.text, where),
        options=_lettered(part.options, where),
        prompts=_lettered(part.prompts, where),
        symbols=_inline(part.symbols, where),
        rows=tuple(_inline(heading, where) for heading in part.rows),
        columns=tuple(_inline(heading, where) for heading in part.columns),
        cells=tuple(tuple(_cell(cell, where) for cell in row) for row in part.cells),
        pools=tuple(pool._replace(options=_lettered(pool.options, where)) for pool in part.pools),
        solved=None if part.solved is None else _solved(part.solved, f"the solution of {where}"),
    )


def _cell(cell: Cell, where: str) -> Cell:
    if cell.given is None:
        return cell._replace(options=_lettered(cell.options, where)) if cell.options else cell
    return cell._replace(given=_inline(cell.given, where))


def _lettered(options: tuple[Lettered, ...], where: str) -> tuple[Lettered, ...]:
    return tuple(Lettered(option.letter, _inline(option.text, where)) for option in options)


def _solved(own: Solved, where: str) -> Solved:
    return own._replace(
        answer=_inline(own.answer, where),
        accepted=tuple(_named(each, where) for each in own.accepted),
        slips=tuple(_named(each, where) for each in own.slips),
        worth=tuple(each._replace(say=_inline(each.say, where), why=_inline(each.why, where)) for each in own.worth),
        cells=tuple(tuple(_inline(cell, where) for cell in row) for row in own.cells),
        text=_html(own.text, where),
    )


def _named(each: Named, where: str) -> Named:
    return each._replace(value=_inline(each.value, where), say=_inline(each.say, where))


def _html(text: str, where: str) -> Markup:
    try:
        return to_html(text)
    except RenderError as error:
        raise in_its_place(error, text, where) from None


def _inline(text: str, where: str) -> Markup:
    try:
        return to_inline_html(text)
    except RenderError as error:
        raise in_its_place(error, text, where) from None


@cache
def _same(folders: Folders) -> Folders:
    # equal paths become the same ones, because comparing them costs more than a look into the caches below
    return folders

"""Write a paper as a PDF: set by Typst with its own fonts, no LaTeX, no network. The same paper gives the same bytes.

The paper is handed to the functions of templates/paper/ as data. Texts of authors are markup in which every character
that could be a command is escaped; everything else is a string.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from autograder.errors import RenderError
from autograder.kinds import format
from autograder.markup.math import in_its_place
from autograder.markup.squares import squares
from autograder.markup.typst_pages import Files, pages
from autograder.markup.typst_text import to_typst, typst_string
from autograder.markup.words import words
from autograder.model import Key, Paper
from autograder.outline.paper import AskedPart, AskedQuestion, AskedSection, Face, Outline, outline
from autograder.outline.prose import Prose
from autograder.resources import template_folders
from autograder.store import write_bytes

TEMPLATES: Final = ("page.typ", "inputs.typ", "solution.typ", "paper.typ")
"""Below templates/paper/."""

LONG: Final = 34
"""Lines from which a part may be broken between two pages."""

_SPARE_PAGES: Final = 2
_TOO_FEW: Final = "there are too few squares"


@format
def pdf(paper: Paper, keys: tuple[Key, ...] | None, folder: Path, face: Face = "paper") -> list[Path]:
    """Write `<folder>/<exam>.pdf`, or `<exam>_solutions.pdf` and `<exam>_guide.pdf` for staff.

    Args:
        paper: what the candidate sees.
        keys: of this paper, with solutions; not looked at on a candidate's own paper.
        folder: where to write; made when missing.
        face: whom it is for.

    Returns:
        The one file.

    Raises:
        RenderError: a text has math that cannot be set, with the part; or a template is wrong.
    """
    name = paper.exam if face == "paper" else f"{paper.exam}_{face}"
    path = folder / f"{name}.pdf"
    write_bytes(path, _printed(outline(paper, keys, face), tuple(template_folders(Path.cwd()))))
    return [path]


def pictures(shown: Outline, folders: tuple[Path, ...], ppi: float = 144) -> list[bytes]:
    """Return the pages of a paper as PNG pictures; arguments and errors as for `source_of`."""
    return pages(source_of(shown, folders), root_of(folders), "png", ppi)


def source_of(shown: Outline, folders: tuple[Path, ...], marked: int = 99) -> Files:
    """Return a paper as Typst's source.

    Args:
        shown: what stands on it.
        folders: where templates are looked for, the first that has one wins.
        marked: how many pages there are squares for.

    Raises:
        RenderError: a text has math that cannot be set, or a template is missing.
    """
    data = typst_string(json.dumps(_paper(shown, marked), ensure_ascii=False))
    return _given(folders, shown.face) | {"main.typ": f'#import "paper.typ": paper\n#paper(json(bytes({data})))\n'}


def root_of(folders: tuple[Path, ...]) -> Path:
    """Return the folder of the templates; what a course's own show, a crest for example, lies there too."""
    return next(folder / "paper" for folder in folders if (folder / "paper").is_dir())


def _printed(shown: Outline, folders: tuple[Path, ...]) -> bytes:
    # the number of pages is known when they are set, and squares for pages that never come take time
    marked = _SPARE_PAGES + 2 * len(shown.parts()) // 3
    while True:
        try:
            return pages(source_of(shown, folders, marked), root_of(folders), "pdf")[0]
        except RenderError as error:
            if _TOO_FEW not in error.problem:
                raise
            marked *= 2


@lru_cache(maxsize=32)
def _given(folders: tuple[Path, ...], face: Face) -> dict[str, str]:
    """Return what does not lie in the templates' folder: words, and templates that a course leaves as they are."""
    catalogue = ",".join(f"{name}:{typst_string(word)}" for name, word in words(folders).items())
    given = {"given.typ": f"#let words = ({catalogue})\n#let face = {typst_string(face)}\n"}
    for name in TEMPLATES:
        path = next((folder / "paper" / name for folder in folders if (folder / "paper" / name).is_file()), None)
        if path is None:
            raise RenderError(f"there is no template 'paper/{name}'")
        if path.parent != root_of(folders):
            given[name] = path.read_text(encoding="utf-8")
    return given


def _paper(shown: Outline, marked: int) -> dict[str, Any]:
    titles = {"title": shown.title, "exam-code": shown.exam_code, "code": shown.code}
    listed = [
        (str(question.number), question.title, question.points)
        for section in shown.sections
        for question in section.questions
    ]
    cover = {
        **titles,
        "date": shown.date,
        "duration": shown.duration,
        "points": shown.points,
        "questions": listed,
        "instructions": _text(shown.instructions, f"the instructions of {shown.exam}"),
    }
    sheet = shown.formula_sheet.strip()
    return {
        "title": shown.title,
        "margins": titles | {"squares": squares(shown.code, marked) if shown.face == "paper" else ()},
        "cover": cover,
        "sections": [_section(section) for section in shown.sections],
        "formula_sheet": _text(sheet, f"the formula sheet of {shown.exam}") if sheet else None,
    }


def _section(section: AskedSection) -> dict[str, Any]:
    return {
        "title": section.title,
        "points": section.points,
        "text": _text(section.text, section.title),
        "questions": [_question(question) for question in section.questions],
    }


def _question(question: AskedQuestion) -> dict[str, Any]:
    return {
        "number": question.number,
        "title": question.title,
        "points": question.points,
        "text": _text(question.text, question.ref),
        "parts": [{**_data(part, part.ref), "long": _is_long(part)} for part in question.parts],
    }


def _is_long(part: AskedPart) -> bool:
    return len(part.lines) + len(part.options) + len(part.text) // 90 >= LONG


def _data(value: Any, where: str) -> Any:
    """Return a value as JSON has it; `where` is for the errors of its texts."""
    match value:
        case Prose():
            return _text(value, where)
        case None | str() | bool() | int() | float():
            return value
        case Mapping():
            return {name: _data(each, where) for name, each in value.items()}
    if hasattr(value, "_asdict"):
        return _data(value._asdict(), where)
    return [_data(each, where) for each in value]


def _text(text: str, where: str) -> dict[str, str]:
    try:
        return {"markup": to_typst(text)}
    except RenderError as error:
        raise in_its_place(error, text, where) from None

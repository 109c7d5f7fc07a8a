"""Write a paper as a PDF: set by Typst with its own fonts, no LaTeX, no network. The same paper gives the same bytes.

The paper is handed to the functions of templates/paper/ as Typst's own values. Texts of authors are markup in which
every character that could be a command is escaped; everything else is a quoted string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import segno
import typst

from autograder.errors import RenderError
from autograder.kinds import format
from autograder.markup.math import in_its_place
from autograder.markup.typst_text import to_typst, typst_string
from autograder.markup.words import words
from autograder.model import Key, Paper
from autograder.outline.paper import AskedPart, Face, Outline, outline
from autograder.outline.prose import Prose
from autograder.resources import template_folders
from autograder.store import write_bytes

TEMPLATES: Final = ("page.typ", "inputs.typ", "solution.typ", "paper.typ")
"""Below templates/paper/, in the order in which they are read."""

LONG: Final = 34
"""Lines from which a part may be broken between two pages."""

_SPARE_PAGES: Final = 2
_TOO_FEW: Final = "there are too few squares"
_DARK: Final = re.compile(b"\x01+")


class _TooFewError(Exception):
    """The paper has more pages than there are squares for."""


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


def pictures(source: str, ppi: float = 144) -> list[bytes]:
    """Return the pages of a source as PNG pictures.

    Raises:
        RenderError: a template is wrong.
    """
    return _compiled(source, "png", ppi)


def source_of(shown: Outline, folders: tuple[Path, ...], pages: int = 99) -> str:
    """Return a paper as Typst's source, its templates included.

    Args:
        shown: what stands on it.
        folders: where templates are looked for, the first that has one wins.
        pages: how many pages there are squares for.

    Raises:
        RenderError: a text has math that cannot be set, or a template is missing.
    """
    return "\n".join([_templates(folders, shown.face), *_document(shown, pages)])


def _printed(shown: Outline, folders: tuple[Path, ...]) -> bytes:
    # the number of pages is known when they are set; squares for pages that never come would take half the time
    pages = _SPARE_PAGES + 2 * len(shown.parts()) // 3
    while True:
        try:
            return _compiled(source_of(shown, folders, pages), "pdf")[0]
        except _TooFewError:
            pages *= 2


def _document(shown: Outline, pages: int) -> Iterator[str]:
    codes = tuple(_qr(f"{shown.code}/{page}") for page in range(1, pages + 1)) if shown.face == "paper" else ()
    head = {"title": shown.title, "exam-code": shown.exam_code, "code": shown.code, "qrs": codes}
    yield f"#show: paper-page.with(..{_value(head, shown.code)})"
    about = shown._asdict() | {
        "exam-code": shown.exam_code,
        "questions": [
            (str(question.number), question.title, question.points)
            for section in shown.sections
            for question in section.questions
        ],
        "sections": (),
        "formula_sheet": "",
    }
    yield f"#cover({_value(about, 'the instructions')})"
    for section in shown.sections:
        yield f"#section({_arguments(section.title, section.title, section.points, section.text)})"
        for each in section.questions:
            yield f"#question({_arguments(each.ref, each.number, each.title, each.points, len(each.parts), each.text)})"
            for part in each.parts:
                yield f"#part({_value(part._asdict() | {'long': _is_long(part)}, part.ref)})"
    if shown.formula_sheet.strip():
        yield f"#formula-sheet({_value(shown.formula_sheet, 'the formula sheet')})"


def _is_long(part: AskedPart) -> bool:
    return len(part.lines) + len(part.options) + len(part.text) // 90 >= LONG


def _arguments(where: str, *values: Any) -> str:
    return ",".join(_value(value, where) for value in values)


def _value(value: Any, where: str) -> str:
    """Return a value in Typst's code; `where` is for the errors of its texts."""
    match value:
        case Prose():
            return f"[{_prose(value, where)}]"
        case str():
            return typst_string(value)
        case bool():
            return "true" if value else "false"
        case None:
            return "none"
        case int() | float():
            return repr(value)
        case Mapping():
            inner = ",".join(f"{name}:{_value(each, where)}" for name, each in value.items())
            return f"({inner or ':'})"
    if hasattr(value, "_asdict"):
        return _value(value._asdict(), where)
    return f"({''.join(_value(each, where) + ',' for each in value)})"


def _prose(text: str, where: str) -> str:
    try:
        return to_typst(text)
    except RenderError as error:
        raise in_its_place(error, text, where) from None


def _qr(text: str) -> str:
    # a fixed mask spares the search for the best one, which no reader needs; segno's own SVG takes longer than its code
    rows = segno.make(text, error="q", mask=3, micro=False).matrix
    dark = "".join(
        f"M{run.start() + 2} {number + 2}h{run.end() - run.start()}v1h{run.start() - run.end()}z"
        for number, row in enumerate(rows)
        for run in _DARK.finditer(row)
    )
    size = len(rows) + 4
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{dark}"/></svg>'


@lru_cache(maxsize=32)
def _templates(folders: tuple[Path, ...], face: Face) -> str:
    catalogue = ",".join(f"{name}:{typst_string(word)}" for name, word in words(folders).items())
    texts = [f"#let words = ({catalogue})", f"#let face = {typst_string(face)}"]
    for name in TEMPLATES:
        path = next((folder / "paper" / name for folder in folders if (folder / "paper" / name).is_file()), None)
        if path is None:
            raise RenderError(f"there is no template 'paper/{name}'")
        texts.append(path.read_text(encoding="utf-8"))
    return "\n".join(texts)


def _compiled(source: str, format: Literal["pdf", "png"], ppi: float | None = None) -> list[bytes]:
    try:
        made = _compiler(_root()).compile(source.encode(), format=format, ppi=ppi, timestamp=0)
    except typst.TypstError as error:
        if _TOO_FEW in error.message:
            raise _TooFewError from None
        raise RenderError(
            " ".join(error.message.split()),
            where="templates/paper",
            hint=" ".join(error.hints) or error.diagnostic[-800:],
        ) from None
    return made if isinstance(made, list) else [made or b""]


def _root() -> Path:
    # what a course's own templates may show, a crest for example, lies beside them
    return next(folder / "paper" for folder in template_folders(Path.cwd()) if (folder / "paper").is_dir())


@lru_cache(maxsize=4)
def _compiler(root: Path) -> typst.Compiler:
    return typst.Compiler(root=root, font_paths=typst.Fonts(include_system_fonts=False))

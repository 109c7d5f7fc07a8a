"""Read the cells of a returned notebook, whatever editor, version or accident it went through."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from autograder.errors import SubmissionError
from autograder.model import VariantPart
from autograder.returned.rescue import ZIP, unzipped, whole_cells

MAX_OUTPUT: Final = 2_000
"""Characters of a cell's output that are kept for a person to look at."""

MAX_CELLS: Final = 5_000
MAX_SOURCE: Final = 1_000_000
"""Cells of a notebook, and characters in them, that are read: a paper has some dozens of cells."""

MAX_ENTRIES: Final = 1_000_000
"""Commas in a file. Each entry may cost a hundred bytes when it is read: 64 MiB of empty lists cost gigabytes."""

NO_NOTEBOOK: Final = "this is not a Jupyter notebook"
_ASK_AGAIN: Final = "open it, or ask for it again"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        kind: `code`, `markdown` or `raw`.
        name: its grade_id, or an empty text.
        points: those that its metadata state, if they are a number.
        id: the cell's own, which an editor may keep where it drops the metadata.
    """

    kind: str
    source: str
    name: str
    points: float | None
    output: str
    id: str


@dataclass(frozen=True, slots=True)
class Notebook:
    """What could be read of a notebook.

    Attributes:
        code: the paper code in its metadata, if there is one.
        whole: nothing of it is lost.
        flags: what staff should know of the file.
    """

    cells: tuple[Cell, ...]
    code: str | None
    whole: bool
    flags: tuple[str, ...]


def read_notebook(content: bytes, where: str) -> Notebook:
    """Read a notebook: of format 4 or 3, in any encoding of Unicode, in an archive, or what is whole of a broken one.

    Raises:
        SubmissionError: there is no cell in it.
    """
    flags: list[str] = []
    if content.startswith(ZIP):
        found = unzipped(content)
        if found is None or found[1].startswith(ZIP):
            raise SubmissionError(
                "this is an archive without exactly one notebook", where=where, hint="unpack it, or ask for it again"
            )
        flags.append(f"the file is an archive; what was read is {_shown(found[0])} in it")
        content = found[1]
    if not content.strip(b"\0 \t\r\n"):
        raise SubmissionError("the file is empty", where=where, hint="ask for it again")
    if content.count(b",") > MAX_ENTRIES:
        raise SubmissionError(
            f"the file has more than {MAX_ENTRIES:,} entries, as no notebook has",
            where=where,
            hint="clear its outputs, or ask for it again",
        )
    data, whole = _parsed(content, flags)
    cells = list(_bounded((_cell(raw) for raw in _cells_in(data, flags) if isinstance(raw, dict)), flags))
    if data is None or (not cells and _at(data, "cells") != []):
        raise SubmissionError(_looks_like(content), where=where, hint=_ASK_AGAIN)
    code = text_of(_at(data, "metadata", "tenfold", "code")) or None
    return Notebook(tuple(cells), code, whole, tuple(flags))


def savable(text: str) -> str:
    """Return a text that a file can hold: half of a surrogate pair is valid JSON and valid Python, but no file can."""
    return text.encode(errors="replace").decode()


def text_of(value: Any) -> str:
    """Return a text, or the lines of a list as one; what is neither is no text."""
    if type(value) is str and value.isascii():
        return value  # nearly every text of a class is this one
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return savable(value) if isinstance(value, str) else ""


def _parsed(content: bytes, flags: list[str]) -> tuple[Any, bool]:
    """Return the data of a file and whether it is whole; None where not one cell could be taken out of it."""
    try:
        return json.loads(content), True
    except UnicodeDecodeError:
        flags.append("the file is not in Unicode throughout: some characters are lost")
        text = content.decode(errors="replace")
    except (ValueError, RecursionError):
        text = content.decode(json.detect_encoding(content), errors="replace")
    try:
        return json.loads(text, strict=False), True
    except (ValueError, RecursionError):
        pass
    cells = whole_cells(text)
    if not cells:
        return None, False
    flags.append(f"the file is damaged: {len(cells)} cells could be read whole, and only these were marked")
    return {"cells": cells, "nbformat": 4}, False


def _cells_in(data: Any, flags: list[str]) -> Iterator[Any]:
    if not isinstance(data, dict):
        return
    version = data.get("nbformat")
    if version != 4:
        flags.append(f"the notebook says format {_shown(version)}, where format 4 was handed out")
    cells = data.get("cells")
    yield from cells if isinstance(cells, list) else ()
    # format 3 and older
    sheets = data.get("worksheets")
    for sheet in sheets if isinstance(sheets, list) else ():
        inner = _at(sheet, "cells")
        yield from inner if isinstance(inner, list) else ()


def _bounded(cells: Iterable[Cell], flags: list[str]) -> Iterator[Cell]:
    room = MAX_SOURCE
    for number, cell in enumerate(cells):
        room -= len(cell.source)
        if number >= MAX_CELLS or room < 0:
            flags.append(f"the notebook is far larger than was handed out, and only its first {number} cells were read")
            return
        yield cell


def _cell(raw: Mapping[str, Any]) -> Cell:
    kind = text_of(raw.get("cell_type"))
    source = text_of(raw.get("source") if "source" in raw else raw.get("input"))
    own = _at(raw, "metadata", "nbgrader")
    points = _at(own, "points")
    known = float(points) if isinstance(points, int | float) and abs(points) < 1e9 else None
    return Cell(
        kind, source, text_of(_at(own, "grade_id")), known, _outputs(raw.get("outputs")), text_of(raw.get("id"))
    )


def _outputs(outputs: Any) -> str:
    kept: list[str] = []
    room = MAX_OUTPUT
    for output in outputs if isinstance(outputs, list) else ():
        shown = _output(output, room) if isinstance(output, dict) else ""
        kept.append(shown)
        room -= len(shown) + 1
        if room <= 0:
            break
    return "\n".join(kept)[:MAX_OUTPUT]


def _output(output: Mapping[str, Any], room: int) -> str:
    # the beginning is enough: there may be megabytes of it
    text = output.get("text") or _at(output, "data", "text/plain")
    return text_of(text[:room] if isinstance(text, str | list) else text)


def _at(data: Any, *path: str) -> Any:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def _looks_like(content: bytes) -> str:
    begin = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if begin.startswith((b"<!doctype", b"<html")):
        return f"{NO_NOTEBOOK} but a web page"
    return f"{NO_NOTEBOOK} (nbformat 4)"


def shown(text: str, most: int = 60) -> str:
    """Return the beginning of a text that a candidate wrote, fit for a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in savable(text[:most]))


def _shown(value: Any) -> str:
    return shown(repr(value) if isinstance(value, str | int | float | None) else type(value).__name__, 40)


def is_added(cell: Cell) -> bool:
    """Return whether a cell is a candidate's own, in a file that still has the names by which ours are known."""
    return not cell.name and "--" not in cell.id and not cell.id.endswith("-text")


def added_below(part: VariantPart, cells: Sequence[Cell]) -> str:
    """Return the Markdown cells that a candidate put between the text of a part and what follows its own cells."""
    place = next((n for n, cell in enumerate(cells, 1) if cell.id == f"{part.ref}-text"), None)
    if place is None:
        return ""
    own = {part.ref, f"{part.ref}_answer"}
    near = takewhile(lambda cell: cell.name in own or is_added(cell), cells[place:])
    return "\n\n".join(cell.source for cell in near if cell.kind == "markdown" and not cell.name)

"""Show marks in a returned notebook: its check cells carry scores and feedback, whatever else the file contains.

What nbgrader reads later (feedback, formgrader) must be a valid notebook with the release's own locked cells, so a
returned file is rebuilt cell by cell and nothing in it is trusted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from autograder.model import Mark, MarkSheet

MAX_CELLS: Final = 2_000
"""Cells of a returned notebook that are shown; the others are left out."""

MAX_SOURCE: Final = 200_000
"""Characters of a cell that are shown."""

_TYPES: Final = ("code", "markdown", "raw")

Cell = dict[str, Any]

_json = json.JSONEncoder(ensure_ascii=False).encode


def outputs_of(mark: Mark) -> list[Cell]:
    """Return the outputs that say a mark in a check cell.

    A graded part has its feedback and, as the cell's result, a plain float within range: in any other form nbgrader
    would give all points. A part that waits for a person has a line on stderr instead: should anything but our own
    preprocessor read the cell, that line gives 0, where an empty output would give all points.
    """
    said = mark.feedback.strip()
    if mark.score is None:
        return [_stream("stderr", f"A person marks this part.\n{said}\n" if said else "A person marks this part.\n")]
    score = min(max(float(mark.score), 0.0), float(mark.points))
    result = {
        "output_type": "execute_result", "execution_count": None, "metadata": {}, "data": {"text/plain": repr(score)},
    }  # fmt: skip
    return [_stream("stdout", f"{said}\n"), result] if said else [result]


def rubric_of(mark: Mark) -> str:
    """Return, as Markdown, what a marker needs below an answer that waits for a person; empty where nothing does."""
    points = mark.detail.get("rubric") or () if mark.state == "manual" else ()
    lines = [f"- **{point['points']:g}** {point['say']}" for point in points]
    return (
        "\n".join([f"**For the marker** ({mark.points:g} points): {mark.feedback}".rstrip(": "), "", *lines])
        if lines
        else ""
    )


def with_rubrics(cells: Iterable[Cell], marks: Iterable[Mark], make: Callable[[str], Cell]) -> list[Cell]:
    """Return a notebook's cells with a Markdown cell below each answer that a person marks by a rubric.

    Args:
        cells: with metadata.
        marks: of the notebook's parts.
        make: makes a Markdown cell of a text.
    """
    rubrics = {mark.ref: text for mark in marks if (text := rubric_of(mark))}
    found: list[Cell] = []
    for cell in cells:
        found.append(cell)
        own = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "markdown" and own.get("grade_id") in rubrics:
            found.append(make(rubrics[own["grade_id"]]))
    return found


def graded_notebook(returned: bytes | None, release: Mapping[str, Any], sheet: MarkSheet) -> bytes:
    """Return a candidate's notebook with the marks in it.

    Args:
        returned: the file as it came back; where it is no notebook, or None, the release's cells stand in for it.
        release: the released notebook; its locked cells replace the candidate's, missing ones are added at the end.
        sheet: the marks.

    Returns:
        A notebook as JSON, nbformat 4.5, the same bytes for the same arguments.
    """
    known = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in release["cells"] if "nbgrader" in cell["metadata"]
    }
    shown = {mark.ref: outputs_of(mark) for mark in sheet.marks}
    cells = _with_known(list(_cells_in(returned)), known) or [_blank(cell) for cell in release["cells"]]
    if returned is None:
        # prose that came in a file of answers is shown where it would stand in a notebook
        texts = {mark.ref: mark.read for mark in sheet.marks if isinstance(mark.read, str)}
        for cell in cells:
            if cell["cell_type"] == "markdown":
                cell["source"] = texts.get(cell["metadata"].get("nbgrader", {}).get("grade_id"), cell["source"])
    cells = with_rubrics(cells, sheet.marks, _prose)
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
        own = cell["metadata"].get("nbgrader", {})
        if own.get("grade") and cell["cell_type"] == "code":
            cell["outputs"] = shown.get(own["grade_id"], [])
    metadata = dict(release["metadata"]) | {"tenfold": {"exam": sheet.exam, "code": sheet.code}}
    # a line a cell: indented, it would take the encoder that is written in Python
    lines = ",\n".join(map(_json, cells))
    content = f'{{"cells": [\n{lines}\n],\n"metadata": {_json(metadata)}, "nbformat": 4, "nbformat_minor": 5}}\n'
    return content.encode()


def _with_known(cells: list[Cell], known: Mapping[str, Cell]) -> list[Cell]:
    if not cells:
        return []
    kept: list[Cell] = []
    seen: set[str] = set()
    # from the end, because nbgrader too takes the last cell where a grade_id stands twice
    for cell in reversed(cells):
        name = cell.pop("grade_id")
        if name in known and name not in seen:
            seen.add(name)
            released = known[name]
            source = released["source"] if released["metadata"]["nbgrader"]["locked"] else cell["source"]
            kept.append(_blank(released) | {"source": source})
        else:
            kept.append(cell)
    return kept[::-1] + [_blank(cell) for name, cell in known.items() if name not in seen]


def _cells_in(returned: bytes | None) -> Iterator[Cell]:
    try:
        content = json.loads(returned or b"")
    except (ValueError, RecursionError):
        return
    cells = content.get("cells") if isinstance(content, dict) else None
    for cell in cells[:MAX_CELLS] if isinstance(cells, list) else ():
        if isinstance(cell, dict) and cell.get("cell_type") in _TYPES:
            blank = _blank({"cell_type": cell["cell_type"], "metadata": {}, "source": _text(cell.get("source"))})
            yield blank | {"grade_id": _grade_id(cell)}


def _blank(cell: Mapping[str, Any]) -> Cell:
    ran: Cell = {"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {}
    return {"cell_type": cell["cell_type"], "id": "", "metadata": cell["metadata"], "source": cell["source"]} | ran


def _prose(text: str) -> Cell:
    return {"cell_type": "markdown", "id": "", "metadata": {}, "source": text}


def _grade_id(cell: Cell) -> str | None:
    metadata = cell.get("metadata")
    own = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = own.get("grade_id") if isinstance(own, dict) else None
    return name if isinstance(name, str) else None


def _text(source: Any) -> str:
    text = "".join(line for line in source if isinstance(line, str)) if isinstance(source, list) else source
    # half of a surrogate pair is valid JSON, but no file can hold it
    return text[:MAX_SOURCE].encode(errors="replace").decode() if isinstance(text, str) else ""


def _stream(name: str, text: str) -> Cell:
    return {"output_type": "stream", "name": name, "text": text}

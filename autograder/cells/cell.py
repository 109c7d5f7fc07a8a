"""A notebook's cell as JSON, written without nbformat's objects, which take ten times as long."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import jinja2

from autograder.errors import RenderError
from autograder.formula import FormulaError
from autograder.markup.fence import explain
from autograder.markup.templates import layout
from autograder.markup.words import words

as_json = json.JSONEncoder(ensure_ascii=False).encode

Cell = str
"""A cell as JSON: cells that are the same in every variant are written once."""

Folders = tuple[Path, ...]
"""Where templates are looked for."""


def rendered(folders: Folders, name: str, **values: Any) -> str:
    """Return what a template of the notebook gives.

    Raises:
        RenderError: it is missing or wrong.
    """
    path = f"notebook/{name}.jinja"
    try:
        return layout(folders, path).render(**values, words=words(folders))
    except (jinja2.TemplateError, FormulaError, TypeError, ValueError) as error:
        raise RenderError(explain(error), where=f"templates/{path}") from None


def markdown_cell(name: str, source: str, metadata: dict[str, Any] | None = None) -> Cell:
    """Return a Markdown cell."""
    text, about = as_json(source.strip()), as_json(metadata) if metadata else "{}"
    return f'{{"cell_type": "markdown", "id": {as_json(cell_id(name))}, "metadata": {about}, "source": {text}}}'


def code_cell(name: str, source: str, metadata: dict[str, Any]) -> Cell:
    """Return a code cell that was not run."""
    shared: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "id": cell_id(name),
        "metadata": metadata,
        "outputs": [],
    }
    return as_json(shared | {"source": source})


def cell_id(name: str) -> str:
    """Return a cell's id: its name, cut to the 64 characters that nbformat allows."""
    return name if len(name) <= 64 else f"{name[:47]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def plain_number(value: float) -> int | float:
    """Return points as they are written: 2, not 2.0."""
    return int(value) if value == int(value) else value


def nbgrader_metadata(grade_id: str, *, locked: bool) -> dict[str, Any]:
    """Return what nbgrader keeps of a cell: a locked one of ours is graded, an open one is answered in."""
    flags = {"grade": locked, "locked": locked, "solution": not locked, "task": False}
    return {"schema_version": 3, "grade_id": grade_id} | flags

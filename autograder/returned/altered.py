"""Tell how a returned notebook differs from what was handed out, where a candidate had nothing to change.

A locked cell has no say in a mark, so that what is told here is for staff to look at and changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

from autograder.errors import SubmissionError
from autograder.formats.notebook import HandedOut, written
from autograder.model import Paper
from autograder.returned.cells import Cell, read_notebook

MAX_NAMED: Final = 5
"""Cells that a flag names; of the others it gives the number."""

MAX_PLACED: Final = 500
"""Cells without names whose places are compared with the paper's."""


def named(cells: Iterable[Cell], given: Mapping[str, HandedOut], paper: Paper) -> list[Cell]:
    """Return the cells, those whose metadata an editor dropped with the name that their id or their place tells.

    Args:
        cells: of the returned notebook.
        given: the cells of the paper that have names.
        paper: which was handed out.
    """
    ids = {cell.id: name for name, cell in given.items()}
    found = [cell if cell.name or cell.id not in ids else replace(cell, name=ids[cell.id]) for cell in cells]
    return found if any(cell.name in given for cell in found) else _by_place(found, paper)


def _by_place(cells: list[Cell], paper: Paper) -> list[Cell]:
    """Name cells by what stands before and after them in the paper, where an editor dropped names and ids of all."""
    were = read_notebook(written(paper).encode(), paper.code).cells
    before, after = [_plain(cell.source) for cell in were], [_plain(cell.source) for cell in cells[:MAX_PLACED]]
    for tag, low, high, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for kind in ("code", "markdown") if tag in ("equal", "replace") else ():
            old = [cell for cell in were[low:high] if cell.kind == kind]
            new = [place for place in range(start, end) if cells[place].kind == kind]
            for was, place in zip(old, new, strict=False):
                cells[place] = replace(cells[place], name=was.name)
    return cells


def alterations(cells: Sequence[Cell], given: Mapping[str, HandedOut], handout: Path | None) -> Iterator[str]:
    """Yield a flag for each way in which the cells differ from those that were handed out.

    Args:
        cells: of the returned notebook, named.
        given: the cells of the paper as they are rendered today.
        handout: the notebook that the candidate was given, if it is still there: templates may have changed since.
    """
    ours = [cell for cell in cells if cell.name in given]
    count = Counter(cell.name for cell in ours)
    edited = [cell for cell in ours if _edited(cell, given[cell.name])]
    if edited and handout is not None:
        was = _sources(handout)
        edited = [cell for cell in edited if _plain(cell.source) != was.get(cell.name)]
    locked = [cell for cell in ours if given[cell.name].source is not None]
    worth = [cell for cell in locked if cell.points not in (None, given[cell.name].points)]
    for said, names in (
        ("locked cells were edited", (cell.name for cell in edited)),
        ("the points of cells were changed, which has no effect", (cell.name for cell in worth)),
        ("cells are missing", (name for name in given if name not in count)),
        ("cells stand there more than once, and the last counts", (name for name in given if count[name] > 1)),
        ("cells are no longer code", (cell.name for cell in ours if cell.kind != "code" == given[cell.name].kind)),
    ):
        shown = list(dict.fromkeys(names))
        if shown:
            yield f"{said}: {listed(shown)}"
    order = [name for name in given if name in count]
    if order != list(dict.fromkeys(cell.name for cell in ours)):
        yield "cells stand in another order than in the paper"


def _edited(cell: Cell, given: HandedOut) -> bool:
    return given.source is not None and cell.source != given.source and _plain(cell.source) != _plain(given.source)


def _sources(handout: Path) -> dict[str, str]:
    try:
        cells = read_notebook(handout.read_bytes(), str(handout)).cells
    except (OSError, SubmissionError):
        return {}
    return {cell.name: _plain(cell.source) for cell in cells}


def _plain(source: str) -> str:
    # editors change the ends of lines
    return "\n".join(line.rstrip() for line in source.splitlines()).strip("\n")


def listed(names: Sequence[str]) -> str:
    """Return some names as a flag tells them."""
    more = len(names) - MAX_NAMED
    return ", ".join(names[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")

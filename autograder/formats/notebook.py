"""Write a paper as a Jupyter notebook that nbgrader can release, collect and keep marks for.

Each part has a text, one answer cell and one locked check cell whose grade_id is the part's ref. nbgrader overwrites
locked cells from one source for everybody, so a check cell is the same in every variant; what varies is plain Markdown,
and the code in the answer cell of a part that asks for code. A bug hunt has a second open cell, for the repair. Prose
has one Markdown cell, named by the ref, which nbgrader lets a person mark; no kernel sees it, so nothing checks it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from pprint import pformat
from string import ascii_lowercase, ascii_uppercase
from textwrap import indent
from typing import Final, NamedTuple

from autograder.algebra.check import for_reading, usable
from autograder.cells.cell import (
    Cell,
    Folders,
    as_json,
    cell_id,
    code_cell,
    markdown_cell,
    nbgrader_metadata,
    plain_number,
    rendered,
)
from autograder.cells.solved import key_of, region, rubric_of, solution_of
from autograder.coding.listing import asked as asked_of
from autograder.coding.listing import numbered
from autograder.errors import RenderError
from autograder.kinds import LETTERED, format
from autograder.markup.figures import as_elements
from autograder.markup.math import spelt_out
from autograder.markup.tables import checked_cells, list_of_rows, with_table
from autograder.markup.words import words
from autograder.model import Key, Paper, Variant, VariantPart
from autograder.outline.paper import Face
from autograder.reading.letters import INPUTS
from autograder.resources import template_folders
from autograder.store import write_bytes

_BREAK: Final = "\x1e"
_KERNEL: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class HandedOut(NamedTuple):
    """A cell with a grade_id, as candidates are given it; source and points are those of locked cells, else None."""

    id: str
    source: str | None
    points: float | None
    kind: str = "code"


class _Asked(NamedTuple):
    """What of a part is the same in every variant."""

    ref: str
    variable: str
    input: str
    points: float
    unit: str | None
    whole: bool
    code: str
    options: int
    prompts: int
    cells: str
    declared: str
    symbols: str
    lettered: bool
    relations: tuple[str, ...]


@format
def notebook(paper: Paper, keys: tuple[Key, ...] | None, folder: Path, face: Face = "paper") -> list[Path]:
    """Write `<folder>/<exam>.ipynb`: the same paper and templates give the same bytes.

    Args:
        paper: what the candidate sees.
        keys: None for a candidate's copy; else the staff copy, with answer and solution of each part between nbgrader's
            markers, so that `nbgrader generate_assignment` makes the release from it.
        folder: where to write; made when missing.
        face: names the file; what stands in it depends on the keys alone, because nbgrader knows one staff copy.

    Returns:
        The one file.

    Raises:
        RenderError: a template is missing or wrong, has no macro for an input, or a solution contains
            nbgrader's markers.
    """
    content = written(paper, keys)
    if keys is not None:
        # staff copies are kept under version control, where a line a value shows what has changed
        content = json.dumps(json.loads(content), ensure_ascii=False, indent=1)
    path = folder / f"{paper.exam if face == 'paper' else f'{paper.exam}_{face}'}.ipynb"
    write_bytes(path, f"{content}\n".encode())
    return [path]


def written(paper: Paper, keys: tuple[Key, ...] | None = None) -> str:
    """Return a paper as a notebook's JSON; arguments and errors as for `notebook`."""
    folders = _same(tuple(template_folders(Path.cwd())))
    answers = None if keys is None else {key.ref: key for key in keys}
    metadata = as_json(_KERNEL | {"tenfold": {"exam": paper.exam, "code": paper.code}})
    cells = ",\n".join(_cells(paper, folders, answers))
    return f'{{"cells": [\n{cells}\n],\n"metadata": {metadata}, "nbformat": 4, "nbformat_minor": 5}}'


def handed_out(paper: Paper) -> dict[str, HandedOut]:
    """Return the cells of a paper that have a grade_id, by it, in order: what a returned notebook is compared with."""
    folders = _same(tuple(template_folders(Path.cwd())))
    cells: dict[str, HandedOut] = {}
    for part in paper.parts():
        if part.input == "text":
            cells[part.ref] = HandedOut(cell_id(part.ref), None, None, "markdown")
            continue
        asked = _asked(part)
        cells[f"{part.ref}_answer"] = HandedOut(cell_id(f"{part.ref}-answer"), None, None)
        if asked.code == "bughunt" and part.starter:
            cells[f"{part.ref}_repair"] = HandedOut(cell_id(f"{part.ref}-repair"), None, None)
        cells[part.ref] = HandedOut(cell_id(part.ref), _check_source(folders, asked), part.points)
    return cells


def answer_cell(part: VariantPart) -> str:
    """Return the grade_id of the cell in which a part is answered."""
    return part.ref if part.input == "text" else f"{part.ref}_answer"


def _asked(part: VariantPart) -> _Asked:
    code = asked_of(part.listing, part.options) if part.input == "code" else ""
    cells = checked_cells(part, lambda declared: for_reading(declared.model_dump())) if part.cells else ""
    return _Asked(
        part.ref, part.variable, part.input, part.points, part.unit, part.whole, code,
        0 if code else len(part.options), len(part.prompts), cells,
        *_names(part), any(how in LETTERED for how in _cell_inputs(part)), part.relations,
    )  # fmt: skip


def _names(part: VariantPart) -> tuple[str, str]:
    """Return of a part that asks for a formula what its check cell must know, and the names for its answer cell."""
    if part.declared is None:
        return "", ""
    # of a derivation, `only` holds for its end alone
    declared = part.declared.model_dump(exclude={"only"} if part.input == "derivation" else None)
    shown = pformat(for_reading(declared), width=88, sort_dicts=False)
    own = [
        cell.declared.model_dump() for row in part.cells for cell in row if not isinstance(cell, str) and cell.declared
    ]
    names = dict.fromkeys(name for each in (declared, *own) for name in filter(None, usable(each).split(", ")))
    return indent(shown, " " * 8).strip(), ", ".join(names)


def _cells(paper: Paper, folders: Folders, answers: Mapping[str, Key] | None) -> Iterator[Cell]:
    # `--` stands in no ref, so these ids meet no part's
    yield markdown_cell("exam--title", _title(paper, folders))
    number = 0
    for place, section in enumerate(paper.sections, start=1):
        yield _heading(folders, f"section--{place}", section.title, section.text.strip())
        for variant in section.variants:
            number += 1
            question, *texts = _texts(variant, number, folders)
            yield markdown_cell(f"{variant.question}--text", question)
            for part, text in zip(variant.parts, texts, strict=True):
                yield markdown_cell(f"{part.ref}-text", text)
                if part.input == "text":
                    solution = "" if answers is None else rubric_of(folders, key_of(part, answers))
                    yield _prose(folders, part.ref, part.points, part.words, solution)
                    continue
                asked = _asked(part)
                given = (part.starter or part.listing or "").rstrip("\n") if asked.code else ""
                given = list_of_rows(part) if part.cells else given
                key = None if answers is None else key_of(part, answers)
                yield _answer(folders, asked, given, "" if key is None else solution_of(folders, key, part))
                if asked.code == "bughunt" and part.starter:
                    yield _repair(folders, asked, given, key)
                yield _check(folders, asked)
    if paper.formula_sheet.strip():
        text = as_elements(spelt_out(paper.formula_sheet.strip()))
        yield _heading(folders, "exam--formulas", words(folders)["formula_sheet"], text)


@cache
def _same(folders: Folders) -> Folders:
    # equal paths become the same ones, because comparing them costs more than a look into the caches below
    return folders


def _title(paper: Paper, folders: Folders) -> str:
    return rendered(
        folders, "title.md", title=paper.title, exam_code=paper.exam_code, date=paper.date, duration=paper.duration,
        points=plain_number(paper.points), code=paper.code, instructions=paper.instructions.strip(),
        asked=sorted({how for part in paper.parts() for how in (part.input, *_cell_inputs(part))}),
    )  # fmt: skip


def _cell_inputs(part: VariantPart) -> Iterator[str]:
    return (cell.input for row in part.cells for cell in row if not isinstance(cell, str))


@lru_cache(maxsize=256)
def _heading(folders: Folders, name: str, title: str, text: str) -> Cell:
    return markdown_cell(name, rendered(folders, "section.md", title=title, text=text))


def _texts(variant: Variant, number: int, folders: Folders) -> list[str]:
    parts = [
        (letter, plain_number(part.points), with_table(part), *_printed(part))
        for letter, part in zip(_letters(variant), variant.parts, strict=True)
    ]
    # one rendering for all cells of a question, because entering a template costs more than what it does
    shown = rendered(
        folders, "question.md", number=number, title=variant.title, text=variant.text, parts=parts, **{"break": _BREAK}
    )
    texts = as_elements(spelt_out(shown)).split(_BREAK)
    if len(texts) != 1 + len(parts):
        raise RenderError(
            "the template must give a text for the question and one for each part", where=variant.question
        )
    return texts


def _letters(variant: Variant) -> Sequence[str]:
    ids = [part.id for part in variant.parts]
    if len(ids) == 1:
        return ("",)
    return ids if all(len(name) == 1 for name in ids) else [ascii_lowercase[place % 26] for place in range(len(ids))]


def _printed(part: VariantPart) -> tuple[str, list[tuple[int, str]], list[tuple[str, str]]]:
    """Return what stands below a part's text: the fenced listing of a bug hunt, numbered prompts, lettered options."""
    options = list(zip(ascii_uppercase, part.options, strict=False))
    if not options or part.listing is None:
        return "", list(enumerate(part.prompts, 1)), options
    shown = numbered(part.listing or "")
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", shown)), default=0))
    return f"{fence}python\n{shown}\n{fence}", [], options


@lru_cache(maxsize=4096)
def _answer(folders: Folders, asked: _Asked, given: str = "", solution: str = "") -> Cell:
    code = {
        "asked": asked.code,
        "given": given,
        "end": _end(asked.ref),
        "symbols": asked.symbols,
        "lettered": asked.lettered,
    }
    source = rendered(
        folders, "answer.py", input=asked.input, variable=asked.variable, unit=asked.unit, whole=asked.whole, cell=code
    )
    metadata = {"deletable": False, "nbgrader": nbgrader_metadata(f"{asked.ref}_answer", locked=False)}
    return code_cell(f"{asked.ref}-answer", source + solution, metadata)


def _repair(folders: Folders, asked: _Asked, given: str, key: Key | None) -> Cell:
    source = rendered(folders, "repair.py", cell={"given": given, "end": _end(asked.ref)}).rstrip("\n")
    if key is not None and key.code is not None:
        source += region(key.code.reference.strip("\n"), asked.ref)
    metadata = {"deletable": False, "nbgrader": nbgrader_metadata(f"{asked.ref}_repair", locked=False)}
    return code_cell(f"{asked.ref}-repair", source, metadata)


@lru_cache(maxsize=4096)
def _prose(folders: Folders, ref: str, points: float, most: int | None, solution: str) -> Cell:
    source = rendered(folders, "text.md", most=most).strip() + solution
    own = nbgrader_metadata(ref, locked=False) | {"grade": True, "points": plain_number(points)}
    return markdown_cell(ref, source, {"deletable": False, "nbgrader": own})


def _end(ref: str) -> str:
    return f"# End of the answer to {ref}."


@lru_cache(maxsize=4096)
def _check(folders: Folders, asked: _Asked) -> Cell:
    own = nbgrader_metadata(asked.ref, locked=True) | {"points": plain_number(asked.points)}
    return code_cell(asked.ref, _check_source(folders, asked), {"deletable": False, "editable": False, "nbgrader": own})


@lru_cache(maxsize=4096)
def _check_source(folders: Folders, asked: _Asked) -> str:
    return rendered(
        folders, "check.py", input=asked.input, variable=asked.variable, unit=repr(asked.unit),
        whole=repr(asked.whole), ref=asked.ref, asked=asked.code, chosen=asked.input in INPUTS,
        options=asked.options, prompts=asked.prompts, cells=asked.cells, declared=asked.declared,
        relations=list(asked.relations),
    ).rstrip("\n")  # fmt: skip

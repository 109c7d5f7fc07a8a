"""Read what came back, a notebook or an answers file, without running anything in it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import takewhile
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Final

from autograder.answers import (
    as_python,
    chosen_response,
    code_response,
    derivation_response,
    table_response,
    text_response,
)
from autograder.coding.listing import asked
from autograder.errors import BankError, SubmissionError
from autograder.formats.notebook import answer_cell, handed_out
from autograder.kinds import FORMULAS, LETTERED
from autograder.markup.tables import shape_of
from autograder.model import Paper, Response, Submission, VariantPart
from autograder.reading.assigned import COMPUTED, Assigned, Listed, Unreadable, unreadable_in
from autograder.reading.assignments import ends_on, read_assignments
from autograder.reading.claims import claims_assigned
from autograder.reading.letters import INPUTS
from autograder.reading.rows import Unread
from autograder.reading.statements import assigns
from autograder.returned.altered import alterations, listed, named
from autograder.returned.cells import Cell, added_below, is_added, read_notebook, savable, shown
from autograder.returned.formulas import rows_as_code, written_as_code
from autograder.yamlsrc import parse_yaml

MAX_BYTES: Final = 64 * 2**20

MAX_SHOWN: Final = 2_000
"""Characters of a cell or its output that are kept for a person to look at."""

MAX_CODE: Final = 100
"""Characters of a paper code that is none of ours."""

_TABS: Final = re.compile(r"^\t+", re.MULTILINE)
_END: Final = re.compile(r"^# End of the answer to [\w-]+\.[ \t]*$\n?", re.MULTILINE)
_COMMENT: Final = re.compile(r"^\s*#.*$", re.MULTILINE)


def read_submission(
    path: Path, papers: Mapping[str, Paper], candidate: str, handouts: Path | None = None
) -> Submission:
    """Read one returned file.

    Args:
        path: a notebook, or a file `answers.yaml`.
        papers: the papers assigned to this candidate by code, the latest attempt last.
        candidate: whose it is, by the folder it lies in.
        handouts: the folder of what was handed out, by paper code.

    Returns:
        A response for every part of the paper; another paper's code in the file is flagged and otherwise ignored.

    Raises:
        SubmissionError: the file is no notebook or answers file at all.
    """
    content = _content(path)
    read = _read_yaml if path.suffix.lower() in (".yaml", ".yml") else _read_notebook
    found, paper, responses, flags, own = read(content, str(path), papers, handouts)
    if found != paper.code:
        flags.append(
            f"the file carries the paper code {shown(found)}, assigned is {paper.code}"
            if found
            else "the file carries no paper code"
        )
    return Submission.model_construct(
        exam=paper.exam,
        candidate=candidate,
        code=paper.code,
        found=found[:MAX_CODE] if found else found,
        file=path.name,
        digest=hashlib.sha256(content).hexdigest(),
        responses=tuple(responses),
        flags=tuple(flags),
        cells=own,
    )


def _content(path: Path) -> bytes:
    if any(place.is_symlink() for place in (path, *path.parents[:2])):
        raise SubmissionError(
            "this is a link, not a file",
            where=str(path),
            hint="it may lead to somebody else's work; ask for the file itself",
        )
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SubmissionError(
                f"the file is larger than {MAX_BYTES // 2**20} MiB",
                where=str(path),
                hint="clear its outputs, or ask for it again",
            )
        return path.read_bytes()
    except OSError as error:
        raise SubmissionError(
            f"the file cannot be read: {error.strerror}",
            where=str(path),
            hint="look at its rights, or ask for it again",
        ) from None


_Found = tuple[str | None, Paper, list[Response], list[str], tuple[str, ...]]


def _read_notebook(content: bytes, where: str, papers: Mapping[str, Paper], handouts: Path | None) -> _Found:
    notebook = read_notebook(content, where)
    *_, latest = papers.values()
    code = notebook.code or _code_in_title(notebook.cells, papers)
    paper = papers.get(code or "", latest)
    given = handed_out(paper)
    handout = handouts / paper.code / f"{paper.exam}.ipynb" if handouts is not None else None
    cells = named(notebook.cells, given, paper)
    flags = [*notebook.flags, *(alterations(cells, given, handout) if notebook.whole else ())]
    strays: list[str] = []
    answer = _answers_in(cells, given.keys() - {part.ref for part in paper.parts()}, strays)
    responses = [answer(part) for part in paper.parts()]
    if strays:
        flags.append(f"these are assigned nowhere, so what their cells end on was read: {listed(strays)}")
    if not notebook.whole:
        there = {cell.name for cell in cells}
        responses = [
            each if answer_cell(part) in there else _lost(each)
            for part, each in zip(paper.parts(), responses, strict=True)
        ]
    running = any(each.state == "run" for each in responses)
    checks = {part.ref for part in paper.parts()}
    own = [as_python(each.source) for each in cells if running and each.kind == "code" and each.name not in checks]
    return code, paper, [_at_cell(each, paper, own) for each in responses], flags, tuple(own)


def _at_cell(response: Response, paper: Paper, own: Sequence[str]) -> Response:
    """Return a response that has to be run with the place of its cell."""
    if response.state != "run":
        return response
    [part] = [part for part in paper.parts() if part.ref == response.ref]
    places = [place for place, source in enumerate(own) if assigns(source, part.variable)]
    # claims about a listing are no plain value
    return response.model_copy(update={"cell": places[-1] if places and part.input != "code" else None})


def _code_in_title(cells: Iterable[Cell], papers: Mapping[str, Paper]) -> str | None:
    """Return the candidate's paper whose code is printed in a cell, as in the title of every paper."""
    titles = [cell.source for cell in cells if cell.kind == "markdown"]
    return next((code for code in papers if any(code in title for title in titles)), None)


def _lost(response: Response) -> Response:
    if response.state != "blank":
        return response
    return response.model_copy(
        update={"state": "lost", "hint": "The file is damaged, and the cell of this part could not be read."}
    )


def _answers_in(cells: list[Cell], open_names: Collection[str], strays: list[str]) -> Callable[[VariantPart], Response]:
    own = {cell.name: cell for cell in cells if cell.name in open_names}
    # one that was turned into text by mistake still says what was meant
    assigned = read_assignments(cell.source for cell in cells if cell.kind == "code" or cell.name in own)
    code = [cell.source for cell in cells if cell.kind == "code"]

    def answer(part: VariantPart) -> Response:
        if part.input == "code":
            return _code(part, cells, own)
        if part.input == "text":
            return _prose(part, cells, assigned.get(part.variable))
        if part.input == "table":
            # a letter may be the name of something, which is looked for first
            unquoted = _lettered(part) and assigned.get(part.variable) is COMPUTED
            rows = rows_as_code(part, map(as_python, code)) if part.declared is not None or unquoted else None
            if rows is not None:
                return table_response(part.ref, rows, shape_of(part), (part.rows, part.columns))
            return _table(part, assigned.get(part.variable), own.get(f"{part.ref}_answer"))
        cell = own.get(f"{part.ref}_answer")
        value = assigned.get(part.variable, ...)
        if part.variable not in assigned and cell is not None:
            value = ends_on(cell.source, assigned)
            if value is not ...:
                strays.append(part.variable)
        if part.input == "derivation":
            return _derivation(part, value, cells, cell)
        if value is ... and cell is not None and part.variable not in cell.source:
            value = _COMMENT.sub("", cell.source).strip() or None
        if part.input in INPUTS:
            return _chosen(part, value, cells, cell)
        if part.input in FORMULAS and not isinstance(value, str):
            value = written_as_code(part.variable, part.declared, map(as_python, code)) or value
        return _response(part.ref, value, cell)

    return answer


def _chosen(part: VariantPart, value: Assigned, cells: Iterable[Cell], own: Cell | None) -> Response:
    """Return what was chosen: sets, mappings and letters without quotation marks are taken as literals."""
    sources = [cell.source for cell in cells if cell.kind == "code" and part.variable in cell.source]
    if value is COMPUTED or (isinstance(value, Listed) and any(f"{part.variable}." in source for source in sources)):
        # a list may have grown after it was assigned
        members = claims_assigned(map(as_python, sources), part.variable)
        value = value if members is ... else members
    value = unreadable_in(value) or value
    if value is COMPUTED or isinstance(value, Unreadable):
        return _response(part.ref, value, own)
    return chosen_response(part.ref, part.input, _members(value), part.prompts)


def _members(value: Assigned) -> Any:
    return [_members(item) for item in value.items] if isinstance(value, Listed) else value


def _prose(part: VariantPart, cells: Sequence[Cell], assigned: Assigned) -> Response:
    """Return the text of a part's Markdown cell, or else of its variable.

    What a candidate wrote into cells of their own right below it counts as well, as long as the file still has the
    names by which ours are known.
    """
    # nbgrader too takes the last cell where a grade_id stands twice
    place = max((n for n, cell in enumerate(cells) if part.ref in (cell.name, cell.id)), default=None)
    said = [cells[place].source] if place is not None else []
    ids = {cell.id for cell in cells}
    if place is not None and f"{part.ref}-text" in ids:
        said += [cell.source for cell in takewhile(is_added, cells[place + 1 :]) if cell.kind == "markdown"]
    response = text_response(part.ref, "\n\n".join(said))
    if response.state == "blank" and isinstance(assigned, str):
        return text_response(part.ref, assigned)
    return response


def _derivation(part: VariantPart, value: Assigned, cells: Sequence[Cell], cell: Cell | None) -> Response:
    """Return the lines of a derivation: its variable's, else what the part's own cell or cells added to it say."""
    if value is ... and cell is not None and part.variable not in cell.source:
        value = _COMMENT.sub("", cell.source).strip() or None
    if value is None or value is ... or (isinstance(value, str) and not value.strip()):
        return derivation_response(part.ref, added_below(part, cells))
    value = unreadable_in(value) or value
    if value is COMPUTED or isinstance(value, Unreadable):
        return _response(part.ref, value, cell)
    return derivation_response(part.ref, _members(value))


def _table(part: VariantPart, value: Assigned, cell: Cell | None) -> Response:
    if value is COMPUTED or isinstance(value, Unreadable):
        return _response(part.ref, value, cell)
    shape = shape_of(part)
    most = sum(map(len, shape))
    inside = len(ascii_uppercase) if _lettered(part) else 1
    return table_response(part.ref, _cells_in(value, (most, most, inside, 1)), shape, (part.rows, part.columns))


def _lettered(part: VariantPart) -> bool:
    return any(not isinstance(cell, str) and cell.input in LETTERED for row in part.cells for cell in row)


def _cells_in(value: Assigned, most: tuple[int, ...]) -> Any:
    """Return rows of cells; what is longer or deeper than the table is none, and may be endless.

    Args:
        value: what was assigned.
        most: how many items a list may have, a list in it, and so on.
    """
    if isinstance(value, Unreadable):
        return Unread(value.hint)
    if not isinstance(value, Listed):
        return value
    if not most or len(value.items) > most[0]:
        return Unread("One answer was expected here, or as many as there are cells.")
    return [_cells_in(item, most[1:]) for item in value.items]


def _code(part: VariantPart, cells: Iterable[Cell], own: Mapping[str, Cell]) -> Response:
    """Return what stands in the cells of a part that asks for code."""

    def source_of(what: str) -> str:
        cell = own.get(f"{part.ref}_{what}")
        return cell.source if cell is not None else ""

    said: Any
    if asked(part.listing, part.options) != "bughunt":
        said = _without_end(source_of("answer"))
    else:
        # there is such a cell only where a repair is asked for
        repair = _without_end(source_of("repair")) if part.starter else ""
        sources = [cell.source for cell in cells if cell.kind == "code" and part.variable in cell.source]
        claims = claims_assigned(map(as_python, sources), part.variable)
        if claims is COMPUTED:
            return _response(part.ref, COMPUTED, own.get(f"{part.ref}_answer"))
        if claims is ... and part.variable not in (alone := source_of("answer")):
            claims = _COMMENT.sub("", alone).strip()
        said = {"claims": claims, "repair": repair}
    return code_response(part.ref, said, part.listing, part.options, part.starter)


def _without_end(source: str) -> str:
    # the comment by which the check cell knows the cell again
    return _END.sub("", source)


def _response(ref: str, value: Assigned, cell: Cell | None) -> Response:
    if value is None or value is ... or (isinstance(value, str) and not value.strip()):
        return Response.model_construct(ref=ref, state="blank", value=None, source="", hint="")
    if value is COMPUTED:
        return Response.model_construct(ref=ref, state="run", value=None, source=_for_a_person(cell), hint="")
    if isinstance(value, Unreadable):
        return Response.model_construct(
            ref=ref, state="unreadable", value=None, source=_for_a_person(cell), hint=value.hint
        )
    if isinstance(value, Listed):
        inside = unreadable_in(value)
        if inside is not None:
            return _response(ref, inside, cell)
        value = value.text
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction | str):
        value = str(value)
    if isinstance(value, str):
        value = savable(value)
    return Response.model_construct(ref=ref, state="given", value=value, source="", hint="")


def _for_a_person(cell: Cell | None) -> str:
    if cell is None:
        return ""
    shown = cell.source[:MAX_SHOWN]
    return f"{shown}\n\nSaved output (unchecked):\n{cell.output}" if cell.output else shown


def _read_yaml(content: bytes, where: str, papers: Mapping[str, Paper], handouts: Path | None) -> _Found:
    try:
        text = _TABS.sub(lambda found: "  " * len(found[0]), _text(content))
        data = parse_yaml(text, where, text_only=True).data
    except (BankError, UnicodeDecodeError) as error:
        problem = error.problem if isinstance(error, BankError) else "the file is not UTF-8"
        raise SubmissionError(
            problem, where=where, hint="write `paper: CODE` and `answers:` with a line for each part"
        ) from None
    answers = data.get("answers") if isinstance(data, dict) else None
    if not isinstance(answers, dict):
        raise SubmissionError(
            "there are no answers in this file", where=where, hint="write `answers:` with a line for each part"
        )
    code = data.get("paper") if isinstance(data.get("paper"), str) else None
    *_, latest = papers.values()
    paper = papers.get(code or "", latest)
    known = {part.ref for part in paper.parts()}
    variables = {part.variable: part.ref for part in paper.parts()}
    answers = {variables.get(name, name): said for name, said in answers.items()}
    flags = [f"{name[:60]!r} is not the name of a part" for name in answers if name not in known]
    return code, paper, [_said(part, answers.get(part.ref)) for part in paper.parts()], flags, ()


def _text(content: bytes) -> str:
    # an editor that writes UTF-16 says so in the first bytes
    return content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")


def _said(part: VariantPart, said: Any) -> Response:
    if part.input == "code":
        return code_response(part.ref, said, part.listing, part.options, part.starter)
    if part.input in INPUTS:
        return chosen_response(part.ref, part.input, said, part.prompts)
    if part.input == "text":
        return text_response(part.ref, said)
    if part.input == "table":
        return table_response(part.ref, said, shape_of(part), (part.rows, part.columns))
    if part.input == "derivation":
        return derivation_response(part.ref, said)
    if isinstance(said, list) and len(said) == 1:
        [said] = said
    if said is not None and not isinstance(said, str):
        return Response(
            ref=part.ref,
            state="unreadable",
            hint="One answer was expected here.",
            source=json.dumps(said)[:MAX_SHOWN],
        )
    return _response(part.ref, said, None)

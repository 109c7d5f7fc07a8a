"""Read what came back, a notebook or an answers file, without running anything in it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from autograder.answers import as_python, code_response
from autograder.coding.listing import asked
from autograder.errors import BankError, SubmissionError
from autograder.model import Paper, Response, Submission, VariantPart
from autograder.reading.assignments import COMPUTED, Assigned, Listed, Unreadable, read_assignments
from autograder.reading.claims import claims_assigned
from autograder.yamlsrc import parse_yaml

MAX_BYTES: Final = 64 * 2**20

MAX_SHOWN: Final = 2_000
"""Characters of a cell or its output that are kept for a person to look at."""

_END: Final = re.compile(r"^# End of the answer to [\w-]+\.[ \t]*$\n?", re.MULTILINE)
_COMMENT: Final = re.compile(r"^\s*#.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Cell:
    kind: str
    source: str
    grade_id: str
    output: str
    id: str


def read_submission(path: Path, papers: Mapping[str, Paper], candidate: str) -> Submission:
    """Read one returned file.

    Args:
        path: a notebook, or a file `answers.yaml`.
        papers: the papers assigned to this candidate by code, the latest attempt last.
        candidate: whose it is, by the folder it lies in.

    Returns:
        A response for every part of the paper; another paper's code in the file is flagged and otherwise ignored.

    Raises:
        SubmissionError: the file is no notebook or answers file at all.
    """
    if any(place.is_symlink() for place in (path, *path.parents[:2])):
        raise SubmissionError(
            "this is a link, not a file",
            where=str(path),
            hint="it may lead to somebody else's work; ask for the file itself",
        )
    if path.stat().st_size > MAX_BYTES:
        raise SubmissionError(
            f"the file is larger than {MAX_BYTES // 2**20} MiB",
            where=str(path),
            hint="clear its outputs, or ask for it again",
        )
    content = path.read_bytes()
    found, answers, flags = (_from_yaml if path.suffix == ".yaml" else _from_notebook)(content, str(path))
    *_, latest = papers.values()
    paper = papers.get(found or "", latest)
    responses = tuple(answers(part) for part in paper.parts())
    if found != paper.code:
        flags.append(
            f"the file carries the paper code {found}, assigned is {paper.code}"
            if found
            else "the file carries no paper code"
        )
    return Submission.model_construct(
        exam=paper.exam,
        candidate=candidate,
        code=paper.code,
        found=found,
        file=path.name,
        digest=hashlib.sha256(content).hexdigest(),
        responses=responses,
        flags=tuple(flags),
    )


def _from_notebook(content: bytes, where: str) -> tuple[str | None, Any, list[str]]:
    try:
        notebook = json.loads(content)
        cells = [_cell(raw) for raw in notebook["cells"]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise SubmissionError(
            "this is not a Jupyter notebook (nbformat 4)", where=where, hint="open it, or ask for it again"
        ) from None
    code = _text(_at(notebook, "metadata", "tenfold", "code")) or None
    assigned = read_assignments(cell.source for cell in cells if cell.kind == "code")
    own = {cell.grade_id: cell for cell in cells if cell.grade_id.endswith(("_answer", "_repair"))}
    flags: list[str] = []

    def answer(part: VariantPart) -> Response:
        if part.input == "code":
            return _code(part, cells, own, flags)
        cell = own.get(f"{part.ref}_answer")
        value = assigned.get(part.variable, ...)
        if value is ... and cell is not None and part.variable not in cell.source:
            value = _COMMENT.sub("", cell.source).strip() or None
        return _response(part.ref, value, cell)

    return code, answer, flags


def _code(part: VariantPart, cells: Iterable[_Cell], own: Mapping[str, _Cell], flags: list[str]) -> Response:
    """Return what stands in the cells of a part that asks for code."""

    def source_of(what: str) -> str:
        # a cell that was cut and pasted may have lost its metadata, not the id that we gave it
        name = f"{part.ref}-{what}"
        cell = own.get(f"{part.ref}_{what}") or next((cell for cell in cells if cell.id == name), None)
        if cell is None:
            flags.append(f"the cell {part.ref}_{what} is missing")
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


def _cell(raw: Mapping[str, Any]) -> _Cell:
    outputs = "\n".join(_output(output) for output in raw.get("outputs") or () if isinstance(output, dict))
    grade_id = _text(_at(raw, "metadata", "nbgrader", "grade_id"))
    kind, source, name = _text(raw.get("cell_type")), _text(raw.get("source")), _text(raw.get("id"))
    return _Cell(kind, source, grade_id, outputs[:MAX_SHOWN], name)


def _output(output: Mapping[str, Any]) -> str:
    return _text(output.get("text")) or _text(_at(output, "data", "text/plain"))


def _at(data: Any, *path: str) -> Any:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return _savable(value) if isinstance(value, str) else ""


def _savable(text: str) -> str:
    # half of a surrogate pair is valid JSON and valid Python, but no file can hold it
    return text.encode(errors="replace").decode()


def _response(ref: str, value: Assigned, cell: _Cell | None) -> Response:
    if value is None or value is ... or (isinstance(value, str) and not value.strip()):
        return Response.model_construct(ref=ref, state="blank", value=None, source="", hint="")
    if value is COMPUTED:
        return Response.model_construct(ref=ref, state="run", value=None, source=_for_a_person(cell), hint="")
    if isinstance(value, Unreadable):
        return Response.model_construct(
            ref=ref, state="unreadable", value=None, source=_for_a_person(cell), hint=value.hint
        )
    if isinstance(value, Listed):
        value = value.text
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction | str):
        value = str(value)
    if isinstance(value, str):
        value = _savable(value)
    return Response.model_construct(ref=ref, state="given", value=value, source="", hint="")


def _for_a_person(cell: _Cell | None) -> str:
    if cell is None:
        return ""
    shown = cell.source[:MAX_SHOWN]
    return f"{shown}\n\nSaved output (unchecked):\n{cell.output}" if cell.output else shown


def _from_yaml(content: bytes, where: str) -> tuple[str | None, Any, list[str]]:
    try:
        data = parse_yaml(content.decode("utf-8"), where, text_only=True).data
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
    code = data.get("paper")

    def answer(part: VariantPart) -> Response:
        said = answers.get(part.ref)
        if part.input == "code":
            return code_response(part.ref, said, part.listing, part.options, part.starter)
        if said is not None and not isinstance(said, str):
            return Response(
                ref=part.ref,
                state="unreadable",
                hint="One answer was expected here.",
                source=json.dumps(said)[:MAX_SHOWN],
            )
        return _response(part.ref, said, None)

    return code if isinstance(code, str) else None, answer, _unknown(answers)


def _unknown(answers: Iterable[str]) -> list[str]:
    # which refs exist is known only with the paper; a name that cannot be a ref is worth a look at once
    return [f"{name!r} is not the name of a part" for name in answers if "-" not in name]

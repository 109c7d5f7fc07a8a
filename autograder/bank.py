"""Read the question bank: data, and code as text; everything wrong with it told at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from autograder.errors import BankError, BankErrors
from autograder.model import Question
from autograder.proofread.code import beside, code_problems
from autograder.proofread.following import following_problems
from autograder.proofread.options import option_problems
from autograder.proofread.question import problems_of
from autograder.proofread.shape import misspelt_fields, validation_problems
from autograder.proofread.table import table_problems
from autograder.yamlsrc import Path_, Source, read_yaml

_SOME_PARAM: Final = {"pick": [1]}
MAX_FILE: Final = 200_000
"""Characters of a file beside a question."""


@dataclass(frozen=True)
class Bank:
    """The questions of a folder.

    Attributes:
        questions: by id, in the order of their files.
        sources: the YAML each was read from.
        broken: ids of questions in which something was found wrong, and names of files in which none could be read.
        undrawable: those of them in which a kind, formula or template is wrong, so that nothing can be drawn.
    """

    folder: Path
    questions: Mapping[str, Question]
    sources: Mapping[str, Source]
    broken: frozenset[str]
    undrawable: frozenset[str]


def load_bank(folder: Path) -> Bank:
    """Read every question below a folder.

    Args:
        folder: holds `<topic>/<id>.yaml` or `<topic>/<id>/question.yaml`, and `exams/`, which is passed over.

    Raises:
        BankErrors: all problems of all files, each with file, line and a hint.
    """
    bank, errors = inspect_bank(folder)
    if errors:
        raise BankErrors(errors)
    return bank


def inspect_bank(folder: Path) -> tuple[Bank, list[BankError]]:
    """Read every question below a folder, and return what could be read beside everything that is wrong."""
    if not folder.is_dir():
        raise BankError(
            "there is no such folder", where=str(folder), hint="name a bank with --bank, or start with `tenfold new`"
        )
    errors: list[BankError] = []
    questions: dict[str, Question] = {}
    sources: dict[str, Source] = {}
    broken: set[str] = set()
    undrawable: set[str] = set()
    for path in question_files(folder):
        try:
            source = read_yaml(path, _shown(path))
        except BankError as error:
            errors.append(error)
            broken.add(_name(path))
            continue
        question, found = _read(source)
        if question is not None and path.name == "question.yaml":
            files, unread = _files(path.parent, source, "")
            # a question at the top of the bank belongs to no topic's folder
            topic = path.parent.parent
            shared, unshared = _files(topic, source, "../") if topic != folder else ({}, [])
            question = question.model_copy(update={"files": files, "shared": shared})
            found += unread + unshared
        if question is not None and question.id in questions:
            errors.append(
                BankError(
                    f"the id {question.id!r} is taken by {sources[question.id].place('id')}",
                    where=source.place("id"),
                    hint="every question has an id of its own",
                )
            )
            continue
        if question is not None:
            unsound = [
                *problems_of(question, source),
                *option_problems(question, source),
                *following_problems(question, source),
                *table_problems(question, source),
                *code_problems(question, source),
            ]
            found += [*_name_problem(question, path, source), *unsound]
            questions[question.id], sources[question.id] = question, source
            if found:
                broken.add(question.id)
            if unsound:
                undrawable.add(question.id)
        else:
            broken.add(_name(path))
        errors += found
    return Bank(folder, questions, sources, frozenset(broken), frozenset(undrawable)), errors


def question_files(folder: Path) -> Iterator[Path]:
    """Yield the question files below a bank's folder in a fixed order; a folder with question.yaml is one."""
    for path in sorted(folder.rglob("*.yaml")):
        inside = path.relative_to(folder).parts
        if inside[0] == "exams" or any(part.startswith(".") for part in inside):
            continue
        if path.name == "question.yaml" or not (path.parent / "question.yaml").is_file():
            yield path


def _read(source: Source) -> tuple[Question | None, list[BankError]]:
    """Validate one file; what is refused is left out, or taken for the field it misspells, so that the rest is read."""
    data = source.data
    errors: list[BankError] = []
    if not isinstance(data, dict):
        return None, [BankError("a question is a mapping of fields", where=source.place())]
    for field in ("files", "shared"):
        if field in data:
            hint = "put the files beside question.yaml and name them in a part"
            errors.append(BankError(f"there is no field {field!r} here", where=source.place(field), hint=hint))
    data = {name: value for name, value in data.items() if name not in ("files", "shared")}
    told: set[Path_] = set()
    while True:
        try:
            return Question.model_validate_json(json.dumps(data)), errors
        except ValidationError as error:
            errors += validation_problems(error, source, Question, passing=told)
            misspelt = misspelt_fields(error, Question)
            refused = {detail["loc"] for detail in error.errors() if detail["type"] != "missing"} - told
            # a list is too short only because its member was refused, and goes with it
            refused = {path for path in refused if not any(path == other[: len(path)] for other in refused - {path})}
            told |= {detail["loc"] for detail in error.errors()} - set(misspelt.values())
        if not refused or refused & {("params",), ("given",)}:
            return None, errors  # no name would be known, and each use of one would be told
        data = _mended(data, refused, misspelt)


def _files(folder: Path, source: Source, way: str) -> tuple[dict[str, str], list[BankError]]:
    """Return the code in a folder, by name; `way` leads there from the question's own."""
    files: dict[str, str] = {}
    errors: list[BankError] = []
    for path in sorted(folder.glob("*.py")):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            errors.append(BankError("the file cannot be read as UTF-8", where=beside(source, way + path.name, 1)))
            continue
        if len(text) > MAX_FILE:
            where = beside(source, way + path.name, 1)
            errors.append(BankError(f"the file has more than {MAX_FILE:,} characters", where=where))
            continue
        files[path.name] = text
    return files, errors


def _mended(data: Any, refused: Collection[Path_], misspelt: Mapping[Path_, Path_]) -> Any:
    copy = json.loads(json.dumps(data))
    for path in refused:
        node = copy
        *above, last = _existing(copy, path)
        for step in above:
            node = node[step]
        if isinstance(node, dict):
            value = node.pop(last, None)
            if node is copy.get("params"):
                node[last] = _SOME_PARAM  # the name is declared all the same
            if path in misspelt:
                node.setdefault(misspelt[path][-1], value)
    return copy


def _existing(data: Any, path: Path_) -> Path_:
    """Return the longest beginning of a path that exists; the names of a union's branches do not."""
    for length, step in enumerate(path):
        inside = (
            step in data
            if isinstance(data, dict)
            else isinstance(data, list) and isinstance(step, int) and step < len(data)
        )
        if not inside:
            return path[:length] or path[:1]
        data = data[step]
    return path


def _name(path: Path) -> str:
    return path.parent.name if path.name == "question.yaml" else path.stem


def _name_problem(question: Question, path: Path, source: Source) -> list[BankError]:
    name = _name(path)
    if name == question.id:
        return []
    return [
        BankError(
            f"the id {question.id!r} differs from the name {name!r}",
            where=source.place("id"),
            hint="rename the one or the other",
        )
    ]


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)

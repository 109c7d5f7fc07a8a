"""What is wrong with the shape of a file: fields that a record does not have or misses, values of another type."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Collection, Iterator
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from autograder.errors import BankError
from autograder.yamlsrc import Path_, Source

_WORDS: Final = {
    "list_type": ("should be a list", "write [first, second], or a line with a dash for each"),
    "tuple_type": ("should be a list", "write [first, second], or a line with a dash for each"),
    "dict_type": ("should be a mapping", "write {name: value}, or a line `name: value` for each"),
    "model_type": ("should be a mapping", "write {name: value}, or a line `name: value` for each"),
    "string_type": ("should be a text", "put it in quotes"),
    "int_type": ("should be a whole number", ""),
    "int_parsing": ("should be a whole number", ""),
    "int_from_float": ("should be a whole number", ""),
    "float_type": ("should be a number", ""),
    "float_parsing": ("should be a number", ""),
    "bool_type": ("should be true or false", ""),
    "bool_parsing": ("should be true or false", ""),
    "too_short": ("needs at least 1 entry", ""),
}
"""What pydantic's types of errors are called by people who write YAML."""


_PATTERNS: Final = {
    "^[a-z][a-z0-9_]*$": "begin with a lower-case letter; then letters, digits and _",
    "^[A-Za-z][A-Za-z0-9_]*$": "begin with a letter; then letters, digits and _",
    "^[A-Za-z_][A-Za-z0-9_]*$": "begin with a letter or _; then letters, digits and _",
    r"^[A-Za-z_][A-Za-z0-9_]*\.py$": "name a Python file that lies beside the question, such as listing.py",
}


def validation_problems(
    error: ValidationError, source: Source, record: type[BaseModel], *above: str | int, passing: Collection[Path_] = ()
) -> Iterator[BankError]:
    """Yield one error for each place that a record refused.

    Args:
        error: what the record said.
        source: where the data came from.
        record: the record that refused, whose field names a misspelt one may have meant.
        above: the path of the data inside the file.
        passing: paths that are not told, because they were told before.
    """
    told: set[str] = set()
    misspelt = set(misspelt_fields(error, record).values())
    for detail in error.errors():
        if detail["loc"] in passing or detail["loc"] in misspelt or _is_echo(detail, error):
            continue
        place = source.place(*above, *detail["loc"])
        field = _field(detail, source, *above)
        key = f"{place} {detail['loc'][:-1] if detail['type'] == 'extra_forbidden' else ''}"
        if key in told and detail["type"] != "missing":
            continue  # the branches of a union complain one by one about the same node
        told.add(key)
        yield BankError(*_sentence(detail, field, place, _fields_at(record, detail["loc"])))


def _field(detail: Any, source: Source, *above: str | int) -> str:
    """Return the innermost field on the way to a refused place; a union's branches, which are none, are passed over."""
    path: Path_ = above
    if detail["type"] in ("missing", "extra_forbidden"):
        return next((str(step) for step in reversed(detail["loc"]) if isinstance(step, str)), "")
    for step in detail["loc"]:
        path = (*path, step) if (*path, step) in source.lines else path
    return next((str(step) for step in reversed(path[len(above) :]) if isinstance(step, str)), "")


def _is_echo(detail: Any, error: ValidationError) -> bool:
    """Whether a list is too short only because a member of it was refused."""
    path = detail["loc"]
    inside = (other["loc"] for other in error.errors() if len(other["loc"]) > len(path))
    return detail["type"] == "too_short" and any(other[: len(path)] == path for other in inside)


def misspelt_fields(error: ValidationError, record: type[BaseModel]) -> dict[Path_, Path_]:
    """Return the unknown fields that a record refused and that look like a misspelling → the fields that were meant."""
    found: dict[Path_, Path_] = {}
    for detail in error.errors():
        if detail["type"] == "extra_forbidden":
            *above, field = detail["loc"]
            near = difflib.get_close_matches(str(field), _fields_at(record, detail["loc"]), n=1)
            if near:
                found[detail["loc"]] = (*above, near[0])
    return found


def _fields_at(record: type[BaseModel], path: Path_) -> Collection[str]:
    """Return the fields of the innermost record on the way to a refused place."""
    branches: dict[str, type[BaseModel]] = {}
    for step in path[:-1]:
        field = record.model_fields.get(step) if isinstance(step, str) else None
        if field is not None:
            branches = {found.__name__: found for found in _records_in(field.annotation)}
            record = next(iter(branches.values()), record)
        else:
            record = branches.get(str(step), record)  # a union names the branch it took
    return {field.alias or name for name, field in record.model_fields.items()}


def _records_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _records_in(argument)


def _sentence(detail: Any, field: str, place: str, fields: Collection[str]) -> tuple[str, str, str]:
    if detail["type"] == "extra_forbidden":
        near = difflib.get_close_matches(field, fields, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(sorted(fields))}"
        return f"there is no field {field!r} here", place, hint
    if detail["type"] == "missing":
        return f"the field {field!r} is missing", place, f"add `{field}:`"
    said, hint = _WORDS.get(detail["type"], ("", ""))
    said = said or detail["msg"].removeprefix("Value error, ").removeprefix("Input ").strip()
    if detail["loc"][:1] == ("params",) and len(detail["loc"]) > 1:
        said, hint = "is no distribution", "write one, such as {pick: [16, 32]} or {integer: {low: 1, high: 9}}"
    if detail["type"] == "string_pattern_mismatch":
        said, hint = "is no name of this pattern", _PATTERNS.get(detail["ctx"]["pattern"], detail["ctx"]["pattern"])
    given = repr(detail["input"])
    shown = given if len(given) <= 40 else given[:37] + "…"
    return f"{field}: {said}, found {shown}" if field else f"{said}, found {shown}", place, hint

"""What does a run of a probe tell of each check? Read with no trust: whatever a run holds, reading it returns. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from autograder.model import Run
from autograder.sandbox.printable import printable
from autograder.sandbox.values import Array, MalformedError, Values, read_values

_MOST_KEPT: Final = 1 << 20  # letters of a blob; what is larger is read again each time


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen at one moment: plain data and arrays, by name.

    Attributes:
        labels: element types that numpy does not have, by the array's name.
        after: the moment, in the probe's words.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Array] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    after: str = ""

    def names(self) -> list[str]:
        """Return the names of all that was seen."""
        return [*self.data, *self.arrays]


@dataclass(frozen=True, slots=True)
class Account:
    """What one run tells of one check.

    Attributes:
        end: what was seen, apart from the reports.
        reports: what was seen on the way, in order.
        raised: an exception that ended the check, or None.
        whole: code that reads everything before it works may be judged by the end alone.
        spent: amounts by name, each with how often the reference's it may be.
        remarks: sentences for the candidate.
    """

    end: Seen = Seen()
    reports: tuple[Seen, ...] = ()
    raised: Mapping[str, Any] | None = None
    whole: bool = False
    spent: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing was looked at."""
        return not (self.end.names() or self.spent or any(report.names() for report in self.reports))


def accounts(run: Run) -> dict[str, Account]:
    """Return what a run tells of each check that it names. Whatever the run holds, this returns."""
    arrays, labels = _arrays(run)
    kept, named = _sorted(arrays), _sorted(labels)
    written = _mapping(_mapping(run.data).get("checks"))
    reports: dict[str, list[Seen]] = {}
    for number, report in enumerate(run.reports):
        told = _mapping(report)
        check, part = told.get("check"), str(number)
        if isinstance(check, str):
            seen = Seen(_mapping(told.get("saw")), kept.get(part, {}), named.get(part, {}), _text(told.get("after")))
            reports.setdefault(check, []).append(seen)
    ends, labelled = _sorted(kept.get("answer", {})), _sorted(named.get("answer", {}))
    found = {}
    for check in dict.fromkeys([*written, *reports]):
        notes = _mapping(written.get(check))
        found[check] = Account(
            end=Seen(_mapping(notes.get("saw")), ends.get(check, {}), labelled.get(check, {})),
            reports=tuple(reports.get(check, ())),
            raised=_mapping(notes["raised"]) if "raised" in notes else None,
            whole=notes.get("whole") is True,
            spent=dict(_amounts(notes.get("spent"))),
            remarks=tuple(_text(remark) for remark in _list(notes.get("remarks"))[:5]),
        )
    return found


def said(failure: Mapping[str, Any], file: str = "submission.py") -> str:
    """Return what was raised as a sentence: type, message, and the candidate's line with its text.

    Args:
        failure: as a run tells it.
        file: the candidate's; a line of any other file is not named.
    """
    kind, message = _text(failure.get("type")) or "an error", " ".join(_text(failure.get("message"), 300).split())
    line, source = failure.get("line"), _text(failure.get("source"), 120).strip()
    sentence = f"{kind}: {message}" if message else kind
    if failure.get("file") != file:
        return sentence
    at = f" in line {line}" if type(line) is int and line > 0 else ""
    if at and sentence.endswith(f"({file}, line {line})"):  # Python says so itself in errors of syntax
        sentence = sentence.removesuffix(f"({file}, line {line})").rstrip()
    return f"{sentence}{at}: `{source}`" if source and at else f"{sentence}{at}"


def _arrays(run: Run) -> tuple[Mapping[str, Array], Mapping[str, str]]:
    read = _read if len(run.blob) <= _MOST_KEPT else _read.__wrapped__
    try:
        values = read(run.blob)
    except (MalformedError, binascii.Error, ValueError):
        return {}, {}
    return values.arrays, {**values.labels, **run.labels}


@lru_cache(16)  # a class is compared with the same runs of the reference
def _read(blob: str) -> Values:
    return read_values(b"null", base64.b64decode(blob, validate=True), believe=True)


def _sorted(things: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return things named `part/name` by their parts, then by their names, which may hold strokes themselves."""
    parts: dict[str, dict[str, Any]] = {}
    for full, thing in things.items():
        part, stroke, name = full.partition("/")
        if stroke:
            parts.setdefault(part, {})[name] = thing
    return parts


def _amounts(written: Any) -> Iterator[tuple[str, tuple[float, float]]]:
    for name, pair in _mapping(written).items():
        numbers = _list(pair)
        if len(numbers) == 2 and all(type(number) is float or type(number) is int for number in numbers):
            try:
                yield name, (float(numbers[0]), float(numbers[1]))
            except OverflowError:
                continue


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) and all(isinstance(key, str) for key in value) else {}


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _text(value: Any, most: int = 500) -> str:
    return printable(value, most) if isinstance(value, str) else ""

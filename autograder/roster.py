"""Read who sits the exam: a CSV file with a column `candidate`, and others for names, extra time and attempts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autograder.errors import AutograderError

_COLUMNS: Final = ("candidate", "first_name", "last_name", "email")
_NAMED: Final = 20
"""Unusable names that an error lists."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}\Z")


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the roster; `candidate` is the name of their folder under `submitted/`.

    Attributes:
        extra_minutes: by which the exam ends later for them; None where the roster has no such column.
        attempts: papers that they get.
    """

    candidate: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    extra_minutes: float | None = None
    attempts: int = 1


def read_roster(path: Path) -> tuple[Person, ...]:
    """Read the roster, in the order of its rows.

    Raises:
        AutograderError: the file is missing, lacks the column `candidate`, or names somebody twice, unusably or not.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise AutograderError(
            "there is no roster",
            where=str(path),
            hint="make a CSV file with the columns candidate,first_name,last_name,email",
        ) from None
    except UnicodeDecodeError:
        raise AutograderError("the roster is not UTF-8", where=str(path), hint="save it as CSV UTF-8") from None
    header = text.partition("\n")[0]
    # spreadsheets of many countries save CSV with semicolons
    reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=header.count))
    # a spreadsheet's headings may have capitals and blanks
    reader.fieldnames = [name.strip().lower().replace(" ", "_") for name in reader.fieldnames or ()]
    if "candidate" not in reader.fieldnames:
        raise AutograderError(
            "the roster has no column `candidate`", where=f"{path}:1", hint=f"its columns are {','.join(_COLUMNS)}"
        )
    people: dict[str, Person] = {}
    columns = reader.fieldnames or ()
    unusable: list[tuple[str, str]] = []
    for row in reader:
        where = f"{path}:{reader.line_num}"
        names = {column: (row.get(column) or "").strip() for column in _COLUMNS}
        extra = _number(row, "extra_minutes", 0, where) if "extra_minutes" in columns else None
        person = Person(**names, extra_minutes=extra, attempts=int(_number(row, "attempts", 1, where)))
        if not person.candidate:
            if any(names.values()):
                raise AutograderError("the column `candidate` is empty", where=where, hint="name their folder in it")
            continue
        if not _NAME.match(person.candidate):
            unusable.append((where, person.candidate))
            continue
        # folders of some systems do not tell capitals from small letters
        if (other := people.get(person.candidate.lower())) is not None:
            told = (
                "stands here twice"
                if other.candidate == person.candidate
                else f"and {other.candidate!r} are one folder"
            )
            raise AutograderError(f"{person.candidate!r} {told}", where=where)
        people[person.candidate.lower()] = person
    if unusable:
        named = ", ".join(repr(name) for _, name in unusable[:_NAMED]) + (", …" if len(unusable) > _NAMED else "")
        raise AutograderError(
            f"{named} cannot be " + ("a folder's name" if len(unusable) == 1 else "names of folders"),
            where=unusable[0][0],
            hint="use letters from a to z, digits and . _ @ -; other names go into first_name and last_name",
        )
    return tuple(people.values())


def _number(row: Mapping[str, str | None], column: str, least: int, where: str) -> float:
    """Return a number of minutes or attempts; an empty field is the least there can be."""
    written = (row.get(column) or "").strip()
    try:
        number = float(written) if written else least
    except ValueError:
        number = -1.0
    whole = column != "attempts" or number == int(number)
    if not (least <= number <= 10_000 and whole):
        raise AutograderError(f"{column}: {written!r} is no number from {least}", where=where)
    return number

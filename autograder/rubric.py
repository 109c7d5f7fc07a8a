"""Write answers that wait for a person as a table for spreadsheets, and read the table back, checked.

Papers are named by their codes alone. What a candidate wrote is never read back, and never begins like a formula.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from autograder.errors import AutograderError
from autograder.model import HandMark, RubricPoint

_FIXED: Final = ("paper", "part", "answer", "note")
_NEEDED: Final = ("paper", "part", "answer_id")
_FORMULA: Final = re.compile(r"[=+\-@\t]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_POINTS: Final = re.compile(r"points_([1-9]\d?)\Z")


@dataclass(frozen=True, slots=True)
class Due:
    """An answer that a person marks.

    Attributes:
        code: of the paper; names nobody.
        answer_id: of the answer.
        note: what the marker should know beside the answer.
        points: what they give points for.
        given: what a person gave before, if that still fits.
    """

    code: str
    ref: str
    answer: str
    answer_id: str
    note: str
    points: tuple[RubricPoint, ...]
    given: HandMark | None = None


def table_of(due: Iterable[Due]) -> str:
    """Return the table as CSV: a line an answer, sorted by part, with a column for each marking point and a comment."""
    rows = sorted(due, key=lambda row: (row.ref, row.code))
    most = max((len(row.points) for row in rows), default=1)
    columns = [column for number in range(1, most + 1) for column in (f"rubric_{number}", f"points_{number}")]
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*_FIXED, *columns, "comment", "answer_id"])
    for row in rows:
        given: Sequence[str] = [f"{points:g}" for points in row.given.points] if row.given else [""] * len(row.points)
        cells = [
            cell
            for point, earned in zip(row.points, given, strict=True)
            for cell in (_shown(f"({point.points:g}) {point.say}"), earned)
        ]
        cells += [""] * (len(columns) - len(cells))
        comment = row.given.comment if row.given else ""
        table.writerow([row.code, row.ref, _shown(row.answer), row.note, *cells, _shown(comment), row.answer_id])
    return text.getvalue()


def read_table(text: str, due: Iterable[Due], where: str) -> dict[tuple[str, str], HandMark]:
    """Return what a person gave, by paper code and ref; lines in which nothing is filled in are passed over.

    Args:
        text: of the CSV, as any spreadsheet saves it: commas, semicolons or tabs, decimal points or commas.
        due: the answers that a person may mark.
        where: the file, for errors.

    Raises:
        AutograderError: everything that is wrong with it, line by line; then nothing of it should be kept.
    """
    known = {(row.code, row.ref): row for row in due}
    columns, lines = _lines(text, where)
    numbers = {column: int(match[1]) for column in columns if (match := _POINTS.match(column))}
    found: dict[tuple[str, str], HandMark] = {}
    seen: set[tuple[str, str]] = set()
    problems: list[str] = []
    for number, line in lines:
        place = (line["paper"].strip().upper(), line["part"].strip())
        try:
            if place in seen:
                raise ValueError("this paper and part stand here twice")
            seen.add(place)
            hand = _hand_mark(line, place, known, numbers)
        except ValueError as error:
            problems.append(f"line {number} ({' '.join(filter(None, place)) or 'empty'}): {error}")
            continue
        if hand is not None:
            found[place] = hand
    if problems:
        more = [f"… and {len(problems) - 20} more"] if len(problems) > 20 else []
        raise AutograderError(
            "\n".join(["nothing was taken from this table:", *problems[:20], *more]),
            where=where,
            hint="mend these lines, and read it in again",
        )
    return found


def _hand_mark(
    line: Mapping[str, str], place: tuple[str, str], known: Mapping[tuple[str, str], Due], numbers: Mapping[str, int]
) -> HandMark | None:
    filled = {numbers[column]: line[column].strip() for column in numbers if line[column].strip()}
    comment = _unquoted(line.get("comment", "").strip())
    if not filled and not comment:
        return None
    if place not in known:
        if not any(code == place[0] for code, _ in known):
            raise ValueError("no such paper waits for a person, or was marked by one")
        raise ValueError("this part of the paper does not wait for a person")
    row = known[place]
    if line["answer_id"].strip() != row.answer_id:
        raise ValueError("the answer has changed since this table was written; write a new one with --out")
    extra = sorted(set(filled) - set(range(1, len(row.points) + 1)))
    if extra:
        raise ValueError(f"points_{extra[0]} has {filled[extra[0]]!r}, but there are {len(row.points)} marking points")
    missing = [number for number in range(1, len(row.points) + 1) if number not in filled]
    if missing:
        raise ValueError(f"points_{missing[0]} is empty; write 0 where a marking point earns nothing")
    points = tuple(_earned(filled[number], point, number) for number, point in enumerate(row.points, 1))
    return HandMark(
        points=points, of=tuple(point.points for point in row.points), comment=comment, answer=row.answer_id
    )


def _earned(written: str, point: RubricPoint, number: int) -> float:
    try:
        earned = float(written.replace(",", "."))
    except ValueError:
        raise ValueError(f"points_{number} is no number: {written[:30]!r}") from None
    if not math.isfinite(earned) or not 0 <= earned <= point.points:
        raise ValueError(f"points_{number} is {written[:30]}, not between 0 and {point.points:g}")
    return earned


def _lines(text: str, where: str) -> tuple[list[str], Iterator[tuple[int, dict[str, str]]]]:
    header = text.partition("\n")[0]
    table = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    try:
        # an answer in quotes takes several lines: a row is named by its first
        starts, rows = 1, []
        for row in table:
            rows.append((starts, row))
            starts = table.line_num + 1
    except csv.Error as error:
        raise AutograderError(f"this is no table: {error}", where=where, hint="save it as CSV") from None
    columns = [column.strip() for column in rows[0][1]] if rows else []
    missing = [column for column in _NEEDED if column not in columns]
    if missing or len(set(columns)) < len(columns):
        problem = f"the column {missing[0]!r} is missing" if missing else "a column stands here twice"
        raise AutograderError(problem, where=where, hint="start from a table that --out wrote, and keep its first line")
    filled = ((number, row) for number, row in rows[1:] if any(cell.strip() for cell in row))
    return columns, (
        (number, dict(zip(columns, [*row, *[""] * (len(columns) - len(row))], strict=False))) for number, row in filled
    )


def _shown(text: str) -> str:
    # a spreadsheet would run a formula that a candidate wrote
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"'{text}" if _FORMULA.match(text) else text


def _unquoted(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text

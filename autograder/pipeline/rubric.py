"""Hand answers to persons who mark them, and take their marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder import store
from autograder.errors import AutograderError
from autograder.handmarks import answer_id, points_of
from autograder.model import HandMark, HandMarks, Key, Mark, MarkSheet, Paper, Response, Submission
from autograder.pipeline.opened import Opened, keys_of_paper
from autograder.pipeline.posting import sheets_of
from autograder.rubric import Due, read_table, table_of


@dataclass(frozen=True)
class Taken:
    """What came of a table: how many answers have points for the first time, other points, the same, and none yet."""

    new: int
    changed: int
    same: int
    left: int


def hand_marks(opened: Opened) -> HandMarks:
    """Return what persons gave so far."""
    path = opened.course.hand_marks(opened.name)
    return store.read_record(path, HandMarks) if path.is_file() else HandMarks(exam=opened.name)


def write_rubric(opened: Opened, path: Path, part: str | None = None) -> int:
    """Write what waits for a person, and what was marked by one, as a table; return the number of answers.

    Args:
        opened: an exam that has been marked.
        path: a file that does not exist yet: a table that somebody has filled in must not be lost.
        part: one part's ref, or None for all.

    Raises:
        AutograderError: the file exists, or nothing was marked.
    """
    if path.exists():
        raise AutograderError("the file exists, and may hold marks", where=str(path), hint="name another one")
    rows = [row for row in due(opened) if part is None or row.ref == part]
    if part is not None and not rows:
        raise AutograderError(f"no answer to {part!r} waits for a person", where=opened.name)
    # spreadsheets read UTF-8 only after this mark
    store.write_bytes(path, table_of(rows).encode("utf-8-sig"))
    return len(rows)


def read_rubric(opened: Opened, path: Path) -> Taken:
    """Take the marks in a table that somebody has filled in; those of other answers stay as they are.

    Raises:
        AutograderError: the file cannot be read, or anything in it is wrong; nothing is kept then.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise AutograderError(
            f"the table cannot be read: {reason}", where=str(path), hint="save it as CSV, UTF-8"
        ) from None
    rows = list(due(opened))
    found = read_table(text, rows, str(path))
    before = hand_marks(opened)
    papers = {code: dict(given) for code, given in before.papers.items()}
    new, changed = 0, 0
    for (code, ref), hand in found.items():
        was = papers.setdefault(code, {}).get(ref)
        new, changed = new + (was is None), changed + (was is not None and was != hand)
        papers[code][ref] = hand
    store.write_record(opened.course.hand_marks(opened.name), HandMarks(exam=opened.name, papers=papers), durable=True)
    left = sum(row.given is None and (row.code, row.ref) not in found for row in rows)
    return Taken(new, changed, len(found) - new - changed, left)


def due(opened: Opened) -> Iterator[Due]:
    """Yield every answer that waits for a person or was marked by one, without anybody's name.

    Raises:
        AutograderError: nothing was marked yet.
    """
    course, name = opened.course, opened.name
    papers = hand_marks(opened).papers
    seen: set[str] = set()
    for sheet, where in _sheets(opened):
        if sheet.code in seen:
            continue  # an attempt that counts now, and did not before
        seen.add(sheet.code)
        given = papers.get(sheet.code, {})
        waiting = [mark for mark in sheet.marks if mark.state == "manual" or mark.ref in given]
        if not waiting:
            continue
        submission = store.read_record(where, Submission)
        keys = {key.ref: key for key in keys_of_paper(opened, store.read_record(course.paper(name, sheet.code), Paper))}
        responses = {response.ref: response for response in submission.responses}
        for mark in waiting:
            yield _due(sheet.code, mark, keys[mark.ref], responses[mark.ref], given)
    if not seen:
        raise AutograderError("nothing was marked yet", where=name, hint=f"run `tenfold mark {name}` first")


def _sheets(opened: Opened) -> Iterator[tuple[MarkSheet, Path]]:
    """Yield the marks of every attempt with the file of what was handed in, those that count first."""
    course, name = opened.course, opened.name
    for sheet in sheets_of(opened):
        yield sheet, course.submission(name, sheet.candidate)
    for path in sorted((course.work(name) / "attempts").glob("*.submission.json")):
        sheet = store.read_record(course.attempt(name, path.name.partition(".")[0]), MarkSheet)
        yield sheet, path


def _due(code: str, mark: Mark, key: Key, response: Response, given: Mapping[str, HandMark]) -> Due:
    points, answer = points_of(key), answer_id(response)
    hand = given.get(mark.ref)
    fits = hand is not None and hand.answer == answer and hand.of == tuple(point.points for point in points)
    note = mark.feedback if mark.state == "manual" else ""
    if hand is not None and not fits:
        note = f"Changed since a person gave {' + '.join(f'{earned:g}' for earned in hand.points)}. {note}".strip()
    text = str(response.value if response.value is not None else response.source)
    return Due(code, mark.ref, text, answer, note, points, hand if fits else None)

"""When was it handed in, and how late is that?

nbgrader's own convention: a file `timestamp.txt` beside the submission, in UTC where it names no offset.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from autograder.model import Exam, MarkSheet

_UTC: Final = re.compile(r"\s*(?:UTC|GMT|Z)\Z", re.IGNORECASE)
_OFFSET: Final = re.compile(r"\s+(?=[+-]\d\d:?\d\d\Z)")


def time_of(written: str) -> datetime:
    """Return a moment as somebody wrote it: `2026-12-01 10:30:00 UTC`, `2026-12-01T11:30+01:00`; UTC without an offset.

    Raises:
        ValueError: this is no date and time.
    """
    text = _OFFSET.sub("", _UTC.sub("+00:00", written.strip()))
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def stamp_of(file: Path, folder: Path) -> Path | None:
    """Return the time stamp of a returned file, beside it or in the candidate's folder; None where there is neither."""
    return next((path for place in (file.parent, folder) if (path := place / "timestamp.txt").is_file()), None)


def handed_in(file: Path, folder: Path) -> datetime | None:
    """Return when a file was handed in, or None where nobody knows.

    Raises:
        ValueError: its time stamp is no date and time.
    """
    stamp = stamp_of(file, folder)
    if stamp is None:
        return None
    try:
        return time_of(stamp.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None


def timed(sheet: MarkSheet, exam: Exam, extra_minutes: float | None, when: datetime | None) -> MarkSheet:
    """Return marks with what is known of their time; what lateness costs is for nbgrader's plug-in to say.

    Args:
        sheet: one candidate's marks.
        exam: with its end, if it has one.
        extra_minutes: the candidate's, None where the roster does not say.
        when: they handed in, if that is known.
    """
    late = 0
    if exam.due and when is not None:
        end = time_of(exam.due) + timedelta(minutes=extra_minutes or 0)
        late = max(0, round((when - end).total_seconds()))
    return sheet.model_copy(update={"due": exam.due, "extra_minutes": extra_minutes, "late": late})


def described(sheet: MarkSheet) -> str:
    """Return in words how late a submission is."""
    extra = f", {sheet.extra_minutes:g} minutes of extra time counted" if sheet.extra_minutes else ""
    return f"handed in {_span(sheet.late)} late{extra}"


def _span(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    shown = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{number} {unit}" for number, unit in [pair for pair in shown if pair[0]][:2])

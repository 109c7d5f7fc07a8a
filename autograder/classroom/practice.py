"""What a practice repository keeps for itself: its secret, and the table that says which paper is whose."""

from __future__ import annotations

import base64
import configparser
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from autograder import store
from autograder.course import Course
from autograder.model import Record
from autograder.pipeline import Opened, open_exam
from autograder.seeds import seed_of

FOLDER: Final = "practice"
"""The folder of a practice repository that is a course of its own: bank, papers, secret."""

PAPERS: Final = "papers"
"""The folder of its notebooks, one folder a paper."""

_FILE: Final = "practice.json"
_ORIGIN: Final = re.compile(r"[/:]([^/:\s]+/[^/:\s]+?)(?:\.git)?/?\Z")


class Practice(Record):
    """A practice repository's own record. Nothing in it is secret from students: its keys ship.

    Attributes:
        secret: in base64; made from the course's by HMAC, so that it tells nothing of it.
        table: the first two hexadecimal digits of an HMAC of a repository's name → the code of its paper.
    """

    exam: str
    secret: str
    table: dict[str, str]

    def paper_of(self, repository: str) -> str:
        """Return the code of a repository's paper, by its name `owner/name`, capitals or not."""
        return self.table[_row(base64.b64decode(self.secret), self.exam, repository)]


def practice_secret(secret: bytes, exam: str) -> bytes:
    """Return the secret of an exam's practice repository: another one than the exam's, and the same each time."""
    return seed_of(secret, "practice", exam)


def table_of(codes: Sequence[str]) -> dict[str, str]:
    """Return the table that deals papers to 256 rows in turn."""
    return {f"{row:02x}": codes[row % len(codes)] for row in range(256)}


def save_practice(course: Course, secret: bytes, exam: str, codes: Sequence[str]) -> None:
    """Write the record into the repository's course."""
    made = Practice(exam=exam, secret=base64.b64encode(secret).decode(), table=table_of(codes))
    store.write_record(course.root / _FILE, made)


def find_practice(folder: Path) -> Course | None:
    """Return the course of the practice repository that a folder or file lies in, or None where there is none."""
    for place in (folder, *folder.parents):
        if (place / FOLDER / _FILE).is_file():
            return Course(place / FOLDER)
    return None


def open_practice(course: Course) -> tuple[Practice, Opened]:
    """Return a practice repository's record and its exam, opened with its own bank and secret.

    Raises:
        AutograderError: a file of it is damaged.
    """
    practice = store.read_record(course.root / _FILE, Practice)
    secret = base64.b64decode(practice.secret)
    return practice, open_exam(course, practice.exam, course.root / "question_bank", secret)


def repository_of(root: Path, around: Mapping[str, str]) -> str | None:
    """Return the name of the repository `owner/name`: as Actions says it, else as git knows its origin.

    The repository and not who pushed: a teacher who runs a job again must not change the paper.
    """
    if around.get("GITHUB_REPOSITORY"):
        return around["GITHUB_REPOSITORY"]
    config = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        config.read(root / ".git" / "config", encoding="utf-8")
        found = _ORIGIN.search(config.get('remote "origin"', "url", fallback="") or "")
    except (configparser.Error, UnicodeDecodeError, OSError):
        return None
    return found[1] if found else None


def _row(secret: bytes, exam: str, repository: str) -> str:
    return seed_of(secret, "whose", exam, repository.strip().lower()).hex()[:2]

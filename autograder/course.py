"""Where a course keeps its things: nbgrader's folders, the bank, the secret, the work of each exam."""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autograder.errors import AutograderError

SAMPLE_SECRET: Final = b"tenfold's sample secret: public!"
"""The secret of the sample course: printed here for everybody, so it is good for exams that say `sample: true` only."""

SECRET_LENGTH: Final = 32


@dataclass(frozen=True)
class Course:
    """A course folder; every path tenfold reads or writes is named here."""

    root: Path

    def work(self, exam: str) -> Path:
        """Return the folder of everything made for one exam."""
        return self.root / "work" / exam

    def allocation(self, exam: str) -> Path:
        """Return the file that says who has which paper."""
        return self.work(exam) / "allocation.json"

    def paper(self, exam: str, code: str) -> Path:
        """Return the file of one paper."""
        return self.root / f"work/{exam}/papers/{code}.json"

    def keys(self, exam: str, code: str) -> Path:
        """Return the file of one paper's keys."""
        return self.root / f"work/{exam}/keys/{code}.json"

    def handout(self, exam: str, code: str) -> Path:
        """Return the folder of what one candidate is given."""
        return self.root / f"work/{exam}/handout/{code}"

    def staff(self, exam: str, code: str) -> Path:
        """Return the folder of one paper's solutions and marking guide, apart from what its candidate is given."""
        return self.work(exam) / "staff" / code

    def handout_list(self, exam: str) -> Path:
        """Return the table that says for staff whose each handout is; it lies beside the handouts, never among them."""
        return self.work(exam) / "handout.csv"

    def print_shop(self, exam: str) -> Path:
        """Return the file of all printed papers in one."""
        return self.work(exam) / f"{exam}.pdf"

    def observations(self, exam: str) -> Path:
        """Return the folder of what answers in code did when they were run."""
        return self.work(exam) / "observations"

    def submission(self, exam: str, candidate: str) -> Path:
        """Return the file of one submission as read."""
        return self.root / f"work/{exam}/submissions/{candidate}.json"

    def hand_marks(self, exam: str) -> Path:
        """Return the file of what persons gave: nothing can make it again."""
        return self.work(exam) / "rubric.json"

    def marks(self, exam: str, candidate: str) -> Path:
        """Return the file of one candidate's marks."""
        return self.root / f"work/{exam}/marks/{candidate}.json"

    def feedback(self, exam: str, candidate: str) -> Path:
        """Return the page that tells one candidate what came of their paper."""
        return self.root / f"work/{exam}/feedback/{candidate}.html"

    def took(self, exam: str) -> Path:
        """Return the file that says how long the last marking took."""
        return self.work(exam) / "run.json"

    def stats(self, exam: str, suffix: str) -> Path:
        """Return the file of an exam's statistics: `json`, or the page, `html`."""
        return self.work(exam) / f"stats.{suffix}"

    def attempt(self, exam: str, code: str) -> Path:
        """Return the file of the marks of an attempt that does not count."""
        return self.root / f"work/{exam}/attempts/{code}.json"

    def attempt_submission(self, exam: str, code: str) -> Path:
        """Return the file of an attempt that does not count, as read."""
        return self.root / f"work/{exam}/attempts/{code}.submission.json"

    def posted(self, exam: str) -> Path:
        """Return the file that says what was posted last."""
        return self.work(exam) / "posted.json"

    def submitted(self, exam: str) -> list[tuple[str, Path]]:
        """Return candidates, by name, and the folders of what they handed in: `submitted/<candidate>/<exam>/`."""
        folders = sorted((self.root / "submitted").glob(f"*/{exam}"))
        return [(folder.parent.name, folder) for folder in folders]

    def secret(self) -> bytes | None:
        """Return the course's secret from `$TENFOLD_SECRET` or `.tenfold/secret`, or None when there is neither.

        Raises:
            AutograderError: it is not 32 bytes in base64, or others can read the file.
        """
        written = os.environ.get("TENFOLD_SECRET")
        path = self.root / ".tenfold" / "secret"
        where = "$TENFOLD_SECRET"
        if written is None:
            if not path.is_file():
                return None
            where = str(path)
            if path.stat().st_mode & 0o077:
                raise AutograderError("others can read the secret", where=where, hint=f"chmod 600 {path}")
            written = path.read_text()
        try:
            secret = base64.b64decode(written.strip(), validate=True)
        except ValueError:  # of base64, or of ASCII
            secret = b""
        if len(secret) != SECRET_LENGTH:
            raise AutograderError(
                f"the secret is not {SECRET_LENGTH} bytes in base64", where=where, hint="`tenfold new` makes one"
            )
        return secret

    def make_secret(self) -> Path:
        """Write a new secret that only the owner can read, unless there is one; return its file."""
        path = self.root / ".tenfold" / "secret"
        if not path.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(base64.b64encode(secrets.token_bytes(SECRET_LENGTH)).decode() + "\n")
        return path


def secret_for(course: Course, *, sample: bool, exam: str) -> bytes:
    """Return the secret to set an exam with.

    Args:
        course: where to look.
        sample: whether the exam says `sample: true` and may be set with the public secret.
        exam: for the error.

    Raises:
        AutograderError: there is no private secret and the exam is not a sample.
    """
    secret = course.secret()
    if secret is not None and secret != SAMPLE_SECRET:
        return secret
    if sample:
        return SAMPLE_SECRET
    raise AutograderError(
        "this course has only the public sample secret, with which anybody can compute every paper", where=exam,
        hint="make a secret with `tenfold new .`, or say `sample: true` in an exam that is only for show",
    )  # fmt: skip

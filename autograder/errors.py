"""What can go wrong, told to the person who can mend it: place, problem, hint.

AutograderError
├─ BankError        a question or an exam file: the author mends it
├─ KindError        a grader, distribution, format, runner or gradebook that does not exist or load
├─ RenderError      a template or a paper that cannot be rendered
├─ SubmissionError  a returned file: staff look at it
├─ RunnerError      whatever runs code: says what is missing
└─ GradebookError   whatever keeps marks: says whether trying again is safe
"""

from __future__ import annotations

from collections.abc import Iterable


class AutograderError(Exception):
    """The root of every error that a user of tenfold can mend.

    Attributes:
        problem: what is wrong, in one sentence.
        where: the place, such as `file.yaml:14` or a paper code, or None.
        hint: what to do about it, or an empty text.
    """

    def __init__(self, problem: str, where: str | None = None, hint: str = "") -> None:
        super().__init__(problem, where, hint)
        self.problem = problem
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        line = f"{self.where}: {self.problem}" if self.where else self.problem
        return f"{line}\n  hint: {self.hint}" if self.hint else line


class BankError(AutograderError):
    """A question or an exam file is wrong."""


class BankErrors(BankError):
    """Everything that is wrong with a bank, collected so that it is shown together.

    Attributes:
        errors: the single errors, in the order of their files.
    """

    def __init__(self, errors: Iterable[BankError]) -> None:
        self.errors = tuple(errors)
        count = len(self.errors)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in the bank")

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class KindError(AutograderError):
    """No such kind, or the file that defines it cannot be loaded."""


class RenderError(AutograderError):
    """A paper cannot be rendered."""


class SubmissionError(AutograderError):
    """A returned file cannot be taken as a submission."""


class RunnerError(AutograderError):
    """Something that runs code is missing or failed."""


class GradebookError(AutograderError):
    """Marks cannot be kept where they should go."""


class NotReadable(ValueError):
    """An answer in a notebook that is blank or cannot be read; Jupyter shows the sentence instead of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()

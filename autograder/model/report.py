"""What a candidate is told at once: the marks of one returned file, and the pages in which other tools want them."""

from __future__ import annotations

from typing import Literal

from autograder.model.record import Record


class PartReport(Record):
    """One part: what it was called on the paper, and its mark.

    Attributes:
        variable: the name under which a notebook answers it, unique on the paper.
        title: of its question.
    """

    ref: str
    variable: str
    title: str
    state: Literal["graded", "manual", "error"]
    score: float | None
    points: float
    reason: str
    feedback: str


class Report(Record):
    """The marks of one returned file, in the order of its paper.

    Attributes:
        code: of the paper it was marked against.
        file: what was marked, as the candidate knows it.
        flags: what is odd about the file.
    """

    exam: str
    title: str
    code: str
    file: str
    parts: tuple[PartReport, ...]
    flags: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """The points earned, of those in `graded`."""
        return round(sum(part.score or 0.0 for part in self.parts if part.state == "graded"), 6)

    @property
    def graded(self) -> float:
        """The points of the parts that have a score."""
        return self._points("graded")

    @property
    def waiting(self) -> float:
        """The points of the parts that a person marks."""
        return self._points("manual")

    @property
    def unchecked(self) -> float:
        """The points of the parts that could not be checked."""
        return self._points("error")

    @property
    def says(self) -> str:
        """The totals in a sentence that leaves nothing out: what has no score is in neither sum."""
        said = [f"{self.score:.6g} of {self.graded:g} points"]
        if self.waiting:
            said.append(f"{self.waiting:g} more to be marked by a person")
        if self.unchecked:
            said.append(f"{self.unchecked:g} more could not be checked")
        return "; ".join(said)

    def _points(self, state: str) -> float:
        return round(sum(part.points for part in self.parts if part.state == state), 6)


class Page(Record):
    """A text that a report wants written.

    Attributes:
        name: of the file; empty for a text that is only to be seen.
        variable: the variable of the environment that names the file to add the text to, where it is set.
    """

    text: str
    name: str = ""
    variable: str = ""

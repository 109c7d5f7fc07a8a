"""What an instructor sets: an exam, its sections, and which questions stand there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from autograder.model.record import Formula, Identifier, Points, Record, Share


class Choice(Record):
    """A question of an exam, by id; parts not named under `points` are left out."""

    id: Identifier
    points: dict[Identifier, Points] | None = None


class Query(Record):
    """Questions of an exam by what they are about; chosen once, at `set`, for everybody."""

    query: dict[Literal["topic", "stars", "tags"], Any]
    take: Annotated[int, Field(ge=1)] = 1
    points: Points | None = None


def _entry_kind(written: Any) -> str:
    return "Query" if isinstance(written, Query) or (isinstance(written, Mapping) and "query" in written) else "Choice"


# told apart by their looks, so that a mistake in one is not also reported as not being the other
Entry = Annotated[Annotated[Choice, Tag("Choice")] | Annotated[Query, Tag("Query")], Discriminator(_entry_kind)]
"""A line under `questions`."""


class Section(Record):
    """A heading and its questions."""

    title: str
    text: str = ""
    questions: Annotated[tuple[Entry, ...], Field(min_length=1)]


class Forms(Record):
    """So many different papers, shared among the candidates."""

    forms: Annotated[int, Field(ge=1, le=1000)]


def _papers_kind(written: Any) -> str:
    return "Forms" if isinstance(written, Forms | Mapping) else "candidate"


Papers = Annotated[
    Annotated[Literal["candidate"], Tag("candidate")] | Annotated[Forms, Tag("Forms")], Discriminator(_papers_kind)
]
"""A paper for each candidate, or so many forms."""


class Gap(Record):
    """The least distance between two candidates' answers to the same part, by the part's scale.

    Attributes:
        relative: as a fraction of the smaller answer.
        exact: as a difference.
    """

    relative: Annotated[float, Field(ge=0)] = 0.0
    exact: Annotated[float, Field(ge=0)] = 0.0


class Amendment(Record):
    """What is done about a part after the exam, because the exam itself was wrong.

    Attributes:
        part: its ref.
        papers: `all`, or paper codes; an exam with forms also knows `form 1`, `form 2`, …
        do: `void` leaves the part out of the maximum, `award` gives everybody its points, `accept` takes a further
            answer for right.
        answer: of `accept`: a formula over the question's params and givens, in the part's unit.
        share: of `accept`: the share of the points that it earns.
        reason: a sentence that feedback shows.
    """

    part: str
    papers: str | tuple[str, ...] = "all"
    do: Literal["void", "award", "accept"]
    answer: Formula | None = None
    share: Share | None = None
    reason: Annotated[str, Field(min_length=1)]

    def of(self, code: str, form: str | None) -> bool:
        """Return whether it is about a paper, by its code or its form's label."""
        named = (self.papers,) if isinstance(self.papers, str) else self.papers
        return "all" in named or code in named or form in named


def _with_offset(written: str) -> str:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError("write a date, a time and an offset, such as 2026-12-01T11:30+01:00")
    return written


class Exam(Record):
    """What an instructor sets.

    Attributes:
        due: when it ends, with an offset; candidates with extra time have that longer.
        formula_sheet: Markdown that stands at the end of every paper.
    """

    exam: Identifier
    title: str
    code: str = ""
    date: str = ""
    duration: Annotated[int, Field(gt=0)] | None = None
    due: Annotated[str, AfterValidator(_with_offset)] = ""
    sample: bool = False
    points: Points
    papers: Papers = "candidate"
    minimum_gap: Gap = Gap()
    attempts: Literal["best", "last"] = "best"
    release_solutions: bool = False
    instructions: str = ""
    formula_sheet: str = ""
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    amendments: tuple[Amendment, ...] = ()

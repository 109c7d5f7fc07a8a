"""What only staff know about the parts of a paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from autograder.model.mark import Mark
from autograder.model.question import Check, RubricPoint
from autograder.model.record import Exact, Record, Values
from autograder.model.symbols import Declarations


@dataclass(frozen=True, slots=True)
class Claim:
    """An answer with a name: a convention or a slip, as it stands in this variant.

    Attributes:
        kind: `convention` or `slip`.
        value: in the part's unit; 0 where the answer is a formula, which has none.
        share: the share of the points it decides, or None to leave the band's credit.
        say: words for the candidate.

    No pydantic record, because a class of 500 has forty thousand of them, and making one so takes a third of the time.
    """

    kind: Literal["convention", "slip"]
    name: str
    value: Exact
    formula: str
    share: float | None
    say: str = ""


@dataclass(frozen=True, slots=True)
class Follow:
    """What it takes to compute a key again with a candidate's own earlier answers.

    Attributes:
        uses: of each earlier part, its name in formulas, its ref, and the share of the points that is left when a wrong
            answer to it was carried on.
        plausible: a formula that bounds what may be carried on; empty where anything may.
        values: all that the formulas name: what was drawn, the givens, and the right earlier answers.
        claims: all of the part's, those too that equal its answer in this variant.
    """

    uses: tuple[tuple[str, str, float], ...]
    plausible: str
    values: Values
    claims: tuple[Claim, ...]


class Option(Record):
    """A lettered claim about a listing.

    Attributes:
        fault: the id of the fault it claims; None where it was invented.
        on: the listing has this fault.
        lines: the lines of the printed listing where the claim counts; None is any.
    """

    letter: str
    say: str
    fault: str | None
    on: bool
    neutral: bool
    lines: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Offered:
    """One of the lettered options that a candidate finds.

    Attributes:
        letter: as printed, by which a candidate names it; `name`: by which its author does.
        right: it is to be chosen.
        say: words for a candidate who decided wrongly about it.
    """

    letter: str
    name: str
    text: str
    right: bool = False
    say: str = ""


class ChoiceKey(Record):
    """What only staff know about a part that offers options.

    Attributes:
        options: in the order printed.
        expected: the letters of a right answer: those to choose; all in the right order; or one for each prompt.
        prompts: what the options belong to, as printed.
    """

    options: tuple[Offered, ...]
    expected: tuple[str, ...]
    prompts: tuple[str, ...] = ()


class CodeKey(Record):
    """What only staff know about a part that asks for code, with this variant's names and constants.

    Attributes:
        listing: as printed; empty where nothing is.
        reference: passes every check; for blanks, the whole code with the blanks filled.
        probe: runs with a candidate's code, and again with the reference; the same in every variant.
        shared: what the probe imports of the code that the questions of a topic share, by file name.
        options: in the order printed.
        values: what was drawn and the givens: the probe may see them.
    """

    listing: str
    reference: str
    starter: str
    probe: str
    checks: tuple[Check, ...]
    options: tuple[Option, ...]
    values: Values = {}
    shared: dict[str, str] = {}


class Key(Record):
    """What only staff know about one part: the answer, its claims, and how it is marked.

    Attributes:
        grader: the kind that marks it; `settings` are that kind's, already checked.
        answer: the value in the part's unit; `formula` is what it was computed from.
        solution: the worked solution with this variant's numbers, where it was asked for.
        steps: the formulas behind the answer with the numbers put in, where the solution was asked for.
        problem: why no answer could be computed from a changed mark scheme, else empty.
        code: what there is to know of a part that asks for code; `choice`: of one that offers options.
        follow: how to compute it again, for a part that uses the answers of others.
        cells: of a table: a key where a cell is asked; `rows` and `columns` are its headings.
        rubric: marking points for a person, in this variant's words and the exam's points.
        start: what a derivation begins with; `formula` is its goal. `model`: a whole one, as its author wrote it.
        declared: the names of a part that asks for a formula; `values` are the drawn numbers that its formulas use.
    """

    ref: str
    input: str
    grader: str
    settings: dict[str, Any]
    points: float
    unit: str | None
    whole: bool
    answer: Exact | None
    formula: str
    claims: tuple[Claim, ...]
    solution: str = ""
    steps: tuple[str, ...] = ()
    problem: str = ""
    code: CodeKey | None = None
    choice: ChoiceKey | None = None
    rubric: tuple[RubricPoint, ...] = ()
    follow: Follow | None = None
    cells: tuple[tuple[Key | None, ...], ...] = ()
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    start: str = ""
    model: str = ""
    declared: Declarations | None = None
    values: Values = {}

    def mark(
        self,
        share: float,
        reason: str,
        *,
        read: Any = None,
        feedback: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> Mark:
        """Return a graded mark.

        Args:
            share: the share of the part's points, from 0 to 1.
            reason: one of the grader's closed list.
            read: the answer as read.
            feedback: words for the candidate.
            detail: what the grader reports beyond that.
        """
        score = round(min(max(share, 0.0), 1.0) * self.points, 6)
        return Mark.model_construct(
            ref=self.ref,
            state="graded",
            score=score,
            points=self.points,
            reason=reason,
            read=read,
            feedback=feedback,
            detail=dict(detail or {}),
        )

    def unmarked(
        self,
        state: Literal["manual", "error"],
        feedback: str,
        read: Any = None,
        *,
        detail: Mapping[str, Any] | None = None,
    ) -> Mark:
        """Return a mark without a score: a person must look, or it could not be checked."""
        reason = "to_mark" if state == "manual" else "error"
        return Mark.model_construct(
            ref=self.ref,
            state=state,
            score=None,
            points=self.points,
            reason=reason,
            read=read,
            feedback=feedback,
            detail=dict(detail or {}),
        )


class KeySheet(Record):
    """The keys of one paper as it was set, for staff: answers, without claims, which may still change."""

    exam: str
    code: str
    keys: tuple[Key, ...]

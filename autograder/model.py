"""The records that pass along the line: frozen, checked, saved as JSON.

What an author writes: Question, Part, Exam. What a candidate sees: Variant, Paper. What only staff know: Key, KeySheet.
What comes back: Submission, Response. What came of it: Observation, Mark, MarkSheet.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, PlainSerializer, Tag, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from autograder.kinds import INPUTS

__all__ = [
    "Also",
    "Check",
    "Choice",
    "Claim",
    "CodeKey",
    "Exact",
    "Exam",
    "Fault",
    "Forms",
    "Formula",
    "Gap",
    "Invented",
    "Item",
    "Job",
    "Key",
    "KeySheet",
    "Mark",
    "MarkSheet",
    "Observation",
    "Option",
    "Paper",
    "PaperSection",
    "Part",
    "Query",
    "Question",
    "Record",
    "Response",
    "RubricPoint",
    "Run",
    "Section",
    "Slip",
    "Submission",
    "Test",
    "Values",
    "Variant",
    "VariantPart",
    "Written",
    "WrittenNumber",
    "word_and_settings",
    "written_values",
]


class Record(BaseModel):
    """The base of every record: it cannot be changed, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_FRACTION = re.compile(r"-?\d+/0*[1-9]\d*\Z")


def _read_fraction(value: Any) -> Any:
    if isinstance(value, str) and _FRACTION.match(value):
        return Fraction(value)
    return value


def _read_infinity(value: Any) -> Any:
    return float(value) if value in ("inf", "-inf") else value


def _read_written(value: Any) -> Any:
    # a decimal in YAML means that decimal, not the nearest float
    return Fraction(repr(value)) if isinstance(value, float) and math.isfinite(value) else value


def _write_fraction(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _write_infinity(value: float) -> float | str:
    return str(value) if math.isinf(value) else value


def _formula_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "1" if value else "0"
    return repr(value) if isinstance(value, int | float) else value


_Fraction = Annotated[Fraction, BeforeValidator(_read_fraction), PlainSerializer(_write_fraction, return_type=str)]
_Float = Annotated[float, BeforeValidator(_read_infinity), PlainSerializer(_write_infinity, return_type=float | str)]

# The branches are tried in order, so that the many integers never leave pydantic's compiled code.
Exact = Annotated[int | _Fraction | _Float, Field(union_mode="left_to_right")]
"""An exact number; a fraction is saved as `"p/q"`."""

Item = Annotated[int | _Fraction | _Float | str, Field(union_mode="left_to_right")]
"""One drawn value: an exact number, or a word."""

Written = Annotated[
    int | Fraction | str,
    BeforeValidator(_read_written),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}]}),
]
"""A value in a list that an author wrote: decimals are taken exactly."""

WrittenNumber = Annotated[int | Fraction, BeforeValidator(_read_written), WithJsonSchema({"type": "number"})]
"""A number that an author wrote, taken exactly."""

Values = dict[str, Item | tuple[Item, ...]]
"""Drawn values by name: numbers and words, or lists of them as `permutation` and `sample` draw them."""

Formula = Annotated[
    str,
    BeforeValidator(_formula_text),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "number"}], "description": "a formula over params and givens"}
    ),
]
"""A formula as written; a bare number in YAML is one too."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Symbol = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*\.py$")]
Points = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]


def word_and_settings(written: str | Mapping[str, Any]) -> tuple[str, Any]:
    """Return the kind an author named and the settings below it: `name` or `{name: settings}`.

    Raises:
        ValueError: the mapping has not exactly one key.
    """
    if isinstance(written, str):
        return written, {}
    if len(written) != 1:
        raise ValueError("write one word, or one word with its settings below it")
    [(word, settings)] = written.items()
    return word, {} if settings is None else settings


def written_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that somebody wrote in YAML or JSON as drawn values: decimals exact, lists as tuples."""
    return {
        name: tuple(_read_written(item) for item in value)
        if isinstance(value, list)
        else _read_written(_read_fraction(value))
        for name, value in values.items()
    }


# What an author writes


class Also(Record):
    """Another answer that is accepted: a convention."""

    name: str
    answer: Formula
    share: Share = 1.0


class Slip(Record):
    """A known mistake. With a share it decides the credit; without one it only adds its words."""

    name: str
    answer: Formula
    share: Share | None = None
    say: str = ""


class RubricPoint(Record):
    """One marking point of a part, for staff."""

    points: float
    say: str


class Check(Record):
    """One thing that code must do, told by running it.

    Attributes:
        points: what it earns; nothing where the part's points come from elsewhere.
        say: what is looked at, in a sentence; `why`: what goes wrong without it.
    """

    id: Identifier
    points: Annotated[float, Field(ge=0)] = 0.0
    say: str
    why: str = ""


def _lines_kind(written: Any) -> str:
    return "any" if isinstance(written, str) else "lines"


Lines = Annotated[
    Annotated[Literal["any"], Tag("any")] | Annotated[tuple[Annotated[int, Field(ge=1)], ...], Tag("lines")],
    Discriminator(_lines_kind),
]
"""Any line, or some."""


class Fault(Record):
    """A mistake that can be made in the reference.

    Attributes:
        say: the claim that this mistake is there, as an option.
        patch: texts of the reference that occur once, each with what replaces it, made in this order.
        lines: where a claim counts: `any` line, or these lines of the reference; the lines that changed when None.
        neutral: claiming it is neither right nor wrong.
        check: the check that this mistake alone fails.
    """

    id: Identifier
    say: str
    patch: tuple[tuple[str, str], ...] = ()
    lines: Lines | None = None
    neutral: bool = False
    check: str | None = None


class Invented(Record):
    """A claim about a listing that is never true."""

    say: str


class Part(Record):
    """The smallest thing that earns points.

    Attributes (of code; files stand beside the question):
        listing: what is printed; made from the reference by its faults where it is left out.
        reference: code that passes every check; `starter`: what stands in the answer cell; `probe`: what is run.
        names: a name in these files → the param whose drawn word replaces it.
        constants: a name in these files → the formula whose value replaces it.
        faults_on: the param that draws which faults the listing has, by id.
        proof: a file that finds the answers by running the real thing.
    """

    id: Identifier
    catalogue: tuple[str, ...] | str = ()
    text: str
    input: str
    points: Points
    answer: Formula | None = None
    unit: str | None = None
    whole: bool = False
    also: tuple[Also, ...] = ()
    slips: tuple[Slip, ...] = ()
    rubric: tuple[RubricPoint, ...] = ()
    solution: str = ""
    listing: FileName | None = None
    reference: FileName | None = None
    starter: FileName | None = None
    probe: FileName | None = None
    names: dict[Name, Symbol] = {}
    constants: dict[Name, Formula] = {}
    checks: tuple[Check, ...] = ()
    faults: tuple[Fault, ...] = ()
    faults_on: Symbol | None = None
    invented: tuple[Invented, ...] = ()
    proof: FileName | None = None
    grader: str | dict[str, dict[str, Any]] | None = None

    def claims(self) -> tuple[tuple[str, tuple[Also | Slip, ...]], ...]:
        """Return conventions and slips, each list with the field it stands under."""
        return ("also", self.also), ("slips", self.slips)

    def marking(self) -> tuple[str, dict[str, Any]]:
        """Return the grader that marks this part and the settings written for it."""
        return word_and_settings(self.grader or INPUTS[self.input][0])


class Test(Record):
    """An answer the author wrote down beside the question, and what it must earn on every variant."""

    part: Identifier
    say: str | int | float | dict[str, Any] | list[Any]
    score: float | None = None
    reason: str | None = None


class Question(Record):
    """What the author wrote: one question of the bank.

    Attributes:
        files: the code beside it, by name; read by the bank, never written in YAML.
    """

    id: Identifier
    title: str
    topic: str
    stars: Annotated[int, Field(ge=1, le=5)] = 1
    tags: tuple[str, ...] = ()
    catalogue: tuple[str, ...] | str = ()
    params: dict[Symbol, str | dict[str, Any]] = {}
    where: tuple[Formula, ...] = ()
    given: dict[Symbol, Formula] = {}
    note: str = ""
    text: str
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]
    tests: tuple[Test, ...] = ()
    files: SkipJsonSchema[dict[str, str]] = {}

    def note_template(self) -> str:
        """Return the template of the note: two variants are the same exactly when their notes are."""
        return self.note or " ".join(f"{name}=[= {name} =]" for name in self.params)

    def __hash__(self) -> int:
        # By identity, so that what is compiled from a question can be cached beside it.
        return id(self)


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


class Exam(Record):
    """What an instructor sets."""

    exam: Identifier
    title: str
    code: str = ""
    date: str = ""
    duration: Annotated[int, Field(gt=0)] | None = None
    sample: bool = False
    points: Points
    papers: Papers = "candidate"
    minimum_gap: Gap = Gap()
    attempts: Literal["best", "last"] = "best"
    release_solutions: bool = False
    instructions: str = ""
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]


# What a candidate sees: there is no place here for an answer or a seed


class VariantPart(Record):
    """A part as one candidate sees it.

    Attributes:
        listing: the code that is printed.
        options: claims about it, lettered A, B, … in this order.
        starter: what stands in the answer cell.
    """

    ref: str
    id: str
    text: str
    input: str
    points: float
    unit: str | None = None
    whole: bool = False
    listing: str | None = None
    options: tuple[str, ...] = ()
    starter: str | None = None

    @property
    def variable(self) -> str:
        """The name under which a notebook answers this part."""
        return self.ref.replace("-", "_")


class Variant(Record):
    """A question as one candidate sees it."""

    question: str
    title: str
    text: str
    parts: tuple[VariantPart, ...]
    values: Values
    note: str
    fingerprint: str


class PaperSection(Record):
    """A heading of a paper and what stands below it."""

    title: str
    text: str = ""
    variants: tuple[Variant, ...]


class Paper(Record):
    """One candidate's exam: ordered variants, a code that names nobody, a fingerprint."""

    exam: str
    title: str
    exam_code: str
    date: str
    duration: int | None
    instructions: str
    code: str
    points: float
    sections: tuple[PaperSection, ...]
    fingerprint: str

    def variants(self) -> tuple[Variant, ...]:
        """Return the variants of all sections, in order."""
        return tuple(variant for section in self.sections for variant in section.variants)

    def parts(self) -> tuple[VariantPart, ...]:
        """Return the parts of all variants, in order."""
        return tuple(part for variant in self.variants() for part in variant.parts)


# What only staff know


@dataclass(frozen=True, slots=True)
class Claim:
    """An answer with a name: a convention or a slip, as it stands in this variant.

    Attributes:
        kind: `convention` or `slip`.
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


class CodeKey(Record):
    """What only staff know about a part that asks for code, with this variant's names and constants.

    Attributes:
        listing: as printed; empty where nothing is.
        reference: passes every check; for blanks, the whole code with the blanks filled.
        probe: runs with a candidate's code, and again with the reference; the same in every variant.
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


class Key(Record):
    """What only staff know about one part: the answer, its claims, and how it is marked.

    Attributes:
        grader: the kind that marks it; `settings` are that kind's, already checked.
        answer: the value in the part's unit; `formula` is what it was computed from.
        solution: the worked solution with this variant's numbers, where it was asked for.
        problem: why no answer could be computed from a changed mark scheme, else empty.
        code: what there is to know of a part that asks for code.
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
    problem: str = ""
    code: CodeKey | None = None

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

    def unmarked(self, state: Literal["manual", "error"], feedback: str, read: Any = None) -> Mark:
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
            detail={},
        )


class KeySheet(Record):
    """The keys of one paper as it was set, for staff: answers, without claims, which may still change."""

    exam: str
    code: str
    keys: tuple[Key, ...]


# What comes back, and what came of it


class Response(Record):
    """What a candidate answered to one part.

    Attributes:
        state: `given`; `blank`; `unreadable`; or `run`: only running the code would tell.
        value: a text, or a number that the notebook's own code states. Code: the source; for blanks, the text of each
            by its number; for a bug hunt `{"claims": [[line, letter], …], "repair": source or None}`.
        source: the lines it was read from, for staff; empty when `value` is all there is.
        hint: why it could not be read, for the candidate.
    """

    ref: str
    state: Literal["given", "blank", "unreadable", "run"]
    value: Exact | str | dict[str, Any] | list[Any] | None = None
    source: str = ""
    hint: str = ""


class Submission(Record):
    """One returned file, read.

    Attributes:
        code: the paper assigned to this candidate: what is marked against.
        found: the paper code that stands in the file, if any; another one is flagged, never trusted.
        digest: SHA-256 of the file's bytes.
        flags: what staff should look at.
    """

    exam: str
    candidate: str
    code: str
    found: str | None
    file: str
    digest: str
    responses: tuple[Response, ...]
    flags: tuple[str, ...] = ()


class Job(Record):
    """Something to run: one answer of one candidate, or the reference, on one hidden draw.

    Attributes:
        files: texts by file name.
        entry: `module:function` that is called.
        data: what it may see from the start; `steps`: what it gets later, each after a report.
        limits: names and values of the limits that differ from the usual ones.
        gpu: `prefer` falls back to the processor; `require` without a device is `unavailable`.
        loopback: it may use a network of its own that reaches nobody.
    """

    ref: str
    files: dict[str, str]
    entry: str
    data: Any = None
    steps: tuple[Any, ...] = ()
    limits: dict[str, Any] = {}
    gpu: Literal["none", "prefer", "require"] = "none"
    loopback: bool = False


class Run(Record):
    """What came of one job. Nothing that the code itself told is to be believed.

    Attributes:
        key: digest of everything that the outcome hangs on.
        data: the answer, where there is one; `reports`: what was sent at each step, in order.
        blob: arrays of answer and reports as safetensors in base64, named `answer/<name>` or `<report>/<name>`.
        labels: what a dtype was, by the array's name, where safetensors cannot say so.
        output: the beginning of what it printed, escaped.
        failure: where it stopped: type, message, file, line, source.
        cost: seconds of processor time `cpu` and on the clock `wall`, bytes of memory `peak`.
        why: one sentence on any status but `ok`.
        gpu: it ran on a graphics device.
        jail: the way in which it was kept from the machine; `unsafe` is none.
    """

    key: str
    status: Literal["ok", "failed", "crashed", "ended", "timeout", "memory", "output", "unavailable", "error"]
    data: Any = None
    reports: tuple[Any, ...] = ()
    blob: str = ""
    labels: dict[str, str] = {}
    output: str = ""
    failure: dict[str, Any] | None = None
    cost: dict[str, float] = {}
    why: str = ""
    gpu: bool = False
    jail: str = ""


class Observation(Record):
    """What happened when an answer was run, and beside it the reference: one run a hidden draw, in the same order."""

    ref: str
    runs: tuple[Run, ...]
    reference: tuple[Run, ...]


class Mark(Record):
    """The result for one part. `score` is None unless it is graded: could not check is neither wrong nor right."""

    ref: str
    state: Literal["graded", "manual", "error"]
    score: float | None
    points: float
    reason: str
    read: Any = None
    feedback: str = ""
    detail: dict[str, Any] = {}


class MarkSheet(Record):
    """The marks of one candidate.

    Attributes:
        digest: SHA-256 of the submitted file these marks belong to.
        score: the sum of all graded parts.
    """

    exam: str
    candidate: str
    code: str
    digest: str
    score: float
    points: float
    marks: tuple[Mark, ...]
    flags: tuple[str, ...] = ()

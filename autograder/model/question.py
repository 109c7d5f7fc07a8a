"""What an author writes: questions and their parts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from autograder.kinds import INPUTS
from autograder.model.record import (
    FileName,
    Formula,
    Identifier,
    Name,
    Points,
    Record,
    Share,
    Symbol,
    word_and_settings,
)
from autograder.model.symbols import Declaration, Declarations


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

    points: Annotated[float, Field(gt=0)]
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


class Alternative(Record):
    """Something that can be chosen.

    Attributes:
        id: by which the author's own tests name it; a candidate sees a letter.
        right: whether it is to be chosen: true, false, or a formula that says so for each variant.
        say: words for a candidate who decided wrongly about it.
        pin: it is always offered, and keeps its place: counted from the top, or from the bottom in the lower half.
    """

    id: Identifier | None = None
    text: str
    right: Formula = "0"
    say: str = ""
    pin: bool = False


def _total_kind(written: Any) -> str:
    return "number" if isinstance(written, int) else "ends"


class Draw(Record):
    """How many options each candidate gets of those that are written.

    Attributes:
        total: how many; of two numbers the larger one, or as many as there are if these are not fewer than the smaller.
        right: the least number of right ones; `wrong`: of wrong ones.
    """

    total: Annotated[
        Annotated[int, Tag("number")] | Annotated[tuple[int, int], Tag("ends")],
        Discriminator(_total_kind),
    ]
    right: Annotated[int, Field(ge=0)] = 1
    wrong: Annotated[int, Field(ge=0)] = 1


def _right_options(written: Any) -> Any:
    ids = [written] if isinstance(written, str) else written
    listed = isinstance(ids, list | tuple) and all(isinstance(each, str) for each in ids)
    return dict.fromkeys(ids, "1") if listed else ids


RightOptions = Annotated[
    dict[Identifier, Formula],
    BeforeValidator(_right_options),
    WithJsonSchema({
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
            {"type": "object", "additionalProperties": {"type": ["string", "boolean", "number"]}},
        ]
    }),
]  # fmt: skip
"""The id of an option, or a list of ids; or ids with a formula each, which is 1 where the option is right."""


Pair = Annotated[tuple[str | None, str], Field(description="what is on the left, and what belongs to it")]
"""Two texts that belong together; with null on the left, a text on the right to which nothing belongs."""


def _cell_kind(written: Any) -> str:
    return "asked" if isinstance(written, dict | BaseModel) else "given"


def _given_text(written: Any) -> Any:
    return "" if written is None else str(written) if isinstance(written, int | float) else written


GivenCell = Annotated[str, BeforeValidator(_given_text), WithJsonSchema({"type": ["string", "number", "null"]})]


class Part(Record):
    """The smallest thing that earns points.

    Attributes:
        uses: other parts whose answers the formulas name `part_<id>` → the share of the points that is left when a
            candidate's own wrong answer to it was carried on.
        plausible: a formula over these answers; where it is 0, nothing is carried on.

        cells: of a table: texts that are given, and cells that are asked; `pools`: options that several of these offer,
            by the title of their list. What the table has under `options` is such a list without a title.

    Attributes (of choices):
        options: what can be chosen; `draw`: how many of these each candidate gets, where it is not all.
        items: what is to be put in order, in the right order; `pairs`: what belongs together.

    Attributes (of code; files stand beside the question):
        listing: what is printed; made from the reference by its faults where it is left out.
        reference: code that passes every check; `starter`: what stands in the answer cell; `probe`: what is run.
        names: a name in these files → the param whose drawn word replaces it.
        constants: a name in these files → the formula whose value replaces it.
        faults_on: the param that draws which faults the listing has, by id.
        proof: a file that finds the answers by running the real thing.

    Attributes (of formulas): those of `Declarations`; `start`: what a derivation begins with, the answer is its goal;
        `model`: one that earns everything, a line a step.
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
    uses: dict[Identifier, Share] = {}
    plausible: Formula | None = None
    rubric: tuple[RubricPoint, ...] = ()
    options: tuple[Alternative, ...] = ()
    draw: Draw | None = None
    items: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    pools: dict[str, tuple[Alternative, ...]] = {}
    cells: tuple[
        tuple[
            Annotated[
                Annotated[GivenCell, Tag("given")] | Annotated[Cell, Tag("asked")],
                Discriminator(_cell_kind),
            ],
            ...,
        ],
        ...,
    ] = ()
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
    symbols: dict[str, Declaration | None] = {}
    constraints: tuple[Formula, ...] = ()
    left: str | None = None
    givens: tuple[Formula, ...] = ()
    functions: dict[str, Declaration] = {}
    random: dict[str, Declaration] = {}
    only: tuple[str, ...] = ()
    start: Formula | None = None
    model: str = ""
    grader: str | dict[str, dict[str, Any]] | None = None

    def claims(self) -> tuple[tuple[str, tuple[Also | Slip, ...]], ...]:
        """Return conventions and slips, each list with the field it stands under."""
        return ("also", self.also), ("slips", self.slips)

    def declared(self) -> Declarations:
        """Return what is declared about the names of the part's formulas."""
        return Declarations.model_construct(**{name: getattr(self, name) for name in Declarations.model_fields})

    def marking(self) -> tuple[str, dict[str, Any]]:
        """Return the grader that marks this part and the settings written for it."""
        return word_and_settings(self.grader or INPUTS[self.input][0])


class Cell(Part):
    """A cell of a table that is asked: a part without an id, which shares the points of its table.

    Attributes:
        ask: a formula; where it is 0, the cell is given in that variant, as its text, or else as its answer.

    Attributes (of a choice among options that the table has for several cells):
        pool: the title of their list; not needed where the table has but one.
        right: those to be chosen here; `say`: by the id of an option, words for who decides wrongly about it here.
    """

    id: Identifier = "cell"
    text: str = ""
    input: str = "number"
    points: Points = 1.0
    ask: Formula | None = None
    pool: str | None = None
    right: RightOptions = {}
    say: dict[Identifier, str] = {}

    @property
    def own_points(self) -> float | None:
        """The points that its author wrote for it, or None where it shares what is left."""
        return self.points if "points" in self.model_fields_set else None


Part.model_rebuild()


class Test(Record):
    """An answer the author wrote down beside the question, and what it must earn on every variant.

    Attributes:
        earlier: what the same candidate answered to parts that this one uses.
        broken: the first line of a derivation that does not follow, from 1, prose not counted.
    """

    part: Identifier
    say: bool | str | int | float | dict[str, Any] | list[Any]
    earlier: dict[Identifier, str | int | float] = {}
    score: float | None = None
    reason: str | None = None
    broken: Annotated[int, Field(ge=1)] | None = None


class Figure(Record):
    """A picture that is drawn for each variant; a text shows it as `![what is to be seen](figure:name)`.

    Attributes:
        drawn: the template, `templates/figures/<drawn>.svg.jinja`.
        values: what the template names → a formula.
        words: what the template names → a text, in which drawn values may stand.
    """

    drawn: Identifier
    values: dict[Symbol, Formula] = {}
    words: dict[Symbol, str] = {}


class Question(Record):
    """What the author wrote: one question of the bank.

    Attributes:
        figures: pictures that its texts show, by name.
        files: the code beside it, by name; read by the bank, never written in YAML.
        shared: the code that the questions of its topic share, by name, likewise.
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
    figures: dict[Identifier, Figure] = {}
    tests: tuple[Test, ...] = ()
    files: SkipJsonSchema[dict[str, str]] = {}
    shared: SkipJsonSchema[dict[str, str]] = {}

    def note_template(self) -> str:
        """Return the template of the note: two variants are the same exactly when their notes are."""
        return self.note or " ".join(f"{name}=[= {name} =]" for name in self.params)

    def __hash__(self) -> int:
        # By identity, so that what is compiled from a question can be cached beside it.
        return id(self)

"""What a candidate sees: there is no place here for an answer or a seed."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.model.record import Record, Values
from autograder.model.symbols import Declarations


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a table that is asked, at least in some variants.

    Attributes:
        given: what stands there where it is not asked in this variant; None where it is.
        varies: it is given in some variants.
        declared: the names that its formula may use, where these are not those of the table.
        options: what can be chosen here alone, lettered in this order; `pool`: the number, from 1, of the table's list
            that can be chosen from, or 0.
    """

    input: str
    unit: str | None
    whole: bool
    given: str | None = None
    varies: bool = False
    declared: Declarations | None = None
    options: tuple[str, ...] = ()
    pool: int = 0


@dataclass(frozen=True, slots=True)
class ShownPool:
    """Options that several cells of a table offer, lettered in this order; the title may be empty."""

    title: str
    options: tuple[str, ...]


class VariantPart(Record):
    """A part as one candidate sees it.

    Attributes:
        listing: the code that is printed.
        options: what can be chosen, or claimed about the listing, lettered A, B, … in this order.
        prompts: what these belong to, numbered 1, 2, …
        starter: what stands in the answer cell.
        words: the most words that a text may have.
        cells: of a table; `rows` and `columns` are its headings, if it has any; `pools`: lists of options that its
            cells share.
        declared: the names that a formula, or those of a table, may use.
        relations: those of a derivation beyond = and ≤.
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
    prompts: tuple[str, ...] = ()
    starter: str | None = None
    words: int | None = None
    cells: tuple[tuple[str | ShownCell, ...], ...] = ()
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    pools: tuple[ShownPool, ...] = ()
    declared: Declarations | None = None
    relations: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The name under which a notebook answers this part."""
        return self.ref.replace("-", "_")


class Variant(Record):
    """A question as one candidate sees it.

    Attributes:
        values: what was drawn by name, and in which order options stand, under `<part>.order`.
    """

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
    formula_sheet: str = ""

    def variants(self) -> tuple[Variant, ...]:
        """Return the variants of all sections, in order."""
        return tuple(variant for section in self.sections for variant in section.variants)

    def parts(self) -> tuple[VariantPart, ...]:
        """Return the parts of all variants, in order."""
        return tuple(part for variant in self.variants() for part in variant.parts)

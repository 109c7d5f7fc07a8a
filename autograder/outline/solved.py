"""What staff read below a part: the answer and how it comes about, what else is accepted, known slips, points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from autograder.algebra.typed import typeset_formula, typeset_lines
from autograder.formula import Value
from autograder.model import Claim, Key
from autograder.outline.prose import Prose
from autograder.reading import Field, show_number
from autograder.reading.letters import say_expected
from autograder.reading.rows import place_of
from autograder.scale import Settings

_POWER: Final = re.compile(r"(-?[\d.]+)e(-?\d+)")
FORMULAS: Final = ("formula", "derivation")
"""Inputs whose answers have no value, only a form."""
_EXACT: Final = 15
_ROUNDED: Final = 4


class Named(NamedTuple):
    """An answer with a name: a convention or a slip.

    Attributes:
        share: of the points, in per cent; empty where the band decides.
    """

    name: str
    value: str
    formula: str
    share: str
    say: str


class Worth(NamedTuple):
    """Something that earns points by itself: a point of the rubric, a check of code, a right claim."""

    points: str
    say: str
    why: str = Prose("")


class Band(NamedTuple):
    """How a number is marked: full points up to one distance, none from another."""

    scale: str
    full: str
    zero: str


class Solved(NamedTuple):
    """What staff read below a part.

    Attributes:
        answer: in the part's unit, or in letters.
        formula: what it was computed from.
        steps: the givens that it needs, and the formula, each with the numbers put in.
        cells: of a table, the answers by row and column; empty where nothing is asked.
        rights: letters of the options to choose.
        problem: why there is no answer.
    """

    answer: str
    formula: str
    steps: tuple[str, ...]
    accepted: tuple[Named, ...]
    slips: tuple[Named, ...]
    band: Band | None
    worth: tuple[Worth, ...]
    cells: tuple[tuple[str, ...], ...]
    rights: tuple[str, ...]
    code: str
    text: str
    problem: str


def solved(key: Key) -> Solved:
    """Return what staff read below the part of a key.

    Args:
        key: with its claims and, where there is one, the worked solution.
    """
    scale = _scale(key)
    claims = [(claim, _named(claim, key, scale)) for claim in key.claims]
    claims += _claims_of_cells(key)
    return Solved(
        answer=Prose(_answer(key, scale)),
        formula=" ".join(key.formula.split()),
        steps=() if key.input in FORMULAS else key.steps,
        accepted=tuple(named for claim, named in claims if claim.kind == "convention"),
        slips=tuple(named for claim, named in claims if claim.kind == "slip"),
        band=None if scale is None else _band(scale),
        worth=tuple(_worth(key)),
        cells=tuple(
            tuple(Prose("") if cell is None else Prose(_answer(cell, _scale(cell))) for cell in row)
            for row in key.cells
        ),
        rights=_rights(key),
        # a worked solution shows the code itself
        code=key.code.reference.strip("\n") if key.code is not None and "```" not in key.solution else "",
        text=Prose(worked(key)),
        problem=key.problem,
    )


def _claims_of_cells(key: Key) -> Iterator[tuple[Claim, Named]]:
    """Yield what is accepted and what is known as a slip in the cells of a table, named by their places."""
    for row, cells in enumerate(key.cells):
        for column, cell in enumerate(cells):
            for claim in cell.claims if cell is not None else ():
                assert cell is not None
                named = _named(claim, cell, _scale(cell))
                place = place_of(row, column, (key.rows, key.columns))
                yield claim, named._replace(name=f"{place}: {claim.name}")


def worked(key: Key) -> str:
    """Return the worked solution of a key, that of a derivation with all its lines."""
    lines = "\n\n".join(f"{number}. $\\displaystyle {line}$" for number, line in enumerate(typeset_lines(key), 1))
    return "\n\n".join(filter(None, (key.solution, lines)))


def number_of(points: float) -> str:
    """Return points as they are printed: `2`, `0.5`, a third with three places."""
    return f"{points:.3f}".rstrip("0").rstrip(".")


def _answer(key: Key, scale: Settings | None) -> str:
    if key.choice is not None:
        return say_expected(key.input, key.choice.expected)
    if key.code is not None:
        right = [option for option in key.code.options if option.on and not option.neutral]
        return ", ".join(f"{option.letter} ({_lines(option.lines)})" for option in right)
    if key.input in FORMULAS:
        return _spoken(key, key.formula)
    return "" if key.answer is None else _shown(key.answer, key, scale)


def _lines(lines: tuple[int, ...] | None) -> str:
    return "any line" if lines is None else " or ".join(map(str, lines))


def _shown(value: Value, key: Key, scale: Settings | None) -> str:
    if key.choice is not None:
        return str(bool(value))
    # where the exact number is asked, a rounded one is wrong
    digits = _EXACT if scale is not None and scale.scale == "exact" else _ROUNDED
    shown = show_number(value, Field(unit=key.unit, whole=key.whole), digits)
    return _POWER.sub(lambda found: rf"${found[1]}\times 10^{{{found[2]}}}$", shown)


def _named(claim: Claim, key: Key, scale: Settings | None) -> Named:
    value = _spoken(key, claim.formula) if key.input in FORMULAS else _shown(claim.value, key, scale)
    share = "" if claim.share is None else number_of(100 * claim.share)
    return Named(claim.name, Prose(value), claim.formula, share, Prose(claim.say))


def _spoken(key: Key, formula: str) -> str:
    """Return a formula over symbols; as it is written, where it cannot be set."""
    return typeset_formula(formula, key.declared, key.values) or f"`{' '.join(formula.split())}`"


def _rights(key: Key) -> tuple[str, ...]:
    if key.code is not None:
        return tuple(option.letter for option in key.code.options if option.on and not option.neutral)
    return tuple(option.letter for option in key.choice.options if option.right) if key.choice is not None else ()


def _worth(key: Key) -> Iterator[Worth]:
    for point in key.rubric:
        yield Worth(number_of(point.points), Prose(point.say))
    if key.code is not None and not key.code.options:
        for check in key.code.checks:
            yield Worth("" if check.points is None else number_of(check.points), Prose(check.say), Prose(check.why))


def _scale(key: Key) -> Settings | None:
    return _settings(tuple(sorted(key.settings.items()))) if key.grader == "numeric" else None


@lru_cache(maxsize=1024)
def _settings(written: tuple[tuple[str, object], ...]) -> Settings:
    return Settings.model_validate(dict(written))


def _band(scale: Settings) -> Band:
    if scale.scale == "sigfig":
        return Band("sigfig", str(scale.digits), "")
    full, zero = scale.full_distance, scale.zero_distance
    if scale.scale == "relative":
        full, zero = 100 * full, 100 * zero
    return Band(scale.scale, _short(full), _short(zero))


def _short(value: float | Fraction) -> str:
    return f"{float(value):.4g}"

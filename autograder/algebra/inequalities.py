"""Judge whether one formula is never above another: at drawn points, on boundaries, and where a descent is tightest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from flint import ctx, fmpq

from autograder.algebra import linear, reals
from autograder.algebra.boundary import boundary
from autograder.algebra.frames import Program
from autograder.algebra.ground import Ground
from autograder.algebra.machine import compiled
from autograder.algebra.points import within
from autograder.algebra.reals import NoValueError, Scalar
from autograder.algebra.sampling import Point, Space
from autograder.algebra.structure import same_structure
from autograder.algebra.values import Seen, witness_of
from autograder.algebra.verdicts import Verdict
from autograder.formula.tree import Node

POINTS: Final = 26
"""Points that an inequality, and whatever else is only tried, is tried at."""

ENOUGH: Final = 8
"""Points at which both sides must have values."""

PRECISION: Final = 200
"""Binary digits of what is compared there."""

_DESCENTS: Final = 4
_EXACT: Final = 8_000
_LARGE: Final = 200


def never_above(left: Node, right: Node, space: Space, ground: Ground, strict: bool = False) -> Verdict:
    """Judge `left <= right`, or `<`.

    Args:
        left: a formula.
        right: another one.
        space: what points are drawn from.
        ground: what they speak of.
        strict: they may not be equal either.
    """
    if same_structure(left, right, ground.declared):
        why = "Both sides are the same, so one is not less than the other."
        return Verdict("refuted", why=why) if strict else Verdict("proved")
    programs = compiled(left), compiled(right)
    held = 0
    tight: list[tuple[float, Point]] = []
    points = list(space.generic(POINTS))
    for point in (*points, *boundary(space, points[:4])):
        seen, gap = gap_at(programs, space, point)
        if seen is None or gap is None:
            continue
        if gap < 0 or (strict and gap == 0 and _meets(programs, space, point)):
            return Verdict("refuted", witness=witness_of(seen))
        held += point.generic
        tight.append((gap, point))
    for _, point in sorted(tight, key=lambda each: each[0])[:_DESCENTS]:
        for moved in _descent(programs, space, point):
            seen, gap = gap_at(programs, space, moved)
            if (
                seen is not None
                and gap is not None
                and (gap < 0 or (strict and gap == 0 and _meets(programs, space, moved)))
            ):
                return Verdict("refuted", witness=witness_of(seen))
    if held >= min(ENOUGH, max(1, len(points))):
        return Verdict("probable", held)
    return Verdict("undecided", held, why="Its sides have values at too few points.")


def gap_at(programs: tuple[Program, Program], space: Space, point: Point) -> tuple[Seen | None, float | None]:
    """Return what showed at a point, and the gap between the sides by their size, below 0 where they are wrong."""
    unseen = space.unseen(point)
    with ctx.workprec(PRECISION):
        try:
            low, high = (linear.scalar(program(space.frame(point, unseen, lenient=True))) for program in programs)
            sign = reals.sign_of(reals.subtract(high, low), lenient=True)
        except NoValueError:
            return None, None
        size = float(abs(reals.ball(low)).mid()) + float(abs(reals.ball(high)).mid())
        gap = float(reals.ball(reals.subtract(high, low)).mid()) / size if 0 < size < 1e300 else float(sign)
    seen = Seen(point, "differ" if sign < 0 else "same", low, high, unseen=unseen)
    return seen, abs(gap) * sign if sign else 0.0


def _meets(programs: tuple[Program, Program], space: Space, point: Point) -> bool:
    """Return whether both sides are equal at a point where they differ by less than is seen at first.

    `r**T` with a T of thousands is far below what many digits show, so that such points tell nothing.
    """
    exponents = [
        value for value in point.names.values() if isinstance(value, fmpq) and value.q == 1 and abs(value) > _LARGE
    ]
    with ctx.workprec(_EXACT):
        try:
            low, high = (linear.scalar(program(space.frame(point, lenient=True))) for program in programs)
            gap = reals.subtract(high, low)
            return gap == 0 if isinstance(gap, fmpq) else not exponents and reals.sign_of(gap, lenient=True) == 0
        except NoValueError:
            return False


def _descent(programs: tuple[Program, Program], space: Space, point: Point) -> Iterator[Point]:
    """Yield points on the way down from one, in steps of one name at a time, to where the gap is least."""
    free = [each for each in space.symbols if each.shape is None and each.name not in space.declared.sizes]
    _, best = gap_at(programs, space, point)
    if best is None:
        return
    for factor in (fmpq(1, 2), fmpq(1, 8), fmpq(1, 32)):
        for symbol in free:
            base = linear.scalar(point.names[symbol.name])
            for value in _beside(base, factor, symbol.integer):
                moved = replace(point, names={**point.names, symbol.name: value}, generic=False)
                if not within(symbol, value) or not space.allowed(moved):
                    continue
                _, gap = gap_at(programs, space, moved)
                if gap is not None and gap < best:
                    best, point = gap, moved
                    yield moved


def _beside(base: Scalar, factor: fmpq, whole: bool) -> tuple[Scalar, ...]:
    if whole:
        return base + 1, base - 1
    step = reals.multiply(base, factor) if base != 0 else factor
    return base + step, base - step

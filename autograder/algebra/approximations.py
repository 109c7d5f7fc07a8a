"""Judge ≈, that both sides behave alike as names go to their limits, and ∝, that their ratio is constant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from flint import ctx, fmpq

from autograder.algebra import linear, reals
from autograder.algebra.compare import compared
from autograder.algebra.ground import Ground
from autograder.algebra.inequalities import ENOUGH, POINTS, PRECISION, gap_at
from autograder.algebra.machine import compiled
from autograder.algebra.reals import NoValueError, Scalar
from autograder.algebra.sampling import Point, Space
from autograder.algebra.structure import same_structure
from autograder.algebra.values import Seen, witness_of
from autograder.algebra.verdicts import Verdict
from autograder.formula.tree import Node, Operation


def about(left: Node, right: Node, space: Space, ground: Ground) -> Verdict:
    """Judge ≈: the relative difference shrinks as the declared names go to their limits."""
    if same_structure(left, right, ground.declared):
        return Verdict("proved")
    there = {symbol.name for symbol in space.symbols}
    limits = {name: end for name, end in ground.limits.items() if name in there}
    if not limits:
        verdict = compared(left, right, space)
        return verdict if verdict.same else Verdict("undecided", why="Whether this is close enough, a person says.")
    programs = compiled(left), compiled(right)
    held = 0
    for point in space.generic(POINTS):
        gaps = [gap_at(programs, space, _towards(point, limits, digits)) for digits in (3, 6, 9)]
        if any(gap is None for _, gap in gaps):
            continue
        sizes = [abs(gap or 0.0) for _, gap in gaps]
        shrinks = all(after <= before / 10 or after < 1e-25 for before, after in pairwise(sizes))
        if not shrinks and sizes[-1] > 1e-25:
            seen = gaps[1][0]
            assert seen is not None
            return Verdict("refuted", witness=witness_of(seen))
        held += 1
    return (
        Verdict("probable", held)
        if held >= ENOUGH
        else Verdict("undecided", held, why="Too few points could be tried.")
    )


def _towards(point: Point, limits: Mapping[str, str], digits: int) -> Point:
    far = {name: fmpq(10) ** digits if str(end) == "oo" else fmpq(1, 10**digits) for name, end in limits.items()}
    return replace(point, names={**point.names, **far}, generic=False)


def in_proportion(left: Node, right: Node, space: Space, ground: Ground) -> Verdict:
    """Judge ∝: the ratio stays the same while every name moves but those that are constant."""
    constant = set(ground.constant) & {symbol.name for symbol in space.symbols}
    ratio = Operation("/", (left, right))
    fixed = next(iter(space.generic(1)), None)
    if fixed is None:
        return Verdict("undecided", why="No point could be drawn.")
    held = {name: fixed.names[name] for name in constant}
    program = compiled(ratio)
    ratios: list[Scalar] = []
    with ctx.workprec(PRECISION):
        for point in space.generic(2 * POINTS):
            moved = replace(point, names={**point.names, **held})
            try:
                ratios.append(linear.scalar(program(space.frame(moved, lenient=True))))
            except NoValueError:
                continue
            if reals.agree(ratios[0], ratios[-1], lenient=True) is False:
                seen = Seen(moved, "differ", ratios[0], ratios[-1])
                why = "The ratio of both sides is not constant: it is another at another point."
                return Verdict("refuted", witness=witness_of(seen), why=why)
    return (
        Verdict("probable", len(ratios))
        if len(ratios) >= ENOUGH
        else Verdict("undecided", why="Too few points could be tried.")
    )

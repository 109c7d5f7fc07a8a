"""Compare equations by their solutions and inequalities by where they hold.

An equation is left minus right: two are the same when each vanishes where the other does. If one difference is a number
times the other that is seen at once; else each is solved for its names at drawn values of the others, and the solutions
are put into the other equation. Inequalities must hold at the same points, those on their edges included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from flint import arb, ctx, fmpq, fmpz

from autograder.algebra import linear, reals
from autograder.algebra.frames import Program, SpentError
from autograder.algebra.linear import Matrix, Value
from autograder.algebra.machine import compiled
from autograder.algebra.points import within, written
from autograder.algebra.reals import NoValueError, Scalar
from autograder.algebra.sampling import Point, Space
from autograder.algebra.symbols import Symbol
from autograder.algebra.values import compare_values, look_at, witness_of
from autograder.algebra.verdicts import Verdict, Witness, weakest
from autograder.formula.tree import Comparison, Node, Operation

_EQUAL: Final = frozenset({"=", "=="})
_PRECISION: Final = 200
_SOLVED: Final = 8
"""Solutions of each equation that must solve the other one."""


def compare_relations(key: Comparison, answer: Comparison, space: Space) -> Verdict:
    """Compare two equations or inequalities.

    Returns:
        `probable`, `refuted` or `undecided`.
    """
    equations = [set(relation.operators) <= _EQUAL for relation in (key, answer)]
    if equations[0] != equations[1]:
        names = ["an equation" if equation else "an inequality" for equation in equations]
        return Verdict("refuted", why=f"{names[0].capitalize()} was asked for, this is {names[1]}.")
    try:
        if not equations[0]:
            return _compare_truth(key, answer, space)
        return _compare_equations(key, answer, space)
    except SpentError:
        return Verdict("undecided", why="This takes too many operations to compare.")
    except NoValueError as error:
        return Verdict("undecided", why=f"This cannot be evaluated: {error.why}.")


def _compare_truth(key: Comparison, answer: Comparison, space: Space) -> Verdict:
    verdict = compare_values(key, answer, space)
    if verdict.same:
        verdict = _beside_edges(key, answer, space) or verdict
    if verdict.witness is None:
        return verdict
    words = {1: "holds", 0: "does not hold", None: "has no value"}
    yours, wanted = words[verdict.witness.yours], words[verdict.witness.key]
    return replace(verdict, why=f"There yours {yours}, and the key {wanted}.")


def _beside_edges(key: Comparison, answer: Comparison, space: Space) -> Verdict | None:
    """Return a refutation at a point on or next to where one of two inequalities begins to hold, if there is one.

    Along one name, whatever differs does so next to such a place.
    """
    programs = compiled(key), compiled(answer)
    gaps = [compiled(Operation("-", pair)) for relation in (key, answer) for pair in pairwise(relation.operands)]
    for point in space.generic(4):
        for symbol in space.symbols:
            if symbol.shape is not None:
                continue
            for root in (root for gap in gaps for root in _roots(gap, symbol, point, space, whole=False)):
                for value in _around(root, symbol):
                    seen = look_at(programs, space, replace(_put(point, symbol.name, value), generic=False))
                    if within(symbol, value) and space.allowed(seen.point) and seen.outcome == "differ":
                        return Verdict("refuted", witness=witness_of(seen))
    return None


def _around(root: Scalar, symbol: Symbol) -> list[fmpq]:
    """Return a solution, if it is exact, and numbers on both sides of it."""
    if symbol.integer:
        low = int(reals.ball(root).mid().floor().unique_fmpz() or 0)
        return [fmpq(low + step) for step in (0, 1, -1, 2)]
    if type(root) is fmpq:
        return [root, root - _NEXT, root + _NEXT]
    scaled = (reals.ball(root).mid() * (1 << 16)).floor().unique_fmpz() or fmpz(0)
    return [fmpq(scaled, 1 << 16), fmpq(scaled + 1, 1 << 16)]


_NEXT: Final = fmpq(1, 64)


def _compare_equations(key: Comparison, answer: Comparison, space: Space) -> Verdict:
    aligned = _aligned(key, answer)
    if aligned is not None:
        verdict = compare_values(*aligned, space)
        if verdict.same:
            return verdict
    pairs = [list(pairwise(relation.operands)) for relation in (key, answer)]
    if len(pairs[0]) == len(pairs[1]) == 1:
        return _same_solutions(pairs[0][0], pairs[1][0], space)
    if len(pairs[0]) != 1:
        # a chain of equations is a list of them
        if len(pairs[0]) != len(pairs[1]):
            return Verdict("undecided", why="A chain of equations of another length has to be read by a person.")
        return weakest([_same_solutions(a, b, space) for a, b in zip(*pairs, strict=True)])
    return weakest([_same_solutions(pairs[0][0], pair, space) for pair in pairs[1]])


def _aligned(key: Comparison, answer: Comparison) -> tuple[Node, Node] | None:
    """Return what stands beside the same side in both, if they share one."""
    if len(key.operands) != 2 or len(answer.operands) != 2:
        return None
    for wanted in (0, 1):
        for given in (0, 1):
            if key.operands[wanted] == answer.operands[given]:
                return key.operands[1 - wanted], answer.operands[1 - given]
    return None


def _same_solutions(key: tuple[Node, Node], answer: tuple[Node, Node], space: Space) -> Verdict:
    gaps = [compiled(Operation("-", sides)) for sides in (key, answer)]
    ratios = _ratio_verdict(gaps[0], gaps[1], space)
    if ratios is not None:
        return ratios
    counts = []
    for own, other, mine in ((gaps[0], gaps[1], False), (gaps[1], gaps[0], True)):
        count = 0
        for point, value in _solutions(own, space):
            holds = _vanishes(other, space, point, value)
            if holds is False:
                return Verdict("refuted", witness=_unsolved(point, mine=mine), why=_WHY[mine])
            count += holds is True
        counts.append(count)
    if min(counts) >= _SOLVED:
        return Verdict("probable", sum(counts))
    return Verdict("undecided", sum(counts), why="Too few solutions of the equations were found.")


_WHY: Final = {
    False: "There the key holds, and yours does not.",
    True: "There yours holds, and the key does not.",
}


def _ratio_verdict(key: Program, answer: Program, space: Space) -> Verdict | None:
    """Return `probable` if one difference is everywhere a number times the other, None if that does not tell."""
    ratios: list[Scalar] = []
    with ctx.workprec(_PRECISION):
        for point in space.generic(40):
            try:
                a, b = (linear.scalar(gap(space.frame(point, lenient=True))) for gap in (key, answer))
                if reals.sign_of(a, lenient=True) == 0 or reals.sign_of(b, lenient=True) == 0:
                    continue
                ratios.append(b / a)
            except NoValueError:
                continue
            if len(ratios) > 1 and reals.agree(ratios[0], ratios[-1], lenient=True) is not True:
                return None
            if len(ratios) >= 26:
                return Verdict("probable", len(ratios))
    return None


def _vanishes(gap: Program, space: Space, point: Point, name: str) -> bool | None:
    """Return whether an equation holds at a solution of another; None where one of its sides has no value.

    A solution between exact numbers is known to some digits only: what is left of the equation there is held against
    what it leaves at one side of it.
    """
    with ctx.workprec(_PRECISION):
        root = linear.scalar(point.names[name])
        try:
            value = gap(space.frame(point, lenient=True))
            if type(root) is fmpq:
                return linear.agree(value, linear.product(value, reals.ZERO), lenient=True)
            beside = gap(space.frame(_put(point, name, root + _BESIDE), lenient=True))
        except NoValueError:
            return None
        left, scale = (max(abs(reals.ball(entry)).upper() for entry in _entries(each)) for each in (value, beside))
        return bool(left <= scale * arb(2) ** -40)


_BESIDE: Final = fmpq(1, 1 << 20)


def _entries(value: Value) -> tuple[Scalar, ...]:
    return value.entries if isinstance(value, Matrix) else (value,)


def _solutions(gap: Program, space: Space) -> Iterator[tuple[Point, str]]:
    """Yield points that solve an equation, with the name that was solved for."""
    for point in space.generic(5):
        for symbol in space.symbols:
            if symbol.shape is None:
                for root in _roots(gap, symbol, point, space):
                    yield replace(point, names={**point.names, symbol.name: root}), symbol.name


def _roots(gap: Program, symbol: Symbol, point: Point, space: Space, *, whole: bool = True) -> Iterator[Scalar]:
    """Yield the solutions for one name: exactly where the equation is linear in it, else between changes of sign."""

    def at(value: Scalar) -> Scalar | None:
        try:
            return linear.scalar(gap(space.frame(_put(point, symbol.name, value), lenient=True)))
        except NoValueError:
            return None

    base = point.names[symbol.name]
    with ctx.workprec(_PRECISION):
        first, second = at(linear.scalar(base)), at(linear.scalar(base) + 1)
        if type(first) is fmpq and type(second) is fmpq and first != second:
            root = linear.scalar(base) - first / (second - first)
            found = at(root)
            if type(found) is fmpq and found == 0:
                if within(symbol, root) or (not (symbol.integer and whole) and _inside(symbol, root)):
                    yield root
                return
        if symbol.integer and whole:
            return
        grid = [fmpq(n, 4) for n in range(-24, 25)] + [fmpq(n) for n in (8, 12, 20, 40, 100, 400, -10, -40, -200)]
        places = sorted(place for place in {*grid, *_steps(symbol)} if _inside(symbol, place))
        for low, high in pairwise(places):
            low_value, high_value = at(low), at(high)
            if low_value is not None and high_value is not None and low_value * high_value < 0:
                root_ball = _bisected(at, low, high, negative=bool(low_value < 0))
                if root_ball is not None:
                    yield root_ball


def _steps(symbol: Symbol) -> list[fmpq]:
    if symbol.low is None or symbol.high is None:
        return []
    low, high = reals.real(symbol.low), reals.real(symbol.high)
    return [low + (high - low) * fmpq(n, 40) for n in range(1, 40)]


def _inside(symbol: Symbol, value: Scalar) -> bool:
    return within(replace(symbol, integer=False), value) if type(value) is fmpq else True


def _put(point: Point, name: str, value: Value) -> Point:
    return replace(point, names={**point.names, name: value})


def _bisected(at: Callable[[Scalar], Scalar | None], low: fmpq, high: fmpq, *, negative: bool) -> Scalar | None:
    """Return the place of a change of sign as a ball, or as a fraction where it is exact; None for a jump."""
    first = last = None
    middle = low
    for _ in range(80):
        middle = (low + high) / 2
        last = at(middle)
        if last is None:
            return None
        if type(last) is fmpq and last == 0:
            return middle
        first = first if first is not None else last
        if bool(last < 0) == negative:
            low = middle
        else:
            high = middle
    if (
        first is None
        or last is None
        or not abs(reals.ball(last)) < abs(reals.ball(first)) * arb(2) ** -40 + arb(2) ** -80
    ):
        return None
    return reals.ball(middle)


def _unsolved(point: Point, *, mine: bool) -> Witness:
    at = {key: written(value) for key, value in point.names.items()}
    return Witness(at, "holds" if mine else "does not hold", "does not hold" if mine else "holds")

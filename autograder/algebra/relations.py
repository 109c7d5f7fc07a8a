"""Compare equations by their solutions and inequalities by where they hold.

An equation is left minus right: two are the same when each vanishes where the other does. If one difference is a number
times the other that is seen at once; else each is solved for its names at drawn values of the others, and the solutions
are put into the other equation. Inequalities must hold at the same points, those on their edges included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from flint import arb, ctx, fmpq, fmpz

from autograder.algebra import linear, reals
from autograder.algebra.boundary import boundary
from autograder.algebra.frames import Program, SpentError
from autograder.algebra.linear import Matrix, Value
from autograder.algebra.machine import compiled
from autograder.algebra.points import within, written
from autograder.algebra.reals import NoValueError, Scalar
from autograder.algebra.sampling import Point, Space
from autograder.algebra.solutions import put, roots, solutions
from autograder.algebra.symbols import Symbol
from autograder.algebra.values import POINTS, compare_values, look_at, witness_of
from autograder.algebra.verdicts import Verdict, Witness, weakest
from autograder.formula.tree import Comparison, Node, Operation

_EQUAL: Final = frozenset({"=", "=="})
_PRECISION: Final = 200
_SOLVED: Final = 6
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
            return compare_truth(key, answer, space)
        return _compare_equations(key, answer, space)
    except SpentError:
        return Verdict("undecided", why="This takes too many operations to compare.")
    except NoValueError as error:
        return Verdict("undecided", why=f"This cannot be evaluated: {error.why}.")


def compare_truth(key: Node, answer: Node, space: Space) -> Verdict:
    """Compare two statements, inequalities perhaps joined by `and`, by where they hold."""
    verdict = compare_values(key, answer, space)
    if verdict.same:
        verdict = _beside_edges(key, answer, space) or verdict
    if verdict.same and not _says_something(key, space):
        return _same_bound(key, answer, space)
    if verdict.witness is None:
        return verdict
    words = {1: "holds", 0: "does not hold", None: "has no value"}
    yours, wanted = words[verdict.witness.yours], words[verdict.witness.key]
    return replace(verdict, why=f"There yours {yours}, and the key {wanted}.")


def _says_something(key: Node, space: Space) -> bool:
    """Return whether a statement holds at some points and not at others. Else where it holds tells nothing of it."""
    program = compiled(key)
    points = list(space.generic(POINTS))
    found: set[int] = set()
    for point in (*points, *boundary(space, points[:3])):
        try:
            found.add(reals.sign_of(linear.scalar(program(space.frame(point, lenient=True))), lenient=True))
        except NoValueError:
            continue
        if len(found) > 1:
            return True
    return False


def _same_bound(key: Node, answer: Node, space: Space) -> Verdict:
    """Compare inequalities that hold everywhere, or nowhere, by what lies between their sides."""
    wanted, given = _upward(key), _upward(answer)
    if wanted is None or given is None or wanted[0] != given[0]:
        return Verdict("undecided", why=_EVERYWHERE)
    verdict = ratio_verdict(compiled(wanted[1]), compiled(given[1]), space, upward=True)
    return verdict or Verdict("undecided", why=_EVERYWHERE)


def _upward(node: Node) -> tuple[str, Node] | None:
    """Return an inequality as its sign, `<` or `<=`, and the greater side minus the lesser."""
    match node:
        case Comparison(("<" | "<=" as sign,), (low, high)) | Comparison((">" | ">=" as sign,), (high, low)):
            return sign.replace(">", "<"), Operation("-", (high, low))
    return None


_EVERYWHERE: Final = "Both hold wherever they were tried, so that tells nothing of them."


def _beside_edges(key: Node, answer: Node, space: Space) -> Verdict | None:
    """Return a refutation at a point on or next to where one of two inequalities begins to hold, if there is one.

    Along one name, whatever differs does so next to such a place.
    """
    programs = compiled(key), compiled(answer)
    gaps = [compiled(Operation("-", pair)) for relation in (key, answer) for pair in _sides(relation)]
    for point in space.generic(4):
        for symbol in space.symbols:
            if symbol.shape is not None:
                continue
            for root in (root for gap in gaps for root in roots(gap, symbol, point, space, whole=False)):
                for value in _around(root, symbol):
                    seen = look_at(programs, space, replace(put(point, symbol.name, value), generic=False))
                    if within(symbol, value) and space.allowed(seen.point) and seen.outcome == "differ":
                        return Verdict("refuted", witness=witness_of(seen))
    return None


def _sides(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the two sides of each relation in a statement."""
    if isinstance(node, Comparison):
        yield from pairwise(node.operands)
    elif isinstance(node, Operation) and node.operator in ("and", "or", "not"):
        for operand in node.operands:
            yield from _sides(operand)


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
    ratios = ratio_verdict(gaps[0], gaps[1], space)
    if ratios is not None:
        return ratios
    counts = []
    for own, other, mine in ((gaps[0], gaps[1], False), (gaps[1], gaps[0], True)):
        count = 0
        for point, value in solutions(own, space):
            holds = vanishes(other, space, point, value)
            if holds is False:
                return Verdict("refuted", witness=_unsolved(point, mine=mine), why=_WHY[mine])
            count += holds is True
            if count >= 2 * _SOLVED:
                break
        counts.append(count)
    if min(counts) >= _SOLVED:
        return Verdict("probable", sum(counts))
    return Verdict("undecided", sum(counts), why="Too few solutions of the equations were found.")


_WHY: Final = {
    False: "There the key holds, and yours does not.",
    True: "There yours holds, and the key does not.",
}


def ratio_verdict(key: Program, answer: Program, space: Space, *, upward: bool = False) -> Verdict | None:
    """Return `probable` if one difference is everywhere a number times the other, a positive one where `upward`."""
    ratios: list[Scalar] = []
    with ctx.workprec(_PRECISION):
        for point in space.generic(40):
            try:
                a, b = (linear.scalar(gap(space.frame(point, lenient=True))) for gap in (key, answer))
                if reals.sign_of(a, lenient=True) == 0 or reals.sign_of(b, lenient=True) == 0:
                    continue
                ratios.append(b / a)
                if upward and not b / a > 0:
                    return None
            except NoValueError:
                continue
            if len(ratios) > 1 and reals.agree(ratios[0], ratios[-1], lenient=True) is not True:
                return None
            if len(ratios) >= 26:
                return Verdict("probable", len(ratios))
    return None


def vanishes(gap: Program, space: Space, point: Point, name: str) -> bool | None:
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
            beside = gap(space.frame(put(point, name, root + _BESIDE), lenient=True))
        except NoValueError:
            return None
        left, scale = (max(abs(reals.ball(entry)).upper() for entry in _entries(each)) for each in (value, beside))
        return bool(left <= scale * arb(2) ** -40)


_BESIDE: Final = fmpq(1, 1 << 20)


def _entries(value: Value) -> tuple[Scalar, ...]:
    return value.entries if isinstance(value, Matrix) else (value,)


def _unsolved(point: Point, *, mine: bool) -> Witness:
    at = {key: written(value) for key, value in point.names.items()}
    return Witness(at, "holds" if mine else "does not hold", "does not hold" if mine else "holds")

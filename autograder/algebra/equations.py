"""Walk through equations that are solved for a name: each line has the same solutions as the one before it.

Solutions are found at drawn values of everything else, between changes of sign, and that of the goal is known. A line
that begins with ⇒ may have more solutions than the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from flint import ctx, fmpq

from autograder.algebra import linear
from autograder.algebra.affine import compared_linear
from autograder.algebra.aside import Aside
from autograder.algebra.compare import compared
from autograder.algebra.derivation import Judged, Walked, unjudged, worst
from autograder.algebra.edges import names_in
from autograder.algebra.frames import Program, SpentError
from autograder.algebra.ground import Ground
from autograder.algebra.holding import judge_statement
from autograder.algebra.machine import compiled
from autograder.algebra.points import within, written
from autograder.algebra.reals import NoValueError, Scalar
from autograder.algebra.relations import ratio_verdict, vanishes
from autograder.algebra.sampling import Point, Space
from autograder.algebra.solutions import put, roots, sign_change
from autograder.algebra.statements import ReadLine, Statement, steps_of
from autograder.algebra.structure import same_structure
from autograder.algebra.symbols import Symbol
from autograder.algebra.verdicts import Verdict, Witness
from autograder.algebra.written import written_form
from autograder.formula.tree import Comparison, Name, Node, Number, Operation

_POINTS: Final = 24
_SOLVED: Final = 6
"""Points at which a solution must be known before two equations count as the same."""


@dataclass(frozen=True)
class Sought:
    """What is solved for.

    Attributes:
        name: the unknown; `known`: what it is, where that is known.
        start: what is solved; a solution of a later line that does not solve it may be left out again.
    """

    name: str
    known: Node | None = None
    start: Comparison | None = None


def walk_equations(lines: Sequence[ReadLine], start: Comparison, name: str, goal: Node, ground: Ground) -> Walked:
    """Judge every line of a solution.

    Args:
        lines: as read; prose is left out.
        start: the equation that is to be solved.
        name: what it is solved for.
        goal: the solution, `name = …`.
        ground: what it stands on.
    """
    sought = Sought(name, solution_in(goal, name), start)
    before, seen = start, {written_form(start, ground.shaped)}
    judged: list[Judged] = []
    sides: list[tuple[int, Node]] = []
    aside = Aside(ground)
    for line in (line for line in lines if line.kind != "prose"):
        if line.kind != "step":
            judged.append(unjudged(line))
            continue
        verdicts: list[Verdict] = []
        own: list[Comparison] = []
        beside = aside.judge(line)
        if beside is not None:
            judged.append(Judged(beside))
            continue
        for sign, tree in equations_of(line.statements, before):
            verdict = _judge(before, tree, sign, sought, ground)
            if verdict.kind != "probable" or not _is_beside(tree, name, ground):
                before = tree
            verdicts.append(verdict)
            own.append(tree)
        forms = {written_form(tree, ground.shaped) for tree in own}
        none = Verdict("refuted", why="An equation was expected here.")
        judged.append(Judged(worst(verdicts or [none]), new=len(forms - seen)))
        seen |= forms
        if judged[-1].word == "ok":
            sides += [(len(judged), each) for tree in own for each in (tree, *tree.operands)]
    return Walked(tuple(judged), before, "=", tuple(sides))


def solution_in(tree: Node, name: str) -> Node | None:
    """Return what a name is said to be; None where an equation does not have it alone on one side."""
    match tree:
        case Comparison(("=" | "==",), (Name(left), right)) if left == name and name not in names_in(right):
            return right
        case Comparison(("=" | "==",), (left_side, Name(right_name))) if right_name == name and name not in names_in(
            left_side
        ):
            return left_side
        case Comparison():
            return None
    return tree


def same_equation(a: Comparison, b: Comparison, name: str, known: Node | None, ground: Ground) -> Verdict:
    """Return whether two equations have the same solutions for a name."""
    return _judge(a, b, "⇔", Sought(name, known), ground)


def equations_of(statements: Sequence[Statement], before: Comparison) -> Iterator[tuple[str, Comparison]]:
    """Yield the equations of a line; a formula behind `=` goes on from the left side of the equation before.

    Args:
        statements: of the line.
        before: the last equation of the line before.

    Yields:
        `⇒` or `⇔`, or an empty text, and an equation or inequality; of `a = b or c = d` the product that vanishes.
    """
    solved = False
    for sign, said in statements:
        signs, sides = steps_of(as_equation(said))
        if solved and not sign and set(signs) <= {"<", "<=", ">", ">=", "!="}:
            continue  # `x = 3, x > 0` says once more which x are meant
        solved = {sign, *signs} <= {"=", ""}
        if sign in ("=", "<", "<=", ">", ">="):
            signs, sides = (sign, *signs), (before.operands[0], *sides)
        for place, own in enumerate(signs):
            # of a = b = c, each further side stands beside the first one
            left = sides[0] if set(signs) == {"="} else sides[place]
            before = Comparison((own,), (left, sides[place + 1]))
            yield sign if place == 0 else "⇔", before


def as_equation(tree: Node) -> Node:
    """Return the product that vanishes for `a = b or c = d`, and anything else as it is."""
    match tree:
        case Operation("or", operands):
            gaps = [as_equation(each) for each in operands]
            if all(isinstance(each, Comparison) and each.operators in (("=",), ("==",)) for each in gaps):
                factors = [Operation("-", each.operands) for each in gaps if isinstance(each, Comparison)]
                whole: Node = factors[0]
                for factor in factors[1:]:
                    whole = Operation("*", (whole, factor))
                return Comparison(("=",), (whole, Number(0)))
    return tree


def _is_beside(tree: Comparison, name: str, ground: Ground) -> bool:
    """Return whether an equation says something of other names, which holds by itself."""
    bodies = {given.name: given.body for given in ground.declared.givens}
    found = set(names_in(tree))
    for given in reversed(ground.declared.givens):
        if given.name in found:
            found |= set(names_in(bodies[given.name]))
    return name not in found or judge_statement(tree, ground).same


def _judge(before: Comparison, tree: Comparison, sign: str, sought: Sought, ground: Ground) -> Verdict:
    if same_structure(before, tree, ground.declared):
        return Verdict("proved")
    space = ground.space(before, tree, *([sought.known] if sought.known is not None else []), Name(sought.name))
    left = space.budget.left
    try:
        verdict = _decided(before, tree, sign, sought, space)
    except SpentError:
        verdict = Verdict("undecided", why="These equations take too many operations to compare.")
    except NoValueError as error:
        verdict = Verdict("undecided", why=f"This cannot be evaluated: {error.why}.")
    ground.budget.left -= left - max(0, space.budget.left)
    if not verdict.same and judge_statement(tree, ground).same:
        return Verdict("probable")  # it holds by the givens alone
    return verdict


def _decided(before: Comparison, tree: Comparison, sign: str, sought: Sought, space: Space) -> Verdict:
    name, known = sought.name, sought.known
    symbol = next((each for each in space.symbols if each.name == name), None)
    equations = set(before.operators) | set(tree.operators) <= {"=", "=="}
    if symbol is None or not equations:
        return compared(before, tree, space)
    gaps = (_gap(before), _gap(tree))
    if symbol.shape is not None:
        return compared_linear(*gaps, name, space, implied=sign == "⇒")
    same = ratio_verdict(*gaps, space)
    if same is not None:
        return same
    solution = compiled(known) if known is not None else None
    solved = 0
    for point in space.generic(_POINTS):
        for mine, (own, other) in enumerate(((gaps[0], gaps[1]), (gaps[1], gaps[0]))):
            if mine and sign == "⇒":
                continue
            for root in _roots(own, symbol, point, space, solution):
                there = put(point, name, root)
                holds = vanishes(other, space, there, name)
                if holds is False and not (mine == 0 and _is_stray(sought.start, before, there, name, space)):
                    return Verdict("refuted", witness=_witness(there, mine=bool(mine)), why=_WHY[bool(mine)])
                solved += holds is True
        if solved >= 2 * _SOLVED:
            break
    solved += _agree_outside(gaps, symbol, space) if solved < _SOLVED and space.budget.left > 0 else 0
    if solved >= _SOLVED:
        return Verdict("probable", solved)
    return Verdict("undecided", solved, why="Too few solutions of the equations were found.")


def _agree_outside(gaps: tuple[Program, Program], symbol: Symbol, space: Space) -> int:
    """Return at how many solutions that lie outside of a name's range both equations hold; 0 if one of them does not.

    A wrong line may have no others, and what follows from it rightly has the same ones.
    """
    free = replace(symbol, low=None, high=None, low_open=False, high_open=False)
    agreed = 0
    for point in space.generic(_POINTS):
        for own, other in (gaps, gaps[::-1]):
            for root in roots(own, free, point, space):
                if vanishes(other, space, put(point, symbol.name, root), symbol.name) is not True:
                    return 0
                agreed += 1
        if agreed >= 2 * _SOLVED:
            break
    return agreed


def _is_stray(start: Comparison | None, before: Comparison, there: Point, name: str, space: Space) -> bool:
    """Return whether a solution came in on the way, by squaring for one."""
    return start is not None and start is not before and vanishes(_gap(start), space, there, name) is False


_WHY: Final = {
    False: "There the line before holds, and this one does not.",
    True: "There this line holds, and the one before does not.",
}


def _gap(tree: Comparison) -> Program:
    left, right = tree.operands
    # a bare 0 is a vector or matrix of zeros where the other side is one
    return compiled(left if right == Number(0) else right if left == Number(0) else Operation("-", (left, right)))


def _roots(gap: Program, symbol: Symbol, point: Point, space: Space, known: Program | None) -> Iterator[Scalar]:
    """Yield solutions: that of the goal if it is one, and those that are found."""
    if known is not None:
        try:
            with ctx.workprec(400):
                value = linear.scalar(known(space.frame(point, lenient=True)))
        except NoValueError:
            value = None
        if value is not None and vanishes(gap, space, put(point, symbol.name, value), symbol.name):
            yield value
    found = False
    for root in roots(gap, symbol, point, space):
        found = True
        yield root
    if not found and not symbol.integer:
        yield from _far(gap, symbol, point, space)


def _far(gap: Program, symbol: Symbol, point: Point, space: Space) -> Iterator[Scalar]:
    """Yield solutions of any size, a change of sign between powers of two."""

    def at(value: Scalar) -> Scalar | None:
        try:
            return linear.scalar(gap(space.frame(put(point, symbol.name, value), lenient=True)))
        except NoValueError:
            return None

    with ctx.workprec(200):
        places = [fmpq(2) ** power for power in range(-40, 41, 2)]
        places = [place for place in places if within(symbol, place)]
        seen = [(place, value) for place in places if (value := at(place)) is not None]
        for (low, before), (high, after) in pairwise(seen):
            root = sign_change(at, low, high) if before * after < 0 else None
            if root is not None:
                yield root


def _witness(point: Point, *, mine: bool) -> Witness:
    at = {name: written(value) for name, value in point.names.items()}
    return Witness(at, "holds" if mine else "does not hold", "does not hold" if mine else "holds")

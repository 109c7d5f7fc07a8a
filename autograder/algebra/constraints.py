"""Move a point so that constraints hold.

`p % n == 0` sets p to a multiple of n, an equality is solved for a name in which it is linear.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flint import fmpq

from autograder.algebra import linear, reals
from autograder.algebra.edges import names_in
from autograder.algebra.frames import Program
from autograder.algebra.linear import Value
from autograder.algebra.machine import compiled
from autograder.algebra.points import within
from autograder.algebra.reals import NoValueError, Scalar
from autograder.formula.tree import Call, Comparison, Name, Node, Number, Operation
from autograder.seeds import Rng

if TYPE_CHECKING:
    from autograder.algebra.sampling import Point, Space


def solved(space: Space, point: Point, rng: Rng) -> Point | None:
    """Return the point moved so that equalities hold, as far as they can be solved."""
    names = dict(point.names)
    for relation, program in space.relations:
        try:
            if program(space.frame(replace(point, names=names))) != 0:
                continue
            _solve(space, relation, names, point, rng)
        except NoValueError:
            return None
    return replace(point, names=names)


def _solve(space: Space, relation: Node, names: dict[str, Value], point: Point, rng: Rng) -> None:
    match relation:
        case Comparison(("==" | "=",), (Operation("%", (Name(name), step)), Number(0))) | Comparison(
            ("==" | "=",), (Call("Mod", (Name(name), step)), Number(0))
        ):
            value = compiled(step)(space.frame(replace(point, names=names)))
            names[name] = linear.scalar(value) * (1 + rng.below(4 if point.flavour == "small" else 12))
        case Comparison(("==" | "=",), (left, right)):
            gap = compiled(Operation("-", (left, right)))
            for name in dict.fromkeys([*names_in(left), *names_in(right)]):
                symbol = space.declared.symbol(name)
                if symbol is None or symbol.shape or symbol.indices:
                    continue
                found = root(space, gap, name, replace(point, names=names))
                if found is not None and within(symbol, found):
                    names[name] = found
                    return


def root(space: Space, gap: Program, name: str, point: Point, target: fmpq = reals.ZERO) -> fmpq | None:
    """Return where a formula takes a value, if it is linear in this name."""

    def at(value: fmpq) -> Scalar:
        return linear.scalar(gap(space.frame(replace(point, names={**point.names, name: value}))))

    base = point.names.get(name)
    if type(base) is not fmpq:
        return None
    try:
        first, second = at(base), at(base + 1)
        if type(first) is not fmpq or type(second) is not fmpq or first == second:
            return None
        found = base - (first - target) / (second - first)
        return found if isinstance(found, fmpq) and at(found) == target else None
    except NoValueError:
        return None

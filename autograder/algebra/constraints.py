"""Move a point so that constraints hold.

`p % n == 0` sets p to a multiple of n, an equality is solved for a name in which it is linear, and of `k <= n` the one
that may move is drawn again on the right side of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flint import fmpq

from autograder.algebra import linear, reals
from autograder.algebra.edges import names_in
from autograder.algebra.frames import Program
from autograder.algebra.linear import Value
from autograder.algebra.machine import compiled
from autograder.algebra.points import within
from autograder.algebra.reals import NoValueError, Scalar
from autograder.algebra.symbols import Symbol
from autograder.formula.tree import Call, Comparison, Name, Node, Number, Operation
from autograder.seeds import Rng

if TYPE_CHECKING:
    from autograder.algebra.sampling import Point, Space

_SPREAD: Final = 8
"""How far from the other a number is drawn that has no end on that side."""


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
        case Comparison((("<" | "<=" | ">" | ">=") as sign,), (Name(left_name), Name(right_name))):
            low, high = (left_name, right_name) if sign[0] == "<" else (right_name, left_name)
            _order(low, high, names, {each.name: each for each in space.free()}, rng)


def _order(low: str, high: str, names: dict[str, Value], free: Mapping[str, Symbol], rng: Rng) -> None:
    bottom, top = names.get(low), names.get(high)
    if type(bottom) is not fmpq or type(top) is not fmpq:
        return
    # the smaller one moves where both may: the larger is often a size, and sizes are drawn apart from each other
    if low in free:
        symbol = free[low]
        least = reals.real(symbol.low) if symbol.low is not None else top - _SPREAD
        names[low] = _between(least, top, symbol, rng) if least <= top else bottom
    elif high in free:
        symbol = free[high]
        most = reals.real(symbol.high) if symbol.high is not None else bottom + _SPREAD
        names[high] = _between(bottom, most, symbol, rng) if most >= bottom else top


def _between(least: fmpq, most: fmpq, symbol: Symbol, rng: Rng) -> fmpq:
    if symbol.integer:
        first = least.ceil()
        return fmpq(first) + rng.below(max(1, int(most.floor() - first) + 1))
    return least + (most - least) * fmpq(rng.below(97) + 1, 98)


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

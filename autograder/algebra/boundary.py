"""Choose points on boundaries: ends of ranges, equal values, and both sides of where a case or a step begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, zip_longest
from typing import Final

from flint import ctx, fmpq

from autograder.algebra import linear, reals
from autograder.algebra.constraints import root
from autograder.algebra.edges import edges, names_in
from autograder.algebra.frames import Budget, Program, SpentError
from autograder.algebra.linear import Value
from autograder.algebra.machine import compiled
from autograder.algebra.points import boundaries, within
from autograder.algebra.reals import NoValueError
from autograder.algebra.sampling import Point, Space, known
from autograder.algebra.symbols import Symbol
from autograder.formula.tree import Node

Place = tuple[dict[str, Value], int | None]
"""Values by name, and the edge that they lie on, where only one of two formulas has it."""

_MOST: Final = 60
_CASES: Final = 5
_BASES: Final = 3
_NEAR: Final = fmpq(1, 64)
_FEW: Final = 4
"""Where each term of a formula takes long."""

_CORNERS: Final = (fmpq(1, 1000), fmpq(1000), fmpq(10**8))
_EDGES: Final = 12
_SEARCH: Final = 60_000
"""Operations for finding where what is not straight changes its sign."""

_HALVINGS: Final = 24
_PRECISION: Final = 112

_SIZES: Final = tuple(
    fmpq(top, bottom)
    for top, bottom in (
        (1, 10**12), (1, 1000), (1, 30), (1, 3), (1, 1), (5, 2), (7, 1), (30, 1), (300, 1), (10**4, 1), (10**6, 1),
        (10**9, 1),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Edge:
    """An expression and the values at which a formula changes its nature.

    Attributes:
        number: which it is, if only one of two formulas changes there.
        symbols: those that it hangs on.
    """

    program: Program
    targets: tuple[fmpq, ...]
    number: int | None
    symbols: tuple[Symbol, ...]


def boundary(space: Space, base: Iterable[Point]) -> Iterator[Point]:
    """Yield points on boundaries, some from each of a few points of a base, and some where all numbers are alike."""
    found = _found(space)
    points = _apart(space, list(base), found)
    search = replace(space, budget=Budget(min(_SEARCH, space.budget.left // 4)))
    seen: set[object] = set()
    most = _FEW if space.tiny else _MOST
    for number, point in enumerate(points, 1):
        turns = [_edges(space, search, edge, symbol, point) for edge in found for symbol in edge.symbols]
        beside = ((names, None) for names in (*_ends(space, point), *_equals(space, point)))
        for names, edge in (*_by_turns(turns), *beside):
            changed = replace(point, names=names, generic=False, edge=edge)
            if known(changed) not in seen and space.allowed(changed):
                seen.add(known(changed))
                yield changed
            if len(seen) >= most * number / len(points):
                break
    for point in points[:1]:
        for corner in _corners(space, point):
            # families have other members there, whatever was seen at this place
            if (space.varies or known(corner) not in seen) and space.allowed(corner):
                yield corner


def _apart(space: Space, points: list[Point], found: list[_Edge]) -> list[Point]:
    """Return a few points in different cases of the formulas, and of different sizes."""
    chosen: dict[object, Point] = {}
    for point in points:
        chosen.setdefault(tuple(_side(space, edge, point) for edge in found), point)
    cases = list(chosen.values())[:_CASES]
    sizes = {point.flavour: point for point in reversed(points) if point not in cases}
    more = [sizes[flavour] for flavour in ("broken", "wide", "medium") if flavour in sizes]
    return [*cases, *more][: max(_BASES, len(cases))] + _mirrored(space, cases[:1])


def _mirrored(space: Space, points: list[Point]) -> list[Point]:
    """Return points with the other sign of every number that may have it."""
    found = []
    for point in points:
        names = dict(point.names)
        for symbol in space.free():
            if symbol.low is None and symbol.high is None:
                names[symbol.name] = -linear.scalar(point.names[symbol.name])
        mirrored = replace(point, names=names, generic=False)
        found += [mirrored] if names != point.names and space.allowed(mirrored) else []
    return found


def _side(space: Space, edge: _Edge, point: Point) -> int | None:
    try:
        return reals.sign_of(linear.scalar(edge.program(space.frame(point, lenient=True))), lenient=True)
    except NoValueError:
        return None


def _by_turns(turns: list[Iterator[Place]]) -> Iterator[Place]:
    """Yield the first of each, then the second of each, and so on."""
    for together in zip_longest(*turns):
        yield from (place for place in together if place is not None)


def _corners(space: Space, point: Point) -> Iterator[Point]:
    """Yield points at which every number, members of families too, is near its end or far from it; or by turns."""
    free = space.free()
    together: tuple[tuple[int, ...], ...] = ((0,), (1,), (2,)) if len(free) > 1 or space.varies else ()
    for pattern in (*together, (0, 1), (1, 0)) if len(free) > 1 else together:
        names = dict(point.names)
        for place, symbol in enumerate(free):
            size = _CORNERS[pattern[place % len(pattern)]] * (place + 2)
            value = _from_end(symbol, size if not space.looped(symbol) else fmpq(min(size, fmpq(40 + place))))
            names[symbol.name] = fmpq(value.ceil()) if symbol.integer else value
        flavour = ("tiny", "wide", "huge")[pattern[0]]
        # members come from number and flavour: these are others than those of the point
        yield replace(point, names=names, generic=False, flavour=flavour)


def _from_end(symbol: Symbol, size: fmpq) -> fmpq:
    """Return what lies so far from a symbol's end; between two ends, the share that this is of it and one."""
    if symbol.low is not None and symbol.high is not None:
        low, high = reals.real(symbol.low), reals.real(symbol.high)
        return low + (high - low) * size / (1 + size)
    if symbol.low is not None:
        return reals.real(symbol.low) + size
    return reals.real(symbol.high) - size if symbol.high is not None else size


def _ends(space: Space, point: Point) -> Iterator[dict[str, Value]]:
    for symbol in space.free():
        for end in boundaries(symbol):
            yield {**point.names, symbol.name: end}


def _equals(space: Space, point: Point) -> Iterator[dict[str, Value]]:
    for a, b in list(combinations(space.free(), 2))[:10]:
        yield {**point.names, a.name: point.names[b.name]}


def _found(space: Space) -> list[_Edge]:
    """Return the edges of the formulas, first those that only one of them has."""
    own = [dict(edges(tree)) for tree in space.trees]
    both = {tree: targets for each in own for tree, targets in each.items()}
    shared = {tree for tree in both if all(tree in each for each in own)}
    found: list[_Edge] = []
    for tree in sorted(both, key=lambda tree: tree in shared)[:_EDGES]:
        with suppress(NoValueError):
            number = None if tree in shared else len(found)
            found.append(_Edge(compiled(tree), both[tree], number, _moving(space, tree)))
    return found


def _moving(space: Space, tree: Node) -> tuple[Symbol, ...]:
    """Return the symbols that may move an expression."""
    names = set(names_in(tree))
    if names & (space.definitions.keys() | space.bodies.keys()):
        return tuple(space.free())
    return tuple(symbol for symbol in space.free() if symbol.name in names)


def _edges(space: Space, search: Space, edge: _Edge, symbol: Symbol, point: Point) -> Iterator[Place]:
    for target in edge.targets:
        exact = root(space, edge.program, symbol.name, point, target)
        places = _about(symbol, exact) if exact is not None else _changes(search, edge, symbol, point, target)
        yield from (({**point.names, symbol.name: place}, edge.number) for place in places)


def _about(symbol: Symbol, root: fmpq) -> list[fmpq]:
    """Return a place and others on both sides of it, next to it and further away."""
    if symbol.integer:
        whole = fmpq(root.floor())
        return [whole + step for step in (0, 1, -1)]
    return [root, root + _NEAR, root - _NEAR, root + 1, root - 1, root / 2, root * 2]


def _changes(space: Space, edge: _Edge, symbol: Symbol, point: Point, target: fmpq) -> list[fmpq]:
    """Return places on both sides of where an expression passes a value, and beyond."""

    def side(place: fmpq) -> int | None:
        try:
            moved = replace(point, names={**point.names, symbol.name: place})
            value = linear.scalar(edge.program(space.frame(moved, lenient=True)))
            return reals.sign_of(value - target, lenient=True)
        except NoValueError:
            return None

    found: list[fmpq] = []
    with ctx.workprec(_PRECISION), suppress(SpentError):
        sides = [(place, sign) for place in _grid(symbol) if (sign := side(place)) is not None]
        for (low, before), (high, after) in pairwise(sides):
            if before != after:
                found += [*_narrowed(side, symbol, low, high, after), low, high]
    return found


def _narrowed(
    side: Callable[[fmpq], int | None], symbol: Symbol, low: fmpq, high: fmpq, after: int
) -> tuple[fmpq, fmpq]:
    """Return two neighbours, or numbers very near to each other, between which the side changes."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if symbol.integer:
            middle = fmpq(middle.floor())
            if middle == low:
                break
        sign = side(middle)
        if sign is None:
            break
        low, high = (low, middle) if sign == after else (middle, high)
    return low, high


def _grid(symbol: Symbol) -> list[fmpq]:
    """Return places within a symbol's bounds, from the least to the greatest, of all sizes."""
    places = [_from_end(symbol, size) for size in _SIZES]
    if symbol.low is None and symbol.high is None:
        places += [-size for size in _SIZES]
    if symbol.integer:
        places = [fmpq(place.ceil()) for place in places]
    return sorted({place for place in places if within(symbol, place)})

"""Choose the points for a comparison: generic ones within the declared bounds and constraints, then boundary points.

Constraints are met by solving: `p % n == 0` sets p to a multiple of n, an equality is solved for a name in which it is
linear; what is left is met by drawing again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Final

from flint import fmpq

from autograder.algebra import linear, reals
from autograder.algebra.edges import edges, looped, names_in
from autograder.algebra.frames import Budget, Frame, Law, Program
from autograder.algebra.linear import Value
from autograder.algebra.machine import compiled, law_of
from autograder.algebra.points import FLAVOURS, Unseen, boundaries, matrix, number, rng_for, within
from autograder.algebra.reals import NoValueError, Scalar
from autograder.algebra.symbols import Declared, Random, Symbol
from autograder.formula.tree import Call, Comparison, Group, Name, Node, Number, Operation
from autograder.seeds import Rng

_TRIES: Final = 40
"""Draws for one point until its constraints hold."""

_MOST_BOUNDARY: Final = 40
_FEW_BOUNDARY: Final = 4


@dataclass(frozen=True)
class Point:
    """Values for every symbol of a comparison.

    Attributes:
        generic: drawn freely, not set on a boundary where formulas may lack a value by accident.
        number: which draw, for families and functions that are only declared.
    """

    names: Mapping[str, Value]
    number: int
    flavour: str
    generic: bool = True


@dataclass(frozen=True)
class Space:
    """What points are drawn from.

    Attributes:
        declared: with bounds, constraints and definitions.
        trees: the formulas that will be compared.
        seed: of the comparison.
        budget: shared with the comparison.
        loose: families have members with indices below 1.
        tiny: sizes and numbers of terms are 1 to 3, because each term takes long.
        fixed: names that stand for numbers which were drawn for a variant.
        law: which points stand for the laws of random variables where these are not known well enough.
    """

    declared: Declared
    trees: tuple[Node, ...]
    seed: bytes
    budget: Budget
    loose: bool = False
    fixed: Mapping[str, Value] = field(default_factory=dict)
    tiny: bool = False
    law: int | None = None

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """The numbers, vectors and matrices that these formulas hang on, sizes first."""
        names, defined = self._needed, self.definitions
        found = [
            each
            for each in (*self.declared.symbols, *_free(self.declared.random))
            if each.name in names and each.name not in defined and each.name not in self.fixed and not each.indices
        ]
        return tuple(sorted(found, key=lambda each: (each.shape is not None, each.name not in self._sizes)))

    @cached_property
    def varies(self) -> bool:
        """Whether families or functions that are only declared take part, so that a point is more than its names."""
        symbols = (*self.declared.symbols, *_free(self.declared.random))
        families = any(symbol.indices for symbol in symbols if symbol.name in self._needed)
        return families or any(symbol.shape for symbol in self.symbols)

    @cached_property
    def bodies(self) -> Mapping[str, tuple[tuple[str, ...], Program]]:
        """Declared functions with a body, compiled."""
        return {each.name: (each.of, compiled(each.body)) for each in self.declared.functions if each.body is not None}

    @cached_property
    def definitions(self) -> Mapping[str, Program]:
        """Definitions, compiled."""
        return {given.name: compiled(given.body) for given in self.declared.givens}

    @cached_property
    def random(self) -> Mapping[str, Law]:
        """Random variables, compiled."""
        return {each.name: law_of(each) for each in self.declared.random}

    def unseen(self, point: Point) -> Unseen:
        """Return the families and unknown functions at a point."""
        symbols = (*self.declared.symbols, *_free(self.declared.random))
        families = {symbol.name: symbol for symbol in symbols if symbol.indices}
        seed = self.seed + point.number.to_bytes(4, "big")
        return Unseen(seed, families, point.flavour, self.loose)

    def frame(self, point: Point, unseen: Unseen | None = None, *, lenient: bool = False) -> Frame:
        """Return what a formula needs to be evaluated at a point."""
        unseen = unseen if unseen is not None else self.unseen(point)
        return Frame(
            {**self.fixed, **point.names}, unseen.member, unseen.unknown, self.budget, self.definitions, self.bodies,
            self.random, lenient=lenient, law=self.law,
        )  # fmt: skip

    def generic(self, most: int) -> Iterator[Point]:
        """Yield different points, the smallest first, at most so many; fewer where there are no more."""
        seen: set[object] = set()
        failures = 0
        for place in range(3 * most):
            flavour = FLAVOURS[place % len(FLAVOURS)] if place >= 2 else "small"
            point = self._drawn(place, flavour)
            if point is None or (not self.varies and (known := _known(point)) in seen):
                failures += 1
                if failures > most:
                    return
                continue
            if not self.varies:
                seen.add(known)
            yield point
            if len(seen) >= most or (not self.symbols and not self.varies):
                return

    def small(self, most: int) -> Iterator[Point]:
        """Yield generic points of small numbers."""
        for place in range(most):
            point = self._drawn(1_000 + place, "small")
            if point is not None:
                yield point

    def boundary(self, base: Iterable[Point]) -> Iterator[Point]:
        """Yield points on boundaries: ends of ranges, equal values, and where a case or a step of a formula begins."""
        seen: set[object] = set()
        for point in base:
            for names in (*self._edges(point), *self._ends(point), *self._equals(point)):
                changed = replace(point, names=names, generic=False)
                if _known(changed) not in seen and self.allowed(changed):
                    seen.add(_known(changed))
                    yield changed
                if len(seen) >= (_FEW_BOUNDARY if self.tiny else _MOST_BOUNDARY):
                    return

    @cached_property
    def _needed(self) -> frozenset[str]:
        bodies = {given.name: given.body for given in self.declared.givens}
        bodies |= {each.name: each.body for each in self.declared.functions if each.body is not None}
        for each in self.declared.random:
            bodies[each.name] = Group(each.bodies)
        found: set[str] = set()
        waiting = [name for tree in self.trees for name in names_in(tree)]
        constraints = [frozenset(names_in(constraint)) for constraint in self.declared.constraints]
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            if name in bodies:
                waiting += names_in(bodies[name])
            symbol = self.declared.by_name.get(name)
            if isinstance(symbol, Symbol | Random):
                waiting += [size for size in symbol.shape or () if isinstance(size, str)]
            waiting += [other for names in constraints if name in names for other in names]
        return frozenset(found)

    @cached_property
    def _sizes(self) -> frozenset[str]:
        owners: tuple[Symbol | Random, ...] = (*self.declared.symbols, *self.declared.random)
        shapes = [each.shape for each in owners if each.shape and each.name in self._needed]
        return frozenset(size for shape in shapes for size in shape if isinstance(size, str))

    @cached_property
    def _depths(self) -> Mapping[str, int]:
        """How deep the sums stand whose number of terms hangs on a name."""
        bodies = [given.body for given in self.declared.givens]
        found: dict[str, int] = {}
        for name, depth in (pair for tree in (*self.trees, *bodies) for pair in looped(tree)):
            found[name] = max(depth, found.get(name, 0))
        return found

    @cached_property
    def _constraints(self) -> tuple[tuple[Node, Program], ...]:
        needed = self._needed
        return tuple((each, compiled(each)) for each in self.declared.constraints if needed.issuperset(names_in(each)))

    def _drawn(self, place: int, flavour: str) -> Point | None:
        for attempt in range(_TRIES):
            # where constraints are hard to meet, small numbers meet them more often
            names = self._names(rng_for(self.seed, place, attempt), flavour if attempt < _TRIES // 2 else "small")
            if names is None:
                continue
            point = Point(names, place, flavour)
            solved = self._solved(point, rng_for(self.seed, place, attempt, "solve"))
            if solved is not None and self.allowed(solved):
                return solved
        return None

    def _names(self, rng: Rng, flavour: str) -> dict[str, Value] | None:
        names: dict[str, Value] = {}
        sizes = rng.shuffled((2, 3, 1) if self.tiny else (2, 3, 4, 5))
        for symbol in self.symbols:
            own = flavour if flavour != "wide" or rng.below(2) else "medium"
            own = _bearable(own, self._depths.get(symbol.name, 0))
            value: Value | None
            if symbol.shape is not None:
                value = matrix(symbol, lambda size: _size(size, names), rng, own)
            elif symbol.name in self._sizes or (self.tiny and symbol.integer and self._depths.get(symbol.name)):
                value = _allowed_size(symbol, sizes, rng)
            else:
                value = self._apart(symbol, rng, own, names)
            if value is None:
                return None
            names[symbol.name] = value
        return names

    def _apart(self, symbol: Symbol, rng: Rng, flavour: str, names: Mapping[str, Value]) -> fmpq | None:
        # equal values hide differences, and make zeros where there usually are none
        value = None
        for _ in range(6):
            value = number(symbol, rng, flavour)
            if value not in names.values():
                break
        return value

    def _solved(self, point: Point, rng: Rng) -> Point | None:
        """Return the point moved so that equalities hold, as far as they can be solved."""
        names = dict(point.names)
        for relation, program in self._constraints:
            try:
                if program(self.frame(replace(point, names=names))) != 0:
                    continue
                self._solve(relation, names, point, rng)
            except NoValueError:
                return None
        return replace(point, names=names)

    def _solve(self, relation: Node, names: dict[str, Value], point: Point, rng: Rng) -> None:
        match relation:
            case Comparison(("==" | "=",), (Operation("%", (Name(name), step)), Number(0))) | Comparison(
                ("==" | "=",), (Call("Mod", (Name(name), step)), Number(0))
            ):
                value = compiled(step)(self.frame(replace(point, names=names)))
                names[name] = linear.scalar(value) * (1 + rng.below(4 if point.flavour == "small" else 12))
            case Comparison(("==" | "=",), (left, right)):
                gap = compiled(Operation("-", (left, right)))
                for name in dict.fromkeys([*names_in(left), *names_in(right)]):
                    symbol = self.declared.symbol(name)
                    if symbol is None or symbol.shape or symbol.indices:
                        continue
                    root = self._root(gap, name, replace(point, names=names))
                    if root is not None and within(symbol, root):
                        names[name] = root
                        return

    def _root(self, gap: Program, name: str, point: Point, target: fmpq = reals.ZERO) -> fmpq | None:
        """Return where a formula takes a value, if it is linear in this name."""

        def at(value: fmpq) -> Scalar:
            return linear.scalar(gap(self.frame(replace(point, names={**point.names, name: value}))))

        base = point.names.get(name)
        if type(base) is not fmpq:
            return None
        try:
            first, second = at(base), at(base + 1)
            if type(first) is not fmpq or type(second) is not fmpq or first == second:
                return None
            root = base - (first - target) / (second - first)
            return root if isinstance(root, fmpq) and at(root) == target else None
        except NoValueError:
            return None

    def allowed(self, point: Point) -> bool:
        """Return whether a point lies within bounds and constraints."""
        for symbol in self.symbols:
            value = point.names[symbol.name]
            if symbol.shape is None and not within(symbol, linear.scalar(value)):
                return False
        try:
            return all(program(self.frame(point, lenient=True)) != 0 for _, program in self._constraints)
        except NoValueError:
            return False

    def _free(self) -> list[Symbol]:
        return [symbol for symbol in self.symbols if symbol.shape is None and symbol.name not in self._sizes]

    def _ends(self, point: Point) -> Iterator[dict[str, Value]]:
        for symbol in self._free():
            for end in boundaries(symbol):
                yield {**point.names, symbol.name: end}

    def _equals(self, point: Point) -> Iterator[dict[str, Value]]:
        for a, b in list(combinations(self._free(), 2))[:10]:
            yield {**point.names, a.name: point.names[b.name]}

    def _edges(self, point: Point) -> Iterator[dict[str, Value]]:
        for edge, targets in self._edge_programs:
            for symbol in self._free():
                for target in targets:
                    root = self._root(edge, symbol.name, point, target)
                    if root is not None:
                        whole = reals.floor(root, lenient=False) if symbol.integer else root
                        yield from ({**point.names, symbol.name: whole + step} for step in (0, 1, -1))

    @cached_property
    def _edge_programs(self) -> list[tuple[Program, tuple[fmpq, ...]]]:
        found = dict(edge for tree in self.trees for edge in edges(tree))
        programs: list[tuple[Program, tuple[fmpq, ...]]] = []
        for tree, targets in list(found.items())[:12]:
            try:
                programs.append((compiled(tree), targets))
            except NoValueError:
                continue
        return programs


def _free(random: Iterable[Random]) -> list[Symbol]:
    """Return random variables as they are outside of expectations: any numbers."""
    return [Symbol(each.name, indices=each.indices, shape=each.shape) for each in random]


def _bearable(flavour: str, depth: int) -> str:
    """Return a flavour for a number of terms: of sums in sums there may be few, or no point is left in the budget."""
    if depth == 0 or flavour == "small":
        return flavour
    return "broken" if depth > 1 or flavour == "broken" else "medium"


def _known(point: Point) -> object:
    return tuple(sorted((name, str(value)) for name, value in point.names.items()))


def _size(size: str | int, names: Mapping[str, Value]) -> int:
    if isinstance(size, int):
        return size
    value = linear.scalar(names[size])
    assert isinstance(value, fmpq)
    return int(value.p)


def _allowed_size(symbol: Symbol, sizes: Sequence[int], rng: Rng) -> fmpq | None:
    """Return a small size that no other letter has yet."""
    assert isinstance(sizes, list)
    for size in sizes:
        if within(symbol, fmpq(size)):
            sizes.remove(size)
            return fmpq(size)
    return number(symbol, rng, "small")

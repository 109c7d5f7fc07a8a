"""Choose the generic points for a comparison, within the declared bounds and constraints.

Constraints are met by solving as far as they can be; what is left is met by drawing again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from flint import fmpq

from autograder.algebra import linear
from autograder.algebra.constraints import solved
from autograder.algebra.declared_laws import law_of
from autograder.algebra.edges import looped, names_in
from autograder.algebra.frames import Budget, Frame, Law, Program
from autograder.algebra.linear import Value
from autograder.algebra.machine import compiled
from autograder.algebra.points import FLAVOURS, Unseen, matrix, number, rng_for, within
from autograder.algebra.reals import NoValueError
from autograder.algebra.symbols import Declared, Random, Symbol
from autograder.formula.tree import Group, Node
from autograder.seeds import Rng

_TRIES: Final = 40
"""Draws for one point until its constraints hold."""


@dataclass(frozen=True)
class Point:
    """Values for every symbol of a comparison.

    Attributes:
        generic: drawn freely, not set on a boundary where formulas may lack a value by accident.
        number: which draw, for families and functions that are only declared.
        edge: where it is on one that only one of two formulas has, which.
    """

    names: Mapping[str, Value]
    number: int
    flavour: str
    generic: bool = True
    edge: int | None = None


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
            if point is None or (not self.varies and (here := known(point)) in seen):
                failures += 1
                if failures > most:
                    return
                continue
            if not self.varies:
                seen.add(here)
            yield point
            if len(seen) >= most or (not self.symbols and not self.varies):
                return

    def small(self, most: int) -> Iterator[Point]:
        """Yield generic points of small numbers."""
        for place in range(most):
            point = self._drawn(1_000 + place, "small")
            if point is not None:
                yield point

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
    def relations(self) -> tuple[tuple[Node, Program], ...]:
        """The constraints between names that these formulas hang on, compiled."""
        needed = self._needed
        return tuple((each, compiled(each)) for each in self.declared.constraints if needed.issuperset(names_in(each)))

    def _drawn(self, place: int, flavour: str) -> Point | None:
        for attempt in range(_TRIES):
            # where constraints are hard to meet, small numbers meet them more often
            names = self._names(rng_for(self.seed, place, attempt), flavour if attempt < _TRIES // 2 else "small")
            if names is None:
                continue
            point = Point(names, place, flavour)
            moved = solved(self, point, rng_for(self.seed, place, attempt, "solve"))
            if moved is not None and self.allowed(moved):
                return moved
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

    def allowed(self, point: Point) -> bool:
        """Return whether a point lies within bounds and constraints."""
        for symbol in self.symbols:
            value = point.names[symbol.name]
            if symbol.shape is None and not within(symbol, linear.scalar(value)):
                return False
        try:
            return all(program(self.frame(point, lenient=True)) != 0 for _, program in self.relations)
        except NoValueError:
            return False

    def looped(self, symbol: Symbol) -> bool:
        """Return whether the number of a sum's terms hangs on a symbol."""
        return symbol.name in self._depths

    def free(self) -> list[Symbol]:
        """Return the numbers that may be moved by themselves: no vectors, matrices or sizes."""
        return [symbol for symbol in self.symbols if symbol.shape is None and symbol.name not in self._sizes]


def _free(random: Iterable[Random]) -> list[Symbol]:
    """Return random variables as they are outside of expectations: any numbers."""
    return [Symbol(each.name, indices=each.indices, shape=each.shape) for each in random]


def _bearable(flavour: str, depth: int) -> str:
    """Return a flavour for a number of terms: of sums in sums there may be few, or no point is left in the budget."""
    if depth == 0 or flavour == "small":
        return flavour
    return "broken" if depth > 1 or flavour == "broken" else "medium"


def known(point: Point) -> object:
    """Return what is the same for points at the same place."""
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

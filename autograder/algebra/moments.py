"""Expectations, variances and covariances at a point: exact as far as means and variances decide them.

An expectation that hangs on the declared moments alone is the mean over any other variables with the same ones: each
takes a few values, and two different such choices must agree. With many variables the same is had from the second
differences of a quadratic, or from pairs of variables. Correlated variables are moved along independent directions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final

from flint import fmpq

from autograder.algebra import linear, reals
from autograder.algebra.frames import Frame, Law, Program
from autograder.algebra.laws import RUNS, Shape
from autograder.algebra.linear import Matrix, Value
from autograder.algebra.reals import ONE, NoValueError, Scalar

Atom = tuple[str, tuple[int, ...]]
"""A random variable: its name, and its indices in a family."""

Outcome = Mapping[Atom, Scalar]

_FEW: Final = 4
"""Up to so many variables, all combinations of their values are gone through."""

_FULL: Final = 2
"""Up to so many, each with all the points of its law."""

_IN_PAIRS: Final = 5
"""The highest degree of a polynomial whose mean two variables at a time decide: the mean of each term of degree 5 with
three of them is 0, because one stands in it only once."""

_MOST: Final = 400

_UNDECIDED: Final = "an expectation that the declared moments do not decide"


def expectation(program: Program, weight: int) -> Program:
    """Return the expectation of a formula, as a function of the point."""
    return lambda frame: _Moments(frame, weight).mean(program)


def covariance(first: Program, second: Program, weight: int) -> Program:
    """Return the covariance of two formulas, as a function of the point."""

    def both(frame: Frame) -> Value:
        moments = _Moments(frame, weight)
        if first is second:
            mean = moments.mean(first)
            return linear.difference(moments.mean(_squared(first)), _outer(mean, mean))
        joint = moments.mean(lambda inner: _outer(first(inner), second(inner)))
        return linear.difference(joint, _outer(moments.mean(first), moments.mean(second)))

    return both


def _squared(program: Program) -> Program:
    def square(frame: Frame) -> Value:
        value = program(frame)
        return _outer(value, value)

    return square


def _outer(a: Value, b: Value) -> Value:
    """Return the product of numbers, or of a column and a row."""
    return linear.product(a, linear.transpose(b))


@dataclass(frozen=True)
class _Axis:
    """A direction in which random variables move together, independently of the other directions.

    Attributes:
        along: how far each variable moves with it.
        shape: the law of the distance.
    """

    along: Mapping[Atom, Scalar]
    shape: Shape


class _Moments:
    """Works out means at one point. `known` are the mean and variance of each variable that was met."""

    def __init__(self, frame: Frame, weight: int) -> None:
        self.frame = frame
        self.weight = weight
        # what is defined by random variables moves with them
        hidden = frame.definitions.keys() | frame.random.keys()
        self.fixed = {name: value for name, value in frame.names.items() if name not in hidden}
        self.known: dict[Atom, tuple[Scalar, Shape]] = {}

    def mean(self, program: Program) -> Value:
        """Return the mean of a formula.

        Raises:
            NoValueError: what is declared does not decide it.
        """
        met: dict[Atom, None] = {}
        at_mean = self._at(program, {}, met)
        atoms = [atom for atom in met if self.moments(atom)[1].var != 0]
        if len(atoms) > _MOST:
            raise NoValueError("large", "too many random variables")
        if not atoms:
            return at_mean
        axes = self._axes(atoms)
        if len(axes) > 1:
            try:
                degree = self._degree(program, axes, at_mean)
            except NoValueError:
                degree = _IN_PAIRS + 1
            if degree <= 2:
                return self._quadratic(program, axes, at_mean)
            if degree <= _IN_PAIRS and len(axes) > 2:
                return self._decided([self._in_pairs(program, axes, at_mean, run) for run in RUNS])
            if len(axes) > _FEW:
                raise NoValueError("unknown", _UNDECIDED)
        return self._decided([self._combined(program, axes, run) for run in RUNS])

    def _decided(self, found: Sequence[Value]) -> Value:
        """Return what both sets of points give; where they differ, more would have to be known."""
        if linear.agree(found[0], found[1], lenient=True) is True:
            return found[0]
        if self.frame.law is None:
            raise NoValueError("unknown", _UNDECIDED)
        return found[self.frame.law]

    def moments(self, atom: Atom) -> tuple[Scalar, Shape]:
        """Return the mean and the further moments of a variable."""
        if atom not in self.known:
            law = self.frame.random[atom[0]]
            if law.mean is None or (law.var is None and law.values is None and atom[0] not in law.cov):
                raise NoValueError("unknown", f"mean and variance of {atom[0]} are not both declared")
            mean = self._entry(law.mean, atom[1] if law.is_vector else ())
            self.known[atom] = mean, self._shape(law, atom, mean)
        return self.known[atom]

    def _shape(self, law: Law, atom: Atom, mean: Scalar) -> Shape:
        if law.values is not None:
            low, high = (reals.subtract(linear.scalar(value(self.frame)), mean) for value in law.values)
            return Shape(-reals.multiply(low, high), two=(low, high))
        if law.is_vector and atom[0] in law.cov:
            var = self._entry(law.cov[atom[0]], (*atom[1], *atom[1]))
        else:
            assert law.var is not None
            var = linear.scalar(law.var(self.frame))
        third, fourth = (
            linear.scalar(each(self.frame)) if each is not None else None for each in (law.third, law.fourth)
        )
        return Shape(var, third, fourth, law.normal)

    def _entry(self, program: Program, at: tuple[int, ...]) -> Scalar:
        value = program(self.frame)
        if not isinstance(value, Matrix):
            return value
        row, column = at if len(at) == 2 else (*at, 1)
        return value.rows[row - 1][column - 1]

    def _covariance(self, a: Atom, b: Atom) -> Scalar:
        laws = self.frame.random[a[0]], self.frame.random[b[0]]
        if a[0] == b[0]:
            program = laws[0].cov.get(a[0])
            if program is None:
                return reals.ZERO
            return self._entry(program, (*a[1], *b[1])) if laws[0].is_vector else linear.scalar(program(self.frame))
        program = laws[0].cov.get(b[0]) or laws[1].cov.get(a[0])
        return linear.scalar(program(self.frame)) if program is not None and a[1] == b[1] else reals.ZERO

    def _axes(self, atoms: Sequence[Atom]) -> list[_Axis]:
        """Return independent directions: those of the variables themselves, unless some of them are correlated."""
        owners = {atom[0] for atom in atoms}
        if not any(self.frame.random[name].cov.keys() & owners for name in owners):
            return [_Axis({atom: ONE}, self.moments(atom)[1]) for atom in atoms]
        normal = all(self.frame.random[name].normal for name in owners)
        rest = {(a, b): self._covariance(a, b) for place, a in enumerate(atoms) for b in atoms[:place]}
        rest |= {(b, a): value for (a, b), value in rest.items()}
        rest |= {(atom, atom): self.moments(atom)[1].var for atom in atoms}
        axes: list[_Axis] = []
        for place, first in enumerate(atoms):
            var = rest[first, first]
            others = atoms[place + 1 :]
            if var == 0:
                continue
            along = {each: reals.divide(rest[each, first], var, lenient=True) for each in others}
            for a in others:
                for b in others:
                    rest[a, b] = reals.subtract(rest[a, b], reals.multiply(along[a], rest[b, first]))
            alone = all(coefficient == 0 for coefficient in along.values()) and not axes
            axes.append(_Axis({first: ONE, **along}, self.moments(first)[1] if alone else Shape(var, normal=normal)))
        return axes

    def _moved(self, distances: Sequence[tuple[_Axis, Scalar]]) -> Outcome:
        outcome: dict[Atom, Scalar] = {}
        for axis, distance in distances:
            for atom, coefficient in axis.along.items():
                before = outcome[atom] if atom in outcome else self.moments(atom)[0]
                outcome[atom] = reals.add(before, reals.multiply(coefficient, distance))
        return outcome

    def _combined(self, program: Program, axes: Sequence[_Axis], run: int) -> Value:
        """Return the mean over all combinations of the points of every axis."""
        few = len(axes) > _FULL
        total: Value | None = None
        for places in product(*(axis.shape.points(run, few=few) for axis in axes)):
            weight: Scalar = ONE
            for _, share in places:
                weight = reals.multiply(weight, share)
            moved = self._moved([(axis, distance) for axis, (distance, _) in zip(axes, places, strict=True)])
            term = linear.product(weight, self._at(program, moved, {}))
            total = term if total is None else linear.total(total, term)
        assert total is not None
        return total

    def _in_pairs(self, program: Program, axes: Sequence[_Axis], at_mean: Value, run: int) -> Value:
        """Return the mean of a polynomial of low degree: of its terms, none with three axes has a mean."""
        total = at_mean
        alone: list[list[tuple[Scalar, Scalar, Value]]] = []
        for place, axis in enumerate(axes):
            total = linear.total(total, linear.difference(self._combined(program, [axis], run), at_mean))
            points = axis.shape.points(run, few=True)
            alone.append([(far, part, self._at(program, self._moved([(axis, far)]), {})) for far, part in points])
            for other in range(place):
                total = linear.total(
                    total, self._joint(program, (axis, axes[other]), (alone[-1], alone[other]), at_mean)
                )
        return total

    def _joint(
        self,
        program: Program,
        axes: tuple[_Axis, _Axis],
        alone: tuple[Sequence[tuple[Scalar, Scalar, Value]], Sequence[tuple[Scalar, Scalar, Value]]],
        at_mean: Value,
    ) -> Value:
        """Return what the mean over two axes has beyond that over each alone."""
        total = linear.product(at_mean, reals.ZERO)
        for (far, share, own), (high, part, other) in product(*alone):
            both = self._at(program, self._moved([(axes[0], far), (axes[1], high)]), {})
            bend = linear.difference(linear.total(both, at_mean), linear.total(own, other))
            total = linear.total(total, linear.product(reals.multiply(share, part), bend))
        return total

    def _quadratic(self, program: Program, axes: Sequence[_Axis], at_mean: Value) -> Value:
        """Return the mean of what is quadratic in all variables taken together."""
        total = at_mean
        for axis in axes:
            above, below = (self._at(program, self._moved([(axis, change)]), {}) for change in (ONE, -ONE))
            bend = linear.difference(linear.total(above, below), linear.product(fmpq(2), at_mean))
            total = linear.total(total, linear.product(axis.shape.var / 2, bend))
        return total

    def _degree(self, program: Program, axes: Sequence[_Axis], at_mean: Value) -> int:
        """Return the degree of a polynomial in all variables, at most 6: along a line, higher differences vanish."""

        def along(times: int) -> Value:
            return self._at(program, self._moved([(axis, times * fmpq(n + 2, 3)) for n, axis in enumerate(axes)]), {})

        zero = linear.product(at_mean, reals.ZERO)
        values = [at_mean, *(along(times) for times in (1, 2, 3))]
        for degree in range(2, _IN_PAIRS + 2):
            differences = values
            for _ in range(degree + 1):
                differences = [linear.difference(b, a) for a, b in pairwise(differences)]
            if all(linear.agree(value, zero, lenient=True) is True for value in differences):
                return degree
            if degree > _IN_PAIRS:
                break
            values.append(along(degree + 2))
        return _IN_PAIRS + 1

    def _at(self, program: Program, outcome: Outcome, met: dict[Atom, None]) -> Value:
        """Return a formula's value where random variables have these values, and their means otherwise."""
        frame = self.frame
        frame.spend(self.weight)
        inner = Frame(
            _Names(self.fixed, self._value(outcome, met), frame.random), _member(self, outcome, met), frame.unknown,
            frame.budget, frame.definitions, frame.bodies, frame.random, frame.most, frame.cost, frame.lenient,
            frame.emptied, frame.inside, frame.depth, frame.law,
        )  # fmt: skip
        try:
            return program(inner)
        finally:
            frame.most = inner.most

    def _value(self, outcome: Outcome, met: dict[Atom, None]) -> Callable[[str], Value]:
        def one(name: str, at: tuple[int, ...]) -> Scalar:
            met[name, at] = None
            return outcome[name, at] if (name, at) in outcome else self.moments((name, at))[0]

        def value(name: str) -> Value:
            law = self.frame.random[name]
            if not law.is_vector or law.mean is None:
                return one(name, ())
            mean = law.mean(self.frame)
            return linear.column([one(name, (place,)) for place in range(1, 1 + _length(mean))])

        return value


def _length(value: Value) -> int:
    return len(value.rows) if isinstance(value, Matrix) else 1


class _Names(dict[str, Value]):
    """The names of a frame; those of random variables are looked up when they are asked for."""

    def __init__(self, names: Mapping[str, Value], value: Callable[[str], Value], random: Mapping[str, object]) -> None:
        super().__init__(names)
        self._value = value
        self._random = random

    def get(self, name: str, default: Value | None = None) -> Value | None:  # type: ignore[override]
        if name in self._random and name not in self:
            return self._value(name)
        return super().get(name, default)


def _member(moments: _Moments, outcome: Outcome, met: dict[Atom, None]) -> Callable[[str, tuple[int, ...]], Scalar]:
    def member(name: str, at: tuple[int, ...]) -> Scalar:
        if name not in moments.frame.random:
            return moments.frame.member(name, at)
        met[name, at] = None
        return outcome[name, at] if (name, at) in outcome else moments.moments((name, at))[0]

    return member

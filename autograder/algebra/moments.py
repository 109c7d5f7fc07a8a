"""Expectations, variances and covariances at a point: exact as far as means and variances decide them.

An expectation that hangs on the declared moments alone is the mean over any other variables with the same ones: each
takes a few values, and two different such choices must agree. With many variables the same is had from the second
differences of a quadratic, or from pairs of variables. Correlated variables are moved along independent directions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise, product
from typing import Final

from flint import fmpq

from autograder.algebra import linear, reals
from autograder.algebra.frames import Frame, Program
from autograder.algebra.laws import RUNS
from autograder.algebra.linear import Matrix, Value
from autograder.algebra.reals import ONE, NoValueError, Scalar
from autograder.algebra.variables import Atom, Axis, Outcome, Variables

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


class _Moments:
    """Works out means at one point."""

    def __init__(self, frame: Frame, weight: int) -> None:
        self.frame = frame
        self.weight = weight
        # what is defined by random variables moves with them
        hidden = frame.definitions.keys() | frame.random.keys()
        self.fixed = {name: value for name, value in frame.names.items() if name not in hidden}
        self.variables = Variables(frame)

    def mean(self, program: Program) -> Value:
        """Return the mean of a formula.

        Raises:
            NoValueError: what is declared does not decide it.
        """
        met: dict[Atom, None] = {}
        at_mean = self._at(program, {}, met)
        atoms = [atom for atom in met if self.variables.moments(atom)[1].var != 0]
        if len(atoms) > _MOST:
            raise NoValueError("large", "too many random variables")
        if not atoms:
            return at_mean
        axes = self.variables.axes(atoms)
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

    def _combined(self, program: Program, axes: Sequence[Axis], run: int) -> Value:
        """Return the mean over all combinations of the points of every axis."""
        few = len(axes) > _FULL
        total: Value | None = None
        for places in product(*(axis.shape.points(run, few=few) for axis in axes)):
            weight: Scalar = ONE
            for _, share in places:
                weight = reals.multiply(weight, share)
            moved = self.variables.moved([(axis, distance) for axis, (distance, _) in zip(axes, places, strict=True)])
            term = linear.product(weight, self._at(program, moved, {}))
            total = term if total is None else linear.total(total, term)
        assert total is not None
        return total

    def _in_pairs(self, program: Program, axes: Sequence[Axis], at_mean: Value, run: int) -> Value:
        """Return the mean of a polynomial of low degree: of its terms, none with three axes has a mean."""
        total, moved = at_mean, self.variables.moved
        alone: list[list[tuple[Scalar, Scalar, Value]]] = []
        for place, axis in enumerate(axes):
            total = linear.total(total, linear.difference(self._combined(program, [axis], run), at_mean))
            points = axis.shape.points(run, few=True)
            alone.append([(far, part, self._at(program, moved([(axis, far)]), {})) for far, part in points])
            for other in range(place):
                total = linear.total(
                    total, self._joint(program, (axis, axes[other]), (alone[-1], alone[other]), at_mean)
                )
        return total

    def _joint(
        self,
        program: Program,
        axes: tuple[Axis, Axis],
        alone: tuple[Sequence[tuple[Scalar, Scalar, Value]], Sequence[tuple[Scalar, Scalar, Value]]],
        at_mean: Value,
    ) -> Value:
        """Return what the mean over two axes has beyond that over each alone."""
        total = linear.product(at_mean, reals.ZERO)
        for (far, share, own), (high, part, other) in product(*alone):
            both = self._at(program, self.variables.moved([(axes[0], far), (axes[1], high)]), {})
            bend = linear.difference(linear.total(both, at_mean), linear.total(own, other))
            total = linear.total(total, linear.product(reals.multiply(share, part), bend))
        return total

    def _quadratic(self, program: Program, axes: Sequence[Axis], at_mean: Value) -> Value:
        """Return the mean of what is quadratic in all variables taken together."""
        total = at_mean
        for axis in axes:
            above, below = (self._at(program, self.variables.moved([(axis, change)]), {}) for change in (ONE, -ONE))
            bend = linear.difference(linear.total(above, below), linear.product(fmpq(2), at_mean))
            total = linear.total(total, linear.product(axis.shape.var / 2, bend))
        return total

    def _degree(self, program: Program, axes: Sequence[Axis], at_mean: Value) -> int:
        """Return the degree of a polynomial in all variables, at most 6: along a line, higher differences vanish."""

        def along(times: int) -> Value:
            return self._at(
                program, self.variables.moved([(axis, times * fmpq(n + 2, 3)) for n, axis in enumerate(axes)]), {}
            )

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
            return outcome[name, at] if (name, at) in outcome else self.variables.moments((name, at))[0]

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
        return outcome[name, at] if (name, at) in outcome else moments.variables.moments((name, at))[0]

    return member

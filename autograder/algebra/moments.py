"""Expectations, variances and covariances at a point: exact as far as means and variances decide them.

Random variables are independent. An expectation that hangs on first and second moments alone is the mean over any other
variables with the same ones: each takes two values, and two different such pairs must agree. With many variables the
same is had from the second differences of a quadratic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise, product
from typing import Final

from flint import fmpq

from autograder.algebra import linear, reals
from autograder.algebra.frames import Frame, Program
from autograder.algebra.linear import Value
from autograder.algebra.reals import ONE, NoValueError, Scalar

Atom = tuple[str, tuple[int, ...]]
"""A random variable: its name, and its indices in a family."""

Outcome = Mapping[Atom, Scalar]

_FEW: Final = 4
"""Up to so many variables, all combinations of their values are gone through."""

_MOST: Final = 400


def expectation(program: Program, weight: int) -> Program:
    """Return the expectation of a formula, as a function of the point."""
    return lambda frame: _Moments(frame, weight).mean(program)


def covariance(first: Program, second: Program, weight: int) -> Program:
    """Return the covariance of two formulas, as a function of the point."""

    def both(frame: Frame) -> Value:
        moments = _Moments(frame, weight)
        if first is second:
            mean = moments.mean(first)
            return linear.difference(moments.mean(_squared(first)), linear.product(mean, mean))
        joint = moments.mean(lambda inner: linear.product(first(inner), second(inner)))
        apart = linear.product(moments.mean(first), moments.mean(second))
        return linear.difference(joint, apart)

    return both


def _squared(program: Program) -> Program:
    def square(frame: Frame) -> Value:
        value = program(frame)
        return linear.product(value, value)

    return square


class _Moments:
    """Works out means at one point. `known` are the mean and variance of each variable that was met."""

    def __init__(self, frame: Frame, weight: int) -> None:
        self.frame = frame
        self.weight = weight
        # what is defined by random variables moves with them
        hidden = frame.definitions.keys() | frame.random.keys()
        self.fixed = {name: value for name, value in frame.names.items() if name not in hidden}
        self.known: dict[Atom, tuple[Scalar, Scalar]] = {}

    def mean(self, program: Program) -> Value:
        """Return the mean of a formula.

        Raises:
            NoValueError: means and variances do not decide it, or are not declared.
        """
        met: dict[Atom, None] = {}
        at_mean = self._at(program, {}, met)
        atoms = [atom for atom in met if self.moments(atom)[1] != 0]
        if len(atoms) > _MOST:
            raise NoValueError("large", "too many random variables")
        if not atoms:
            return at_mean
        if len(atoms) > 1:
            try:
                return self._quadratic(program, atoms, at_mean)
            except NoValueError:
                if len(atoms) > _FEW:
                    raise
        first, second = (self._combined(program, atoms, step) for step in (ONE, fmpq(3, 2)))
        if linear.agree(first, second, lenient=True) is not True:
            raise NoValueError("unknown", "an expectation that means and variances do not decide")
        return first

    def moments(self, atom: Atom) -> tuple[Scalar, Scalar]:
        """Return mean and variance of a variable."""
        if atom not in self.known:
            mean, var = self.frame.random[atom[0]]
            if mean is None or var is None:
                raise NoValueError("unknown", f"mean and variance of {atom[0]} are not both declared")
            self.known[atom] = linear.scalar(mean(self.frame)), linear.scalar(var(self.frame))
        return self.known[atom]

    def _combined(self, program: Program, atoms: Sequence[Atom], step: fmpq) -> Value:
        """Return the mean over variables that are `step` above the mean or so far below that the variance is right."""
        total: Value | None = None
        for ups in product((True, False), repeat=len(atoms)):
            weight: Scalar = ONE
            outcome: dict[Atom, Scalar] = {}
            for atom, up in zip(atoms, ups, strict=True):
                mean, var = self.moments(atom)
                down = reals.divide(var, step, lenient=True)
                share = reals.divide(down if up else step, step + down, lenient=True)
                weight = reals.multiply(weight, share)
                outcome[atom] = mean + step if up else mean - down
            term = linear.product(weight, self._at(program, outcome, {}))
            total = term if total is None else linear.total(total, term)
        assert total is not None
        return total

    def _quadratic(self, program: Program, atoms: Sequence[Atom], at_mean: Value) -> Value:
        """Return the mean of what is quadratic in many variables taken together."""
        self._refuse_higher(program, atoms, at_mean)
        total = at_mean
        for atom in atoms:
            mean, var = self.moments(atom)
            above, below = (self._at(program, {atom: mean + change}, {}) for change in (ONE, -ONE))
            bend = linear.difference(linear.total(above, below), linear.product(fmpq(2), at_mean))
            total = linear.total(total, linear.product(var / 2, bend))
        return total

    def _refuse_higher(self, program: Program, atoms: Sequence[Atom], at_mean: Value) -> None:
        # along a line that moves every variable, third differences of a quadratic vanish
        def along(times: int) -> Value:
            outcome = {atom: self.moments(atom)[0] + times * fmpq(place + 2, 3) for place, atom in enumerate(atoms)}
            return self._at(program, outcome, {})

        values = [at_mean, *(along(times) for times in (1, 2, 3))]
        for _ in range(3):
            values = [linear.difference(b, a) for a, b in pairwise(values)]
        zero = linear.product(values[0], reals.ZERO)
        if any(linear.agree(value, zero, lenient=True) is not True for value in values):
            raise NoValueError("unknown", "an expectation that means and variances do not decide")

    def _at(self, program: Program, outcome: Outcome, met: dict[Atom, None]) -> Value:
        """Return a formula's value where random variables have these values, and their means otherwise."""
        frame = self.frame
        frame.spend(self.weight)
        inner = Frame(
            _Names(self.fixed, self._value(outcome, met), frame.random), _member(self, outcome, met), frame.unknown,
            frame.budget, frame.definitions, frame.bodies, frame.random, frame.most, frame.cost, frame.lenient,
            frame.emptied, frame.inside, frame.depth,
        )  # fmt: skip
        try:
            return program(inner)
        finally:
            frame.most = inner.most

    def _value(self, outcome: Outcome, met: dict[Atom, None]) -> Callable[[str], Scalar]:
        def value(name: str) -> Scalar:
            met[name, ()] = None
            return outcome[name, ()] if (name, ()) in outcome else self.moments((name, ()))[0]

        return value


class _Names(dict[str, Value]):
    """The names of a frame; those of random variables are looked up when they are asked for."""

    def __init__(
        self, names: Mapping[str, Value], value: Callable[[str], Scalar], random: Mapping[str, object]
    ) -> None:
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

"""Random variables at one point: their means, what is known of their laws, and the directions in which they move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.algebra import linear, reals
from autograder.algebra.frames import Frame, Law, Program
from autograder.algebra.laws import Shape
from autograder.algebra.linear import Matrix
from autograder.algebra.reals import ONE, NoValueError, Scalar

Atom = tuple[str, tuple[int, ...]]
"""A random variable: its name, and its indices in a family."""

Outcome = Mapping[Atom, Scalar]
"""Values of some variables; the others have their means."""


@dataclass(frozen=True)
class Axis:
    """A direction in which random variables move together, independently of the other directions.

    Attributes:
        along: how far each variable moves with it.
        shape: the law of the distance.
    """

    along: Mapping[Atom, Scalar]
    shape: Shape


class Variables:
    """What is known of random variables at one point; `known` are those that were met."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.known: dict[Atom, tuple[Scalar, Shape]] = {}

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

    def axes(self, atoms: Sequence[Atom]) -> list[Axis]:
        """Return independent directions: those of the variables themselves, unless some of them are correlated."""
        owners = {atom[0] for atom in atoms}
        if not any(self.frame.random[name].cov.keys() & owners for name in owners):
            return [Axis({atom: ONE}, self.moments(atom)[1]) for atom in atoms]
        normal = all(self.frame.random[name].normal for name in owners)
        rest = {(a, b): self._covariance(a, b) for place, a in enumerate(atoms) for b in atoms[:place]}
        rest |= {(b, a): value for (a, b), value in rest.items()}
        rest |= {(atom, atom): self.moments(atom)[1].var for atom in atoms}
        axes: list[Axis] = []
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
            axes.append(Axis({first: ONE, **along}, self.moments(first)[1] if alone else Shape(var, normal=normal)))
        return axes

    def moved(self, distances: Sequence[tuple[Axis, Scalar]]) -> Outcome:
        """Return the values of variables that are moved so far from their means, each pair along its direction."""
        outcome: dict[Atom, Scalar] = {}
        for axis, distance in distances:
            for atom, coefficient in axis.along.items():
                before = outcome[atom] if atom in outcome else self.moments(atom)[0]
                outcome[atom] = reals.add(before, reals.multiply(coefficient, distance))
        return outcome

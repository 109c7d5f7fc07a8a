"""What is known of a random variable's law, and weighted points that stand for it.

A law of which some moments are known is stood for by any points with these moments: what hangs on them alone comes out
the same for all such points. There are two sets of points for each law, and where they disagree, more than what is
declared would be needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flint import fmpq, fmpq_mat

from autograder.algebra import reals
from autograder.algebra.frames import Law
from autograder.algebra.reals import ONE, ZERO, Scalar

RUNS: Final = (0, 1)
"""The two sets of points."""

_SCALES: Final = (fmpq(1), fmpq(3, 2))

Points = list[tuple[Scalar, Scalar]]
"""Distances from the mean, each with its weight."""


@dataclass(frozen=True)
class Shape:
    """The moments of one variable at a point, about its mean.

    Attributes:
        var: its variance.
        third, fourth: further moments, None where nothing is known.
        normal: all moments are those of a normal law.
        two: the distances of its only two values from the mean.
    """

    var: Scalar
    third: Scalar | None = None
    fourth: Scalar | None = None
    normal: bool = False
    two: tuple[Scalar, Scalar] | None = None

    def points(self, run: int, *, few: bool) -> Points:
        """Return points with these moments.

        Args:
            run: which set of points.
            few: as few as have the moments up to the third.
        """
        scale = _SCALES[run]
        if self.two is not None:
            low, high = self.two
            share = reals.divide(-low, high - low, lenient=True)
            return [(high, share), (low, ONE - share)]
        if self.normal:
            return _normal(self.var, scale, few=few)
        if self.fourth is not None and not few:
            third = self.third if self.third is not None else fmpq(run)
            return _matched(range(-2, 3), scale, (ONE, ZERO, self.var, third, self.fourth))
        if self.third is not None or self.fourth is not None:
            third = self.third if self.third is not None else fmpq(run)
            return _matched(range(-1, 3), scale, (ONE, ZERO, self.var, third))
        down = reals.divide(self.var, scale, lenient=True)
        share = reals.divide(down, scale + down, lenient=True)
        return [(scale, share), (-down, ONE - share)]


def _normal(var: Scalar, scale: fmpq, *, few: bool) -> Points:
    if few:
        return _matched(range(-1, 2), scale, (ONE, ZERO, var))
    square = reals.multiply(var, var)
    cube = reals.multiply(square, var)
    return _matched(range(-3, 4), scale, (ONE, ZERO, var, ZERO, 3 * square, ZERO, 15 * cube))


def _matched(places: range, scale: fmpq, moments: Sequence[Scalar]) -> Points:
    """Return points at these places, times a scale, with weights that give the moments."""
    weights = [
        sum((entry * moment for entry, moment in zip(row, moments, strict=True)), ZERO)
        for row in _inverse(places, scale)
    ]
    return [(scale * place, weight) for place, weight in zip(places, weights, strict=True)]


@lru_cache(maxsize=64)
def _inverse(places: range, scale: fmpq) -> list[list[fmpq]]:
    powers = fmpq_mat(
        [[(scale * place) ** power if power else ONE for place in places] for power in range(len(places))]
    )
    return [list(row) for row in powers.inv().tolist()]


def is_special(law: Law) -> bool:
    """Return whether more than mean and variance is known."""
    return law.normal or law.third is not None or law.fourth is not None or law.values is not None

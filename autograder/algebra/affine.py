"""Compare equations for a vector or matrix in which they are linear: by the rows that elimination leaves of them.

At drawn values of all else such equations are a system of numbers, and two systems have the same solutions where their
augmented matrices have the same reduced form.
"""

from __future__ import annotations

from typing import Final

from flint import fmpq, fmpq_mat

from autograder.algebra import linear
from autograder.algebra.frames import Program
from autograder.algebra.linear import Matrix, Value
from autograder.algebra.points import written
from autograder.algebra.reals import NoValueError
from autograder.algebra.sampling import Point, Space
from autograder.algebra.solutions import put
from autograder.algebra.verdicts import Verdict, Witness

_POINTS: Final = 16
_ENOUGH: Final = 5


def compared_linear(before: Program, tree: Program, name: str, space: Space, *, implied: bool) -> Verdict:
    """Return whether equations have the same solutions for a vector or matrix.

    Args:
        before: left side minus right side of an equation.
        tree: of the other.
        name: of the unknown.
        space: what points are drawn from; its budget pays.
        implied: the second may have more solutions.

    Returns:
        `undecided` where they are not linear in it, or a coefficient is no fraction.
    """
    held = 0
    for point in space.generic(_POINTS):
        rows = [_augmented(gap, name, point, space) for gap in (before, tree)]
        first, second = rows
        if first is None or second is None:
            continue
        whole = _reduced(_stacked(first, second))
        if whole != _reduced(first) or (not implied and whole != _reduced(second)):
            at = {each: written(value) for each, value in point.names.items() if each != name}
            return Verdict("refuted", witness=Witness(at, "other solutions", "these solutions"), why=_WHY.format(name))
        held += 1
        if held >= _ENOUGH:
            return Verdict("probable", held)
    return Verdict("undecided", held, why=f"These equations are not linear in {name}.")


_WHY: Final = "This equation has other solutions for {} than the one before."


def _augmented(gap: Program, name: str, point: Point, space: Space) -> fmpq_mat | None:
    """Return coefficients and right sides; None where the equation is not linear, or not of fractions."""
    shape = _shape(point.names[name])
    size = shape[0] * shape[1]

    def at(entries: list[fmpq]) -> list[fmpq] | None:
        rows = tuple(tuple(entries[row * shape[1] : (row + 1) * shape[1]]) for row in range(shape[0]))
        value = gap(space.frame(put(point, name, linear.simplest(Matrix(rows))), lenient=True))
        found = list(value.entries) if isinstance(value, Matrix) else [value]
        exact = [each for each in found if isinstance(each, fmpq)]
        return exact if len(exact) == len(found) else None

    none = [fmpq(0)] * size
    try:
        rest = at(none)
        columns = [at([*none[:place], fmpq(1), *none[place + 1 :]]) for place in range(size)]
        probe = [fmpq(2 * place + 3, place + 2) for place in range(size)]
        seen = at(probe)
    except NoValueError:
        return None
    if rest is None or seen is None:
        return None
    slopes: list[list[fmpq]] = []
    for column in columns:
        if column is None:
            return None
        slopes.append([a - b for a, b in zip(column, rest, strict=True)])
    sums = [
        sum((slope[row] * probe[place] for place, slope in enumerate(slopes)), rest[row]) for row in range(len(rest))
    ]
    if sums != seen:
        return None
    return fmpq_mat([[*(slope[row] for slope in slopes), -rest[row]] for row in range(len(rest))])


def _shape(value: Value) -> tuple[int, int]:
    return value.shape if isinstance(value, Matrix) else (1, 1)


def _stacked(a: fmpq_mat, b: fmpq_mat) -> fmpq_mat:
    return fmpq_mat([*a.tolist(), *b.tolist()])


def _reduced(matrix: fmpq_mat) -> list[list[fmpq]]:
    """Return the reduced row echelon form, without rows of zeros."""
    reduced, rank = matrix.rref()
    return [list(row) for row in reduced.tolist()[:rank]]

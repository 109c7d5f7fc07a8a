"""Derivatives of formulas at a point, from values alone: central differences with exact steps, extrapolated.

The error that two step widths show is kept as the radius of the result, so a derivative is a ball like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flint import arb, fmpq

from autograder.algebra import linear, reals
from autograder.algebra.frames import Frame, Program
from autograder.algebra.linear import Matrix, Value
from autograder.algebra.reals import NoValueError, Scalar

_STEP: Final = 48
"""Binary digits of the wider step."""


def derivative(function: Program, variable: str, weight: int, *, rows: bool) -> Program:
    """Return the derivative of a formula by a name, as a function of the point.

    Args:
        function: the formula, compiled.
        variable: the name of a number, vector or matrix.
        weight: operations of one evaluation.
        rows: give the Jacobian, a row for each entry of the formula's value; else the gradient, shaped as the name's.
    """

    def derive(frame: Frame) -> Value:
        at = frame.names.get(variable)
        if at is None:
            raise NoValueError("unknown", f"a derivative by {variable}, which has no value here")
        entries = at.entries if isinstance(at, Matrix) else (at,)
        frame.spend(4 * weight * len(entries))
        slopes = [_slope(_moving(frame, function, variable, place)) for place in range(len(entries))]
        if not rows and isinstance(at, Matrix):
            width = at.shape[1]
            flat = [linear.scalar(slope) for slope in slopes]
            return Matrix(tuple(tuple(flat[i : i + width]) for i in range(0, len(flat), width)))
        columns = [slope.entries if isinstance(slope, Matrix) else (slope,) for slope in slopes]
        return linear.simplest(Matrix(tuple(zip(*columns, strict=True))))

    return derive


def partial_derivative(
    function: Program, variable: str, weight: int, entry: Callable[[Frame], tuple[int, ...]]
) -> Program:
    """Return the derivative of a number by one entry of a vector or matrix.

    Args:
        function: the formula, compiled.
        variable: the name of the vector or matrix.
        weight: operations of one evaluation.
        entry: which entry, from 1.
    """

    def derive(frame: Frame) -> Value:
        at = frame.names.get(variable)
        if at is None:
            raise NoValueError("unknown", f"a derivative by {variable}, which has no value here")
        rows, columns = at.shape if isinstance(at, Matrix) else (1, 1)
        row, column = (*entry(frame), 1)[:2]
        if not (1 <= row <= rows and 1 <= column <= columns):
            raise NoValueError("index", "an entry outside the vector or matrix")
        frame.spend(4 * weight)
        return _slope(_moving(frame, function, variable, (row - 1) * columns + column - 1))

    return derive


def _moving(frame: Frame, function: Program, variable: str, place: int) -> Callable[[fmpq], Value]:
    at = frame.names[variable]
    return lambda change: _at(frame, function, variable, _moved(at, place, change))


def _at(frame: Frame, function: Program, variable: str, value: Value) -> Value:
    before = dict(frame.names)
    for name in frame.definitions:
        frame.names.pop(name, None)  # what is defined by the variable moves with it
    frame.names[variable] = value
    try:
        return function(frame)
    finally:
        frame.names.clear()
        frame.names.update(before)


def _slope(function: Callable[[fmpq], Value]) -> Value:
    wide, narrow = (_quotient(function, fmpq(1, 2**digits)) for digits in (_STEP, _STEP + 1))
    return linear.combine(wide, narrow, _extrapolated, "a derivative")


def _quotient(function: Callable[[fmpq], Value], step: fmpq) -> Value:
    above, below = function(step), function(-step)
    gap = linear.combine(above, below, reals.subtract, "difference")
    return linear.quotient(gap, 2 * step, lenient=False)


def _extrapolated(wide: Scalar, narrow: Scalar) -> Scalar:
    # Richardson: the error of central differences falls fourfold with half the step
    best = narrow + (narrow - wide) / 3
    if type(best) is fmpq and wide == narrow:
        return best
    rest = abs(reals.ball(narrow) - reals.ball(wide)).upper() * arb(2) ** -_STEP
    return reals.ball(best) + arb(0, rest)


def _moved(at: Value, place: int, change: fmpq) -> Value:
    if not isinstance(at, Matrix):
        return at + change
    width = at.shape[1]
    entries = list(at.entries)
    entries[place] = entries[place] + change
    return Matrix(tuple(tuple(entries[i : i + width]) for i in range(0, len(entries), width)))

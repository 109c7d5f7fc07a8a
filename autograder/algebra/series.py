"""Sums, products, greatest and least members over concrete ends, one term after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flint import arb, fmpq, fmpz

from autograder.algebra import linear, reals
from autograder.algebra.frames import Frame, Program
from autograder.algebra.linear import Value
from autograder.algebra.reals import ONE, ZERO, NoValueError, Scalar

MAX_TERMS: Final = 4_000
"""Terms that one sum or product may have; more than that and the point is left out."""


def series(kind: str, variable: str, body: Program, ends: tuple[Program, Program], weight: int) -> Program:
    """Return a sum, a product, a greatest or a least member over whole numbers, both ends included.

    Args:
        kind: `Sum`, `Product`, `Max` or `Min`.
        variable: bound in the body.
        body: a term.
        ends: the first and the last index.
        weight: operations of one term.
    """
    combine, start = _COMBINE[kind]
    low, high = ends

    def total(frame: Frame) -> Value:
        first, last = integer(low(frame), frame, "a bound"), integer(high(frame), frame, "a bound")
        if last - first >= MAX_TERMS:
            raise NoValueError("large", "too many terms")
        if last < first:
            if start is None:
                raise NoValueError("pole", "the greatest or least of nothing")
            frame.emptied = frame.emptied or not frame.inside
            return start
        frame.spend(weight * (last - first + 1))
        hidden = {variable: frame.names.get(variable)}
        result: Value | None = None
        frame.inside += 1
        try:
            for index in range(first, last + 1):
                frame.names[variable] = fmpq(index)
                term = body(frame)
                result = term if result is None else combine(result, term)
        finally:
            frame.inside -= 1
            restore(frame, hidden)
        assert result is not None
        return result

    return total


def endless(kind: str, variable: str, body: Program, low: Program, weight: int) -> Program:
    """Return a sum without end, of terms that shrink at least as in a geometric series.

    Terms are added until what is left, by their own ratio, is below 70 binary digits; that is kept as the radius.
    """

    def total(frame: Frame) -> Value:
        if kind != "Sum":
            raise NoValueError("unknown", f"a {kind.lower()} without end")
        first = integer(low(frame), frame, "a bound")
        hidden = {variable: frame.names.get(variable)}
        result, before, shrinking = arb(0), arb(0), 0
        try:
            for index in range(first, first + MAX_TERMS):
                frame.spend(weight)
                frame.names[variable] = fmpq(index)
                term = reals.ball(linear.scalar(body(frame)))
                result, size = result + term, abs(term).upper()
                shrinking = shrinking + 1 if size <= _SHRINKING * before else 0
                before = size
                if shrinking > 4 and size / (1 - _SHRINKING) <= abs(result).lower() * arb(2) ** -70:
                    return result + arb(0, size / (1 - _SHRINKING))
        finally:
            restore(frame, hidden)
        raise NoValueError("large", "a sum without end that is not seen to end")

    return total


_SHRINKING: Final = arb("0.96")


def _extreme(choose: Callable[[Scalar, Scalar], Scalar]) -> Callable[[Value, Value], Value]:
    return lambda a, b: choose(linear.scalar(a), linear.scalar(b))


_COMBINE: Final[dict[str, tuple[Callable[[Value, Value], Value], Scalar | None]]] = {
    "Sum": (linear.total, ZERO),
    "Product": (linear.product, ONE),
    "Max": (_extreme(reals.largest), None),
    "Min": (_extreme(reals.smallest), None),
}


def restore(frame: Frame, hidden: Mapping[str, Value | None]) -> None:
    """Give names back the values that they had; None is no value."""
    for name, value in hidden.items():
        if value is None:
            frame.names.pop(name, None)
        else:
            frame.names[name] = value


def integer(value: Value, frame: Frame, what: str) -> int:
    """Return a value as a whole number.

    Args:
        value: a number.
        frame: the point.
        what: what it is to be, for the problem.

    Raises:
        NoValueError: it is none, or beyond bounds.
    """
    found: fmpz | None = reals.whole(linear.scalar(value), lenient=frame.lenient)
    if found is None:
        raise NoValueError("domain", f"{what} that is not whole")
    if abs(found) > 2**62:
        raise NoValueError("large", f"{what} beyond bounds")
    return int(found)

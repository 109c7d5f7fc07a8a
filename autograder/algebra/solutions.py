"""Solve an equation for one name after the other at drawn values of the rest, as far as values alone tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from flint import arb, ctx, fmpq

from autograder.algebra import linear, reals
from autograder.algebra.frames import Program
from autograder.algebra.linear import Value
from autograder.algebra.points import within
from autograder.algebra.reals import NoValueError, Scalar
from autograder.algebra.sampling import Point, Space
from autograder.algebra.symbols import Symbol

_PRECISION: Final = 200


def solutions(gap: Program, space: Space) -> Iterator[tuple[Point, str]]:
    """Yield points that solve an equation, with the name that was solved for."""
    for point in space.generic(8):
        for symbol in space.symbols:
            if symbol.shape is None:
                for root in roots(gap, symbol, point, space):
                    yield replace(point, names={**point.names, symbol.name: root}), symbol.name


def roots(gap: Program, symbol: Symbol, point: Point, space: Space, *, whole: bool = True) -> Iterator[Scalar]:
    """Yield the solutions for one name: exactly where the equation is linear in it, else between changes of sign."""

    def at(value: Scalar) -> Scalar | None:
        try:
            return linear.scalar(gap(space.frame(put(point, symbol.name, value), lenient=True)))
        except NoValueError:
            return None

    with ctx.workprec(_PRECISION):
        line = _line(at, point.names[symbol.name])
        if line is not None:
            if within(symbol, line) or (not (symbol.integer and whole) and _inside(symbol, line)):
                yield line
            return
        if symbol.integer and whole:
            return
        places = sorted(place for place in {*_GRID, *_steps(symbol)} if _inside(symbol, place))
        seen = [(place, value) for place in places if (value := at(place)) is not None]
        yield from (place for place, value in seen if type(value) is fmpq and value == 0)
        for (low, before), (high, after) in pairwise(seen):
            root = sign_change(at, low, high) if before * after < 0 else None
            if root is not None:
                yield root


_GRID: Final = [fmpq(n, 2) for n in range(-16, 17)] + [fmpq(n) for n in (12, 20, 40, 100, 400, -12, -40, -200)]


def _line(at: Callable[[Scalar], Scalar | None], base: Value) -> fmpq | None:
    """Return where a function vanishes that runs straight through three places."""
    values = [at(linear.scalar(base) + step) for step in (0, 1, 2)]
    first, second, third = values
    if not isinstance(first, fmpq) or not isinstance(second, fmpq) or not isinstance(third, fmpq):
        return None
    slope = second - first
    if slope == 0 or third - second != slope:
        return None
    root = linear.scalar(base) - first / slope
    return root if isinstance(root, fmpq) and at(root) == 0 else None


def _steps(symbol: Symbol) -> list[fmpq]:
    if symbol.low is None or symbol.high is None:
        return []
    low, high = reals.real(symbol.low), reals.real(symbol.high)
    return [low + (high - low) * fmpq(n, 40) for n in range(1, 40)]


def _inside(symbol: Symbol, value: Scalar) -> bool:
    return within(replace(symbol, integer=False), value) if type(value) is fmpq else True


def put(point: Point, name: str, value: Value) -> Point:
    """Return a point with another value for one name."""
    return replace(point, names={**point.names, name: value})


def sign_change(at: Callable[[Scalar], Scalar | None], low: fmpq, high: fmpq) -> Scalar | None:
    """Return where a function of different signs at two places vanishes; None where it jumps or has no value.

    Halving first, then secants, which need a tenth of the steps.

    Returns:
        A fraction where it vanishes exactly; else a ball's middle, good to some forty digits.
    """
    start = at(low)
    if start is None:
        return None
    for _ in range(14):
        middle = (low + high) / 2
        value = at(middle)
        if value is None:
            return None
        if value == 0:
            return middle
        low, high = (middle, high) if bool(value < 0) == bool(start < 0) else (low, middle)
    before, now = reals.ball(low), reals.ball(high)
    first = was = at(before)
    for _ in range(14):
        value = at(now)
        if value is None or was is None or first is None or not bool(abs(now - low) <= 2 * (high - low)):
            return None
        if bool(abs(reals.ball(value)) <= abs(reals.ball(first)) * arb(2) ** -120 + arb(2) ** -_PRECISION):
            return now
        if value - was == 0:
            return None
        before, now, was = now, (now - value * (now - before) / (value - was)).mid(), value
    return None

"""The functions of the formula language on exact numbers, balls, vectors and matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flint import arb, fmpq

from autograder.algebra import counting, linear, reals
from autograder.algebra.linear import Matrix, Value
from autograder.algebra.reals import ONE, ZERO, NoValueError, Scalar, ball, finite

Function = Callable[..., Value]
"""Takes whether to be lenient, then the arguments."""


def _on_entries(function: Callable[..., Scalar]) -> Function:
    """Make a function of one number work entry by entry on a vector."""

    def apply(lenient: bool, value: Value) -> Value:
        if isinstance(value, Matrix):
            return value.each(lambda entry: function(entry, lenient=lenient))
        return function(value, lenient=lenient)

    return apply


def _smooth(method: Callable[[arb], arb], at_zero: Scalar | None = None) -> Function:
    """Make a function of FLINT's, defined everywhere, ours; `at_zero` is its exact value there."""

    def apply(value: Scalar, *, lenient: bool) -> Scalar:
        if at_zero is not None and type(value) is fmpq and value == 0:
            return at_zero
        return finite(method(ball(value)))

    return _on_entries(apply)


def _inverse_sine(method: Callable[[arb], arb]) -> Function:
    def apply(value: Scalar, *, lenient: bool) -> Scalar:
        if reals.sign_of(reals.subtract(ONE, reals.magnitude(value)), lenient=lenient) < 0:
            raise NoValueError("domain", "an inverse sine or cosine of what is beyond 1")
        return finite(method(ball(value)))

    return _on_entries(apply)


def _tangent(value: Scalar, *, lenient: bool) -> Scalar:
    return finite(ball(value).tan()) if value != 0 else ZERO


def _sign(value: Scalar, *, lenient: bool) -> Scalar:
    return fmpq(reals.sign_of(value, lenient=lenient))


def _absolute(value: Scalar, *, lenient: bool) -> Scalar:
    return reals.magnitude(value)


def _many(choose: Callable[[Scalar, Scalar], Scalar]) -> Function:
    def apply(lenient: bool, *values: Value) -> Value:
        if len(values) == 1 and isinstance(values[0], Matrix):
            values = values[0].entries
        if any(isinstance(value, Matrix) for value in values):
            return _many_entries(choose, values)
        result = linear.scalar(values[0])
        for value in values[1:]:
            result = choose(result, linear.scalar(value))
        return result

    return apply


def _many_entries(choose: Callable[[Scalar, Scalar], Scalar], values: tuple[Value, ...]) -> Value:
    # the greater of a vector and a number is taken entry by entry, as in max(0, x)
    shape = next(value for value in values if isinstance(value, Matrix))
    widened = [value if isinstance(value, Matrix) else shape.each(lambda _, v=value: v) for value in values]  # type: ignore[misc]
    result: Value = widened[0]
    for value in widened[1:]:
        result = linear.combine(result, value, choose, "the greater or lesser")
    return result


def _two(function: Callable[..., Scalar]) -> Function:
    def apply(lenient: bool, a: Value, b: Value) -> Value:
        return function(linear.scalar(a), linear.scalar(b), lenient=lenient)

    return apply


def _kronecker(a: Scalar, b: Scalar, *, lenient: bool) -> Scalar:
    return ONE if reals.sign_of(reals.subtract(a, b), lenient=lenient) == 0 else ZERO


def _log2(a: Scalar, *, lenient: bool) -> Scalar:
    return reals.log_base(a, 2, lenient=lenient)


def _log10(a: Scalar, *, lenient: bool) -> Scalar:
    return reals.log_base(a, 10, lenient=lenient)


FUNCTIONS: Final[dict[str, Function]] = {
    "exp": _smooth(arb.exp, ONE),
    "log": _on_entries(reals.logarithm),
    "log2": _on_entries(_log2),
    "log10": _on_entries(_log10),
    "sqrt": _on_entries(reals.square_root),
    "sin": _smooth(arb.sin, ZERO),
    "cos": _smooth(arb.cos, ONE),
    "tan": _on_entries(_tangent),
    "asin": _inverse_sine(arb.asin),
    "acos": _inverse_sine(arb.acos),
    "atan": _smooth(arb.atan, ZERO),
    "sinh": _smooth(arb.sinh, ZERO),
    "cosh": _smooth(arb.cosh, ONE),
    "tanh": _smooth(arb.tanh, ZERO),
    "erf": _smooth(arb.erf, ZERO),
    "Abs": _on_entries(_absolute),
    "sign": _on_entries(_sign),
    "floor": _on_entries(reals.floor),
    "ceiling": _on_entries(reals.ceiling),
    "Max": _many(reals.largest),
    "Min": _many(reals.smallest),
    "Mod": _two(reals.modulo),
    "factorial": _on_entries(counting.factorial),
    "binomial": _two(counting.binomial),
    "KroneckerDelta": _two(_kronecker),
}
"""Functions of numbers; those of one number work entry by entry."""

_MAX_SIZE: Final = 64


def _size(value: Value, lenient: bool) -> int:
    found = reals.whole(linear.scalar(value), lenient=lenient)
    if found is None or not 1 <= found <= _MAX_SIZE:
        raise NoValueError("large" if found is not None and found > 1 else "domain", "the size of a vector or matrix")
    return int(found)


def _filled(entry: Scalar) -> Function:
    def make(lenient: bool, rows: Value, columns: Value = ONE) -> Value:
        width = _size(columns, lenient)
        return linear.simplest(Matrix(((entry,) * width,) * _size(rows, lenient)))

    return make


def _eye(lenient: bool, size: Value) -> Value:
    return linear.simplest(linear.identity(_size(size, lenient)))


def _inverse(lenient: bool, value: Value) -> Value:
    return linear.inverse(value, lenient=lenient)


def _norm(lenient: bool, value: Value, order: Value | None = None) -> Value:
    return linear.norm(value, linear.scalar(order) if order is not None else None, lenient=lenient)


def _hadamard(lenient: bool, a: Value, b: Value) -> Value:
    return linear.combine(a, b, reals.multiply, "entrywise product")


def _diagonal(lenient: bool, value: Value) -> Value:
    """Return the diagonal matrix of a vector, or the diagonal of a matrix."""
    if not isinstance(value, Matrix):
        return value
    if 1 not in value.shape:
        return linear.column([value.rows[i][i] for i in range(min(value.shape))])
    entries = value.entries
    size = range(len(entries))
    return Matrix(tuple(tuple(entries[i] if i == j else ZERO for j in size) for i in size))


MATRIX_FUNCTIONS: Final[dict[str, Function]] = {
    "trace": lambda lenient, value: linear.trace(value),
    "det": lambda lenient, value: linear.determinant(value),
    "inv": _inverse,
    "dot": lambda lenient, a, b: linear.dot(a, b),
    "norm": _norm,
    "hadamard": _hadamard,
    "eye": _eye,
    "ones": _filled(ONE),
    "zeros": _filled(ZERO),
    "diag": _diagonal,
}
"""Functions of vectors and matrices."""

CONSTANTS: Final[dict[str, Callable[[], Scalar]]] = {
    "pi": arb.pi,
    "E": arb.const_e,
    "True": lambda: ONE,
    "False": lambda: ZERO,
}
"""Constants at the working precision."""

"""Small matrices of exact numbers or balls; a vector is a column, and a matrix of one entry is a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from flint import arb_mat, fmpq, fmpq_mat

from autograder.algebra import reals
from autograder.algebra.reals import ONE, ZERO, NoValueError, Scalar, ball


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of numbers, at least one, all of the same length."""

    rows: tuple[tuple[Scalar, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self.rows[0])

    @property
    def entries(self) -> tuple[Scalar, ...]:
        """Every entry, row by row."""
        return tuple(entry for row in self.rows for entry in row)

    def each(self, function: Callable[[Scalar], Scalar]) -> Matrix:
        """Return the matrix with a function applied to every entry."""
        return Matrix(tuple(tuple(function(entry) for entry in row) for row in self.rows))


Value: TypeAlias = Matrix | Scalar


def simplest(matrix: Matrix) -> Value:
    """Return a matrix, or its number where it has only one."""
    return matrix.rows[0][0] if matrix.shape == (1, 1) else matrix


def column(entries: Sequence[Scalar]) -> Value:
    """Return a column of numbers."""
    return simplest(Matrix(tuple((entry,) for entry in entries)))


def transpose(value: Value) -> Value:
    """Return the transpose; a number is its own."""
    return Matrix(tuple(zip(*value.rows, strict=True))) if isinstance(value, Matrix) else value


def combine(a: Value, b: Value, function: Callable[[Scalar, Scalar], Scalar], what: str) -> Value:
    """Apply a function of two numbers entry by entry.

    Raises:
        NoValueError: the shapes differ.
    """
    if isinstance(a, Matrix) and isinstance(b, Matrix):
        if a.shape != b.shape:
            raise NoValueError("shape", f"{what} of {_shape(a)} and {_shape(b)}")
        pairs = zip(a.rows, b.rows, strict=True)
        return Matrix(tuple(tuple(map(function, left, right)) for left, right in pairs))
    if isinstance(a, Matrix) or isinstance(b, Matrix):
        raise NoValueError("shape", f"{what} of a number and a vector or matrix")
    return function(a, b)


def negative(value: Value) -> Value:
    """Return -value."""
    return value.each(lambda entry: -entry) if isinstance(value, Matrix) else -value


def total(a: Value, b: Value) -> Value:
    """Return a + b."""
    if isinstance(a, Matrix) or isinstance(b, Matrix):
        return combine(a, b, reals.add, "sum")
    return reals.add(a, b)


def difference(a: Value, b: Value) -> Value:
    """Return a - b."""
    if isinstance(a, Matrix) or isinstance(b, Matrix):
        return combine(a, b, reals.subtract, "difference")
    return reals.subtract(a, b)


def product(a: Value, b: Value) -> Value:
    """Return the product: of matrices in this order, of numbers, or of a number with every entry.

    Raises:
        NoValueError: the columns of one are not as many as the rows of the other.
    """
    if isinstance(a, Matrix) and isinstance(b, Matrix):
        if a.shape[1] != b.shape[0]:
            raise NoValueError("shape", f"product of {_shape(a)} and {_shape(b)}")
        columns = list(zip(*b.rows, strict=True))
        return simplest(Matrix(tuple(tuple(_sum_product(row, column) for column in columns) for row in a.rows)))
    if isinstance(a, Matrix):
        factor = scalar(b)
        return a.each(lambda entry: reals.multiply(entry, factor))
    if isinstance(b, Matrix):
        factor = a
        return b.each(lambda entry: reals.multiply(factor, entry))
    return reals.multiply(a, b)


def quotient(a: Value, b: Value, *, lenient: bool) -> Value:
    """Return a divided by a number, entry by entry."""
    if isinstance(b, Matrix):
        raise NoValueError("shape", f"division by {_shape(b)}")
    if isinstance(a, Matrix):
        return a.each(lambda entry: reals.divide(entry, b, lenient=lenient))
    return reals.divide(a, b, lenient=lenient)


def inverse(value: Value, *, lenient: bool) -> Value:
    """Return the inverse of a square matrix or of a number."""
    if not isinstance(value, Matrix):
        return reals.divide(ONE, value, lenient=lenient)
    size = _square(value, "the inverse")
    try:
        fractions = _fractions(value)
        if fractions is not None:
            exact = fmpq_mat(size, size, fractions).inv()
            return Matrix(tuple(tuple(exact[i, j] for j in range(size)) for i in range(size)))
        balls = arb_mat(size, size, [ball(entry) for entry in value.entries]).inv()
        return Matrix(tuple(tuple(reals.finite(balls[i, j]) for j in range(size)) for i in range(size)))
    except ZeroDivisionError:
        raise NoValueError("pole", "the inverse of a singular matrix") from None


def matrix_power(value: Matrix, exponent: Scalar, *, lenient: bool) -> Value:
    """Return a square matrix to a whole power."""
    size = _square(value, "a power")
    count = reals.whole(exponent, lenient=lenient)
    if count is None or abs(count) > 16:
        raise NoValueError("domain", "a matrix to a broken or large power")
    base: Value = inverse(value, lenient=lenient) if count < 0 else value
    result: Value = identity(size)
    for _ in range(abs(int(count))):
        result = product(result, base)
    return result


def identity(size: int) -> Matrix:
    """Return the identity matrix."""
    return Matrix(tuple(tuple(ONE if i == j else ZERO for j in range(size)) for i in range(size)))


def trace(value: Value) -> Scalar:
    """Return the sum of a square matrix's diagonal."""
    if not isinstance(value, Matrix):
        return value
    total: Scalar = ZERO
    for i in range(_square(value, "the trace")):
        total = reals.add(total, value.rows[i][i])
    return total


def determinant(value: Value) -> Scalar:
    """Return the determinant of a square matrix."""
    if not isinstance(value, Matrix):
        return value
    size = _square(value, "the determinant")
    fractions = _fractions(value)
    if fractions is not None:
        return fmpq_mat(size, size, fractions).det()
    return arb_mat(size, size, [ball(entry) for entry in value.entries]).det()


def dot(a: Value, b: Value) -> Scalar:
    """Return the sum of the products of the entries of two vectors of the same length."""
    left, right = _vector(a), _vector(b)
    if len(left) != len(right):
        raise NoValueError("shape", f"dot product of vectors of {len(left)} and {len(right)} entries")
    return _sum_product(left, right)


def norm(value: Value, order: Scalar | None, *, lenient: bool) -> Scalar:
    """Return the p-norm of a vector; of a matrix without an order, the root of the sum of squares."""
    entries = value.entries if isinstance(value, Matrix) else (value,)
    flat = not isinstance(value, Matrix) or 1 in value.shape
    if order is None or (order == 2 and flat):
        return reals.square_root(_sum_product(entries, entries), lenient=lenient)
    if not flat:
        raise NoValueError("unknown", "a norm of a matrix that is not the Frobenius norm")
    total: Scalar = ZERO
    for entry in entries:
        total = reals.add(total, reals.power(reals.magnitude(entry), order, lenient=lenient))
    return reals.power(total, reals.divide(ONE, order, lenient=lenient), lenient=lenient)


def largest_norm(value: Value) -> Scalar:
    """Return the norm of order infinity: the largest entry of a vector, the largest row of a matrix."""
    rows = value.rows if isinstance(value, Matrix) else ((value,),)
    if isinstance(value, Matrix) and value.shape[0] == 1:
        rows = tuple((entry,) for entry in rows[0])
    sums = [reduce(reals.add, map(reals.magnitude, row)) for row in rows]
    return reduce(reals.largest, sums)


def scalar(value: Value) -> Scalar:
    """Return a number.

    Raises:
        NoValueError: it is a vector or matrix.
    """
    if isinstance(value, Matrix):
        raise NoValueError("shape", f"{_shape(value)} where a number is needed")
    return value


def entries(value: Value) -> tuple[Scalar, ...]:
    """Return the numbers of a value, row by row."""
    return tuple(value.entries) if isinstance(value, Matrix) else (value,)


def agree(a: Value, b: Value, *, lenient: bool) -> bool | None:
    """Return whether two values are the same, in shape and in every entry; None where more digits would tell."""
    if not isinstance(a, Matrix) and not isinstance(b, Matrix):
        return reals.agree(a, b, lenient=lenient)
    if not isinstance(a, Matrix) or not isinstance(b, Matrix) or a.shape != b.shape:
        return False
    found = [reals.agree(left, right, lenient=lenient) for left, right in zip(a.entries, b.entries, strict=True)]
    if False in found:
        return False
    return None if None in found else True


def _sum_product(left: Sequence[Scalar], right: Sequence[Scalar]) -> Scalar:
    total: Scalar = ZERO
    for a, b in zip(left, right, strict=True):
        total = reals.kept(total + a * b)
    return total


def _fractions(value: Matrix) -> list[fmpq] | None:
    found = [entry for entry in value.entries if isinstance(entry, fmpq)]
    return found if len(found) == len(value.entries) else None


def _vector(value: Value) -> tuple[Scalar, ...]:
    if not isinstance(value, Matrix):
        return (value,)
    if 1 not in value.shape:
        raise NoValueError("shape", f"{_shape(value)} where a vector is needed")
    return value.entries


def _square(value: Matrix, what: str) -> int:
    rows, columns = value.shape
    if rows != columns:
        raise NoValueError("shape", f"{what} of {_shape(value)}")
    return rows


def _shape(value: Matrix) -> str:
    rows, columns = value.shape
    return f"a vector of {rows}" if columns == 1 else f"a {rows} × {columns} matrix"

"""Draw points at which two formulas are compared: within what was declared, small ones first, from a seed.

Members of families and values of functions that are only declared come from a digest of name and place, so that both
formulas meet the same ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from flint import fmpq

from autograder.algebra import linear, reals
from autograder.algebra.linear import Matrix, Value
from autograder.algebra.reals import ONE, NoValueError, Scalar, ball, real
from autograder.algebra.symbols import Symbol
from autograder.seeds import Rng

# beside these there are tiny and huge numbers, at corners
FLAVOURS: Final = ("small", "small", "broken", "medium", "broken", "wide", "medium", "wide")
"""How large the numbers of a point are, in turn; a witness is best read when they are small."""

_NEXT: Final = Fraction(1, 10**6)
_MAX_INDEX: Final = 10**9


def rng_for(seed: bytes, *what: str | int) -> Rng:
    """Return a stream of random numbers for one thing."""
    return Rng(hashlib.sha256(seed + "\0".join(map(str, what)).encode()).digest())


def number(symbol: Symbol, rng: Rng, flavour: str) -> fmpq | None:
    """Draw a number within a symbol's bounds; None where this flavour has none."""
    return _integer(symbol, rng, flavour) if symbol.integer else _real(symbol, rng, flavour)


def within(symbol: Symbol, value: Scalar) -> bool:
    """Return whether an exact number is one that a symbol may be."""
    if not isinstance(value, fmpq) or (symbol.integer and value.q != 1):
        return False
    if symbol.low is not None and (value < real(symbol.low) or (symbol.low_open and value == real(symbol.low))):
        return False
    return symbol.high is None or not (value > real(symbol.high) or (symbol.high_open and value == real(symbol.high)))


def _integer(symbol: Symbol, rng: Rng, flavour: str) -> fmpq | None:
    spread = {"small": 7, "broken": 12, "medium": 40, "tiny": 2}.get(flavour) or 1 << (3 + rng.below(14))
    low, high = _least(symbol), _most(symbol)
    if low is None and high is None:
        found = rng.below(2 * spread + 1) - spread
    elif low is None:
        assert high is not None
        found = high - rng.below(spread)
    else:
        found = low + rng.below(spread if high is None else min(spread, high - low + 1))
        if high is not None and rng.below(2):
            found = low + rng.below(high - low + 1)
    if found == 0 and symbol.low != 0:
        found = 1 if low is None or low <= 1 else found
    return fmpq(found)


def _least(symbol: Symbol) -> int | None:
    if symbol.low is None:
        return None
    least = -(-symbol.low.numerator // symbol.low.denominator)
    return least + 1 if symbol.low_open and least == symbol.low else least


def _most(symbol: Symbol) -> int | None:
    if symbol.high is None:
        return None
    most = symbol.high.numerator // symbol.high.denominator
    return most - 1 if symbol.high_open and most == symbol.high else most


def _real(symbol: Symbol, rng: Rng, flavour: str) -> fmpq:
    low, high = symbol.low, symbol.high
    if low is not None and high is not None:
        return real(low) + real(high - low) * _share(rng, flavour)
    size = _size(rng, flavour)
    if low is not None:
        return real(low) + size
    if high is not None:
        return real(high) - size
    return size if rng.below(2) else -size


def _size(rng: Rng, flavour: str) -> fmpq:
    """Draw a positive number."""
    if flavour == "small":
        return fmpq(1 + rng.below(7))
    if flavour == "broken":
        return fmpq(1 + rng.below(30), 2 + rng.below(8))
    if flavour == "medium":
        return fmpq(1 + rng.below(400), 7 + rng.below(30))
    if flavour == "tiny":
        return fmpq(1 + rng.below(90), 10 ** (20 + rng.below(20)))
    if flavour == "huge":
        return fmpq((1 + rng.below(90)) * 10 ** (6 + rng.below(6)))
    return fmpq(1 + rng.below(90), 3 + rng.below(20)) * fmpq(10) ** (rng.below(6) - 3)


def _share(rng: Rng, flavour: str) -> fmpq:
    """Draw a number between 0 and 1, neither of them."""
    if flavour == "small":
        bottom = 2 + rng.below(4)
        return fmpq(1 + rng.below(bottom - 1), bottom)
    if flavour in ("tiny", "huge"):
        near = fmpq(1, 10 ** (20 + rng.below(20)))
        return near if flavour == "tiny" else 1 - near
    if flavour == "wide":
        near = fmpq(1 + rng.below(9), 10 ** (1 + rng.below(4)))
        return near if rng.below(2) else 1 - near
    bottom = 11 + rng.below(80)
    return fmpq(1 + rng.below(bottom - 1), bottom)


@dataclass(slots=True)
class Unseen:
    """What is not drawn beforehand: members of families and functions without a body, by digest.

    Attributes:
        seed: of the point.
        families: declared families by name.
        loose: indices below 1 are members too, because the key itself uses some.
        met: the members that were asked for, for a witness.
    """

    seed: bytes
    families: dict[str, Symbol]
    flavour: str
    loose: bool = False
    met: dict[tuple[str, tuple[int, ...]], Scalar] = field(default_factory=dict)

    def member(self, name: str, at: tuple[int, ...]) -> Scalar:
        """Return a member of a family.

        Raises:
            NoValueError: there is none with these indices.
        """
        found = self.met.get((name, at))
        if found is not None:
            return found
        symbol = self.families.get(name)
        if symbol is None or len(at) != symbol.indices:
            raise NoValueError("unknown", f"{name} has no members with {len(at)} indices")
        if any(abs(index) > _MAX_INDEX or (index < 1 and not self.loose) for index in at):
            raise NoValueError("index", f"{name} has no member {', '.join(map(str, at))}")
        drawn = number(symbol, rng_for(self.seed, name, *at), self.flavour)
        value = self.met[name, at] = drawn if drawn is not None else ONE
        return value

    def unknown(self, name: str, arguments: tuple[Value, ...]) -> Value:
        """Return the value of a function that is only declared: a smooth one, drawn by its name.

        It is a + b·x + c·sin(d·x + e) in each entry x of its arguments, multiplied over the arguments.
        """
        result: Scalar = ONE
        for place, argument in enumerate(arguments):
            rng = rng_for(b"function", name, place)
            entries = argument.entries if isinstance(argument, Matrix) else (argument,)
            total: Scalar = _coefficient(rng)
            for entry in entries:
                wave = (ball(entry) * ball(_coefficient(rng)) + ball(_coefficient(rng))).sin()
                total = total + entry * _coefficient(rng) + wave * ball(_coefficient(rng))
            result = result * total
        return result


def _coefficient(rng: Rng) -> fmpq:
    return fmpq(1 + rng.below(60), 7 + rng.below(20))


def matrix(symbol: Symbol, sizes: Callable[[str | int], int], rng: Rng, flavour: str) -> Value:
    """Draw a vector or matrix of what was declared."""
    assert symbol.shape is not None
    rows, columns = (sizes(size) for size in symbol.shape)

    def entries() -> Matrix:
        return Matrix(tuple(tuple(_entry(symbol, rng, flavour) for _ in range(columns)) for _ in range(rows)))

    drawn = entries()
    if symbol.orthogonal:
        return _reflections(rows, rng)
    if symbol.positive_definite:
        square = linear.product(drawn, linear.transpose(drawn))
        return linear.combine(square, linear.identity(rows), reals.add, "sum") if rows > 1 else square
    if symbol.symmetric:
        return linear.simplest(Matrix(tuple(
            tuple(drawn.rows[min(i, j)][max(i, j)] for j in range(rows)) for i in range(rows)
        )))  # fmt: skip
    return linear.simplest(drawn)


def _entry(symbol: Symbol, rng: Rng, flavour: str) -> fmpq:
    if symbol.low is not None or symbol.high is not None or symbol.integer:
        found = number(symbol, rng, flavour)
        return found if found is not None else ONE
    size = fmpq(1 + rng.below(9)) if flavour == "small" else fmpq(1 + rng.below(40), 1 + rng.below(6))
    return size if rng.below(2) else -size


def _reflections(size: int, rng: Rng) -> Value:
    """Return the product of two reflections: orthogonal, exact and not symmetric."""
    result: Value = linear.identity(size)
    for _ in range(2):
        v = Matrix(tuple((fmpq(1 + rng.below(5) - 3 or 1),) for _ in range(size)))
        outer = linear.product(v, linear.transpose(v))
        scaled = linear.quotient(linear.product(outer, fmpq(2)), linear.dot(v, v), lenient=False)
        mirror = linear.combine(linear.identity(size), scaled, reals.subtract, "difference")
        result = linear.product(result, mirror)
    return result


def written(value: Value) -> str | int | float | list[object]:
    """Return a value as a witness shows it: whole numbers as they are, short fractions, else six digits."""
    if isinstance(value, Matrix):
        rows = [[written(entry) for entry in row] for row in value.rows]
        return [row[0] for row in rows] if value.shape[1] == 1 else list(rows)
    if type(value) is fmpq:
        if value.q == 1 and abs(value.p) < 10**12:
            return int(value.p)
        if value.q != 1 and len(str(value)) <= 9:
            return str(value)
    middle = ball(value).mid()
    shown = float(middle)
    return float(f"{shown:.6g}") if abs(shown) < 1e300 else ball(value).str(6, radius=False)


def boundaries(symbol: Symbol) -> Iterator[fmpq]:
    """Yield the values of a symbol at which formulas often part: its ends and what lies next to them, 0, 1 and -1."""
    ends = [Fraction(bound) for bound in (symbol.low, symbol.high) if bound is not None]
    beside = [
        end + step for end in (*ends, Fraction(0)) for step in ((_NEXT, -_NEXT) if not symbol.integer else (1, -1))
    ]
    seen: set[Fraction] = set()
    for value in (*ends, *beside, *map(Fraction, (0, 1, -1))):
        if value not in seen and within(symbol, real(value)):
            seen.add(value)
            yield fmpq(value.numerator, value.denominator)

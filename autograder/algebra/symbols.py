"""What the names of a part's formulas stand for: numbers, families, vectors, matrices, functions, random variables.

`declare` makes these records from what an author writes below a part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property

from autograder.formula.tree import Comparison, Name, Node

Size = str | int
"""How many rows or columns: a letter, which any formula may use as a positive whole number, or a number."""


class DeclarationError(ValueError):
    """An author's declaration is wrong.

    Attributes:
        problem: what is wrong, in words.
        path: where, as the steps from the part down: `("symbols", "n", "gt")`.
        hint: what to do about it, or an empty text.
    """

    def __init__(self, problem: str, path: tuple[str | int, ...], hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path
        self.hint = hint


@dataclass(frozen=True)
class Symbol:
    """One declared name.

    Attributes:
        low: the greatest lower bound known, or None; `low_open` when it is not reached itself. So `high`.
        indices: of a family `beta[i]`, how many; 0 for anything else. The bounds are those of its members.
        shape: rows and columns of a matrix; a vector of length n is the column `(n, 1)`; None for numbers.
        symmetric, orthogonal, positive_definite: what a square matrix is promised to be.
        latex: how it is written, if not the obvious way.
    """

    name: str
    integer: bool = False
    low: Fraction | None = None
    low_open: bool = False
    high: Fraction | None = None
    high_open: bool = False
    indices: int = 0
    shape: tuple[Size, Size] | None = None
    symmetric: bool = False
    orthogonal: bool = False
    positive_definite: bool = False
    latex: str | None = None

    @property
    def positive(self) -> bool:
        """Whether it is promised to be above zero."""
        return self.low is not None and (self.low > 0 or (self.low == 0 and self.low_open))

    @property
    def nonnegative(self) -> bool:
        """Whether it is promised not to be below zero."""
        return self.low is not None and self.low >= 0

    @property
    def is_vector(self) -> bool:
        """Whether it is a column of declared length."""
        return self.shape is not None and self.shape[1] == 1


@dataclass(frozen=True)
class Function:
    """A declared function. Without a body it is any function of its arguments.

    Attributes:
        of: the names that stand for its arguments; a declared one has the shape of its symbol.
        body: what it is, in its arguments and the declared symbols.
        latex: how its name is written, if not the obvious way.
    """

    name: str
    of: tuple[str, ...]
    body: Node | None = None
    latex: str | None = None


@dataclass(frozen=True)
class Random:
    """A random variable, known by its moments.

    Attributes:
        mean, var: expressions; of a vector the mean is one.
        indices: of a family of copies, how many indices; else 0. Copies are independent unless `cov` says otherwise.
        third, fourth: moments about the mean.
        values: its only two values.
        normal: it is a normal variable.
        cov: pairs of a name and the covariance with that variable; the own name stands for other members of the family,
            or, of a vector, for the matrix of its covariances.
        shape: (length, 1) of a vector.
    """

    name: str
    mean: Node | None = None
    var: Node | None = None
    indices: int = 0
    latex: str | None = None
    third: Node | None = None
    fourth: Node | None = None
    values: tuple[Node, ...] = ()
    normal: bool = False
    cov: tuple[tuple[str, Node], ...] = ()
    shape: tuple[Size, Size] | None = None

    @property
    def bodies(self) -> tuple[Node, ...]:
        """Every expression in it."""
        own = (self.mean, self.var, self.third, self.fourth, *self.values, *(body for _, body in self.cov))
        return tuple(each for each in own if each is not None)


@dataclass(frozen=True)
class Given:
    """A definition that formulas may use: `name = expression`."""

    name: str
    body: Node


@dataclass(frozen=True)
class Declared:
    """Everything a formula may speak of. Made by `declare`; equal declarations are equal and hash alike.

    Attributes:
        symbols: by declaration, then the letters of sizes that were not declared themselves.
        constraints: relations that hold between symbols.
        left: what may stand left of `=` in a response, as the author wrote it, or None.
        givens: in the order in which they were written; each may use those before it.
        extents: families whose indices are known to run from 1 to these sizes, for sums that do not say so.
    """

    symbols: tuple[Symbol, ...] = ()
    constraints: tuple[Node, ...] = ()
    left: str | None = None
    givens: tuple[Given, ...] = ()
    functions: tuple[Function, ...] = ()
    random: tuple[Random, ...] = ()
    extents: tuple[tuple[str, tuple[Size, ...]], ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Symbol | Function | Random | Given]:
        """Every declared name and what it is."""
        found: tuple[Symbol | Function | Random | Given, ...]
        found = (*self.givens, *self.random, *self.functions, *self.symbols)
        return {entry.name: entry for entry in found}

    @cached_property
    def sizes(self) -> frozenset[str]:
        """The letters that are rows, columns or lengths."""
        owners: tuple[Symbol | Random, ...] = (*self.symbols, *self.random)
        return frozenset(size for each in owners for size in each.shape or () if isinstance(size, str))

    @cached_property
    def count(self) -> str | None:
        """The one name that can say how many members a family has: a sum over all of them needs no bounds then.

        A whole number that a constraint keeps below another is an index.
        """
        below = {
            side.name
            for constraint in self.constraints
            if isinstance(constraint, Comparison) and set(constraint.operators) <= {"<", "<="}
            for side in constraint.operands[:-1]
            if isinstance(side, Name)
        }
        counts = [
            symbol.name
            for symbol in self.symbols
            if symbol.integer and symbol.positive and not symbol.indices and symbol.name not in below
        ]
        return counts[0] if len(counts) == 1 else None

    def symbol(self, name: str) -> Symbol | None:
        """Return a declared symbol, or None where the name is no symbol's."""
        found = self.by_name.get(name)
        return found if isinstance(found, Symbol) else None

    def function(self, name: str) -> Function | None:
        """Return a declared function, or None where the name is no function's."""
        found = self.by_name.get(name)
        return found if isinstance(found, Function) else None

    @cached_property
    def _digest(self) -> int:
        written = repr(tuple(getattr(self, field.name) for field in fields(self)))
        return int.from_bytes(hashlib.sha256(written.encode()).digest()[:8])

    def __hash__(self) -> int:
        # what is worked out from declarations is remembered beside them, and looked up for every formula
        return self._digest

    def __reduce__(self) -> tuple[type[Declared], tuple[object, ...]]:
        # what is remembered stays behind
        return Declared, tuple(getattr(self, field.name) for field in fields(self))

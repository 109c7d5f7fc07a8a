"""The tree of a formula: what stands where, before anything is evaluated.

Some calls stand for more than a function of numbers. Vectors are columns. `matrix((a, b), (c, d))` is a literal by
rows, and `matrix(a, b)` a column; `eye(n)`, `ones(n)`, `ones(n, m)`, `zeros(n)` have these sizes. `norm(x)` is the
Euclidean norm (Frobenius' of a matrix) and `norm(x, p)` another (p of a vector; of a matrix 1, 2 for the largest
singular value, or `oo`). `set(a, b)` has no order; `O(e)`, `Theta(e)`, `Omega(e)` are classes of growth. A function
of numbers that is applied to a vector or matrix works entry by entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.formula.arithmetic import Value


@dataclass(frozen=True, slots=True)
class Number:
    """A literal; decimals are exact rationals."""

    value: Value
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A param, a given, a constant or a bound variable."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator and its operands: `+ - * / // % **`, `neg`, `not`, `and`, `or`."""

    operator: str
    operands: tuple[Node, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A chain such as a < b <= c; true is 1, false 0. `=` stands for an equation between two sides."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied to arguments."""

    function: str
    arguments: tuple[Node, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Index:
    """A member of a list or of an indexed family; indices start at 1."""

    base: Node
    indices: tuple[Node, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Series:
    """`Sum(body, (variable, low, high))`, `Product(…)`, `Max(…)` or `Min(…)`, both ends included."""

    kind: str
    body: Node
    variable: str
    low: Node
    high: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Piecewise:
    """The first branch whose condition holds: (expression, condition) pairs."""

    branches: tuple[tuple[Node, Node], ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Transpose:
    """`W.T`"""

    operand: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Several formulas side by side: a tuple."""

    items: tuple[Node, ...]
    at: int = field(default=0, compare=False)


Node = Number | Name | Operation | Comparison | Call | Index | Series | Piecewise | Transpose | Group


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below `node`, in reading order."""
    match node:
        case Operation() | Comparison():
            return node.operands
        case Call():
            return node.arguments
        case Index():
            return (node.base, *node.indices)
        case Series():
            return (node.body, node.low, node.high)
        case Piecewise():
            return tuple(part for branch in node.branches for part in branch)
        case Transpose():
            return (node.operand,)
        case Group():
            return node.items
        case _:
            return ()


def free_names(node: Node) -> Iterator[Name]:
    """Yield every name that is not bound by a sum or a product, once for each place it stands."""
    if isinstance(node, Name):
        yield node
    elif isinstance(node, Series):
        yield from (name for name in free_names(node.body) if name.name != node.variable)
        yield from free_names(node.low)
        yield from free_names(node.high)
    else:
        for child in children(node):
            yield from free_names(child)

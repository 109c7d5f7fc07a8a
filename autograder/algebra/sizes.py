"""Rows and columns: letters, numbers, and those that are not known until something beside them says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeAlias

from autograder.algebra.malformed import Malformed
from autograder.algebra.symbols import Declared, Size
from autograder.formula.tree import (
    Call,
    Comparison,
    Group,
    Index,
    Name,
    Node,
    Number,
    Operation,
    Piecewise,
    Series,
    Transpose,
    free_names,
)

Shape: TypeAlias = tuple[Size, Size]
NUMBER: Final[Shape] = (1, 1)

_OPEN: Final = "?"


def is_number(shape: Shape) -> bool:
    """Whether it is the shape of a number."""
    return shape == NUMBER


def is_vector(shape: Shape) -> bool:
    """Whether it is the shape of a column."""
    return shape[1] == 1 and shape[0] != 1


def described(shape: Shape) -> str:
    """Return a shape in words."""
    rows, columns = ("any" if str(size).startswith(_OPEN) else size for size in shape)
    if is_number(shape):
        return "a number"
    if columns == 1:
        return f"a vector of length {rows}"
    return f"a row of length {columns}" if rows == 1 else f"a {rows} × {columns} matrix"


class Sizes:
    """What is known of the sizes in one formula."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.bound: dict[str, Size] = {}
        self.opened: dict[str, int] = {}

    def open(self, at: int) -> str:
        """Return a size that is not known yet."""
        name = f"{_OPEN}{len(self.opened) + 1}"
        self.opened[name] = at
        return name

    def resolved(self, size: Size) -> Size:
        """Return what a size is by now."""
        while isinstance(size, str) and size in self.bound:
            size = self.bound[size]
        return size

    def known(self, shape: Shape) -> Shape:
        """Return a shape with what is known by now."""
        return self.resolved(shape[0]), self.resolved(shape[1])

    def same(self, a: Size, b: Size) -> bool:
        """Whether two sizes are or can be the same; if so they are from now on."""
        a, b = self.resolved(a), self.resolved(b)
        if a == b:
            return True
        for this, other in ((a, b), (b, a)):
            if isinstance(this, str) and this.startswith(_OPEN) and other != 1:
                self.bound[this] = other
                return True
        return False

    def same_shape(self, a: Shape, b: Shape) -> bool:
        """Whether two shapes are or can be the same."""
        return self.same(a[0], b[0]) and self.same(a[1], b[1])

    def node(self, size: Size, at: int) -> Node:
        """Return a size as a formula; one that is not known yet is filled in later."""
        size = self.resolved(size)
        return Number(size, at) if isinstance(size, int) else Name(size, at)

    def filled(self, tree: Node) -> Node:
        """Return a tree with all sizes in it.

        Raises:
            Malformed: nothing says how large a 1 or an I is.
        """
        if not self.opened:
            return tree
        letters = self._mentioned(tree)
        for name, at in self.opened.items():
            size = self.resolved(name)
            if isinstance(size, str) and size.startswith(_OPEN):
                if len(letters) != 1:
                    raise Malformed("nothing says how many rows this has", at, "write \\mathbf{1}_n or I_n")
                self.bound[size] = min(letters)
        return self._filled(tree)

    def _mentioned(self, tree: Node) -> frozenset[str]:
        """Return the letters of sizes that the formula speaks of, or else all that are declared."""
        letters = self.declared.sizes
        found = {name.name for name in free_names(tree)} & letters
        return frozenset(found) if len(found) == 1 else letters

    def _filled(self, node: Node) -> Node:
        match node:
            case Name(name) if name.startswith(_OPEN):
                return self.node(name, node.at)
            case Operation() | Comparison():
                return replace(node, operands=tuple(self._filled(side) for side in node.operands))
            case Call():
                return replace(node, arguments=tuple(self._filled(side) for side in node.arguments))
            case Index():
                indices = tuple(self._filled(index) for index in node.indices)
                return replace(node, base=self._filled(node.base), indices=indices)
            case Series(_, body, _, low, high):
                return replace(node, body=self._filled(body), low=self._filled(low), high=self._filled(high))
            case Piecewise():
                return replace(node, branches=tuple((self._filled(a), self._filled(b)) for a, b in node.branches))
            case Transpose():
                return replace(node, operand=self._filled(node.operand))
            case Group():
                return replace(node, items=tuple(self._filled(item) for item in node.items))
        return node

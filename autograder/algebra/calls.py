"""The shapes of what functions give: norms, products, traces, classes of growth, functions of numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from autograder.algebra.malformed import Malformed, Mismatch
from autograder.algebra.sizes import NUMBER, Shape, Sizes, described, is_number, is_vector
from autograder.algebra.symbols import Size
from autograder.algebra.vocabulary import ARITY
from autograder.algebra.write import to_formula
from autograder.formula.functions import FUNCTIONS
from autograder.formula.tree import Call, Group, Name, Node, Number, Operation

_Checked: TypeAlias = tuple[Node, Shape]
_OF_NUMBERS: Final = frozenset({"O", "Theta", "Omega", "Var", "Cov"})
_SQUARE: Final = frozenset({"trace", "det", "inv"})


class Calls:
    """Checks calls for a walker over a tree.

    Attributes:
        walk: checks any node.
        sizes: what is known of sizes.
        declared: checks a call of a declared function, given its checked arguments; None where it is none.
    """

    def __init__(
        self,
        walk: Callable[[Node], _Checked],
        sizes: Sizes,
        declared: Callable[[Call, list[_Checked]], _Checked | None],
    ) -> None:
        self.walk = walk
        self.sizes = sizes
        self.declared = declared

    def check(self, node: Call) -> _Checked:
        """Return a call with its arguments checked, and its shape."""
        name = node.function
        if name in ("eye", "ones", "zeros"):
            return self._sized(node)
        if name == "norm":
            return self._norm(node)
        if name == "matrix":
            return self._matrix(node)
        checked = [self.walk(argument) for argument in node.arguments]
        own = self.declared(node, checked)
        if own is not None:
            return own
        node = replace(node, arguments=tuple(argument for argument, _ in checked))
        shapes = [shape for _, shape in checked]
        if name != "slope":
            self._count(node)
        if name == "set":
            raise Malformed("a set stands where a formula is needed", node.at)
        if name == "entries":
            return self._entries(node, shapes[0])
        if name == "bars":
            return self._bars(node, shapes[0])
        if name in _SQUARE:
            return self._square(node, shapes[0])
        if name == "diag":
            return self._diagonal(node, shapes[0])
        if name == "dot":
            return self._dot(node, shapes)
        if name == "hadamard":
            return self._hadamard(node, shapes)
        if name == "slope":
            node = replace(node, function="grad" if is_number(shapes[0]) else "jac")
            return self._derived(node, shapes)
        if name in ("grad", "jac"):
            return self._derived(node, shapes)
        if name == "Ev":
            return node, shapes[0]
        if name in ("Var", "Cov") and all(shape[1] == 1 for shape in shapes):
            return node, (shapes[0][0], shapes[-1][0])
        if name in ("Max", "Min"):
            return self._extreme(node, shapes)
        return self._of_numbers(node, shapes)

    def _count(self, node: Call) -> None:
        least, most = ARITY.get(node.function, (1, 1))
        if len(node.arguments) < least or (most is not None and len(node.arguments) > most):
            raise Malformed(f"{node.function} does not take {len(node.arguments)} arguments", node.at)

    def _described(self, shape: Shape) -> str:
        return described(self.sizes.known(shape))

    def _sized(self, node: Call) -> _Checked:
        sizes: list[Size] = []
        arguments: list[Node] = []
        for argument in node.arguments:
            checked, shape = self.walk(argument)
            if not is_number(shape):
                raise Malformed(f"a size is a number, this is {self._described(shape)}", argument.at)
            arguments.append(checked)
            sizes.append(self._size(checked))
        if not sizes:
            sizes = [self.sizes.open(node.at)]
            arguments = [Name(str(sizes[0]), node.at)]
        shape = (sizes[0], sizes[0]) if node.function == "eye" else (sizes[0], sizes[1] if len(sizes) > 1 else 1)
        return replace(node, arguments=tuple(arguments)), shape

    def _size(self, node: Node) -> Size:
        match node:
            case Name(name):
                return name
            case Number(int(value)):
                return value
        return to_formula(node)

    def _norm(self, node: Call) -> _Checked:
        inner, shape = self.walk(node.arguments[0])
        if len(node.arguments) > 2:
            raise Malformed("norm takes a vector or matrix, and which norm", node.at)
        order = node.arguments[1] if len(node.arguments) == 2 else None
        if is_number(shape):
            return Call("Abs", (inner,), node.at), NUMBER
        flat_norm = is_vector(shape) or shape[0] == 1
        match order:
            case None | Name("F"):
                return Call("norm", (inner,), node.at), NUMBER
            case Number(2) if flat_norm:
                return Call("norm", (inner,), node.at), NUMBER
            case Number() | Name("oo"):
                return Call("norm", (inner, order), node.at), NUMBER
        raise Malformed("a norm is 1, 2, oo or another number, or F", node.at)

    def _bars(self, node: Call, shape: Shape) -> _Checked:
        if is_number(shape):
            return Call("Abs", node.arguments, node.at), NUMBER
        hint = "write \\lVert x\\rVert for its norm" if is_vector(shape) else "write \\det W, or \\lVert W\\rVert"
        raise Malformed(f"bars around {self._described(shape)} can mean several things", node.at, hint)

    def _entries(self, node: Call, shape: Shape) -> _Checked:
        if not is_vector(shape):
            raise Malformed("a sum is of a vector, or has bounds", node.at, "write Sum(expression, (i, first, last))")
        ones = Call("ones", (self.sizes.node(shape[0], node.at),), node.at)
        return Call("dot", (ones, *node.arguments), node.at), NUMBER

    def _matrix(self, node: Call) -> _Checked:
        rows = [row.items if isinstance(row, Group) else (row,) for row in node.arguments]
        if len({len(row) for row in rows}) != 1:
            raise Malformed("the rows of a matrix are equally long", node.at)
        found: list[Node] = []
        for row in rows:
            cells = [self.walk(cell) for cell in row]
            for cell, shape in cells:
                if not is_number(shape):
                    raise Malformed(f"entries are numbers, this is {self._described(shape)}", cell.at)
            items = tuple(cell for cell, _ in cells)
            found.append(items[0] if len(items) == 1 else Group(items, node.at))
        return replace(node, arguments=tuple(found)), (len(rows), len(rows[0]))

    def _square(self, node: Call, shape: Shape) -> _Checked:
        if is_number(shape):
            inner = node.arguments[0]
            return Operation("/", (Number(1, node.at), inner), node.at) if node.function == "inv" else inner, NUMBER
        if not self.sizes.same(*shape):
            raise Mismatch(f"only a square matrix has one, this is {self._described(shape)}", node.at)
        return node, shape if node.function == "inv" else NUMBER

    def _diagonal(self, node: Call, shape: Shape) -> _Checked:
        if is_number(shape):
            return node.arguments[0], NUMBER
        if is_vector(shape):
            return node, (shape[0], shape[0])
        if not self.sizes.same(*shape):
            raise Mismatch(f"only a square matrix has a diagonal, this is {self._described(shape)}", node.at)
        return node, (shape[0], 1)

    def _dot(self, node: Call, shapes: list[Shape]) -> _Checked:
        a, b = shapes
        if is_number(a) and is_number(b):
            return Operation("*", node.arguments, node.at), NUMBER
        if is_vector(a) and is_vector(b) and self.sizes.same_shape(a, b):
            return node, NUMBER
        what = f"{self._described(a)} and {self._described(b)}"
        raise Mismatch(f"a dot product is of two vectors of one length, not of {what}", node.at)

    def _hadamard(self, node: Call, shapes: list[Shape]) -> _Checked:
        if all(is_number(shape) for shape in shapes):
            product = node.arguments[0]
            for factor in node.arguments[1:]:
                product = Operation("*", (product, factor), node.at)
            return product, NUMBER
        for shape in shapes[1:]:
            if not self.sizes.same_shape(shapes[0], shape):
                what = f"{self._described(shapes[0])} and {self._described(shape)}"
                raise Mismatch(f"a product entry by entry is of equal shapes, not of {what}", node.at)
        whole = node.arguments[0]
        for factor in node.arguments[1:]:
            whole = Call("hadamard", (whole, factor), node.at)
        return whole, shapes[0]

    def _derived(self, node: Call, shapes: list[Shape]) -> _Checked:
        of, by = shapes
        if not isinstance(node.arguments[1], Name):
            raise Malformed(f"{node.function}(f, x) derives by a symbol", node.arguments[1].at)
        if by[1] != 1 or of[1] != 1 or (node.function == "grad" and not is_number(of)):
            what = f"{self._described(of)} by {self._described(by)}"
            raise Malformed(f"{node.function} does not derive {what}", node.at)
        return node, by if node.function == "grad" else (of[0], by[0])

    def _extreme(self, node: Call, shapes: list[Shape]) -> _Checked:
        if len(shapes) == 1:
            return node, NUMBER
        return node, self._widest(node, shapes)

    def _of_numbers(self, node: Call, shapes: list[Shape]) -> _Checked:
        if node.function not in FUNCTIONS and node.function not in _OF_NUMBERS:
            raise Malformed(f"there is no function {node.function!r} here", node.at)
        if node.function in _OF_NUMBERS and not all(is_number(shape) for shape in shapes):
            raise Malformed(f"{node.function} is of numbers", node.at)
        return node, self._widest(node, shapes)

    def _widest(self, node: Call, shapes: list[Shape]) -> Shape:
        wide = [shape for shape in shapes if not is_number(shape)]
        for shape in wide[1:]:
            if not self.sizes.same_shape(wide[0], shape):
                what = f"{self._described(wide[0])} and {self._described(shape)}"
                raise Mismatch(f"{node.function} of {what} does not exist", node.at)
        return wide[0] if wide else NUMBER

"""Check that numbers, vectors and matrices are put together as they may be, and fill in what follows from their sizes.

A shape is (rows, columns); a vector is a column, a number (1, 1). A bare 1 or I gets its size from what stands beside
it, a sum without bounds runs over the entries of what it indexes, and a product of two vectors with a dot is `dot`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from autograder.algebra.calls import Calls
from autograder.algebra.malformed import Malformed, Mismatch
from autograder.algebra.names import counted
from autograder.algebra.sizes import NUMBER, Shape, Sizes, described, is_number, is_vector
from autograder.algebra.summation import INFERRED
from autograder.algebra.symbols import Declared, Given, Random, Size, Symbol
from autograder.algebra.vocabulary import CONSTANTS
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
)


def shaped(tree: Node, declared: Declared) -> tuple[Node, Shape]:
    """Check the shapes of a tree.

    Args:
        tree: as parsed.
        declared: what its names stand for.

    Returns:
        The tree with everything filled in, and its shape; a tuple, set or relation has that of its first side.

    Raises:
        Malformed: shapes do not fit, or a size does not follow from anything.
    """
    checker = _Checker(declared, {})
    node, shape = checker.whole(tree)
    return checker.sizes.filled(node), checker.sizes.known(shape)


class _Checker:
    """Walks a tree; `inside` are variables and arguments with their shapes."""

    def __init__(self, declared: Declared, inside: Mapping[str, Shape], active: frozenset[str] = frozenset()) -> None:
        self.declared = declared
        self.inside = dict(inside)
        self.active = active
        self.sizes = Sizes(declared)
        self.indexed: dict[str, list[str | int]] = {}
        self.unbounded: frozenset[str] = frozenset()
        self.calls = Calls(self.check, self.sizes, self.function)

    def whole(self, node: Node) -> tuple[Node, Shape]:
        """Check what may be several formulas: a tuple, a set, a relation between tuples."""
        match node:
            case Group(items):
                checked = [self.whole(item) for item in items]
                return replace(node, items=tuple(item for item, _ in checked)), checked[0][1]
            case Call("set", items) if self.declared.function("set") is None:
                checked = [self.whole(item) for item in items]
                if len(checked) == 1:
                    return checked[0]
                return replace(node, arguments=tuple(item for item, _ in checked)), checked[0][1]
            case Comparison(_, operands) if any(isinstance(side, Group | Call) for side in operands):
                return self.comparison(node)
        return self.check(node)

    def check(self, node: Node) -> tuple[Node, Shape]:
        match node:
            case Number():
                return node, NUMBER
            case Name():
                return node, self.name(node)
            case Operation():
                return self.operation(node)
            case Comparison():
                return self.comparison(node)
            case Call():
                return self.calls.check(node)
            case Index():
                return self.index(node)
            case Series():
                return self.series(node)
            case Piecewise():
                return self.piecewise(node)
            case Transpose():
                operand, (rows, columns) = self.check(node.operand)
                if is_number((rows, columns)):
                    return operand, NUMBER
                return replace(node, operand=operand), (columns, rows)
            case Group():
                raise Malformed("several formulas stand where one is needed", node.at)

    def number(self, node: Node, what: str) -> Node:
        """Check a node that has to be a number."""
        checked, shape = self.check(node)
        if not is_number(shape):
            raise Malformed(f"{what} is a number, this is {described(self.sizes.known(shape))}", node.at)
        return checked

    def name(self, node: Name) -> Shape:
        if node.name in self.inside:
            return self.inside[node.name]
        entry = self.declared.by_name.get(node.name)
        if isinstance(entry, Symbol):
            if entry.indices:
                raise Malformed(f"{node.name} needs its index", node.at)
            return entry.shape or NUMBER
        if isinstance(entry, Given):
            return self.defined(node.name, entry.body, {})
        if isinstance(entry, Random):
            return entry.shape or NUMBER
        if node.name in CONSTANTS.values() or self.active:
            # what a definition speaks of was checked with it, and may be a drawn number
            return NUMBER
        raise Malformed(f"{node.name!r} is not known here", node.at)

    def defined(self, name: str, body: Node, arguments: Mapping[str, Shape]) -> Shape:
        """Return the shape of a given or of a declared function."""
        if name in self.active:
            raise Malformed(f"{name!r} is defined by itself")
        inner = _Checker(self.declared, arguments, self.active | {name})
        return inner.sizes.known(inner.check(body)[1])

    def function(self, node: Call, checked: list[tuple[Node, Shape]]) -> tuple[Node, Shape] | None:
        """Check a call of a declared function; None where it is none."""
        function = self.declared.function(node.function)
        if function is None:
            return None
        if len(checked) != len(function.of):
            raise Malformed(f"{node.function} takes {len(function.of)} arguments, not {len(checked)}", node.at)
        wanted = {name: self.parameter(name) for name in function.of}
        entrywise: Shape | None = None
        for (argument, shape), (name, parameter) in zip(checked, wanted.items(), strict=True):
            if is_number(parameter) and not is_number(shape):
                entrywise = shape
            elif not self.sizes.same_shape(shape, parameter):
                shown = described(self.sizes.known(shape))
                raise Mismatch(f"{name} in {node.function} is {described(parameter)}, this is {shown}", argument.at)
        result = NUMBER if function.body is None else self.defined(node.function, function.body, wanted)
        if entrywise is not None and not is_number(result):
            raise Malformed(f"{node.function} cannot be applied to {described(entrywise)}", node.at)
        return replace(node, arguments=tuple(argument for argument, _ in checked)), entrywise or result

    def parameter(self, name: str) -> Shape:
        symbol = self.declared.symbol(name)
        return symbol.shape if symbol is not None and symbol.shape else NUMBER

    def operation(self, node: Operation) -> tuple[Node, Shape]:
        if node.operator in ("and", "or", "not"):
            return replace(node, operands=tuple(self.number(side, "a condition") for side in node.operands)), NUMBER
        if node.operator == "neg":
            operand, shape = self.check(node.operands[0])
            return replace(node, operands=(operand,)), shape
        match node:
            case Operation("*", (Call("hadamard", (Name() as first, Name() | Transpose(Name()) as second)), last)) if (
                not self.fits(node.operands[0])
            ):
                # x \odot Wx: what stands side by side belongs together
                return self.check(Call("hadamard", (first, Operation("*", (second, last), node.at)), node.at))
        (left, a), (right, b) = (self.check(side) for side in node.operands)
        whole = replace(node, operands=(left, right))
        match node.operator:
            case "+" | "-":
                if not self.sizes.same_shape(a, b):
                    raise self.misfit("the sum" if node.operator == "+" else "the difference", a, b, node.at)
                return whole, a
            case "*" | "·":
                return self.product(whole, a, b)
            case "**":
                return self.power(whole, a, b)
        if not is_number(b):
            hint = "write W^{-1} for an inverse" if not is_vector(b) else "write the division entry by entry"
            raise Mismatch(f"nothing can be divided by {described(self.sizes.known(b))}", node.at, hint)
        if node.operator != "/" and not is_number(a):
            raise self.misfit("the remainder", a, b, node.at)
        if node.operator == "//":
            return Call("floor", (replace(whole, operator="/"),), node.at), NUMBER
        return (Call("Mod", (left, right), node.at) if node.operator == "%" else whole), a

    def fits(self, node: Node) -> bool:
        """Return whether the shapes within a node fit."""
        with suppress(Malformed):
            return bool(self.check(node))
        return False

    def product(self, node: Operation, a: Shape, b: Shape) -> tuple[Node, Shape]:
        dotted = node.operator == "·"
        node = replace(node, operator="*")
        if is_number(a):
            return node, b
        if is_number(b):
            return node, a
        if dotted and is_vector(a) and is_vector(b) and self.sizes.same_shape(a, b):
            return Call("dot", node.operands, node.at), NUMBER
        if self.sizes.same(a[1], b[0]):
            return node, (a[0], b[1])
        hint = "write x^\\top y, or \\odot for entry by entry" if is_vector(a) and is_vector(b) else ""
        raise self.misfit("the product", a, b, node.at, hint)

    def power(self, node: Operation, a: Shape, b: Shape) -> tuple[Node, Shape]:
        base, exponent = node.operands
        if is_number(a):
            if is_number(b):
                return node, NUMBER
            if base == Name("E"):
                return Call("exp", (exponent,), node.at), b
            raise Mismatch(f"an exponent is a number, this is {described(self.sizes.known(b))}", exponent.at)
        if exponent == Name("T"):
            return Transpose(base, node.at), (a[1], a[0])
        match exponent:
            case Operation("neg", (Number(1),)) if self.sizes.same(*a):
                return Call("inv", (base,), node.at), a
            case Operation("neg", (Number(int()) as times,)) if self.sizes.same(*a):
                return Operation("**", (Call("inv", (base,), node.at), times), node.at), a
            case Number(int()) if self.sizes.same(*a):
                return node, a
        hint = "write \\lVert x\\rVert^2, x^\\top x or x \\odot x" if is_vector(a) else ""
        raise Mismatch(f"there is no such power of {described(self.sizes.known(a))}", node.at, hint)

    def misfit(self, what: str, a: Shape, b: Shape, at: int, hint: str = "") -> Malformed:
        shapes = f"{described(self.sizes.known(a))} and {described(self.sizes.known(b))}"
        return Mismatch(f"{what} of {shapes} does not exist", at, hint)

    def comparison(self, node: Comparison) -> tuple[Node, Shape]:
        checked = [self.whole(side) for side in node.operands]
        first = checked[0][1]
        for side, shape in checked[1:]:
            if side == Number(0) or checked[0][0] == Number(0):
                continue  # 0 stands for a vector of zeros too
            if not self.sizes.same_shape(first, shape):
                raise self.misfit("the comparison", first, shape, node.at)
        signs = tuple("=" if sign == "==" else sign for sign in node.operators)
        return replace(node, operators=signs, operands=tuple(side for side, _ in checked)), first

    def index(self, node: Index) -> tuple[Node, Shape]:
        indices = tuple(self.number(index, "an index") for index in node.indices)
        entry = self.declared.by_name.get(node.base.name) if isinstance(node.base, Name) else None
        bound = isinstance(node.base, Name) and node.base.name in self.inside
        if isinstance(entry, Symbol | Random) and entry.indices and not bound:
            if len(indices) != entry.indices:
                raise Malformed(f"{entry.name} has {counted(entry.indices)}, not {len(indices)}", node.at)
            extents = dict(self.declared.extents).get(entry.name) or (self.declared.count,) * len(indices)
            for index, size in zip(indices, extents, strict=False):
                if isinstance(index, Name) and index.name in self.unbounded and size is not None:
                    self.indexed[index.name].append(size)
            return replace(node, indices=indices), NUMBER
        base, shape = self.check(node.base)
        if is_number(shape):
            raise Malformed("a number has no members", node.at)
        sizes = [shape[0]] if is_vector(shape) else [shape[1]] if shape[0] == 1 else list(shape)
        match indices:
            case (Operation("*", (Name() as row, Name() as column)),) if len(sizes) == 2:
                indices = (row, column)  # `_{ij}` below a bracket
        if len(indices) != len(sizes):
            raise Malformed(f"a member of {described(self.sizes.known(shape))} has {counted(len(sizes))}", node.at)
        self.note(indices, sizes)
        return replace(node, base=base, indices=indices), NUMBER

    def note(self, indices: Sequence[Node], sizes: Sequence[Size]) -> None:
        for index, size in zip(indices, sizes, strict=False):
            if isinstance(index, Name) and index.name in self.indexed:
                self.indexed[index.name].append(size)

    def series(self, node: Series) -> tuple[Node, Shape]:
        low = node.low if node.low == INFERRED else self.number(node.low, "a bound")
        high = node.high if node.high == INFERRED else self.number(node.high, "a bound")
        outer, outer_indexed, outer_unbounded = self.inside, self.indexed, self.unbounded
        self.inside = outer | {node.variable: NUMBER}
        found: list[str | int] = []
        self.indexed = outer_indexed | {node.variable: found}
        said = node.low != INFERRED or node.high != INFERRED
        self.unbounded = outer_unbounded - {node.variable} if said else outer_unbounded | {node.variable}
        body, shape = self.check(node.body)
        self.inside, self.indexed, self.unbounded = outer, outer_indexed, outer_unbounded
        if node.kind != "Sum" and not is_number(shape):
            raise Malformed(f"only numbers can stand behind this sign, not {described(shape)}", node.at)
        if high == INFERRED:
            if not found or not all(self.sizes.same(found[0], size) for size in found[1:]):
                raise Malformed(f"it is not said from where to where {node.variable} runs", node.at)
            high = self.sizes.node(found[0], node.at)
        low = Number(1, node.at) if low == INFERRED else low
        return replace(node, body=body, low=low, high=high), shape

    def piecewise(self, node: Piecewise) -> tuple[Node, Shape]:
        branches: list[tuple[Node, Node]] = []
        first: Shape | None = None
        for value, condition in node.branches:
            checked, shape = self.check(value)
            first = first or shape
            if not self.sizes.same_shape(first, shape):
                raise self.misfit("a choice", first, shape, value.at)
            branches.append((checked, self.number(condition, "a condition")))
        return replace(node, branches=tuple(branches)), first or NUMBER

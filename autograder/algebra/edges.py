"""Where a formula may change its nature, and which names it speaks of: read off the tree."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from flint import fmpq

from autograder.formula.tree import Call, Comparison, Node, Operation, Series, children, free_names


def edges(node: Node) -> Iterator[tuple[Node, tuple[fmpq, ...]]]:
    """Yield expressions whose sign or whole part decides what a formula is, with the values at which it changes."""
    zero, steps = (fmpq(0),), (fmpq(1), fmpq(2), fmpq(-1))
    match node:
        case Comparison(_, operands):
            yield from ((Operation("-", pair), zero) for pair in pairwise(operands))
        case Call("Max" | "Min" | "KroneckerDelta", arguments):
            yield from ((Operation("-", (a, b)), zero) for a, b in combinations(arguments[:4], 2))
        case Call("Abs" | "sign", (argument,)):
            yield argument, zero
        case Call("floor" | "ceiling", (argument,)):
            yield argument, steps
        case Operation("//" | "%", (a, b)) | Call("Mod", (a, b)):
            yield Operation("/", (a, b)), steps
    if isinstance(node, Series):
        yield from (edge for part in (node.low, node.high) for edge in edges(part))
        for tree, values in edges(node.body):
            # where the last term changes its nature, the sum does; a sum of one term is that term
            yield Series("Sum", tree, node.variable, node.high, node.high), values
        return
    for child in children(node):
        yield from edges(child)


def names_in(node: Node) -> list[str]:
    """Return the names that a formula uses freely, and those of the functions it calls."""
    found = [name.name for name in free_names(node)]
    return found + list(_called(node))


def _called(node: Node) -> Iterator[str]:
    if isinstance(node, Call):
        yield node.function
    for child in children(node):
        yield from _called(child)


def looped(node: Node, depth: int = 1) -> Iterator[tuple[str, int]]:
    """Yield the names on which the number of a sum's terms hangs, with how deep that sum stands in others."""
    if isinstance(node, Series):
        yield from ((name, depth) for end in (node.low, node.high) for name in names_in(end))
    inner = depth + 1 if isinstance(node, Series) else depth
    for child in children(node):
        yield from looped(child, inner)

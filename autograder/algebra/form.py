"""What a formula is made of, as it was written: the names it uses, and its functions and operators."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from autograder.formula.functions import CONSTANTS
from autograder.formula.tree import Call, Name, Node, Operation, Piecewise, Series, Transpose, children

_CONSTANTS: Final = CONSTANTS.keys() | {"True", "False"}


def used(node: Node, declared: Collection[str] = ()) -> tuple[frozenset[str], frozenset[str]]:
    """Return the free names of a formula, constants apart, and the words for what it does.

    Args:
        node: a formula, with nothing cancelled.
        declared: names that stand for something even where a constant is called so too.

    Returns:
        Names; and functions, `Sum`, `Product`, `Piecewise`, `T`, operators such as `/` and `**`.
    """
    names: set[str] = set()
    marks: set[str] = set()
    waiting: list[tuple[Node, frozenset[str]]] = [(node, frozenset())]
    while waiting:
        one, bound = waiting.pop()
        match one:
            case Name(name):
                if name not in bound and (name in declared or name not in _CONSTANTS):
                    names.add(name)
            case Operation(operator):
                marks.add(operator)
            case Call(function):
                marks.add(function)
            case Series(kind, body, variable, low, high):
                marks.add(kind)
                waiting += [(body, bound | {variable}), (low, bound), (high, bound)]
                continue
            case Piecewise():
                marks.add("Piecewise")
            case Transpose():
                marks.add("T")
        waiting += [(child, bound) for child in children(one)]
    return frozenset(names), frozenset(marks)

"""What an induction may use: the recurrence, the hypothesis, the first case, put in wherever their left sides stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from autograder.algebra.derivation import Walked
from autograder.algebra.structure import same_structure
from autograder.algebra.symbols import Declared
from autograder.formula.tree import (
    Call,
    Comparison,
    Group,
    Index,
    Node,
    Number,
    Operation,
    Piecewise,
    Series,
    Transpose,
    free_names,
)


@dataclass(frozen=True)
class Rule:
    """A member of a family, or a call of a declared function, and what it is."""

    left: Node
    right: Node


def rules_of(equations: Iterable[Node]) -> tuple[Rule, ...]:
    """Return equations as rules: their left sides are put in. What is no such equation is left out."""
    found = []
    for tree in equations:
        match tree:
            case Comparison(("=" | "==",), (Index() | Call() as left, right)):
                found.append(Rule(left, right))
    return tuple(found)


def using(rules: Sequence[Rule], declared: Declared) -> Callable[[Node], Node]:
    """Return what puts rules into a formula, each in what an earlier one left too."""

    def rewritten(tree: Node) -> Node:
        for rule in rules:
            tree = _replaced(tree, rule, declared)
        return tree

    return rewritten


def _replaced(tree: Node, rule: Rule, declared: Declared) -> Node:
    if isinstance(tree, Index | Call) and same_structure(tree, rule.left, declared):
        return rule.right

    def each(nodes: Iterable[Node]) -> tuple[Node, ...]:
        return tuple(_replaced(node, rule, declared) for node in nodes)

    match tree:
        case Operation() | Comparison():
            return replace(tree, operands=each(tree.operands))
        case Call():
            return replace(tree, arguments=each(tree.arguments))
        case Index():
            return replace(tree, indices=each(tree.indices))
        case Series():
            body, low, high = each((tree.body, tree.low, tree.high))
            return replace(tree, body=body, low=low, high=high)
        case Piecewise():
            return replace(
                tree, branches=tuple((_replaced(value, rule, declared), when) for value, when in tree.branches)
            )
        case Transpose():
            return replace(tree, operand=_replaced(tree.operand, rule, declared))
        case Group():
            return replace(tree, items=each(tree.items))
    return tree


def first_case(walked: Walked, base: Node, declared: Declared) -> int | None:
    """Return the line that shows the first case: it holds and has the side that the case is about, or numbers only."""
    # where a first member has a name of its own, as x_0 has, either side of the case says that it is meant
    about = base.operands if isinstance(base, Comparison) else (base,)
    about = tuple(side for side in about if not isinstance(side, Number))
    for place, side in walked.sides:
        if not isinstance(side, Comparison):
            continue
        numbers = not any(name.name in declared.by_name for name in free_names(side))
        if numbers or any(same_structure(each, operand, declared) for operand in side.operands for each in about):
            return place
    return None

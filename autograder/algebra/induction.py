"""What an induction may use: the recurrence, the hypothesis, the first case, put in wherever their left sides stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from autograder.algebra.derivation import Walked
from autograder.algebra.structure import same_structure
from autograder.algebra.symbols import Declared, Symbol
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

AMOUNT: Final = "amount__"
"""What the names of amounts begin with by which an inequality falls short of its bound."""


@dataclass(frozen=True)
class Rule:
    """A member of a family, or a call of a declared function, and what it is."""

    left: Node
    right: Node


def rules_of(facts: Iterable[Node]) -> tuple[tuple[Rule, ...], tuple[Symbol, ...]]:
    """Return equations and inequalities as rules: their left sides are put in.

    Args:
        facts: `S[n] = …`, or `S[n] <= …`, which is an equation with some amount below the bound; others are left out.

    Returns:
        The rules, and the symbols that stand for such amounts.
    """
    found: list[Rule] = []
    amounts: list[Symbol] = []
    for tree in facts:
        match tree:
            case Comparison(("=" | "==",), (Index() | Call() as left, right)):
                found.append(Rule(left, right))
            case Comparison(("<" | "<=" | ">" | ">=" as sign,), (Index() | Call() as left, right)):
                amounts.append(Symbol(f"{AMOUNT}{len(amounts)}", low=Fraction(0), low_open=len(sign) == 1))
                operator = "-" if sign[0] == "<" else "+"
                found.append(Rule(left, Operation(operator, (right, Name(amounts[-1].name)))))
    return tuple(found), tuple(amounts)


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

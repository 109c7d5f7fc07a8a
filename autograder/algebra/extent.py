"""Refuse numbers that nobody could write out: power towers, factorials of factorials. Nothing large is computed."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from autograder.algebra.malformed import Malformed
from autograder.formula import FormulaError, Value
from autograder.formula.arithmetic import OPERATORS
from autograder.formula.functions import binomial, factorial
from autograder.formula.tree import Call, Node, Number, Operation, children

MAX_EXPONENT: Final = 1_000_000
"""The largest power of something that is no number."""


def refuse_huge(tree: Node) -> None:
    """Check the numbers in a formula, those that its constants make included.

    Raises:
        Malformed: one is too large, or is divided by zero.
    """
    try:
        _value(tree)
    except Malformed:
        raise
    except FormulaError as error:
        raise Malformed(error.problem, error.at) from None


def _value(node: Node) -> Value | None:
    """Return the value of a node of plain numbers, None for any other."""
    values = [_value(child) for child in children(node)]
    if isinstance(node, Number):
        return node.value
    known: list[int | Fraction] = [value for value in values if isinstance(value, int | Fraction)]
    try:
        match node:
            case Operation("neg", _) if len(known) == 1:
                return -known[0]
            case Operation(("**" | "·" | "+" | "-" | "*" | "/") as operator, _) if len(known) == 2:
                return OPERATORS["*" if operator == "·" else operator](*known)
            case Operation("**", (_, _)) if len(known) == 1 and values[1] is not None:
                if abs(Fraction(known[0])) > MAX_EXPONENT:
                    raise Malformed("the exponent is too large", node.at)
            case Call("factorial", _) if len(known) == 1:
                return factorial(known[0])
            case Call("binomial", _) if len(known) == 2:
                return binomial(*known)
    except Malformed:
        raise
    except FormulaError as error:
        raise Malformed(error.problem, node.at) from None
    return None

r"""Write a tree down again: in the formula language for records, in LaTeX for people.

Both can be read back: reading what is written gives the same tree.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from autograder.formula import Value
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

OR, AND, NOT, COMPARE, SUM, PRODUCT, NEGATE, POWER, ATOM = range(9)
"""How strongly something binds."""

STRENGTH: Final = {
    "or": OR, "and": AND, "not": NOT, "+": SUM, "-": SUM, "*": PRODUCT, "·": PRODUCT, "/": PRODUCT, "//": PRODUCT,
    "%": PRODUCT, "neg": NEGATE, "**": POWER,
}  # fmt: skip


def strength_of(node: Node) -> int:
    """Return how strongly the outermost sign of a node binds."""
    match node:
        case Operation(operator, _):
            return STRENGTH[operator]
        case Comparison():
            return COMPARE
        case Number(value):
            whole = isinstance(value, int) or (isinstance(value, Fraction) and decimal(value) is not None)
            return NEGATE if value < 0 else ATOM if whole or isinstance(value, float) else PRODUCT
    return ATOM


def to_formula(node: Node) -> str:
    """Return a tree in the formula language; an equation has `=`, a condition inside of a formula `==`."""
    if isinstance(node, Comparison):
        return _comparison(node, "=")
    if isinstance(node, Group):
        return f"({', '.join(to_formula(item) for item in node.items)})"
    return _inner(node)


def _comparison(node: Comparison, equals: str) -> str:
    sides = [_within(side, SUM) for side in node.operands]
    signs = [equals if sign in ("=", "==") else sign for sign in node.operators]
    return sides[0] + "".join(f" {sign} {side}" for sign, side in zip(signs, sides[1:], strict=True))


def _inner(node: Node) -> str:
    match node:
        case Number(value):
            return number(value)
        case Name(name):
            return name
        case Operation():
            return _operation(node)
        case Comparison():
            return _comparison(node, "==")
        case Call(function, arguments):
            return f"{function}({_listed(arguments)})"
        case Index(base, indices):
            return f"{_within(base, ATOM)}[{_listed(indices)}]"
        case Series(kind, body, variable, low, high):
            return f"{kind}({_inner(body)}, ({variable}, {_inner(low)}, {_inner(high)}))"
        case Piecewise(branches):
            return f"Piecewise({', '.join(f'({_inner(a)}, {_inner(b)})' for a, b in branches)})"
        case Transpose(operand):
            return f"{_within(operand, ATOM)}.T"
        case Group(items):
            return f"({_listed(items)})"


def number(value: Value) -> str:
    """Return a number as the readers of formulas take it."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int):
        digits = str(value)
        mantissa = digits.rstrip("0")
        return digits if len(digits) <= 40 else f"{mantissa}e{len(digits) - len(mantissa)}"
    return decimal(value) or f"{value.numerator}/{value.denominator}"


def decimal(value: Fraction) -> str | None:
    """Return a fraction as a decimal number, or None where it has no short one."""
    bottom, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while bottom % prime == 0:
            bottom //= prime
            count += 1
        places = max(places, count)
    if bottom != 1 or places > 30:
        return None
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _listed(items: tuple[Node, ...]) -> str:
    return ", ".join(_inner(item) for item in items)


def _within(node: Node, least: int) -> str:
    text = _inner(node)
    return text if strength_of(node) >= least else f"({text})"


def _operation(node: Operation) -> str:
    strength = STRENGTH[node.operator]
    if node.operator in ("neg", "not"):
        sign = "-" if node.operator == "neg" else "not "
        return sign + _within(node.operands[0], strength)
    left, right = node.operands
    if node.operator == "**":
        return f"{_within(left, ATOM)}**{_within(right, NEGATE)}"
    sign = "*" if node.operator == "·" else node.operator
    joint = sign if strength == PRODUCT and sign in "*/" else f" {sign} "
    # two signs in a row are right but hard to read
    least = POWER if strength_of(right) == NEGATE else strength + 1
    return f"{_within(left, strength)}{joint}{_within(right, least)}"

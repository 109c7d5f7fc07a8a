"""The form of a formula as it was written: order and brackets do not count, whatever is worked out does.

`2ab + 2ab` and `4ab` have the same structure, for an answer; as lines of a derivation they are two.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

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

Written = tuple[Any, ...]
"""Nested tuples that are equal exactly when two formulas are written alike."""

_SYMMETRIC: Final = frozenset({"Max", "Min", "KroneckerDelta", "set", "dot", "hadamard", "Cov"})


def written_form(node: Node, shaped: frozenset[str] = frozenset(), bound: Mapping[str, int] | None = None) -> Written:
    """Return the form of a formula as it was written.

    Args:
        node: the formula.
        shaped: names of vectors and matrices, whose products keep their order.
        bound: variables of sums and products around it → how deep they stand.
    """
    bound = bound or {}

    def form(inner: Node) -> Written:
        return written_form(inner, shaped, bound)

    match node:
        case Number(value):
            return "number", Fraction(value) if not isinstance(value, float) else value
        case Name(name):
            return ("bound", bound[name]) if name in bound else ("name", name)
        case Operation("+" | "-" | "neg"):
            return "sum", *_sorted(_terms(node, False, form))
        case Operation("*" | "/"):
            factors = _factors(node, False, form)
            return _product(factors if _keeps_order(node, shaped) else _sorted(factors))
        case Operation(operator, operands):
            return operator, *map(form, operands)
        case Comparison(operators, operands):
            return "compare", tuple("=" if sign == "==" else sign for sign in operators), *map(form, operands)
        case Call("sqrt", (argument,)):
            return "**", form(argument), ("product", ("/", ("number", Fraction(2))))
        case Call(function, arguments):
            forms = [form(argument) for argument in arguments]
            return "call", function, *(_sorted(forms) if function in _SYMMETRIC else forms)
        case Index(base, indices):
            return "index", form(base), *map(form, indices)
        case Series(kind, body, variable, low, high):
            inner = {**bound, variable: len(bound)}
            return kind, written_form(body, shaped, inner), form(low), form(high)
        case Piecewise(branches):
            return "cases", *((form(value), form(when)) for value, when in branches)
        case Transpose(operand):
            return "transpose", form(operand)
        case Group(items):
            return "group", *map(form, items)


def _sorted(forms: list[Written]) -> list[Written]:
    return sorted(forms, key=repr)


def _terms(node: Node, minus: bool, form: Any) -> list[Written]:
    match node:
        case Operation("+", (left, right)):
            return _terms(left, minus, form) + _terms(right, minus, form)
        case Operation("-", (left, right)):
            return _terms(left, minus, form) + _terms(right, not minus, form)
        case Operation("neg", (operand,)):
            return _terms(operand, not minus, form)
    return [("-", form(node)) if minus else form(node)]


def _factors(node: Node, under: bool, form: Any) -> list[Written]:
    match node:
        case Operation("*", (left, right)):
            return _factors(left, under, form) + _factors(right, under, form)
        case Operation("/", (left, right)):
            return _factors(left, under, form) + _factors(right, not under, form)
        case Number(1):
            return []
    return [("/", form(node)) if under else form(node)]


def _product(factors: list[Written]) -> Written:
    return factors[0] if len(factors) == 1 and factors[0][0] != "/" else ("product", *factors)


def _keeps_order(node: Node, shaped: frozenset[str]) -> bool:
    match node:
        case Name(name):
            return name in shaped
        case Operation(_, operands):
            return any(_keeps_order(operand, shaped) for operand in operands)
        case Transpose(operand):
            return _keeps_order(operand, shaped)
        case Call("eye" | "matrix" | "jac" | "inv" | "diag" | "ones"):
            return True
        case Call("dot" | "norm" | "trace" | "det"):
            return False
        case Call(function, arguments):
            return function in shaped or any(_keeps_order(argument, shaped) for argument in arguments)
    return False

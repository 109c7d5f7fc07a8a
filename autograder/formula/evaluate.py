"""Turn a tree into a function of its names: exact, bounded, without Python's eval.

A formula of the bank is compiled once to nested closures and then called for every candidate.
"""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from autograder.formula import arithmetic
from autograder.formula.arithmetic import CONSTANTS, FUNCTIONS, FormulaError, TooLarge, Value, exact
from autograder.formula.parse import parse
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

Values = Mapping[str, "Value | tuple[Value, ...]"]
"""Names to numbers, or to lists of numbers as permutation and sample draw them."""

MAX_TERMS: Final = 100_000
"""Terms that all sums and products of one evaluation may have together."""

MATRIX_FUNCTIONS: Final = frozenset(
    {"trace", "inv", "dot", "norm", "hadamard", "eye", "ones", "grad", "jac", "Ev", "Var", "Cov"}
)

_TRUTH: Final[dict[str, Value]] = {"True": 1, "False": 0}


class _Scope:
    """The names of one evaluation and what is left of its budget."""

    __slots__ = ("terms", "values")

    def __init__(self, values: Values) -> None:
        self.values = values
        self.terms = MAX_TERMS


_Closure = Callable[[_Scope], Value]

_BINARY: Final[dict[str, Callable[[Value, Value], Value]]] = {
    "+": arithmetic.add,
    "-": arithmetic.subtract,
    "*": arithmetic.multiply,
    "/": arithmetic.divide,
    "//": arithmetic.floor_divide,
    "%": arithmetic.modulo,
    "**": arithmetic.power,
}
_COMPARE: Final[dict[str, Callable[[Value, Value], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@lru_cache(maxsize=4096)
def compiled(text: str) -> Callable[[Values], Value]:
    """Compile a formula to a function from names to its value.

    Args:
        text: a formula of the language.

    Returns:
        A function that raises `FormulaError` where the formula has no value.

    Raises:
        FormulaError: the text is no formula, or asks for something that has no numeric value here.
    """
    run = _compile(parse(text))

    def value(values: Values) -> Value:
        try:
            return exact(run(_Scope(values)))
        except OverflowError:
            raise TooLarge("a number is beyond the range of floats") from None

    return value


def evaluate(text: str, values: Values | None = None) -> Value:
    """Return the value of one formula.

    Args:
        text: a formula of the language.
        values: the names it may use.

    Raises:
        FormulaError: it cannot be read, or has no value.
    """
    return compiled(text)(values or {})


def names(text: str) -> frozenset[str]:
    """Return the names a formula needs from outside: neither bound in it nor built in constants."""
    return frozenset(name.name for name in free_names(parse(text))) - _TRUTH.keys()


def _compile(node: Node) -> _Closure:
    match node:
        case Number(value):
            return lambda scope: value
        case Name(name):
            return _name(name, node.at)
        case Operation():
            return _operation(node)
        case Comparison():
            return _comparison(node)
        case Call():
            return _call(node)
        case Index():
            return _index(node)
        case Series():
            return _series(node)
        case Piecewise():
            return _piecewise(node)
        case Transpose() | Group():
            raise FormulaError("vectors and matrices have no single value here", node.at)


def _name(name: str, at: int) -> _Closure:
    fallback = CONSTANTS.get(name, _TRUTH.get(name))

    def look_up(scope: _Scope) -> Value:
        value = scope.values.get(name, fallback)
        if value is None:
            raise FormulaError(f"{name!r} is not defined", at)
        if isinstance(value, tuple):
            raise FormulaError(f"{name!r} is a list: write {name}[1] for its first member", at)
        return value

    return look_up


def _operation(node: Operation) -> _Closure:
    if node.operator == "neg":
        operand = _compile(node.operands[0])
        return lambda scope: -operand(scope)
    if node.operator == "not":
        operand = _compile(node.operands[0])
        return lambda scope: int(not operand(scope))
    left, right = (_compile(side) for side in node.operands)
    if node.operator == "and":
        return lambda scope: int(bool(left(scope)) and bool(right(scope)))
    if node.operator == "or":
        return lambda scope: int(bool(left(scope)) or bool(right(scope)))
    apply = _BINARY[node.operator]
    return lambda scope: apply(left(scope), right(scope))


def _comparison(node: Comparison) -> _Closure:
    if "=" in node.operators:
        raise FormulaError("a single = says an equation; write == to compare", node.at)
    tests = [_COMPARE[sign] for sign in node.operators]
    operands = [_compile(operand) for operand in node.operands]

    def compare(scope: _Scope) -> Value:
        values = [operand(scope) for operand in operands]
        return int(all(test(a, b) for test, a, b in zip(tests, values, values[1:], strict=False)))

    return compare


def _call(node: Call) -> _Closure:
    if node.function in MATRIX_FUNCTIONS:
        raise FormulaError(
            f"{node.function}() works on vectors, matrices or random variables, which have no value here", node.at
        )
    if node.function not in FUNCTIONS:
        near = difflib.get_close_matches(node.function, FUNCTIONS, n=1)
        raise FormulaError(
            f"there is no function {node.function!r}" + (f"; did you mean {near[0]!r}?" if near else ""), node.at
        )
    function, least, most = FUNCTIONS[node.function]
    count = len(node.arguments)
    if count < least or (most is not None and count > most):
        raise FormulaError(f"{node.function}() does not take {count} arguments", node.at)
    arguments = [_compile(argument) for argument in node.arguments]
    if count == 1:
        only = arguments[0]
        return lambda scope: function(only(scope))
    return lambda scope: function(*(argument(scope) for argument in arguments))


def _index(node: Index) -> _Closure:
    if not isinstance(node.base, Name) or len(node.indices) != 1:
        raise FormulaError("only a drawn list can be indexed, by one number: f[1]", node.at)
    name, at = node.base.name, node.at
    index = _compile(node.indices[0])

    def member(scope: _Scope) -> Value:
        listed = scope.values.get(name)
        if not isinstance(listed, tuple):
            raise FormulaError(f"{name!r} is not a list", at)
        place = index(scope)
        if place != int(place) or not 1 <= place <= len(listed):
            raise FormulaError(f"{name!r} has members 1 to {len(listed)}", at)
        return listed[int(place) - 1]

    return member


def _series(node: Series) -> _Closure:
    body, low, high = _compile(node.body), _compile(node.low), _compile(node.high)
    combine, start = (arithmetic.add, 0) if node.kind == "Sum" else (arithmetic.multiply, 1)
    variable, at = node.variable, node.at

    def total(scope: _Scope) -> Value:
        first, last = _bound(low(scope), at), _bound(high(scope), at)
        result: Value = start
        outer = scope.values
        try:
            for index in range(first, last + 1):
                scope.terms -= 1
                if scope.terms < 0:
                    raise TooLarge(f"sums and products may have {MAX_TERMS:,} terms together", at)
                scope.values = {**outer, variable: index}
                result = combine(result, body(scope))
        finally:
            scope.values = outer
        return result

    return total


def _bound(value: Value, at: int) -> int:
    if abs(value) == float("inf") or value != int(value):
        raise FormulaError("the ends of a sum or product are whole numbers", at)
    return int(value)


def _piecewise(node: Piecewise) -> _Closure:
    branches = [(_compile(value), _compile(condition)) for value, condition in node.branches]
    at = node.at

    def choose(scope: _Scope) -> Value:
        for value, condition in branches:
            if condition(scope):
                return value(scope)
        raise FormulaError("no branch of the Piecewise holds", at)

    return choose

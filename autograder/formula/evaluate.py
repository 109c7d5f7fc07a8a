"""Turn a tree into a function of its names: exact, bounded, without Python's eval.

A formula of the bank is compiled once to nested closures and then called for every candidate.
"""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from autograder.formula import arithmetic
from autograder.formula.arithmetic import FormulaError, TooLarge, Value, exact
from autograder.formula.functions import CONSTANTS, FUNCTIONS
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
    children,
    free_names,
)

Values = Mapping[str, "Value | tuple[Value, ...]"]
"""Names to numbers, or to lists of numbers as permutation and sample draw them."""

MAX_TERMS: Final = 100_000
"""Terms that all sums and products of one evaluation may have together; a costly term counts as several."""

MATRIX_FUNCTIONS: Final = frozenset(
    {"trace", "inv", "dot", "norm", "hadamard", "eye", "ones", "grad", "jac", "Ev", "Var", "Cov"}
)

_NUMBERS: Final = frozenset({int, float, Fraction})
_SMALL: Final = 1 << 256
"""Integers whose product is within bounds without a look at it."""

_TRUTH: Final[dict[str, Value]] = {"True": 1, "False": 0}


_Closure = Callable[[Values], Value]

_TERMS: Final = "terms left"
"""Not a name a formula can have: where all sums and products of one evaluation keep their budget."""

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
    tree = parse(text)
    run, loops = _compile(tree), _has_series(tree)

    def value(values: Values) -> Value:
        try:
            result = run({**values, _TERMS: [MAX_TERMS]} if loops else values)  # type: ignore[dict-item]
        except OverflowError:
            raise TooLarge("a number is beyond the range of floats") from None
        return result if type(result) is int else exact(result)

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
            return lambda values: value
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

    def look_up(values: Values) -> Value:
        value = values.get(name, fallback)
        if type(value) is int or type(value) in _NUMBERS:
            return value  # type: ignore[return-value]
        if value is None:
            raise FormulaError(f"{name!r} is not defined", at)
        if isinstance(value, tuple):
            raise FormulaError(f"{name!r} is a list: write {name}[1] for its first member", at)
        return value

    return look_up


def _operation(node: Operation) -> _Closure:
    if node.operator == "neg":
        operand = _compile(node.operands[0])
        return lambda values: -operand(values)
    if node.operator == "not":
        operand = _compile(node.operands[0])
        return lambda values: int(not operand(values))
    if node.operator == "*":
        return _product(tuple(_factors(node)))
    left, right = (_compile(side) for side in node.operands)
    if node.operator == "and":
        return lambda values: int(bool(left(values)) and bool(right(values)))
    if node.operator == "or":
        return lambda values: int(bool(left(values)) or bool(right(values)))
    apply = arithmetic.OPERATORS[node.operator]
    return lambda values: apply(left(values), right(values))


def _factors(node: Node) -> Iterator[Node]:
    """Yield what a·b·c is the product of, in the order in which it is worked out."""
    if isinstance(node, Operation) and node.operator == "*":
        yield from _factors(node.operands[0])
        yield node.operands[1]
    else:
        yield node


def _product(factors: tuple[Node, ...]) -> _Closure:
    multiply, first = arithmetic.multiply, _compile(factors[0])
    others = [(factor.name if isinstance(factor, Name) else "", _compile(factor)) for factor in factors[1:]]

    def product(values: Values) -> Value:
        result = first(values)
        for name, factor in others:
            value = values.get(name) if name else factor(values)  # a name that is no small integer is looked up below
            # most of what a bank computes are products of small integers
            if type(value) is int and type(result) is int and -_SMALL < value < _SMALL and -_SMALL < result < _SMALL:
                result *= value
            else:
                result = multiply(result, factor(values) if name else value)  # type: ignore[arg-type]
        return result

    return product


def _comparison(node: Comparison) -> _Closure:
    if "=" in node.operators:
        raise FormulaError("a single = says an equation; write == to compare", node.at)
    tests = [_COMPARE[sign] for sign in node.operators]
    operands = [_compile(operand) for operand in node.operands]
    if len(operands) == 2:
        [test], (left, right) = tests, operands
        return lambda values: int(test(left(values), right(values)))

    def compare(values: Values) -> Value:
        sides = [operand(values) for operand in operands]
        return int(all(test(a, b) for test, a, b in zip(tests, sides, sides[1:], strict=False)))

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
        return lambda values: function(only(values))
    return lambda values: function(*(argument(values) for argument in arguments))


def _index(node: Index) -> _Closure:
    if not isinstance(node.base, Name) or len(node.indices) != 1:
        raise FormulaError("only a drawn list can be indexed, by one number: f[1]", node.at)
    name, at = node.base.name, node.at
    index = _compile(node.indices[0])

    def member(values: Values) -> Value:
        listed = values.get(name)
        if not isinstance(listed, tuple):
            raise FormulaError(f"{name!r} is not a list", at)
        place = index(values)
        if not 1 <= place <= len(listed) or place != int(place):
            raise FormulaError(f"{name!r} has members 1 to {len(listed)}", at)
        return listed[int(place) - 1]

    return member


def _series(node: Series) -> _Closure:
    body, low, high = _compile(node.body), _compile(node.low), _compile(node.high)
    combine, start = (arithmetic.add, 0) if node.kind == "Sum" else (arithmetic.multiply, 1)
    variable, at, weight = node.variable, node.at, _weight(node.body)

    def total(values: Values) -> Value:
        first, last = _bound(low(values), at), _bound(high(values), at)
        result: Value = start
        inner: dict[str, Any] = dict(values)
        budget = inner[_TERMS]
        for index in range(first, last + 1):
            budget[0] -= weight
            if budget[0] < 0:
                raise TooLarge(f"sums and products may have {MAX_TERMS:,} terms together", at)
            inner[variable] = index
            result = combine(result, body(inner))
        return result

    return total


def _has_series(node: Node) -> bool:
    return isinstance(node, Series) or any(_has_series(child) for child in children(node))


def _weight(node: Node) -> int:
    """Return what one term costs: 1, and much more for each power, factorial or binomial whose size is only bounded."""
    own = 20 * (isinstance(node, Operation) and node.operator == "**") + 20 * isinstance(node, Call)
    return 1 + own // 4 + sum(_weight(child) for child in children(node)) // 4


def _bound(value: Value, at: int) -> int:
    if abs(value) == float("inf") or value != int(value):
        raise FormulaError("the ends of a sum or product are whole numbers", at)
    return int(value)


def _piecewise(node: Piecewise) -> _Closure:
    branches = [(_compile(value), _compile(condition)) for value, condition in node.branches]
    at = node.at

    def choose(values: Values) -> Value:
        for value, condition in branches:
            if condition(values):
                return value(values)
        raise FormulaError("no branch of the Piecewise holds", at)

    return choose

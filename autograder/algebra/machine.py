"""Turn a tree into a function of a point: exact or in balls, within a budget that counts operations and not seconds."""

from __future__ import annotations

from typing import Final

from autograder.algebra import linear, reals
from autograder.algebra.derivatives import derivative, partial_derivative
from autograder.algebra.frames import Frame, Program
from autograder.algebra.linear import Matrix, Value
from autograder.algebra.moments import covariance, expectation
from autograder.algebra.operations import CONSTANTS, FUNCTIONS, MATRIX_FUNCTIONS
from autograder.algebra.reals import ONE, ZERO, NoValueError
from autograder.algebra.series import endless, integer, restore, series
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
)


def compiled(node: Node) -> Program:
    """Compile a tree. Running it raises `NoValueError` where it has no value, `SpentError` past the budget."""
    run, weight = _compile(node), weight_of(node)

    def program(frame: Frame) -> Value:
        frame.spend(weight)
        return run(frame)

    return program


def weight_of(node: Node) -> int:
    """Return how many operations a tree has, sums and products counted as one term."""
    return 1 + sum(weight_of(child) for child in children(node))


def _compile(node: Node) -> Program:
    match node:
        case Number(value):
            number = reals.real(value)
            return lambda frame: number
        case Name(name):
            return _name(name)
        case Operation():
            return _operation(node)
        case Comparison():
            return _comparison(node)
        case Call():
            return _call(node)
        case Index():
            return _index(node)
        case Series(kind, body, variable, low, high):
            if high == Name("oo"):
                return endless(kind, variable, _compile(body), _compile(low), weight_of(body))
            ends = _compile(low), _compile(high)
            return series(kind, variable, _compile(body), ends, weight_of(body))
        case Piecewise():
            return _piecewise(node)
        case Transpose(operand):
            inner = _compile(operand)
            return lambda frame: linear.transpose(inner(frame))
        case Group():
            raise NoValueError("shape", "a list where one value is needed")


def _name(name: str) -> Program:
    constant = CONSTANTS.get(name)

    def look_up(frame: Frame) -> Value:
        value = frame.names.get(name)
        if value is not None:
            return value
        definition = frame.definitions.get(name)
        if definition is not None:
            value = frame.names[name] = _deeper(frame, definition)
            return value
        if constant is not None:
            return constant()
        raise NoValueError("unknown", f"{name} has no value here")

    return look_up


def _deeper(frame: Frame, program: Program) -> Value:
    # a definition or a declared function may come back to itself only by a mistake of the author's
    if frame.depth > 20:
        raise NoValueError("unknown", "a definition that uses itself")
    frame.depth += 1
    try:
        return program(frame)
    finally:
        frame.depth -= 1


def _operation(node: Operation) -> Program:
    sign = node.operator
    if sign == "neg":
        inner = _compile(node.operands[0])
        return lambda frame: linear.negative(inner(frame))
    if sign == "not":
        inner = _compile(node.operands[0])
        return lambda frame: _truth(not _holds(inner, frame))
    left, right = (_compile(side) for side in node.operands)
    match sign:
        case "+":
            return lambda frame: linear.total(left(frame), right(frame))
        case "-":
            return lambda frame: linear.difference(left(frame), right(frame))
        case "*":
            return lambda frame: linear.product(left(frame), right(frame))
        case "/":
            return lambda frame: linear.quotient(left(frame), right(frame), lenient=frame.lenient)
        case "**":
            return lambda frame: _power(left(frame), right(frame), frame.lenient)
        case "and":
            return lambda frame: _truth(_holds(left, frame) and _holds(right, frame))
        case "or":
            return lambda frame: _truth(_holds(left, frame) or _holds(right, frame))
        case "//":
            return lambda frame: FUNCTIONS["floor"](
                frame.lenient, linear.quotient(left(frame), right(frame), lenient=frame.lenient)
            )
        case "%":
            return lambda frame: FUNCTIONS["Mod"](frame.lenient, left(frame), right(frame))
    raise NoValueError("unknown", f"the operator {sign}")


def _power(a: Value, b: Value, lenient: bool) -> Value:
    exponent = linear.scalar(b)
    if isinstance(a, Matrix):
        return linear.matrix_power(a, exponent, lenient=lenient)
    return reals.power(a, exponent, lenient=lenient)


def _truth(holds: bool) -> Value:
    return ONE if holds else ZERO


def _holds(condition: Program, frame: Frame) -> bool:
    return reals.sign_of(linear.scalar(condition(frame)), lenient=frame.lenient) != 0


def _comparison(node: Comparison) -> Program:
    operands = [_compile(operand) for operand in node.operands]
    signs = [_SIGNS[operator] for operator in node.operators]

    def compare(frame: Frame) -> Value:
        values = [operand(frame) for operand in operands]
        for sign, a, b in zip(signs, values, values[1:], strict=False):
            gap = reals.subtract(linear.scalar(a), linear.scalar(b))
            if reals.sign_of(gap, lenient=frame.lenient) not in sign:
                return ZERO
        return ONE

    return compare


_SIGNS: Final[dict[str, tuple[int, ...]]] = {
    "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1), "==": (0,), "=": (0,), "!=": (-1, 1),
}  # fmt: skip


def _call(node: Call) -> Program:
    name = node.function
    if name == "matrix":
        return _matrix(node)
    if name in ("grad", "jac"):
        return _derived(node)
    if name in ("Ev", "Var", "Cov"):
        return _moment(node)
    if name == "norm" and node.arguments[1:] == (Name("oo"),):
        inner = _compile(node.arguments[0])
        return lambda frame: linear.largest_norm(inner(frame))
    if any(isinstance(argument, Group) for argument in node.arguments):
        raise NoValueError("shape", "a list where one value is needed")
    arguments = [_compile(argument) for argument in node.arguments]
    own = FUNCTIONS.get(name) or MATRIX_FUNCTIONS.get(name)

    def call(frame: Frame) -> Value:
        values = tuple(argument(frame) for argument in arguments)
        body = frame.bodies.get(name)
        if body is not None:
            return _apply(frame, *body, values)
        if own is None:
            return frame.unknown(name, values)
        return own(frame.lenient, *values)

    return call


def _apply(frame: Frame, names: tuple[str, ...], body: Program, values: tuple[Value, ...]) -> Value:
    if len(names) != len(values):
        raise NoValueError("unknown", "a function with another number of arguments")
    hidden = {name: frame.names.get(name) for name in names}
    frame.names.update(zip(names, values, strict=True))
    try:
        return _deeper(frame, body)
    finally:
        restore(frame, hidden)


def _matrix(node: Call) -> Program:
    rows = [row.items if isinstance(row, Group) else (row,) for row in node.arguments]
    if len({len(row) for row in rows}) != 1:
        raise NoValueError("shape", "rows of different lengths")
    entries = [[_compile(entry) for entry in row] for row in rows]
    return lambda frame: linear.simplest(
        Matrix(tuple(tuple(linear.scalar(entry(frame)) for entry in row) for row in entries))
    )


def _index(node: Index) -> Program:
    if not isinstance(node.base, Name):
        match node.base:
            case Call("grad", (expression, Name(variable))):
                at = [_compile(index) for index in node.indices]
                return partial_derivative(
                    _compile(expression), variable, weight_of(expression), lambda frame: _indices(at, frame)
                )
        base = _compile(node.base)
        places = [_compile(index) for index in node.indices]
        return lambda frame: _entry(base(frame), _indices(places, frame))
    name = node.base.name
    indices = [_compile(index) for index in node.indices]
    look_up = _name(name)

    def member(frame: Frame) -> Value:
        at = _indices(indices, frame)
        if name in frame.names or name in frame.definitions:
            return _entry(look_up(frame), at)
        return frame.member(name, at)

    return member


def _indices(places: list[Program], frame: Frame) -> tuple[int, ...]:
    return tuple(integer(place(frame), frame, "an index") for place in places)


def _entry(value: Value, at: tuple[int, ...]) -> Value:
    rows = value.rows if isinstance(value, Matrix) else ((value,),)
    place = at if len(at) == 2 else (at[0], 1) if len(rows[0]) == 1 else (1, at[0]) if len(rows) == 1 else None
    if place is None:
        raise NoValueError("shape", "an entry of a matrix needs two indices")
    i, j = place
    if not (1 <= i <= len(rows) and 1 <= j <= len(rows[0])):
        raise NoValueError("index", "an entry outside the vector or matrix")
    return rows[i - 1][j - 1]


def _piecewise(node: Piecewise) -> Program:
    branches = [(_compile(value), _condition(condition)) for value, condition in node.branches]

    def choose(frame: Frame) -> Value:
        for value, condition in branches:
            if condition is None or _holds(condition, frame):
                return value(frame)
        raise NoValueError("domain", "no case holds")

    return choose


def _condition(node: Node) -> Program | None:
    return None if node == Name("True") else _compile(node)


def _derived(node: Call) -> Program:
    match node.arguments:
        case (expression, Name(variable)):
            return derivative(_compile(expression), variable, weight_of(expression), rows=node.function == "jac")
    raise NoValueError("unknown", "a derivative that is not by one name")


def _moment(node: Call) -> Program:
    programs = [_compile(argument) for argument in node.arguments]
    if node.function == "Ev":
        return expectation(programs[0], weight_of(node))
    return covariance(programs[0], programs[-1], weight_of(node))

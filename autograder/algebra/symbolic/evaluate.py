"""Turn a tree into a fraction of what cannot be taken apart further."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from autograder.algebra.symbolic.case import Case
from autograder.algebra.symbolic.functions import FUNCTIONS
from autograder.algebra.symbolic.indices import bound
from autograder.algebra.symbolic.powers import exp, power, reduced
from autograder.algebra.symbolic.ratios import ONE, ZERO, LostError, NoValueError, Ratio, number, used, variable
from autograder.algebra.symbolic.replacing import replaced, spoken
from autograder.algebra.symbolic.sums import endless, series
from autograder.algebra.symbols import Declared, Function, Random, Symbol
from autograder.formula import Value
from autograder.formula.tree import Call, Comparison, Index, Name, Node, Number, Operation, Piecewise, Series

_KINDS: Final = {"Sum": "Sum", "Product": "Product", "Max": "Largest", "Min": "Least"}
_SIGNS: Final[Mapping[str, tuple[int, ...]]] = {
    "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1), "==": (0,), "=": (0,), "!=": (-1, 1),
}  # fmt: skip
_MOST_DEFINED: Final = 12


@dataclass(frozen=True)
class Scope:
    """What the names of a tree stand for.

    Attributes:
        values: drawn numbers by name.
        bound: indices of sums and arguments of functions by name.
        depth: how many definitions were gone into.
        shaped: what makes a number of vectors and matrices, None of what has none; left out where none are declared.
        indices: of sums over all entries, by name.
    """

    case: Case
    declared: Declared
    values: Mapping[str, Value]
    bound: Mapping[str, Ratio] = field(default_factory=dict)
    depth: int = 0
    shaped: Callable[[Node, Scope], Ratio | None] | None = None
    indices: Mapping[str, str] = field(default_factory=dict)

    def within(self, names: Mapping[str, Ratio], *, alone: bool = False) -> Scope:
        """Return the scope with more bound names; `alone`: of a definition, which sees no indices outside of it."""
        if self.depth > _MOST_DEFINED:
            raise LostError("definitions within definitions")
        return replace(self, bound=names if alone else {**self.bound, **names}, depth=self.depth + alone)


def evaluated(node: Node, scope: Scope) -> Ratio:
    """Return a tree of numbers as a fraction.

    Raises:
        LostError: it speaks of what is not known here, or is too large.
        SplitError: the sign of something has to be known first.
        AgainError: a root was met for the first time.
    """
    return reduced(scope.case, _evaluated(node, scope))


def _evaluated(node: Node, scope: Scope) -> Ratio:
    case = scope.case
    if scope.shaped is not None and (found := scope.shaped(node, scope)) is not None:
        return found
    match node:
        case Number(value):
            return _number(value)
        case Name(name):
            return _name(name, scope)
        case Operation("neg", (operand,)):
            return -_evaluated(operand, scope)
        case Operation("and" | "or" | "not") | Comparison():
            return ONE if holds(node, scope) else ZERO
        case Operation("**", (Name("E"), exponent)) if "E" not in scope.declared.by_name:
            return exp(case, _evaluated(exponent, scope))
        case Operation(operator, (left, right)):
            return _operation(operator, _evaluated(left, scope), _evaluated(right, scope), case)
        case Index(Name(name), indices):
            return _member(name, [_evaluated(index, scope) for index in indices], scope)
        case Series():
            return _series(node, scope)
        case Piecewise(branches):
            for branch, condition in branches:
                if condition == Name("True") or holds(condition, scope):
                    return _evaluated(branch, scope)
            raise LostError("no case holds")
        case Call():
            return _call(node, scope)
    raise LostError("not a number")


def _number(value: Value) -> Ratio:
    if isinstance(value, float):
        raise LostError("a number that is not exact")
    return number(Fraction(value))


def _operation(operator: str, left: Ratio, right: Ratio, case: Case) -> Ratio:
    if operator in ("/", "//", "%"):
        _need_no_zero(right, case)
    elif operator == "**" and (right.whole() is None or (right.whole() or 0) < 0):
        _need_no_zero(left, case)
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / reduced(case, right)
        case "**":
            return power(case, left, right)
        case "//":
            return FUNCTIONS["floor"](case, "", (left / right,))
        case "%":
            return FUNCTIONS["Mod"](case, "", (left, right))
    raise LostError(f"the operator {operator}")


def _need_no_zero(divisor: Ratio, case: Case) -> None:
    """Note that a divisor with steps must not vanish: it may do so not only here and there."""
    steps = any(case.table.things[place].kind == "floor" for place in spoken(case, divisor))
    if steps and case.sign(divisor.top) is None:
        case.need("not zero", divisor.key)


def _name(name: str, scope: Scope) -> Ratio:
    if name in scope.bound:
        return scope.bound[name]
    if name in scope.values:
        return _number(scope.values[name])
    given = next((each for each in scope.declared.givens if each.name == name), None)
    if given is not None:
        # a symbol may be defined too
        return _evaluated(given.body, scope.within({}, alone=True))
    entry = scope.declared.by_name.get(name)
    if isinstance(entry, Symbol) and entry.shape is None and not entry.indices:
        return _symbol(name, scope.case)
    if isinstance(entry, Random) and not entry.indices:
        return scope.case.thing("random", name)
    match name if entry is None else "":
        case "E":
            return exp(scope.case, ONE)
        case "pi":
            return scope.case.thing("pi", "")
        case "True":
            return ONE
        case "False":
            return ZERO
    raise LostError(f"{name} is no number")


def _symbol(name: str, case: Case) -> Ratio:
    place = case.table.places["symbol", name]
    if place not in case.swapped:
        return case.powered(place)
    found = case.swapped[place]
    roots = {each: case.powered(each) for each in used(found.top, found.bottom) if each in case.table.roots}
    return replaced(case, found, roots) if roots else found


def _member(name: str, indices: list[Ratio], scope: Scope) -> Ratio:
    entry = scope.declared.by_name.get(name)
    if isinstance(entry, Symbol | Random) and entry.indices == len(indices) and name not in scope.bound:
        kind = "member" if isinstance(entry, Symbol) else "random"
        places = [reduced(scope.case, index) for index in indices]
        for place in places:
            if not scope.case.whole(place):
                scope.case.need("whole index", place.key)
        return scope.case.thing(kind, name, *places)
    raise LostError("an entry of a vector or matrix")


def _series(node: Series, scope: Scope) -> Ratio:
    case, kind = scope.case, _KINDS[node.kind]
    low = _evaluated(node.low, scope)
    index = bound(case, f"t{len(scope.bound)}", low)
    try:
        body = evaluated(node.body, scope.within({node.variable: variable(index)}))
    except NoValueError as error:
        raise LostError("a term without a value, of which there may be none") from error
    if node.high == Name("oo") and "oo" not in scope.declared.by_name:
        return endless(case, kind, body, index, low)
    return series(case, kind, body, index, (low, evaluated(node.high, scope)))


def _call(node: Call, scope: Scope) -> Ratio:
    function = scope.declared.by_name.get(node.function)
    arguments = tuple(evaluated(argument, scope) for argument in node.arguments)
    if isinstance(function, Function):
        if function.body is None:
            return scope.case.thing("call", node.function, *arguments)
        names = dict(zip(function.of, arguments, strict=True))
        return _evaluated(function.body, scope.within(names, alone=True))
    if node.function not in FUNCTIONS:
        raise LostError(f"the function {node.function}")
    return scope.case.build(node.function, "", *arguments)


def holds(node: Node, scope: Scope) -> bool:
    """Return whether a condition holds; errors as for `evaluated`."""
    match node:
        case Name("True"):
            return True
        case Operation("and", sides):
            return all(holds(side, scope) for side in sides)
        case Operation("or", sides):
            return any(holds(side, scope) for side in sides)
        case Operation("not", (side,)):
            return not holds(side, scope)
        case Comparison(operators, operands):
            values = [evaluated(operand, scope) for operand in operands]
            gaps = [a - b for a, b in itertools.pairwise(values)]
            return all(
                scope.case.decided(gap) in _SIGNS[operator] for operator, gap in zip(operators, gaps, strict=True)
            )
    return scope.case.decided(evaluated(node, scope)) != 0

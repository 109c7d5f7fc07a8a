"""Tell whether two formulas are the same but for order, brackets, signs, like terms and names of bound variables."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from autograder.algebra.symbols import Declared
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

Form = tuple[Any, ...]
"""A formula in its one form: nested tuples that are equal exactly when the structures are the same."""

_MAKES_NUMBERS: Final = frozenset({"norm", "dot", "trace", "det", "Max", "Min"})
_SYMMETRIC: Final = frozenset({"Max", "Min", "KroneckerDelta", "set", "dot"})
_FLIPPED: Final = {">": "<", ">=": "<="}
_MAX_EXPONENT: Final = 64


def same_structure(a: Node, b: Node, declared: Declared) -> bool:
    """Return whether two formulas have the same structure. Where it says no, they may still be equal."""
    return a == b or canonical(a, declared) == canonical(b, declared)


def canonical(node: Node, declared: Declared) -> Form:
    """Return the form that all formulas of the same structure share."""
    shaped = frozenset(symbol.name for symbol in declared.symbols if symbol.shape)
    # a function that is only declared may give a vector
    functions = frozenset(function.name for function in declared.functions) | frozenset(
        given.name for given in declared.givens
    )
    return _Forms(shaped | functions if shaped else frozenset()).form(node, {})


class _Forms:
    """Makes forms; knows which names may be vectors or matrices, whose products keep their order."""

    def __init__(self, shaped: frozenset[str]) -> None:
        self.shaped = shaped

    def form(self, node: Node, bound: Mapping[str, int]) -> Form:
        match node:
            case Number(value):
                return "number", Fraction(value) if not isinstance(value, float) else value
            case Name(name):
                return ("bound", bound[name]) if name in bound else ("name", name)
            case Operation("+" | "-" | "neg"):
                return self.total(node, bound)
            case Operation("*" | "/"):
                return self.product(node, bound)
            case Operation("**", (base, exponent)):
                return self.power(base, exponent, bound)
            case Operation(operator, operands):
                return (operator, *(self.form(operand, bound) for operand in operands))
            case Comparison(operators, operands):
                return self.comparison(operators, operands, bound)
            case Call("sqrt", (argument,)):
                return self.power(argument, Number(Fraction(1, 2)), bound)
            case Call("Mod", (a, b)):
                return "%", self.form(a, bound), self.form(b, bound)
            case Call(function, arguments):
                forms = [self.form(argument, bound) for argument in arguments]
                return "call", function, *(sorted(forms, key=repr) if function in _SYMMETRIC else forms)
            case Index(base, indices):
                return "index", self.form(base, bound), *(self.form(index, bound) for index in indices)
            case Series(kind, body, variable, low, high):
                inner = {**bound, variable: len(bound)}
                return kind, self.form(body, inner), self.form(low, bound), self.form(high, bound)
            case Piecewise(branches):
                return "cases", *((self.form(value, bound), self.form(when, bound)) for value, when in branches)
            case Transpose(operand):
                return "transpose", self.form(operand, bound)
            case Group(items):
                return "group", *(self.form(item, bound) for item in items)

    def comparison(self, operators: tuple[str, ...], operands: tuple[Node, ...], bound: Mapping[str, int]) -> Form:
        forms = [self.form(operand, bound) for operand in operands]
        signs = ["=" if operator == "==" else operator for operator in operators]
        if set(signs) == {"="}:
            return "equal", *sorted(forms, key=repr)
        if set(signs) <= _FLIPPED.keys():
            forms.reverse()
            signs = [_FLIPPED[sign] for sign in reversed(signs)]
        return "compare", tuple(signs), *forms

    def total(self, node: Node, bound: Mapping[str, int]) -> Form:
        terms: dict[Form, Fraction] = {}

        def add(part: Node, sign: int) -> None:
            match part:
                case Operation("+", (left, right)):
                    add(left, sign)
                    add(right, sign)
                case Operation("-", (left, right)):
                    add(left, sign)
                    add(right, -sign)
                case Operation("neg", (operand,)):
                    add(operand, -sign)
                case _:
                    coefficient, rest = _split(self.form(part, bound))
                    terms[rest] = terms.get(rest, Fraction(0)) + sign * coefficient

        add(node, 1)
        return _sum_of(terms)

    def product(self, node: Node, bound: Mapping[str, int]) -> Form:
        if self.is_shaped(node):
            assert isinstance(node, Operation)
            return self.ordered(node, bound)
        factors: dict[Form, int] = {}
        coefficient = Fraction(1)

        def multiply(part: Node, exponent: int) -> None:
            nonlocal coefficient
            match part:
                case Operation("*", (left, right)):
                    multiply(left, exponent)
                    multiply(right, exponent)
                case Operation("/", (left, right)):
                    multiply(left, exponent)
                    multiply(right, -exponent)
                case Operation("neg", (operand,)):
                    coefficient = -coefficient
                    multiply(operand, exponent)
                case _:
                    coefficient *= _gather(self.form(part, bound), exponent, factors)

        multiply(node, 1)
        return _product_of(coefficient, factors)

    def ordered(self, node: Operation, bound: Mapping[str, int]) -> Form:
        left, right = (self.form(operand, bound) for operand in node.operands)
        if node.operator == "*" and not all(map(self.is_shaped, node.operands)):
            return ("matrix product", *sorted((left, right), key=repr))
        return node.operator, left, right

    def power(self, base: Node, exponent: Node, bound: Mapping[str, int]) -> Form:
        raised = self.form(exponent, bound)
        inner = self.form(base, bound)
        if raised[0] == "number" and not self.is_shaped(base):
            value = raised[1]
            if isinstance(value, Fraction) and value.denominator == 1 and abs(value) <= _MAX_EXPONENT:
                factors: dict[Form, int] = {}
                coefficient = _gather(inner, int(value), factors)
                return _product_of(coefficient, factors)
        return "power", inner, raised

    def is_shaped(self, node: Node) -> bool:
        """Return whether a formula may be a vector or matrix, so that it does not commute."""
        if not self.shaped:
            return False
        match node:
            case Name(name):
                return name in self.shaped
            case Index():
                return False
            case Call(function, arguments):
                if function in _MAKES_NUMBERS:
                    return False
                own = function in self.shaped or function in ("ones", "zeros", "eye", "matrix", "grad", "jac", "inv")
                return own or any(map(self.is_shaped, arguments))
        return any(map(self.is_shaped, children(node)))


def _split(form: Form) -> tuple[Fraction, Form]:
    """Return a form as a number times the rest."""
    if form[0] == "number" and isinstance(form[1], Fraction):
        return form[1], ("number", Fraction(1))
    if form[0] == "product":
        return form[1], _product_of(Fraction(1), dict(form[2]))
    return Fraction(1), form


def _gather(form: Form, exponent: int, factors: dict[Form, int]) -> Fraction:
    """Put a form to some power among factors, and return the number that is left over."""
    if form[0] == "number" and isinstance(form[1], Fraction) and (form[1] != 0 or exponent > 0):
        return (
            form[1] ** exponent
            if abs(exponent) <= _MAX_EXPONENT and _is_short(form[1])
            else _opaque(form, exponent, factors)
        )
    if form[0] == "product" and (form[1] != 0 or exponent > 0) and _is_short(form[1]):
        for base, own in form[2]:
            factors[base] = factors.get(base, 0) + own * exponent
        return Fraction(form[1] ** exponent)
    return _opaque(form, exponent, factors)


def _opaque(form: Form, exponent: int, factors: dict[Form, int]) -> Fraction:
    factors[form] = factors.get(form, 0) + exponent
    return Fraction(1)


def _is_short(value: Fraction) -> bool:
    return value.numerator.bit_length() + value.denominator.bit_length() < 512


def _product_of(coefficient: Fraction, factors: Mapping[Form, int]) -> Form:
    left = {base: exponent for base, exponent in factors.items() if exponent}
    if coefficient == 0 or not left:
        return "number", coefficient
    [first, *others] = left.items()
    if coefficient == 1 and not others and first[1] == 1:
        return first[0]
    return "product", coefficient, tuple(sorted(left.items(), key=repr))


def _sum_of(terms: Mapping[Form, Fraction]) -> Form:
    left = {term: coefficient for term, coefficient in terms.items() if coefficient}
    if not left:
        return "number", Fraction(0)
    if len(left) == 1:
        [(term, coefficient)] = left.items()
        factors: dict[Form, int] = {}
        rest = _gather(term, 1, factors)
        return _product_of(coefficient * rest, factors)
    return "sum", tuple(sorted(left.items(), key=repr))

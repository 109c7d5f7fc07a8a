"""Read the formula language into a tree: a Pratt parser over a short list of tokens.

The language is fixed in docs/formulas.md. Nothing is evaluated here, and nothing is handed to Python.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

from autograder.formula.arithmetic import FormulaError
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

MAX_LENGTH: Final = 2_000
MAX_DEPTH: Final = 60
MAX_HEIGHT: Final = 150
"""Levels of a tree: 1 + 1 + … grows one a term, without a bracket, and whoever walks it must not run out of stack."""

MAX_DIGITS: Final = 40

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>\*\*|//|<=|>=|==|!=|[-+*/%^()\[\],<>=.]))"
)
_COMPARISONS: Final = frozenset({"<", "<=", ">", ">=", "==", "!=", "="})
_BINARY: Final = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "**": 8, "^": 8}
_NOT, _COMPARE, _NEGATE = 3, 4, 7


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """Read one formula.

    Args:
        text: at most `MAX_LENGTH` characters of the formula language.

    Returns:
        Its tree.

    Raises:
        FormulaError: the text is no formula; `at` is the offset where that shows.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"a formula has at most {MAX_LENGTH} characters")
    parser = _Parser(_tokens(text), len(text))
    node = parser.expression(0, 0)
    parser.expect_end()
    _refuse_tall(node)
    return node


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            place = at + len(text[at:]) - len(text[at:].lstrip())
            raise FormulaError(f"{text[place]!r} does not belong in a formula", place)
        tokens.append(_Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup)))
        at = found.end()
    return tokens


def _refuse_tall(root: Node) -> None:
    waiting = [(root, 1)]
    while waiting:
        node, height = waiting.pop()
        if height > MAX_HEIGHT:
            raise FormulaError(f"a formula strings at most {MAX_HEIGHT} operations together", node.at)
        waiting += [(child, height + 1) for child in children(node)]


class _Parser:
    """Where we are in the list of tokens."""

    def __init__(self, tokens: list[_Token], length: int) -> None:
        self.tokens = tokens
        self.here = 0
        self.end = _Token("end", "", length)

    def peek(self) -> _Token:
        return self.tokens[self.here] if self.here < len(self.tokens) else self.end

    def take(self) -> _Token:
        token = self.peek()
        self.here += 1
        return token

    def expect(self, text: str) -> _Token:
        token = self.take()
        if token.text != text:
            found = repr(token.text) if token.text else "the end"
            raise FormulaError(f"expected {text!r}, found {found}", token.at)
        return token

    def expect_end(self) -> None:
        token = self.peek()
        if token.kind != "end":
            raise FormulaError(f"{token.text!r} was not expected here", token.at)

    def expression(self, least: int, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise FormulaError(f"a formula nests at most {MAX_DEPTH} deep", self.peek().at)
        left = self.prefix(depth)
        while True:
            token = self.peek()
            if token.text in _COMPARISONS and least <= _COMPARE:
                left = self.comparison(left, depth)
                continue
            strength = _BINARY.get(token.text)
            if strength is None or strength < least:
                return left
            self.take()
            operator = "**" if token.text == "^" else token.text
            if operator == "**" and self.is_transpose(left):
                left = Transpose(left, token.at)
                continue
            right = self.expression(_NEGATE if operator == "**" else strength + 1, depth + 1)
            left = Operation(operator, (left, right), token.at)

    def is_transpose(self, left: Node) -> bool:
        token = self.peek()
        if token.text == "T" and isinstance(left, Name | Index | Call | Transpose) and self.ends_after(token):
            self.take()
            return True
        return False

    def ends_after(self, token: _Token) -> bool:
        # `W^T` transposes; T(…) and T[…] are something else
        follower = self.tokens[self.here + 1] if self.here + 1 < len(self.tokens) else self.end
        return follower.text not in {"(", "[", "."}

    def comparison(self, left: Node, depth: int) -> Node:
        operators: list[str] = []
        operands = [left]
        at = self.peek().at
        while self.peek().text in _COMPARISONS:
            operators.append(self.take().text)
            operands.append(self.expression(_COMPARE + 1, depth + 1))
        return Comparison(tuple(operators), tuple(operands), at)

    def prefix(self, depth: int) -> Node:
        token = self.take()
        if token.kind == "number":
            return Number(_literal(token), token.at)
        if token.text in ("-", "+"):
            operand = self.expression(_NEGATE, depth + 1)
            return operand if token.text == "+" else Operation("neg", (operand,), token.at)
        if token.text == "not":
            return Operation("not", (self.expression(_NOT, depth + 1),), token.at)
        if token.text == "(":
            return self.postfix(self.group(token, depth), depth)
        if token.kind == "name" and token.text not in ("and", "or"):
            if self.peek().text == "(":
                return self.postfix(self.call(token, depth), depth)
            return self.postfix(Name(token.text, token.at), depth)
        raise FormulaError(
            f"{token.text!r} was not expected here" if token.text else "the formula ends too early", token.at
        )

    def postfix(self, node: Node, depth: int) -> Node:
        while True:
            token = self.peek()
            if token.text == "[":
                self.take()
                node = Index(node, self.items("]", depth), token.at)
            elif token.text == ".":
                self.take()
                letter = self.take()
                if letter.text != "T":
                    raise FormulaError("only .T (transpose) may follow a dot", letter.at)
                node = Transpose(node, token.at)
            else:
                return node

    def group(self, opening: _Token, depth: int) -> Node:
        items = self.items(")", depth)
        return items[0] if len(items) == 1 else Group(items, opening.at)

    def items(self, closing: str, depth: int) -> tuple[Node, ...]:
        items: list[Node] = []
        while self.peek().text != closing:
            items.append(self.expression(0, depth + 1))
            if self.peek().text != closing:
                self.expect(",")
        at = self.expect(closing).at
        if not items:
            raise FormulaError("something is missing between the brackets", at)
        return tuple(items)

    def call(self, name: _Token, depth: int) -> Node:
        self.expect("(")
        arguments = self.items(")", depth)
        if name.text in ("Sum", "Product"):
            return _series(name, arguments)
        if name.text == "Piecewise":
            return _piecewise(name, arguments)
        return Call(name.text, arguments, name.at)


def _literal(token: _Token) -> int | Fraction:
    digits = token.text.replace("_", "")
    mantissa, _, exponent = digits.lower().partition("e")
    if len(mantissa) > MAX_DIGITS or abs(int(exponent or 0)) > 1_000:
        raise FormulaError(f"a number has at most {MAX_DIGITS} digits", token.at)
    value = Fraction(mantissa.rstrip(".") or "0") * Fraction(10) ** int(exponent or 0)
    return value.numerator if value.denominator == 1 else value


def _series(name: _Token, arguments: tuple[Node, ...]) -> Node:
    match arguments:
        case (body, Group((Name(variable), low, high))):
            return Series(name.text, body, variable, low, high, name.at)
    raise FormulaError(f"write {name.text}(expression, (i, first, last))", name.at)


def _piecewise(name: _Token, arguments: tuple[Node, ...]) -> Node:
    branches: list[tuple[Node, Node]] = []
    for argument in arguments:
        if not (isinstance(argument, Group) and len(argument.items) == 2):
            raise FormulaError("write Piecewise((expression, condition), …, (expression, True))", name.at)
        branches.append((argument.items[0], argument.items[1]))
    return Piecewise(tuple(branches), name.at)

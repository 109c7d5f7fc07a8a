"""The grammar of formulas between their atoms: relations, sums, products with or without a sign, powers."""

from __future__ import annotations

from typing import Final

from autograder.algebra.atoms import atom, starts_atom
from autograder.algebra.commands import stacked
from autograder.algebra.cursor import Cursor, Factor, Grammar, described
from autograder.algebra.exponents import raised
from autograder.algebra.lexer import Token
from autograder.algebra.malformed import Malformed
from autograder.algebra.summation import multiplied
from autograder.algebra.vocabulary import RELATIONS
from autograder.formula.tree import Call, Comparison, Group, Index, Name, Node, Number, Operation, Piecewise, Transpose

_PRODUCTS: Final = {
    "*": "*", "·": "·", "/": "/", "//": "//", "%": "%", "@": "·", "odot": "hadamard", "circ": "hadamard",
    "bmod": "%", "mod": "%",
}  # fmt: skip
_LOGIC: Final = {"and": "and", "land": "and", "or": "or", "lor": "or"}
_LOOSE: Final = {"≈": "≈", "∝": "∝", "⇒": "⇒"}


def formula(c: Cursor) -> Node:
    """Read a whole text: a formula, or several with commas between them.

    Raises:
        Malformed: it is none, or something stands after it.
    """
    at = c.peek().at
    items = [stacked(c, c.relation())]
    while c.at(",", ";"):
        c.take()
        items.append(stacked(c, c.relation()))
    _expect_end(c)
    return items[0] if len(items) == 1 else Group(tuple(items), at)


def _expect_end(c: Cursor) -> None:
    token = c.peek()
    if token.kind == "end":
        return
    if token.text == "\\\\":
        raise Malformed("one line was expected", token.at, "write the result only")
    if token.kind == "number":
        raise Malformed("a sign is missing before this number", token.at, "write · or * for a product")
    if token.text in (")", "]", "}", "rbrace", "rceil", "rfloor", "rvert", "rVert"):
        raise Malformed("this bracket was never opened", token.at)
    raise Malformed(f"{described(token)} was not expected here", token.at)


def relation(c: Cursor) -> Node:
    """Read comparisons with `and` and `or` between them; `a if c else b` of Python too."""
    groups: list[list[Node]] = [[_comparison(c)]]
    while (sign := _LOGIC.get(c.peek().text)) and c.peek().kind != "number":
        at = c.take().at
        following = _comparison(c)
        if sign == "or":
            groups.append([following])
        else:
            groups[-1] = [Operation("and", (groups[-1][0], following), at)]
    node = groups[0][0]
    for group in groups[1:]:
        node = Operation("or", (node, group[0]), node.at)
    if c.peek().kind == "word" and c.peek().text == "if" and not c.latex:
        at = c.take().at
        condition = c.relation()
        if c.take().text != "else":
            raise Malformed("else was expected here", c.peek().at, "write a if condition else b")
        return Piecewise(((node, condition), (c.relation(), Name("True", at))), at)
    return node


def _comparison(c: Cursor) -> Node:
    token = c.peek()
    if (token.kind == "word" and token.text == "not") or (token.kind == "command" and token.text == "neg"):
        c.take()
        return Operation("not", (_comparison_deeper(c),), token.at)
    left = expression(c)
    operators: list[str] = []
    operands = [left]
    at = c.peek().at
    while sign := _relation_sign(c):
        operators.append(sign)
        operands.append(expression(c))
    return Comparison(tuple(operators), tuple(operands), at) if operators else left


def _comparison_deeper(c: Cursor) -> Node:
    with c.deeper():
        return _comparison(c)


def _relation_sign(c: Cursor) -> str | None:
    token = c.peek()
    if token.kind != "sign":
        return None
    if token.text in _LOOSE:
        if token.text not in c.relations:
            raise Malformed(f"{token.text} is no relation between formulas here", token.at, "write =, < or ≤")
        c.take()
        return token.text
    sign = RELATIONS.get(token.text)
    if sign is None:
        return None
    c.take()
    return sign


def expression(c: Cursor) -> Node:
    """Read terms with + and - between them."""
    node = _product(c)
    while c.at("+", "-"):
        token = c.take()
        node = Operation(token.text, (node, _product(c)), token.at)
    return node


def _product(c: Cursor) -> Node:
    node = _unary(c)
    divided: Token | None = None
    while True:
        if c.pending:
            if divided is not None:
                raise _two_ways(divided)
            operator, right, at = c.pending.pop(0)
            node = multiplied(operator, node, right, at)
            continue
        token = c.peek()
        sign = _product_sign(c, token)
        if sign is not None:
            c.take()
            node = multiplied(sign, node, _unary(c), token.at)
            divided = token if sign == "/" and not _plain_fraction(c, node) else None
        elif starts_atom(c):
            if divided is not None:
                raise _two_ways(divided)
            node = Operation("*", (node, factor(c)), token.at)
        else:
            return node


def _product_sign(c: Cursor, token: Token) -> str | None:
    infix = (
        token.text == "mod" and token.kind in ("word", "text") and c.peek(1).text != "(" and "mod" not in c.known.names
    )
    return _PRODUCTS.get(token.text) if token.kind in ("sign", "command") or infix else None


def _plain_fraction(c: Cursor, node: Node) -> bool:
    # `1/2 n` is half of n; `1/2n` may be anything
    match node:
        case Operation("/", (Number(), Number())):
            return c.peek().space
    return False


def _two_ways(sign: Token) -> Malformed:
    return Malformed(
        "what follows this division can be read in two ways", sign.at, "write a/(b c) or (a/b) c, with brackets or a ·"
    )


def _unary(c: Cursor) -> Node:
    token = c.peek()
    if not c.at("-", "+"):
        return factor(c)
    c.take()
    with c.deeper():
        operand = _unary(c)
    return operand if token.text == "+" else Operation("neg", (operand,), token.at)


def factors(c: Cursor) -> list[Factor]:
    """Read the factors of a product without putting them together; the first has no sign, so its sign is empty."""
    found = [("", _unary(c), c.peek().at)]
    while True:
        if c.pending:
            found.append(c.pending.pop(0))
            continue
        token = c.peek()
        operator = _product_sign(c, token)
        if operator is not None:
            c.take()
            found.append((operator, _unary(c), token.at))
        elif starts_atom(c):
            if found[-1][0] == "/":
                raise _two_ways(token)
            found.append(("*", factor(c), token.at))
        else:
            return found


def factor(c: Cursor) -> Node:
    """Read an atom with what follows it: indices, a factorial, `.T`, an exponent."""
    node = _postfix(c, atom(c))
    while c.at("^", "**") and not c.pending:
        token = c.take()
        node = _postfix(c, raised(c, node, token))
        if c.latex and c.at("^", "**"):
            raise Malformed("there are two exponents here", c.peek().at, "put the first power in brackets")
    return node


def _postfix(c: Cursor, node: Node) -> Node:
    while not c.pending:
        token = c.peek()
        if token.kind != "sign" or token.text not in ("!", ".", "_", "[", "'"):
            return node
        if token.text == "!":
            c.take()
            if c.at("!"):
                raise Malformed("a double factorial is not read here", token.at, "write (n!)! or a product")
            node = Call("factorial", (node,), token.at)
        elif token.text == "." and c.peek(1).text in ("T", "t", "mT"):
            c.take(), c.take()
            node = Transpose(node, token.at)
        elif token.text == "_" and isinstance(node, Call | Operation | Transpose | Group):
            node = _lowered(c, node)
        elif token.text == "[" and not c.latex and not isinstance(node, Number):
            c.take()
            node = Index(node, _items(c, "]"), token.at)
        elif token.text == "'":
            raise Malformed("a prime is no part of a name here", token.at, "write W^T for a transpose")
        else:
            return node
    return node


def _items(c: Cursor, closing: str) -> tuple[Node, ...]:
    with c.within():
        items = [c.expression()]
        while c.accept(","):
            items.append(c.expression())
    c.expect(closing)
    return tuple(items)


def _lowered(c: Cursor, node: Node) -> Node:
    """Read an index below brackets: a member of what stands in them."""
    at = c.expect("_").at
    if c.accept("{"):
        return Index(node, _items(c, "}"), at)
    if c.peek().kind == "word" and c.latex:
        c.split(1)
        c.here -= 1
    return Index(node, (atom(c),), at)


GRAMMAR: Final = Grammar(relation, expression, factors, factor, atom)
"""What cursors are made with."""

r"""What stands above a formula: `x^2`, `W^\top`, `A^{-1}`, and in plain text `x^T` and `x**-0.5`."""

from __future__ import annotations

from typing import Final

from autograder.algebra.atoms import atom
from autograder.algebra.cursor import Cursor
from autograder.algebra.lexer import Token
from autograder.algebra.malformed import Malformed
from autograder.algebra.words import cuts
from autograder.formula.tree import Call, Node, Operation, Transpose

_TRANSPOSED: Final = frozenset({"T", "top"})


def raised(c: Cursor, node: Node, sign: Token) -> Node:
    """Read what stands above something, after the sign: an exponent, or a T for a transpose."""
    if c.latex and sign.text == "^" and c.accept("{"):
        node = _power(c, node, sign.at, braced=True)
        c.expect("}")
        return node
    return _power(c, node, sign.at, braced=False)


def _power(c: Cursor, node: Node, at: int, braced: bool) -> Node:
    ends = c.peek(1).text == "}" if braced else True
    token = c.peek()
    if token.text in _TRANSPOSED and token.kind != "number" and ends and _may_transpose(c, token):
        c.take()
        return Transpose(node, at)
    if not braced and _begins_with_transpose(c, token):
        c.split(1)
        return Transpose(node, at)
    if braced and token.text == "-" and c.peek(1).text in _TRANSPOSED and c.peek(2).text == "}":
        c.take(), c.take()
        return Transpose(Call("inv", (node,), at), at)
    if token.text in ("*", "star", "dagger", "prime", "'") and token.kind in ("sign", "command"):
        raise Malformed("no name with this mark is known here", token.at, "write * once for a product")
    if braced:
        with c.within():
            return Operation("**", (node, c.expression()), at)
    return Operation("**", (node, _bare_exponent(c)), at)


def _begins_with_transpose(c: Cursor, token: Token) -> bool:
    """Return whether this is `x^TSx` without a space: in plain text where TSx is no name and no run of names."""
    word = token.text
    alone = token.kind == "word" and word[:1] == "T" and len(word) > 1 and _may_transpose(c, token)
    return alone and (c.latex or (not cuts(c, word) and cuts(c, word[1:])))


def _may_transpose(c: Cursor, token: Token) -> bool:
    return token.text == "top" or token.kind == "text" or ("T" not in c.known.names and "T" not in c.scope)


def _bare_exponent(c: Cursor) -> Node:
    """Read an exponent without braces: in LaTeX one token, in Python a factor, which may have an exponent itself."""
    token = c.peek()
    if c.at("-", "+"):
        c.take()
        with c.deeper():
            operand = _bare_exponent(c)
        return Operation("neg", (operand,), token.at) if token.text == "-" else operand
    if not c.latex:
        return c.factor()
    if token.kind == "word":
        c.split(1)
        c.here -= 1
    with c.deeper():
        return atom(c)

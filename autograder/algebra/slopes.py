r"""Read derivatives: `\frac{d}{dx}`, `\frac{\partial f}{\partial x}`, `\nabla_w`, and `f'(x)` of a declared function.

What stands behind the sign belongs to it as far as a product goes, as behind `\sum`. Whether a gradient or a Jacobian
is meant follows from shapes, so the node is called `slope` until these are known.
"""

from __future__ import annotations

from typing import Final

from autograder.algebra.cursor import Cursor
from autograder.algebra.malformed import Malformed
from autograder.algebra.names import arguments, known
from autograder.algebra.summation import multiplied
from autograder.algebra.symbols import Function
from autograder.formula.tree import Call, Index, Name, Node

_MOST: Final = 2
"""The highest derivative that is read."""


def latex_derivative(c: Cursor) -> Node | None:
    r"""Read `\frac{d…}{dx}`, the cursor behind `\frac`; None, and nothing is taken, where a fraction stands there."""
    start = c.here
    if not c.at("{"):
        return None
    middle = c.closing(start)
    if c.tokens[middle + 1].text != "{":
        return None
    end = c.closing(middle + 1)
    top, bottom = c.part(start + 1, middle), c.part(middle + 2, end)
    sign = _sign(top)
    if sign is None or _sign(bottom) != sign:
        return None
    at = top.peek().at
    order = _order(_without_sign(top))
    _without_sign(bottom)
    by = bottom.factor()
    if order > 1:
        by = _lowered_power(by, order, at)
    if bottom.peek().kind != "end" or not isinstance(by, Name | Index):
        raise Malformed("derive by one name", bottom.peek().at, "write \\frac{\\partial f}{\\partial x}")
    c.here = end + 1
    of = _rest(top) if top.peek().kind != "end" else operand(c)
    for _ in range(order):
        of = slope(of, by, at)
    return of


def latex_nabla(c: Cursor) -> Node:
    r"""Read `\nabla_w f`."""
    at = c.take().at
    if not c.accept("_"):
        raise Malformed("by what is this derived?", at, "write \\nabla_w, or grad(f, w)")
    if c.accept("{"):
        by = c.atom()
        c.expect("}")
    else:
        if c.peek().kind == "word":
            c.split(1)
            c.here -= 1
        by = c.atom()
    return slope(operand(c), by, at)


def primed(c: Cursor, base: str, at: int) -> Node | None:
    """Read the derivative of a declared function of one argument, the cursor behind its prime; else None."""
    name = known(c, base.rstrip("'"))
    function = c.declared.by_name.get(name or "")
    order = len(base) - len(base.rstrip("'"))
    if name is None or not isinstance(function, Function) or not 1 <= order <= _MOST or len(function.of) != 1:
        return None
    of = arguments(c, name, at)
    if not isinstance(of[0], Name):
        raise Malformed("a prime is read where a name stands between the brackets", at, f"write grad({name}(x), x)")
    node: Node = Call(name, tuple(of), at)
    for _ in range(order):
        node = slope(node, of[0], at)
    return node


def slope(of: Node, by: Node, at: int) -> Node:
    """Return the derivative by a name, or by one entry of what the name stands for."""
    if isinstance(by, Index):
        return Index(Call("slope", (of, by.base), at), by.indices, at)
    return Call("slope", (of, by), at)


def operand(c: Cursor) -> Node:
    """Read what an operator such as a derivative stands before: a product, to its end."""
    factors = c.factors()
    node = factors[0][1]
    for operator, right, at in factors[1:]:
        node = multiplied(operator, node, right, at)
    return node


def _rest(top: Cursor) -> Node:
    of = top.expression()
    if top.peek().kind != "end":
        raise Malformed("what is derived ends here", top.peek().at)
    return of


def _sign(c: Cursor) -> str | None:
    r"""Return which sign of a derivative stands there: ∂, an upright d, or a letter d that means nothing else."""
    token = c.peek()
    if token.kind == "command" and token.text == "partial":
        return "partial"
    if token.kind == "text" and token.text == "d":
        return "d"
    if token.kind == "word" and token.text[:1] == "d" and "d" not in c.known.names and token.text not in c.known.names:
        return "d"
    return None


def _without_sign(c: Cursor) -> Cursor:
    c.split(1) if c.peek().kind == "word" else c.take()
    return c


def _order(top: Cursor) -> int:
    if not top.accept("^"):
        return 1
    braced = top.accept("{")
    token = top.take()
    if braced:
        top.expect("}")
    if token.kind != "number" or not token.text.isdigit() or not 1 <= int(token.text) <= _MOST:
        raise Malformed(f"derivatives are read up to the {_MOST}nd", token.at)
    return int(token.text)


def _lowered_power(by: Node, order: int, at: int) -> Node:
    r"""Return x of `\partial x^2`."""
    from_power = getattr(by, "operator", "") == "**" and getattr(by, "operands", (None,))[0]
    if not isinstance(from_power, Name | Index):
        raise Malformed(f"the {order}nd derivative is by the same name twice", at)
    return from_power

r"""Commands of LaTeX that build something: fractions, roots, rounding, sums, cases, matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from autograder.algebra.cursor import Cursor, described
from autograder.algebra.functions import latex_function
from autograder.algebra.malformed import Malformed
from autograder.algebra.slopes import latex_derivative, latex_nabla
from autograder.algebra.summation import latex_series
from autograder.algebra.vocabulary import LATEX_FUNCTIONS, STACKING
from autograder.formula.tree import Call, Group, Name, Node, Number, Operation, Piecewise

_MATRICES: Final = frozenset({"matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "psmallmatrix"})
_IF: Final = frozenset({"if", "for", "when", "where", "falls", "with"})
_ELSE: Final = frozenset({"otherwise", "else", "sonst"})


def argument(c: Cursor) -> Node:
    r"""Read what a command takes: a group in braces, or one token, as in `\frac12`."""
    if c.accept("{"):
        with c.within():
            node = stacked(c, c.expression())
        c.expect("}")
        return node
    token = c.peek()
    if token.kind in ("number", "word"):
        c.split(1)
        c.here -= 1
    return c.atom()


def stacked(c: Cursor, node: Node) -> Node:
    r"""Read what plain TeX writes between two formulas, if it stands here: `n \choose k`, `a \over b`."""
    token = c.peek()
    if token.kind != "command" or token.text not in STACKING:
        return node
    c.take()
    pair = (node, c.expression())
    return Operation("/", pair, token.at) if token.text == "over" else Call("binomial", pair, token.at)


def _frac(c: Cursor) -> Node:
    at = c.take().at
    before = c.tokens[c.here - 2] if c.here >= 2 else None
    derived = latex_derivative(c)
    if derived is not None:
        return derived
    top = argument(c)
    bottom = argument(c)
    if before is not None and before.kind == "number" and isinstance(top, Number) and isinstance(bottom, Number):
        raise Malformed("a mixed number or a product?", at, "write + or \\cdot before the fraction")
    return Operation("/", (top, bottom), at)


def _sqrt(c: Cursor) -> Node:
    at = c.take().at
    degree: Node | None = None
    if c.latex and c.accept("["):
        with c.within():
            degree = c.expression()
        c.expect("]")
    bare = c.peek().kind == "number" and c.peek(1).kind == "word" and not c.peek(1).space
    if bare and not c.latex:
        raise Malformed("the root can end in two places", at, "write √(…) with brackets")
    inner = argument(c)
    if degree is None or degree == Number(2):
        return Call("sqrt", (inner,), at)
    return Operation("**", (inner, Operation("/", (Number(1, at), degree), at)), at)


def _binom(c: Cursor) -> Node:
    at = c.take().at
    return Call("binomial", (argument(c), argument(c)), at)


def _group(c: Cursor) -> Node:
    c.take()
    return argument(c)


def _braced(c: Cursor) -> Node:
    r"""Read `\underbrace{…}_{…}`: what stands below the brace says nothing of the value."""
    c.take()
    node = argument(c)
    if c.at("_", "^"):
        c.take()
        c.here = c.closing(c.here) + 1 if c.at("{") else c.here + 1
    return node


def _between(function: str, closing: str) -> Callable[[Cursor], Node]:
    def read(c: Cursor) -> Node:
        at = c.take().at
        with c.within():
            inner = c.expression()
        c.expect(closing)
        return Call(function, (inner,), at)

    return read


def _angle(c: Cursor) -> Node:
    at = c.take().at
    with c.within():
        left = c.expression()
        c.expect(",")
        right = c.expression()
    c.expect("rangle")
    return Call("dot", (left, right), at)


def _sum(c: Cursor) -> Node:
    return latex_series(c, "Sum")


def _prod(c: Cursor) -> Node:
    return latex_series(c, "Product")


def _environment(c: Cursor) -> Node:
    at = c.take().at
    name = environment(c)
    if name == "array" and c.at("{"):
        c.here = c.closing(c.here) + 1
    if name in ("cases", "dcases", "rcases", "array"):
        return _cases(c, name, at)
    if name in _MATRICES:
        return _matrix(c, name, at)
    raise Malformed(f"the environment {name[:30]!r} is not read here", at)


def environment(c: Cursor) -> str:
    r"""Read the name in braces after `\begin` or `\end`."""
    c.expect("{")
    name = ""
    while not c.at("}"):
        if c.peek().kind == "end":
            raise Malformed("this bracket is never closed", c.peek().at)
        name += c.take().text
    c.take()
    return name


def _end(c: Cursor, name: str) -> bool:
    if not c.at("end"):
        return False
    at = c.take().at
    if environment(c) != name:
        raise Malformed(f"\\end{{{name}}} was expected here", at)
    return True


def _cases(c: Cursor, name: str, at: int) -> Node:
    branches: list[tuple[Node, Node]] = []
    with c.within():
        while not _end(c, name):
            value = c.relation()
            c.accept(",")
            if c.accept("&"):
                c.accept(",")
            branches.append((value, _condition(c)))
            c.accept(",", ".", ";")
            if not c.accept("\\\\") and not c.at("end"):
                raise Malformed(f"{described(c.peek())} was not expected here", c.peek().at, "end each case with \\\\")
    if not branches:
        raise Malformed("there are no cases", at)
    return Piecewise(tuple(branches), at)


def _condition(c: Cursor) -> Node:
    token = c.peek()
    if token.kind in ("text", "word") and token.text.rstrip(" :,.") in _IF:
        c.take()
        token = c.peek()
    if token.kind in ("text", "word") and token.text.rstrip(" :,.") in _ELSE:
        c.take()
        return Name("True", token.at)
    if c.at("\\\\", "end"):
        return Name("True", token.at)
    return c.relation()


def _matrix(c: Cursor, name: str, at: int) -> Node:
    rows: list[Node] = []
    with c.within():
        while not _end(c, name):
            cells = [c.expression()]
            while c.accept("&"):
                cells.append(c.expression())
            rows.append(cells[0] if len(cells) == 1 else Group(tuple(cells), at))
            if not c.accept("\\\\") and not c.at("end"):
                raise Malformed(f"{described(c.peek())} was not expected here", c.peek().at)
    if not rows or len({len(row.items) if isinstance(row, Group) else 1 for row in rows}) > 1:
        raise Malformed("the rows of a matrix are equally long", at)
    return Call("matrix", tuple(rows), at)


COMMANDS: Final[dict[str, Callable[[Cursor], Node]]] = {
    "frac": _frac, "sqrt": _sqrt, "binom": _binom, "boxed": _group, "lceil": _between("ceiling", "rceil"),
    "lfloor": _between("floor", "rfloor"), "langle": _angle, "sum": _sum, "prod": _prod, "begin": _environment,
    "mathstrut": _group, "nabla": latex_nabla, "underbrace": _braced, "overbrace": _braced,
} | dict.fromkeys(LATEX_FUNCTIONS - {"lg"}, latex_function)  # fmt: skip
"""A command → what reads it, the cursor standing before it."""

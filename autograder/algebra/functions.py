r"""Functions applied: `log(x)`, `\log_2 n`, `\max\{a, b\}`, `\operatorname{tr}(A)`, `np.sqrt(d)`."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from autograder.algebra.cursor import Cursor, described
from autograder.algebra.loops import python_series
from autograder.algebra.malformed import Malformed
from autograder.algebra.names import bracketed
from autograder.algebra.summation import as_group, latex_series
from autograder.algebra.vocabulary import ARITY, FUNCTIONS
from autograder.formula.tree import Call, Comparison, Group, Index, Name, Node, Number, Operation, Piecewise, Transpose

_CLOSING: Final = {"(": ")", "[": "]", "{": "}", "lbrace": "rbrace"}
_NAMELIKE: Final = (Name, Index)


def python_call(c: Cursor) -> Node | None:
    """Read a function of Python with its arguments; None where the name is followed by no call."""
    token = c.peek()
    name = FUNCTIONS[token.text]
    if c.peek(1).text == "[" and name not in ("Ev", "Var", "Cov"):
        return None
    c.take()
    if name in ("Sum", "Product", "Max", "Min") and c.at("("):
        series = python_series(c, name)
        if series is not None:
            return series
    return build(name, _given(c), token.at)


def _given(c: Cursor) -> list[Node]:
    opening = c.peek().text
    arguments = bracketed(c, opening, _CLOSING[opening])
    if len(arguments) == 1 and isinstance(arguments[0], Group):
        return list(arguments[0].items)
    return arguments


def word_call(c: Cursor, name: str) -> Node:
    r"""Read a function that stands as one word of LaTeX, or `\mathbf{1}` and I with their sizes."""
    token = c.take()
    if name in ("ones", "eye"):
        return _sized(c, name, token.at)
    if name == "Ev" and c.accept("_"):
        raise Malformed("no distribution is read below an expectation", token.at, "leave it out")
    if name in ("Sum", "Product"):
        raise Malformed(f"write {token.text} with its bounds", token.at, "such as \\sum_{i=1}^{n}")
    return apply(c, name, token.at)


def _sized(c: Cursor, name: str, at: int) -> Node:
    if c.at("[", "lbrace") and name == "ones":
        return _indicator(c, bracketed(c, c.peek().text, _CLOSING[c.peek().text]), at)
    if not c.accept("_"):
        return Call(name, (), at)
    if c.accept("{"):
        with c.within():
            below = c.relation()
        c.expect("}")
    else:
        if c.peek().kind == "word":
            c.split(1)
            c.here -= 1
        below = c.atom()
    if isinstance(below, Comparison) and name == "ones":
        return _indicator(c, [below], at)
    match below:
        case Operation("*", (rows, columns)) if name == "ones":
            return Call(name, (rows, columns), at)
    return Call(name, (below,), at)


def _indicator(c: Cursor, conditions: list[Node], at: int) -> Node:
    if len(conditions) != 1:
        raise Malformed("one condition was expected here", at)
    return Piecewise(((Number(1, at), conditions[0]), (Number(0, at), Name("True", at))), at)


def latex_function(c: Cursor) -> Node:
    r"""Read `\log` and its like."""
    token = c.peek()
    name = FUNCTIONS[token.text]
    if name in ("Max", "Min") and c.peek(1).text in ("_", "^"):
        return latex_series(c, name)
    c.take()
    return apply(c, name, token.at)


def apply(c: Cursor, name: str, at: int) -> Node:
    """Read what stands between a function's name and its argument, then the argument."""
    base = exponent = None
    while c.at("_", "^"):
        if c.take().text == "_":
            base = _script(c)
        else:
            exponent = _script(c)
    if exponent is not None and isinstance(exponent, Operation):
        match exponent:
            case Operation("neg", (Number(1),)):
                raise Malformed("an inverse function or a reciprocal?", at, "write \\arcsin(x) or 1/\\sin(x)")
    node = build(name, _arguments(c, name), at)
    if base is not None:
        node = _with_base(name, node, base, at)
    return node if exponent is None else Operation("**", (node, exponent), at)


def _script(c: Cursor) -> Node:
    if c.accept("{"):
        with c.within():
            node = c.expression()
        c.expect("}")
        return node
    if c.peek().kind == "word":
        c.split(1)
        c.here -= 1
    return c.atom()


def _with_base(name: str, node: Node, base: Node, at: int) -> Node:
    if name != "log" or not isinstance(node, Call):
        raise Malformed(f"nothing can stand below {name}", at)
    match base:
        case Number(2):
            return Call("log2", node.arguments, at)
        case Number(10):
            return Call("log10", node.arguments, at)
    return Operation("/", (node, Call("log", (base,), at)), at)


def _arguments(c: Cursor, name: str) -> list[Node]:
    opening = c.peek().text
    if c.at("(", "[", "{", "lbrace"):
        found = _given(c)
        if c.at("!"):
            raise Malformed("does the factorial belong to the function or its argument?", c.peek().at, "add brackets")
        return found
    if c.peek().kind == "end":
        raise Malformed(f"the argument of {name} is missing", c.peek().at)
    del opening
    return [_unbracketed(c, name)]


def _unbracketed(c: Cursor, name: str) -> Node:
    r"""Read the argument of `\log 2n`; where it could end in two places, say so."""
    node = c.factor()
    while _goes_on(c):
        if not isinstance(node, Number | Operation) or c.at("(", "["):
            if isinstance(node, (*_NAMELIKE, Number)) or c.at("(", "["):
                raise Malformed(
                    f"the argument of {name} can end in two places", c.peek().at, f"write \\{name}(…) with brackets"
                )
            return node
        match node:
            case Number() | Operation("*", _):
                at = c.peek().at
                node = Operation("*", (node, c.factor()), at)
            case _:
                return node
    return node


def _goes_on(c: Cursor) -> bool:
    token = c.peek()
    if token.wide or c.pending:
        return False
    if token.kind == "word":
        return token.text not in FUNCTIONS
    if token.kind == "text":
        return token.text not in FUNCTIONS and not token.font.startswith("text")
    return c.at("(", "[") or (token.kind == "command" and c.names_letter(token))


def build(name: str, arguments: list[Node], at: int) -> Node:
    """Return the node of a function with its arguments; some are only other words for operators.

    Raises:
        Malformed: it does not take so many.
    """
    count = len(arguments)
    if name == "Piecewise":
        return _piecewise(arguments, at)
    if name in ("Sum", "Product"):
        if count == 1 and name == "Sum":
            return Call("entries", (arguments[0],), at)
        raise Malformed(f"write {name}(expression, (i, first, last))", at)
    if name == "log" and count == 2:
        return _with_base("log", Call("log", (arguments[0],), at), arguments[1], at)
    least, most = ARITY[name]
    if count < least or (most is not None and count > most):
        takes = f"{least}" if least == most else f"{least} or more" if most is None else f"{least} to {most}"
        raise Malformed(f"{name} takes {takes} argument{'s' if takes != '1' else ''}, not {count}", at)
    return _rewritten(name, tuple(arguments), at) or Call(name, tuple(arguments), at)


def _rewritten(name: str, given: tuple[Node, ...], at: int) -> Node | None:
    one = Number(1, at)
    match name, given:
        case "transpose", (a,):
            return Transpose(a, at)
        case "pow", (a, b):
            return Operation("**", (a, b), at)
        case "outer", (a, b):
            return Operation("*", (a, Transpose(b, at)), at)
        case "where", (condition, a, b):
            return Piecewise(((a, condition), (b, Name("True", at))), at)
        case "exp2", (a,):
            return Operation("**", (Number(2, at), a), at)
        case "square", (a,):
            return Operation("**", (a, Number(2, at)), at)
        case "log1p", (a,):
            return Call("log", (Operation("+", (one, a), at),), at)
        case "expm1", (a,):
            return Operation("-", (Call("exp", (a,), at), one), at)
        case "rsqrt", (a,):
            return Operation("/", (one, Call("sqrt", (a,), at)), at)
        case "cbrt", (a,):
            return Operation("**", (a, Number(Fraction(1, 3), at)), at)
    return None


def _piecewise(arguments: list[Node], at: int) -> Node:
    branches: list[tuple[Node, Node]] = []
    for argument in arguments:
        pair = as_group(argument)
        if len(pair) != 2:
            raise Malformed("write Piecewise((expression, condition), …, (expression, True))", at)
        branches.append((pair[0], pair[1]))
    return Piecewise(tuple(branches), at)


def unexpected(c: Cursor) -> Malformed:
    """Return the complaint about a token that begins nothing."""
    return Malformed(f"{described(c.peek())} was not expected here", c.peek().at)

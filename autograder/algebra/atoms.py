"""The atoms of formulas: numbers, names, brackets, bars, functions applied to something."""

from __future__ import annotations

from typing import Final

from autograder.algebra.commands import COMMANDS, stacked
from autograder.algebra.cursor import Cursor, described
from autograder.algebra.functions import python_call, word_call
from autograder.algebra.malformed import Malformed
from autograder.algebra.names import number, unknown
from autograder.algebra.scripts import latex_symbol
from autograder.algebra.spelling import ACCENTS, FONTS, LETTERS
from autograder.algebra.vocabulary import FUNCTIONS, LATEX_FUNCTIONS, MODULES, OF_ONE_NUMBER, REFUSED, STOPS
from autograder.algebra.words import python_word
from autograder.formula.tree import Call, Group, Name, Node, Number

_OPENING: Final = frozenset({"(", "[", "{", "lbrace", "lvert", "lVert", "lceil", "lfloor", "langle"})
_ONES: Final = frozenset({"mathbf", "boldsymbol", "bm", "mathbb", "vec", "mathbbm", "mathds", "textbf"})


def starts_atom(c: Cursor) -> bool:
    """Whether the next token could begin a factor, so that a product sign is left out before it."""
    token = c.peek()
    if token.kind == "number":
        # `n 2^n` is a product, `n2` and `2 3` are slips of the finger
        return token.space and c.here > 0 and c.tokens[c.here - 1].kind != "number"
    if token.kind == "text":
        return token.text not in STOPS
    if token.kind == "word":
        return c.latex or token.text not in STOPS
    if token.kind == "command":
        if token.text == "Vert":
            return not c.bars
        return token.text in COMMANDS or token.text in LETTERS or token.text in ACCENTS or token.text in FONTS \
            or token.text in _OPENING or token.text == "infty" or token.text in REFUSED  # fmt: skip
    if token.kind == "sign":
        return token.text in ("(", "[", "{") or (token.text == "|" and not c.bars)
    return False


def atom(c: Cursor) -> Node:
    """Read one atom."""
    token = c.peek()
    match token.kind:
        case "number":
            c.take()
            return Number(number(token), token.at)
        case "word":
            return _word(c)
        case "text":
            return _text(c)
        case "command":
            return _command(c)
        case "sign" if token.text in ("(", "[", "{"):
            return _brackets(c)
        case "sign" if token.text == "|":
            return _bars(c)
    if token.kind == "end":
        raise Malformed("the formula ends too early" if c.here else "there is no formula", token.at)
    raise Malformed(f"{described(token)} was not expected here", token.at)


def _word(c: Cursor) -> Node:
    token = c.peek()
    if token.text in MODULES and c.peek(1).text == "." and token.text not in c.known.names:
        c.take(), c.take()
        return atom(c)
    if token.text in FUNCTIONS and c.peek(1).text in ("(", "[") and token.text not in c.known.names:
        called = python_call(c)
        if called is not None:
            return called
    if token.text in STOPS and token.text not in c.known.names:
        raise Malformed(f"{token.text!r} was not expected here", token.at)
    if token.text not in c.known.names and token.text not in c.scope:
        if token.text == "E" and (c.peek(1).text == "[" or (c.peek(1).text == "(" and c.declared.random)):
            return word_call(c, "Ev")
        if token.text == "I" and c.declared.sizes:
            return word_call(c, "eye")
        if c.latex and token.text in LATEX_FUNCTIONS | {"sqrt"}:
            return word_call(c, FUNCTIONS[token.text])
    if c.latex:
        return latex_symbol(c)
    if token.text in FUNCTIONS and token.text not in c.known.names and c.peek(1).kind in ("word", "number"):
        if FUNCTIONS[token.text] not in OF_ONE_NUMBER:
            raise Malformed(f"{token.text} is a function", token.at, f"write {token.text}(…)")
        return word_call(c, FUNCTIONS[token.text])
    return python_word(c)


def _text(c: Cursor) -> Node:
    r"""Read letters that stand as one word: `\text{lr}`, `\operatorname{tr}`, `\mathbf{1}`, `\mathbb{E}`."""
    token = c.peek()
    if token.text == "1" and token.font in _ONES:
        return word_call(c, "ones")
    name = token.text.replace(" ", "_")
    declared = name in c.known.names or name in c.scope or f"{token.font}({name})" in c.known.names
    if not declared:
        if token.text == "E" and c.peek(1).text in ("[", "(", "{", "lbrace", "_"):
            return word_call(c, "Ev")
        if token.text == "O" or (name in FUNCTIONS and name not in ("I", "e")):
            return word_call(c, FUNCTIONS[name])
        if token.text == "I":
            return word_call(c, "eye")
        if token.text in STOPS:
            raise Malformed(f"{token.text!r} was not expected here", token.at)
    return latex_symbol(c)


def _command(c: Cursor) -> Node:
    token = c.peek()
    name = token.text
    read = COMMANDS.get(name)
    if read is not None:
        return read(c)
    if (name == "vec" and c.peek(1).text == "1") or (name == "vec" and c.peek(2).text == "1" and c.peek(1).text == "{"):
        c.take()
        c.accept("{")
        c.tokens[c.here] = c.peek()._replace(kind="text", font="mathbf")
        node = word_call(c, "ones")
        c.accept("}")
        return node
    if name in ("Theta", "Omega") and c.peek(1).text == "(" and name not in c.known.names:
        return word_call(c, name)
    if name in LETTERS or name in ACCENTS or name in FONTS:
        return latex_symbol(c)
    if name == "infty":
        c.take()
        return Name("oo", token.at)
    if name == "lbrace":
        return _set(c)
    if name in ("lvert", "rvert", "lVert", "Vert", "rVert"):
        return _bars(c)
    if name in REFUSED:
        problem, hint = REFUSED[name]
        raise Malformed(problem, token.at, hint)
    raise unknown_command(c)


def unknown_command(c: Cursor) -> Malformed:
    """Return the complaint about a command that is not read."""
    token = c.peek()
    if token.text.isalpha():
        return unknown(c, token.text, token.at)
    return Malformed(f"{described(token)} was not expected here", token.at)


def _brackets(c: Cursor) -> Node:
    opening = c.take()
    closing = {"(": ")", "[": "]", "{": "}"}[opening.text]
    items: list[Node] = []
    with c.within():
        while not c.at(closing):
            items.append(stacked(c, c.relation()))
            if not c.at(closing):
                c.expect(closing) if not c.at(",", ";") else c.take()
    c.expect(closing)
    if not items:
        raise Malformed("something is missing between the brackets", opening.at)
    whole = c.tokens[0] is opening and c.peek().kind == "end"
    if opening.text == "{" and (len(items) > 1 or (whole and not c.latex)):
        return Call("set", tuple(items), opening.at)
    if opening.text == "[" and all(isinstance(item, Group) for item in items):
        return Call("matrix", tuple(items), opening.at)
    return items[0] if len(items) == 1 else Group(tuple(items), opening.at)


def _set(c: Cursor) -> Node:
    at = c.expect("lbrace").at
    if c.at("begin") and c.peek(2).text == "array":
        cases = c.atom()
        c.accept("rbrace")
        return cases
    with c.within():
        items = [c.relation()]
        while c.accept(",", ";"):
            items.append(c.relation())
    c.expect("rbrace")
    # braces around one formula are only brackets
    return items[0] if len(items) == 1 else Call("set", tuple(items), at)


_BARS: Final = {"lvert": ("rvert", "|"), "rvert": ("rvert", "|"), "lVert": ("rVert", "Vert"), "Vert": ("Vert", "rVert")}


def _bars(c: Cursor) -> Node:
    r"""Read `|x|` and `\lVert x \rVert`, with a letter or number below the latter."""
    opening = c.take()
    double = opening.text in ("lVert", "Vert", "rVert")
    if opening.text == "|" and c.at("|") and not c.peek().space:
        c.take()
        double = True
        closings: tuple[str, ...] = ("|",)
    else:
        closings = _BARS.get(opening.text, ("|", "rvert"))
    with c.within(bars=1):
        inner = c.expression()
    c.expect(*closings)
    if not double:
        return Call("bars", (inner,), opening.at)
    if closings == ("|",):
        c.expect("|")
    return _norm(c, inner, opening.at)


def _norm(c: Cursor, inner: Node, at: int) -> Node:
    if not c.accept("_"):
        return Call("norm", (inner,), at)
    braced = c.accept("{")
    token = c.take()
    order: Node
    if token.text == "F" or token.text.lower() in ("fro", "frobenius"):
        order = Name("F", token.at)
    elif token.text in ("infty", "oo", "inf"):
        order = Name("oo", token.at)
    elif token.kind == "number":
        order = Number(number(token), token.at)
    else:
        raise Malformed(f"no norm is called {described(token)} here", token.at, "write 1, 2, F or \\infty")
    if braced:
        c.expect("}")
    return Call("norm", (inner, order), at)

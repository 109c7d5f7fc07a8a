r"""Sums, products and largest members over an index: `\sum_{i=1}^{n}`, `\prod_{s\le t}`, `Sum(e, (i, 1, n))`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from autograder.algebra.cursor import Cursor, Factor
from autograder.algebra.malformed import Malformed
from autograder.algebra.spelling import base_of, flat
from autograder.formula.tree import (
    Call,
    Comparison,
    Group,
    Name,
    Node,
    Number,
    Operation,
    Piecewise,
    Series,
    free_names,
)

INFERRED: Final = Call("?", ())
"""A bound that nobody wrote: it follows from the length of what is indexed."""

EMPTY: Final = {"Sum": 0, "Product": 1}
_ORDER: Final = frozenset({"<", "<=", ">", ">="})
_OPENING: Final = frozenset({"(", "[", "{", "lbrace", "langle", "lceil", "lfloor", "begin"})
_CLOSING: Final = frozenset({")", "]", "}", "rbrace", "rangle", "rceil", "rfloor", "end"})
_TURNED: Final = {">": "<", ">=": "<="}


@dataclass(frozen=True)
class Binder:
    """A variable and where it runs."""

    key: str
    low: Node
    high: Node

    @property
    def name(self) -> str:
        """The variable's name in the tree."""
        return re.sub(r"\W+", "_", self.key).strip("_") or "i"


def multiplied(operator: str, left: Node, right: Node, at: int) -> Node:
    """Return the node of a product, a quotient or a product entry by entry."""
    if operator == "hadamard":
        return Call("hadamard", (left, right), at)
    return Operation(operator, (left, right), at)


def latex_series(c: Cursor, kind: str) -> Node:
    """Read what follows the sign: its bounds, and of the product behind it what belongs to it."""
    at = c.take().at
    lowered, raised = _bounds(c)
    if lowered is None:
        raise Malformed("the bounds are missing", at, "write \\sum_{i=1}^{n}")
    upper: Node | None = None
    if raised:
        upper = read_within(c, raised, ())
    binders, filters = _binders(c, lowered, upper, at)
    c.spans = {**c.spans, **{binder.key: (binder.low, binder.high) for binder in binders}}
    with c.binding({binder.key: binder.name for binder in binders}):
        body, rest = _cut(kind, c.factors(), [binder.name for binder in binders])
    c.pending += rest
    if filters:
        if kind not in EMPTY:
            raise Malformed("conditions are not read here", at)
        condition = filters[0]
        for other in filters[1:]:
            condition = Operation("and", (condition, other), at)
        body = Piecewise(((body, condition), (Number(EMPTY[kind], at), Name("True", at))), at)
    for binder in reversed(binders):
        body = Series(kind, body, binder.name, binder.low, binder.high, at)
    return body


def _cut(kind: str, factors: list[Factor], names: Iterable[str]) -> tuple[Node, list[Factor]]:
    """Put a product together; of other than sums, factors behind the last that has the variable stay outside."""
    end = len(factors)
    if kind != "Sum":
        wanted = set(names)
        having = [
            place for place, (_, node, _) in enumerate(factors) if wanted & {one.name for one in free_names(node)}
        ]
        end = having[-1] + 1 if having else 1
    node = factors[0][1]
    for operator, right, at in factors[1:end]:
        node = multiplied(operator, node, right, at)
    return node, factors[end:]


Span = tuple[int, int]


def _bounds(c: Cursor) -> tuple[Span | None, Span | None]:
    """Return the spans of what stands below and above the sign, without braces; the cursor goes past both."""
    found: dict[str, Span] = {}
    while c.at("_", "^") and c.peek().text not in found:
        sign = c.take().text
        if c.at("{"):
            end = c.closing(c.here)
            found[sign] = (c.here + 1, end)
            c.here = end + 1
        else:
            if c.peek().kind == "word":
                c.split(1)
                c.here -= 1
            found[sign] = (c.here, c.here + 1)
            c.take()
            if c.tokens[c.here - 1].kind == "end":
                raise Malformed("something is missing after _ or ^", c.peek().at)
    return found.get("_"), found.get("^")


def _binders(c: Cursor, span: Span, upper: Node | None, at: int) -> tuple[list[Binder], list[Node]]:
    """Read what stands below the sign."""
    binders: list[Binder] = []
    filters: list[Node] = []
    alone: list[str] = []
    for start, end in split(c, *span, {","}):
        pieces = split(c, start, end, _ORDER | {"=", "!=", "in"})
        signs = [c.tokens[piece[1]].text for piece in pieces[:-1]]
        if not signs:
            alone.append(variable(c, pieces[0]))
        elif signs == ["="]:
            low = read_within(c, pieces[1], binders)
            keys = [*alone, variable(c, pieces[0])]
            binders += [Binder(key, low, upper if upper is not None else INFERRED) for key in keys]
            alone = []
        elif signs == ["in"]:
            keys = [*alone, variable(c, pieces[0])]
            low, high = _range(c, pieces[1], binders)
            binders += [Binder(key, low, high) for key in keys]
            alone = []
        elif signs == ["!="]:
            left, right = (_key(c, piece) for piece in pieces)
            for key in (left, right):
                fresh = key is not None and key not in c.scope and key not in c.known.names
                if fresh and key not in [binder.key for binder in binders] + alone:
                    # in sum_i sum_{j != i} the second runs where the first does
                    other = next((each for each in (left, right) if each in c.scope), None)
                    binders.append(Binder(key or "", *c.spans.get(other or "", (INFERRED, INFERRED))))
            whole = [*binders, *(Binder(key, INFERRED, INFERRED) for key in alone)]
            filters.append(Comparison(("!=",), tuple(read_within(c, piece, whole) for piece in pieces), at))
        else:
            binders += _chained(c, pieces, signs, binders, upper)
    binders += [Binder(key, INFERRED, upper if upper is not None else INFERRED) for key in alone]
    if not binders:
        raise Malformed("the bounds are missing", at, "write \\sum_{i=1}^{n}")
    return binders, filters


def _chained(
    c: Cursor, pieces: list[Span], signs: list[str], binders: list[Binder], upper: Node | None
) -> list[Binder]:
    r"""Read `1 \le i < j \le n` and its shorter forms: the variables from the outermost in."""
    if all(sign in _TURNED for sign in signs):
        pieces, signs = pieces[::-1], [_TURNED[sign] for sign in signs[::-1]]
    if not all(sign in ("<", "<=") for sign in signs):
        raise Malformed("these bounds do not fit together", c.tokens[pieces[0][0]].at)
    keys = [_key(c, piece) for piece in pieces]
    taken = {binder.key for binder in binders}
    fresh = [key is not None and key not in c.scope and key not in c.known.names and key not in taken for key in keys]
    if len(pieces) > 2:
        fresh = [False, *[True] * (len(pieces) - 2), False]
    elif not any(fresh):
        fresh = [keys[0] is not None, keys[0] is None]
    found: list[Binder] = []
    for place in range(len(pieces) - 1, -1, -1):
        if not fresh[place]:
            continue
        inner = [*binders, *found]
        first = next((before for before in range(place, -1, -1) if not fresh[before]), None)
        is_open = first is not None and "<" in signs[first:place]
        low = INFERRED if first is None else _shifted(read_within(c, pieces[first], binders), is_open, 1)
        if first is None and (place < len(pieces) - 1):
            low = Number(1)
        if place + 1 < len(pieces):
            high = _shifted(read_within(c, pieces[place + 1], inner), signs[place] == "<", -1)
        else:
            high = upper if upper is not None else INFERRED
        found.append(Binder(variable(c, pieces[place]), low, high))
    if not found:
        raise Malformed("no variable stands below the sign", c.tokens[pieces[0][0]].at)
    return found


def _shifted(bound: Node, is_open: bool, by: int) -> Node:
    if not is_open or bound is INFERRED:
        return bound
    if isinstance(bound, Number) and isinstance(bound.value, int) and bound.value + by >= 0:
        return Number(bound.value + by, bound.at)
    return Operation("+" if by > 0 else "-", (bound, Number(1)), bound.at)


def _range(c: Cursor, piece: Span, binders: list[Binder]) -> tuple[Node, Node]:
    r"""Read `[n]` and `\{1, \dots, n\}`."""
    start, end = piece
    texts = [token.text for token in c.tokens[start:end]]
    if texts[:1] == ["["] and texts[-1:] == ["]"] and "," not in texts:
        return Number(1), read_within(c, (start + 1, end - 1), binders)
    if texts[:1] == ["lbrace"] and texts[-1:] == ["rbrace"]:
        inner = split(c, start + 1, end - 1, {","})
        middle = c.tokens[inner[-2][0]].text if len(inner) >= 3 else ""
        if middle in ("dots", "cdots"):
            return read_within(c, inner[0], binders), read_within(c, inner[-1], binders)
    raise Malformed("write the bounds of this index", c.tokens[start].at, "such as i=1 below and n above")


def split(c: Cursor, start: int, end: int, signs: Iterable[str]) -> list[Span]:
    """Return the spans between signs outside of brackets."""
    spans, depth, begin, wanted = [], 0, start, set(signs)
    for place in range(start, end):
        token = c.tokens[place]
        if token.kind not in ("sign", "command"):
            continue
        if token.text in _OPENING:
            depth += 1
        elif token.text in _CLOSING:
            depth -= 1
        elif depth == 0 and token.text in wanted:
            spans.append((begin, place))
            begin = place + 1
    return [*spans, (begin, end)]


def _key(c: Cursor, span: Span) -> str | None:
    start, end = span
    if start >= end:
        raise Malformed("something is missing here", c.tokens[start].at)
    try:
        base, _, place = base_of(c.tokens, start)
    except Malformed:
        return None
    if place > end or (place < end and c.tokens[place].text != "_") or c.tokens[start].kind == "number":
        return None
    if place < end and c.tokens[place + 1].text == "{" and c.closing(place + 1) != end - 1:
        return None
    return base + flat(c.tokens[place:end])


def variable(c: Cursor, span: Span) -> str:
    """Return the key of the variable that these tokens spell."""
    key = _key(c, span)
    if key is None:
        raise Malformed("one variable was expected here", c.tokens[span[0]].at, "write \\sum_{i=1}^{n}")
    return key


def read_within(c: Cursor, span: Span, binders: Iterable[Binder]) -> Node:
    """Read the formula of these tokens where some variables run."""
    start, end = span
    if start >= end:
        raise Malformed("a bound is missing here", c.tokens[start].at)
    with c.binding({binder.key: binder.name for binder in binders}):
        items = c.listed(start, end)
    return items[0] if len(items) == 1 else Group(tuple(items), c.tokens[start].at)


def as_group(node: Node) -> tuple[Node, ...]:
    """Return the members of a tuple, or the node alone."""
    return node.items if isinstance(node, Group) else (node,)

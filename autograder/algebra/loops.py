"""Read sums and products as Python writes them: `Sum(e, (i, 1, n))`, `sum(e for i in range(1, n + 1))`."""

from __future__ import annotations

from dataclasses import replace

from autograder.algebra.cursor import Cursor
from autograder.algebra.malformed import Malformed
from autograder.algebra.summation import EMPTY, Binder, read_within, split, variable
from autograder.formula.tree import Name, Node, Number, Operation, Piecewise, Series


def python_series(c: Cursor, kind: str) -> Node | None:
    """Read `Sum(e, (i, 1, n))`, `Sum(e, i, 1, n)` or `sum(e for i in range(1, n + 1))`, after the name.

    Returns:
        None where the arguments have none of these forms; the cursor then stays.
    """
    opening, closing = c.here, c.closing(c.here)
    at = c.tokens[opening].at
    generator = _generator(c, opening + 1, closing)
    if generator is not None:
        return _generated(c, kind, generator, closing, at)
    pieces = split(c, opening + 1, closing, {","})
    if len(pieces) == 2 and c.tokens[pieces[1][0]].text == "(" and c.closing(pieces[1][0]) == pieces[1][1] - 1:
        inner = split(c, pieces[1][0] + 1, pieces[1][1] - 1, {","})
    elif len(pieces) == 4 and kind in EMPTY:
        inner = pieces[1:]
    else:
        return None
    if len(inner) != 3 or inner[0][1] - inner[0][0] != 1 or c.tokens[inner[0][0]].kind not in ("word", "command"):
        return None
    binder = Binder(variable(c, inner[0]), read_within(c, inner[1], ()), read_within(c, inner[2], ()))
    body = read_within(c, pieces[0], (binder,))
    c.here = closing + 1
    return Series(kind, body, binder.name, binder.low, binder.high, at)


def _generator(c: Cursor, start: int, end: int) -> int | None:
    for place in range(start, end):
        if c.tokens[place].kind == "word" and c.tokens[place].text == "for":
            return place
    return None


def _generated(c: Cursor, kind: str, place: int, closing: int, at: int) -> Node:
    """Read a generator: `e for i in range(1, n + 1) for j in range(1, i) if i != k`."""
    start = c.here + 1
    bracketed = c.tokens[start].text == "[" and c.closing(start) == closing - 1
    binders: list[Binder] = []
    conditions: list[Node] = []
    for word, begin, end in _clauses(c, place, closing - bracketed):
        if word == "for":
            binders.append(_loop(c, begin, end, binders))
        else:
            conditions.append(read_within(c, (begin, end), binders))
    body = read_within(c, (start + bracketed, place), binders)
    c.here = closing + 1
    for condition in reversed(conditions):
        if kind not in EMPTY:
            raise Malformed("conditions are not read here", at)
        body = Piecewise(((body, condition), (Number(EMPTY[kind], at), Name("True", at))), at)
    for binder in reversed(binders):
        body = Series(kind, body, binder.name, binder.low, binder.high, at)
    return body


def _clauses(c: Cursor, start: int, end: int) -> list[tuple[str, int, int]]:
    """Return each `for` and `if` outside of brackets, with where its own tokens begin and end."""
    found: list[tuple[str, int]] = []
    place = start
    while place < end:
        token = c.tokens[place]
        if token.kind == "word" and token.text in ("for", "if"):
            found.append((token.text, place))
        place = c.closing(place) + 1 if token.text in ("(", "[") and token.kind == "sign" else place + 1
    ends = [place for _, place in found[1:]] + [end]
    return [(word, place + 1, stop) for (word, place), stop in zip(found, ends, strict=True)]


def _loop(c: Cursor, start: int, end: int, around: list[Binder]) -> Binder:
    texts = [token.text for token in c.tokens[start : start + 4]]
    if texts[1:] != ["in", "range", "("] or c.closing(start + 3) != end - 1 or c.tokens[start].kind != "word":
        raise Malformed("write it as Sum(e, (i, 1, n))", c.tokens[start - 1].at)
    bounds = split(c, start + 4, end - 1, {","})
    if len(bounds) > 2:
        raise Malformed("steps are not read here", c.tokens[start - 1].at, "write it as Sum(e, (i, 1, n))")
    low = read_within(c, bounds[0], around) if len(bounds) == 2 else Number(0)
    return Binder(texts[0], low, _below(read_within(c, bounds[-1], around)))


def _below(end: Node) -> Node:
    """Return the last number of a range: `n + 1` ends at n."""
    match end:
        case Operation("+", (bound, Number(1))):
            return bound
        case Number(int(value)) if value > 0:
            return replace(end, value=value - 1)
    return Operation("-", (end, Number(1)))

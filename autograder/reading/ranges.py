"""Is this a range, and what are its ends? `20-30`, `10^13 to 10^14`, `[20, 30]`; a falling pair is a difference."""

from __future__ import annotations

from typing import Final

from autograder.formula.arithmetic import multiply, to_float
from autograder.reading.ahead import starts
from autograder.reading.amounts import Amount, is_complement
from autograder.reading.arithmetic import read_product
from autograder.reading.cursor import Cursor
from autograder.reading.fields import Unread
from autograder.reading.units import scale
from autograder.reading.words import HEDGES

_SPANS: Final = frozenset({"-", "–", "--", "---", "~", "to", "until", "till", "through", "bis"})


def interval(cursor: Cursor) -> tuple[Amount, Amount] | None:
    """Read `[20, 30]`; leave the cursor where it was if there is none."""
    if cursor.peek().text not in ("[", "(") or cursor.peek(1).kind != "num":
        return None
    depth, comma = 0, False
    for ahead in range(1, 12):
        text = cursor.peek(ahead).text
        depth += (text in ("(", "[")) - (text in (")", "]"))
        comma = comma or (text in (",", ";") and depth == 0)
        if depth < 0:
            break
    if depth >= 0 or not comma:
        return None
    cursor.take()
    lower = read_product(cursor)
    if cursor.take().text in (",", ";") and starts(cursor.peek(), cursor.peek(1)):
        upper = read_product(cursor)
        if cursor.take().text in (")", "]") and lower.value < upper.value:
            return lower, upper
    raise Unread("ambiguous", "Write a single number; this looks like a list.")


def upper_end(cursor: Cursor, first: Amount) -> Amount | None:
    """Read the upper end of a range if one follows; `100 - 36` and `2^22 - 1` are arithmetic, because they fall."""
    token = cursor.peek()
    spans = token.text in _SPANS or token.kind == "dots" or (token.text == "up" and cursor.peek(1).text == "to")
    if not (spans and first.simple) or first.value != first.value:
        return None
    start = cursor.at
    cursor.at += 2 if token.text == "up" else 1
    while cursor.peek().text.lower() in HEDGES or cursor.peek().text == "~":
        cursor.take()
    if not (cursor.peek().kind == "num" or (starts(cursor.peek(), cursor.peek(1)) and token.text not in ("-", "–"))):
        cursor.at = start
        return None
    upper = read_product(cursor)
    more = cursor.peek().kind == "op" and cursor.peek().text in "+-*/^" and starts(cursor.peek(1), cursor.peek(2))
    if is_complement(first, upper, cursor.field):
        cursor.at = start
        return None
    rising = _size(first, upper) < _size(upper, upper)
    if upper.simple and not more and (rising or token.text not in ("-", "–")):
        return upper
    if upper.simple and token.text == "–" and not more and not token.gap:
        raise Unread("ambiguous", "This may be a range or a difference: write a single number.")
    cursor.at = start
    return None


def _size(amount: Amount, other: Amount) -> float:
    """Return an amount's size for comparison with the end of a range, a bare one in the other's unit."""
    unit = amount.unit if amount.unit is not None else other.unit
    known = unit is not None and not any(name in ("?", "%", "permille") for name, _ in unit)
    factor = scale(unit)[0] if known and unit is not None else 1
    return to_float(multiply(amount.value, factor))

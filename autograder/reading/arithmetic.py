"""What does this arithmetic come to? A small grammar over signs, evaluated exactly and within bounds as it is read.

sum     := product (("+" | "-") product)*
product := factor (("*" | "/" | "//" | "mod" | nothing before 10^n) factor)*, a unit after any factor
factor  := ("+" | "-")* power;  power := primary ("^" factor)?
primary := figures | number words | "(" sum ")" | function(sum, …) | √ primary | pi
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from autograder.formula.arithmetic import multiply
from autograder.formula.functions import square_root
from autograder.reading.ahead import CURRENCIES, PI, SIGNS, holds_figures, is_percent, operand_follows
from autograder.reading.amounts import Amount, combine, is_complement
from autograder.reading.compound import product
from autograder.reading.cursor import Cursor
from autograder.reading.digits import read_figures
from autograder.reading.fields import Unread
from autograder.reading.functions import apply
from autograder.reading.numerals import read_words
from autograder.reading.phrases import read_unit
from autograder.reading.tokens import Token
from autograder.reading.units import PERCENT, convert
from autograder.reading.words import COUNTED_LETTERS, INFINITE, NOT_NUMBERS, ORDINALS, PARTS, SCALES, TIMES

_PRODUCTS: Final = frozenset({"*", "/", "//", "mod", "%"})
_TEN: Final = ("^", "**")
_OPEN: Final = {"(": ")", "[": "]"}
CODE: Final = "This looks like code, and nothing in it is run: write the number or plain arithmetic."


def read_sum(cursor: Cursor, first: Amount | None = None) -> Amount:
    """Read and work out the longest sum at the cursor, or the rest of it after its `first` term.

    Raises:
        Unread: nothing that can be worked out stands there, or code does.
        FormulaError: it has no value, or one beyond the bounds.
    """
    total = read_product(cursor) if first is None else first
    while cursor.peek().text in SIGNS and operand_follows(cursor):
        sign = "+" if cursor.take().text == "+" else "-"
        following = read_product(cursor)
        if is_complement(total, following, cursor.field):
            total = Amount(100, PERCENT)
        total = combine(sign, total, following)
    return total


def read_product(cursor: Cursor) -> Amount:
    """Read and work out the longest product at the cursor, with the unit after it.

    A unit after a quotient belongs to the whole of it (`1/64 s`) unless what stands above has its own (`8 GB / 2 GB`).
    """
    result = _unit_after(cursor, _factor(cursor))
    while True:
        operator = _operator(cursor)
        if operator is None:
            return result
        following = _unit_after(cursor, _factor(cursor))
        if operator == "/" and _are_alternatives(result, following, cursor):
            raise Unread("ambiguous", "Two answers stand side by side: give one.")
        result = combine(operator, result, following)


def _are_alternatives(left: Amount, right: Amount, cursor: Cursor) -> bool:
    """Say whether `28 GB / 30 GB` gives two answers: their quotient could not be in the unit that is asked."""
    if cursor.field.kind != "unit" or left.unit is None or right.unit is None:
        return False
    return all(convert(amount.value, amount.unit, cursor.field) is not None for amount in (left, right))


def _operator(cursor: Cursor) -> str | None:
    """Take the sign of a product if one stands here; `1.78 10^14` and `2(3+4)` have none."""
    token = cursor.peek()
    if token.kind == "num" and cursor.peek(-1).text.lower() in TIMES:
        return "*"
    if token.text in _PRODUCTS and token.kind == "op":
        if not operand_follows(cursor) or (token.text == "%" and is_percent(cursor)):
            return None
        cursor.take()
        if token.text in ("*", "/") and cursor.peek().text == "by":
            cursor.take()
        return "mod" if token.text == "%" else token.text
    if token.text == "of" and cursor.field.kind in ("unit", "count") and operand_follows(cursor):
        share = cursor.peek(-1).text.lower()
        return cursor.take().text if share in ("%", "percent", "pct", "cent") or share in PARTS else None
    if token.text == "over" and cursor.peek(-1).kind == "num" and cursor.peek(1).kind == "num":
        cursor.take()
        return "/"
    if token.kind == "num" and token.text == "10" and cursor.peek(1).text in _TEN and cursor.peek(-1).kind == "num":
        return "*"
    if token.text == "(" and not token.gap and cursor.peek(-1).text not in (")", "]"):
        return "*" if cursor.peek(-1).kind == "num" and holds_figures(cursor) else None
    return "*" if token.text == "(" and not token.gap and holds_figures(cursor, 0) else None


def _unit_after(cursor: Cursor, amount: Amount) -> Amount:
    """Read the scale word, letter and unit that follow a factor."""
    token = cursor.peek()
    if token.text == "%" and operand_follows(cursor) and not is_percent(cursor):
        return amount
    if token.kind in ("word", "op", "mark") or token.text == "in":
        unit, factor, end = read_unit(cursor.tokens, cursor.at, cursor.field)
        cursor.at = end
        if factor != 1:
            amount = amount.times(factor)
        if unit is not None:
            if amount.unit is not None and amount.unit != unit:
                if any(power > 0 for _, power in unit):
                    raise Unread("unreadable", "Write one unit after the number.")
                unit = product(amount.unit, unit)
            return amount.with_unit(unit)
    return amount


def _factor(cursor: Cursor) -> Amount:
    negative = False
    while cursor.peek().text in SIGNS and cursor.peek().kind == "op":
        negative ^= cursor.take().text != "+"
    currency = _currency(cursor)
    amount = _power(cursor)
    if currency is not None:
        amount = amount.with_unit(((currency, 1),))
    if not negative:
        return amount
    other = None if amount.other is None else multiply(amount.other, -1)
    return replace(amount, value=multiply(amount.value, -1), other=other)


def _currency(cursor: Cursor) -> str | None:
    name = CURRENCIES.get(cursor.peek().text)
    if name is not None:
        cursor.take()
        if cursor.peek().text in ("-", "–"):
            raise Unread("unreadable", "Write the sign before the currency.")
    return name


def _power(cursor: Cursor) -> Amount:
    base = _primary(cursor)
    token = cursor.peek()
    if token.text in _TEN:
        cursor.take()
    elif token.text in ("squared", "cubed"):
        cursor.take()
        return combine("^", base, Amount(2 if token.text == "squared" else 3, simple=True))
    elif not _to_the(cursor):
        return base
    cursor.deeper()
    exponent = _exponent(cursor)
    cursor.depth -= 1
    return combine("^", base, exponent)


def _to_the(cursor: Cursor) -> bool:
    """Step over `to the power of`, `to the`, `raised to`, and say whether they stood here."""
    ahead = 1 if cursor.peek().text == "raised" else 0
    if cursor.peek(ahead).text != "to":
        return False
    ahead += 1
    if cursor.peek(ahead).text == "the":
        ahead += 1
    elif cursor.peek(ahead).text != "power" and cursor.peek().text != "raised":
        return False
    if cursor.peek(ahead).text == "power":
        ahead += 1
        if cursor.peek(ahead).text == "of":
            ahead += 1
    cursor.at += ahead
    return True


def _exponent(cursor: Cursor) -> Amount:
    ordinal = ORDINALS.get(cursor.peek().text.lower())
    if ordinal is not None:
        cursor.take()
        amount = Amount(ordinal, simple=True)
    else:
        amount = _factor(cursor)
        if cursor.peek().text in ("th", "st", "nd", "rd") and not cursor.peek().gap:
            cursor.take()
    if cursor.peek().text == "power":
        cursor.take()
    return amount


def _primary(cursor: Cursor) -> Amount:
    token = cursor.peek()
    if token.kind == "num":
        return _figures(cursor)
    if token.kind == "call":
        return _call(cursor)
    if token.text in _OPEN:
        return _bracket(cursor)
    if token.text == "√":
        cursor.take()
        cursor.deeper()
        amount = _primary(cursor)
        cursor.depth -= 1
        return Amount(square_root(amount.value))
    if token.text in PI:
        cursor.take()
        return Amount(math.pi)
    if token.kind == "word" and token.text.lower() in INFINITE:
        cursor.take()
        return Amount(math.inf)
    if token.kind == "word" and token.text.lower() in NOT_NUMBERS:
        raise Unread("nonfinite", "nan is not a number.")
    worded = read_words(cursor.tokens, cursor.at) if token.kind == "word" else None
    if worded is None:
        raise Unread("unreadable", CODE if token.kind == "code" else "")
    amount, cursor.at = worded
    return amount


def _figures(cursor: Cursor) -> Amount:
    token = cursor.take()
    figures = read_figures(token.text)
    scaled = "e" in token.text or "E" in token.text
    simple = Amount(figures.value, None, figures.other, figures.mark, figures.places, simple=True, scaled=scaled)
    if scaled and figures.mark == ".":
        simple = replace(simple, other=None, mark="")
    broken = _broken_part(cursor) if token.text.isdigit() else None
    return _scaled(cursor, simple if broken is None else combine("+", simple, broken))


def _broken_part(cursor: Cursor) -> Amount | None:
    """Read the fraction of a mixed number, the `1/2` of `3 1/2`."""
    first, slash, below = cursor.peek(), cursor.peek(1), cursor.peek(2)
    if not (slash.text == "/" and first.gap and first.text.isdigit() and below.text.isdigit()):
        return None
    top, bottom = int(first.text), int(below.text)
    if not 0 < top < bottom:
        return None
    cursor.at += 3
    return combine("/", Amount(top), Amount(bottom))


def _scaled(cursor: Cursor, amount: Amount) -> Amount:
    """Read the words and letters that scale a figure: `4.2 million`, `32 k`, `2 hundred thousand`, `3 dozen`."""
    for _ in range(3):
        word = cursor.peek()
        if word.kind != "word":
            return amount
        low = word.text.lower()
        factor = SCALES.get(low) or {"hundred": 100, "hundreds": 100, "dozen": 12}.get(low)
        if factor is None and cursor.field.counts:
            factor = _letter(cursor, word)
        if factor is None:
            return amount
        cursor.take()
        amount = amount.times(factor)
    return amount


def _letter(cursor: Cursor, word: Token) -> int | None:
    """Return the power of a thousand of a letter after a figure, as in `7B`, where things are counted."""
    if cursor.field.kind == "bare" and word.text in ("m", "b", "t", "mm", "MM"):
        return None
    return COUNTED_LETTERS.get(word.text)


def _bracket(cursor: Cursor) -> Amount:
    cursor.deeper()
    closing = _OPEN[cursor.take().text]
    amount = read_sum(cursor)
    if cursor.peek().text == closing:
        cursor.take()
    elif cursor.peek().kind != "end":
        raise Unread("unreadable", "The brackets do not match.")
    cursor.depth -= 1
    return amount


def _call(cursor: Cursor) -> Amount:
    """Evaluate a function of the closed list; its arguments may stand in one more bracket, as in prod([2, 3])."""
    name = cursor.take().text
    cursor.deeper()
    if cursor.peek().text not in _OPEN:
        arguments = [_power(cursor).value]
    else:
        cursor.take()
        inner = cursor.peek().text in _OPEN and name in ("prod", "product", "min", "max", "array", "tensor")
        cursor.at += inner
        arguments = [read_sum(cursor).value]
        while cursor.peek().text == ",":
            cursor.take()
            if cursor.peek().text in (")", "]"):
                break
            arguments.append(read_sum(cursor).value)
        for _ in range(1 + inner):
            if cursor.peek().text in (")", "]"):
                cursor.take()
    cursor.depth -= 1
    return Amount(apply(name, arguments))

"""Does a number begin here, and does an operator have one after it? Looks ahead, takes nothing."""

from __future__ import annotations

from typing import Final

from autograder.reading.cursor import Cursor
from autograder.reading.numerals import read_words
from autograder.reading.tokens import Token
from autograder.reading.words import INFINITE, NOT_NUMBERS

SIGNS: Final = frozenset({"+", "-", "–"})
PI: Final = ("π", "pi", "math.pi", "np.pi", "numpy.pi")
CURRENCIES: Final = {"$": "USD", "€": "EUR", "£": "GBP"}


def starts(token: Token, after: Token) -> bool:
    """Say whether a number or an expression begins with `token`, read_words aside."""
    if token.kind in ("num", "call"):
        return True
    if token.text in SIGNS and token.kind == "op":
        return after.kind in ("num", "call") or after.text in ("(", *CURRENCIES, *SIGNS) or _is_constant(after)
    return _is_constant(token) or (token.text in CURRENCIES and (after.kind == "num" or after.text in SIGNS))


def _is_constant(token: Token) -> bool:
    return token.text in ("√", *PI) or (token.kind == "word" and token.text.lower() in INFINITE | NOT_NUMBERS)


def operand_follows(cursor: Cursor) -> bool:
    """Say whether a number, a call or a bracket stands after the sign at the cursor."""
    ahead = 1
    while cursor.peek(ahead).text in (*SIGNS, "by") and ahead < 6:
        ahead += 1
    token = cursor.peek(ahead)
    return (
        token.kind in ("num", "call")
        or token.text in ("(", "√", "π", "pi")
        or (token.text in CURRENCIES and cursor.peek(ahead + 1).kind == "num")
        or (token.kind == "word" and token.text.isalpha() and read_words(cursor.tokens, cursor.at + ahead) is not None)
    )


def is_percent(cursor: Cursor) -> bool:
    """Say whether a `%` before another operand is still per cent: it leans on the number before it."""
    return cursor.peek(1).gap and (not cursor.peek().gap or cursor.peek(1).text == "(")


def holds_figures(cursor: Cursor, least: int = 1) -> bool:
    """Say whether the bracket at the cursor holds figures with `least` operators, not a restatement or a unit."""
    operators = 0
    for ahead in range(1, 30):
        token = cursor.peek(ahead)
        if token.text == ")":
            return operators >= least
        if token.kind not in ("num", "op") or token.text == "%":
            return False
        operators += token.kind == "op"
    return False

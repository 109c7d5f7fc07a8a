"""Which number do these words say? `twenty-eight`, `half a million`, `one hundred and twenty`, `three quarters`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from autograder.formula.arithmetic import Value, magnitude
from autograder.reading.amounts import Amount
from autograder.reading.phrases import token_at
from autograder.reading.tokens import Token
from autograder.reading.words import ONES, PARTS, SCALES, TENS, TIMES

_FIRST: Final = frozenset(
    {
        *ONES,
        *TENS,
        *TIMES,
        "half",
        "quarter",
        "hundred",
        "thousand",
        "million",
        "billion",
        "trillion",
        "dozen",
        "a",
        "an",
    }
)
_AFTER_ARTICLE: Final = frozenset({*PARTS, "hundred", "thousand", "million", "billion", "trillion", "dozen"})


def read_words(tokens: Sequence[Token], at: int) -> tuple[Amount, int] | None:
    """Read a number in words.

    Args:
        tokens: the signs of the answer.
        at: where it may begin.

    Returns:
        The number, with `bare_word` set for one small word alone, and where it ends; None if no number begins here.
    """
    first = _word(tokens, at)
    if first.partition("-")[0] not in _FIRST:
        return None
    if first in TIMES:
        return Amount(TIMES[first]), at + 1
    above, hyphen, below = first.partition("-")
    if hyphen and above in ONES and below in PARTS:
        return Amount(ONES[above] * PARTS[below], part=True), at + 1
    end = at
    if first in ("a", "an"):
        if _word(tokens, at + 1) not in _AFTER_ARTICLE:
            return None
        end = at + 1
    whole, end, pieces = _cardinal(tokens, end)
    value: Value = whole or 0
    part = _part(tokens, end, whole)
    if part is not None:
        value, end = part
    elif pieces == 0:
        return None
    elif _word(tokens, end) == "point":
        value, end = _decimals(tokens, end + 1, value)
    half = _and_a_part(tokens, end) if part is None else None
    if half is not None:
        value, end = value + half[0], half[1]
    value, end = _scaled(tokens, end, value)
    if _word(tokens, end) in ("a", "an") and part is not None:
        end += 1
    alone = end == at + 1 and part is None and first in ONES
    return Amount(value, bare_word=alone, part=part is not None), end


def _word(tokens: Sequence[Token], at: int) -> str:
    token = token_at(tokens, at)
    return token.text.lower() if token.kind == "word" else ""


def _cardinal(tokens: Sequence[Token], at: int) -> tuple[int | None, int, int]:
    """Read a whole number; return it, where it ends and how many words it took."""
    total, current, pieces, end = 0, 0, 0, at
    for _ in range(24):
        word = _word(tokens, end)
        if word == "and" and pieces and _joins(tokens, end, total, current):
            end += 1
            continue
        parts = word.split("-")
        if not word or any(part not in _KNOWN for part in parts):
            break
        if not _fits(current, parts[0]) and pieces:
            break
        for part in parts:
            pieces += 1
            if part in ONES or part in TENS:
                current += ONES.get(part, TENS.get(part, 0))
            elif part in ("hundred", "dozen"):
                current = (current or 1) * (100 if part == "hundred" else 12)
            else:
                total, current = total + (current or 1) * SCALES[part], 0
        end += 1
    return (total + current, end, pieces) if pieces else (None, at, 0)


_KNOWN: Final = frozenset(
    {*ONES, *TENS, "hundred", "dozen", "thousand", "million", "billion", "trillion", "quadrillion"}
)


def _fits(current: int, word: str) -> bool:
    """Say whether `word` may follow: ones after tens, tens after hundreds."""
    if word in TENS:
        return current % 100 == 0
    if word in ONES:
        return current % 10 == 0 and (current % 100 == 0 or ONES[word] < 10) if current else True
    return True


def _joins(tokens: Sequence[Token], at: int, total: int, current: int) -> bool:
    """Say whether this `and` is inside a number: after hundreds or a scale, before ones or tens."""
    following = _word(tokens, at + 1).partition("-")[0]
    return (following in ONES or following in TENS) and (bool(total) or current >= 100) and current % 100 == 0


def _part(tokens: Sequence[Token], at: int, above: int | None) -> tuple[Value, int] | None:
    """Read `half`, `two thirds`, `three quarters`; words that are also ordinals need one before them."""
    word = _word(tokens, at)
    if word not in PARTS or (
        above is None and word not in ("half", "quarter") and _word(tokens, at - 1) not in ("a", "an")
    ):
        return None
    value, end = PARTS[word] * (1 if above is None else above), at + 1
    if _word(tokens, end) in ("a", "an", "of") and _word(tokens, end + 1) in SCALES:
        end += 1
    return value, end


def _and_a_part(tokens: Sequence[Token], at: int) -> tuple[Fraction, int] | None:
    """Read the end of `two and a half` or `one and three quarters`."""
    above = 1 if _word(tokens, at + 1) == "a" else ONES.get(_word(tokens, at + 1))
    if _word(tokens, at) == "and" and above is not None and _word(tokens, at + 2) in PARTS:
        return PARTS[_word(tokens, at + 2)] * above, at + 3
    return None


def _decimals(tokens: Sequence[Token], at: int, whole: Value) -> tuple[Value, int]:
    value, scale, end = whole, Fraction(1), at
    while ONES.get(_word(tokens, end), 10) < 10 and end < at + 18:
        scale /= 10
        value += ONES[_word(tokens, end)] * scale
        end += 1
    return value, end


def _scaled(tokens: Sequence[Token], at: int, value: Value) -> tuple[Value, int]:
    while _word(tokens, at) in SCALES and magnitude(value) < 10**30:
        value *= SCALES[_word(tokens, at)]
        at += 1
    return value, at

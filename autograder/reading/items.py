"""Which numbers does one stretch of an answer give? Walks its words and signs, and tells answers from remarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from autograder.formula.arithmetic import divide, multiply
from autograder.reading.ahead import starts
from autograder.reading.amounts import Amount
from autograder.reading.arithmetic import CODE, read_product, read_sum
from autograder.reading.cursor import MAX_DEPTH, Cursor
from autograder.reading.fields import Unread
from autograder.reading.joined import Item, concluded, joined_times, spanned
from autograder.reading.names import lookup
from autograder.reading.numerals import read_words
from autograder.reading.phrases import token_at
from autograder.reading.ranges import interval, upper_end
from autograder.reading.tokens import Token
from autograder.reading.units import PERCENT, Asked, convert
from autograder.reading.words import COMMENTS, HEDGES, NEGATIONS, SEPARATORS, SOFT, SUBORDINATE, VAGUE_STRICT

_SYMBOLIC: Final = "Write the number itself: this still holds symbols."
_ARTICLES: Final = frozenset(
    {"a", "an", "the", "only", "exactly", "my", "it", "i", "think", "e", "g", "i.e", "e.g", "even", "well", "also"}
)


@dataclass(slots=True)
class _State:
    """What the words so far mean for the next number."""

    separated: bool = True
    minor: bool = False
    strict: bool = False
    negated: bool = False
    hedged: bool = False
    between: bool = False


def read_items(tokens: Sequence[Token], field: Asked) -> list[Item]:
    """Return the numbers that a stretch of signs without relations gives, remarks left out where others stand.

    Raises:
        Unread: symbols or code stand where a number should.
        FormulaError: arithmetic has no value, or one beyond the bounds.
    """
    items: list[Item] = []
    state = _State()
    at = 0
    while at < len(tokens):
        if _begins(tokens, at):
            item = _one(tokens, at, field, state)
            at = item.end
            _admit(items, item, state, field)
            state = _State(separated=False, minor=state.minor, between=state.between)
        else:
            at = _word(tokens, at, state, items, field)
    main = [item for item in items if not item.minor]
    if not any(_fits(item, field) for item in main):
        main = items
    return spanned(joined_times(concluded(main, tokens), tokens), state.between)


def _begins(tokens: Sequence[Token], at: int) -> bool:
    token, after = token_at(tokens, at), token_at(tokens, at + 1)
    if starts(token, after):
        # in `total - 28` the dash follows a label; in `x - 28` it takes away from a symbol
        label = token.text in ("-", "–", "+") and at > 0 and after.gap and token_at(tokens, at - 1).kind == "word"
        return not label or token_at(tokens, at - 1).text.lower() in HEDGES | _ARTICLES
    if token.text in ("(", "["):
        return token_at(tokens, at + 1).text not in (")", "]", "") and _bracket_holds(tokens, at + 1)
    if token.kind == "op" and token.text in ("-", "+") and after.kind == "word":
        at += 1
        token = after
    return token.kind == "word" and read_words(tokens, at) is not None


def _bracket_holds(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a bracket opens on a number, through more brackets."""
    for _ in range(MAX_DEPTH):
        at += token_at(tokens, at).text in ("(", "[")
    token, after = token_at(tokens, at), token_at(tokens, at + 1)
    return (
        starts(token, after) or (token.text in ("-", "+") and after.text == "(") or read_words(tokens, at) is not None
    )


def _one(tokens: Sequence[Token], at: int, field: Asked, state: _State) -> Item:
    """Read a number, a number with its uncertainty, a ratio such as `1 in 64`, or a range."""
    cursor = Cursor(tokens, at, field)
    pair = interval(cursor)
    if pair is not None:
        return Item(*pair, state.strict, state.minor, state.hedged, at, cursor.at)
    first = read_product(cursor)
    upper = upper_end(cursor, first)
    if upper is not None:
        lower = first.with_unit(upper.unit) if first.unit is None and upper.unit is not None else first
        return Item(lower, upper, state.strict, state.minor, state.hedged, at, cursor.at)
    amount = read_sum(cursor, first)
    if cursor.peek().kind == "pm" and (starts(cursor.peek(1), cursor.peek(2)) or cursor.peek(1).text == "("):
        cursor.take()
        error = read_product(cursor)
        if amount.unit is None and error.unit not in (None, PERCENT):
            amount = replace(amount, unit=error.unit)
    return Item(_share(cursor, amount, field), None, state.strict, state.minor, state.hedged, at, cursor.at)


def _share(cursor: Cursor, amount: Amount, field: Asked) -> Amount:
    """Read `1 in 64` and `3 out of 128` as shares, and `half` as 50 % where per cent are asked."""
    if amount.part and amount.unit is None and field.kind == "percent":
        return Amount(multiply(amount.value, 100), PERCENT)
    if (
        field.kind not in ("bare", "percent", "probability")
        or amount.unit is not None
        or not (amount.simple or amount.bare_word)
    ):
        return amount
    words = [cursor.peek(ahead).text for ahead in (0, 1)]
    skip = 2 if words == ["out", "of"] else 1 if words[0] in ("in", "of") else 0
    worded = read_words(cursor.tokens, cursor.at + skip)
    end = worded[1] - cursor.at if worded is not None else skip + 1
    if (
        not skip
        or (worded is None and cursor.peek(skip).kind != "num")
        or cursor.peek(end).kind not in ("end", "sep", "mark")
    ):
        return amount
    cursor.at += skip
    whole = read_product(cursor)
    if whole.unit is not None or not 0 <= amount.value <= whole.value:
        raise Unread("unreadable", "Write the share as a fraction or in per cent.")
    return Amount(multiply(divide(amount.value, whole.value), 100), PERCENT)


def _admit(items: list[Item], item: Item, state: _State, field: Asked) -> None:
    """Add a number unless it was negated or stands in a remark about one before it."""
    if state.negated:
        return
    if items and not all(earlier.minor for earlier in items):
        fits = item.amount.unit is not None and _fits(item, field)
        only = fits and not any(_fits(earlier, field) for earlier in items)
        beside = state.separated or item.start == items[-1].end
        if not only and (state.minor or not (beside or fits)):
            return
        if fits and not beside:
            # in `with B = 64 we have 270 MB` the bare number is no answer
            items[:] = [earlier for earlier in items if earlier.amount.unit is not None]
    items.append(item)


def _fits(item: Item, field: Asked) -> bool:
    return convert(item.amount.value, item.amount.unit, field) is not None


def _word(tokens: Sequence[Token], at: int, state: _State, items: list[Item], field: Asked) -> int:
    """Note what a sign that is no number means for the next number; return the next place."""
    token = tokens[at]
    low = token.text.lower()
    if token.kind == "word":
        _note_word(tokens, at, low, state)
        if low == "of" and items and items[-1].end == at and not _fits(items[-1], field):
            state.minor = True  # `2 GPUs of 80 GB`
    elif token.kind == "code":
        raise Unread("unreadable", CODE)
    elif token.kind == "sep" or token.text == ",":
        state.separated, state.minor, state.hedged, state.strict = True, False, False, False
    elif token.kind == "cmp" and token_at(tokens, at + 1).kind == "cmp" and not token_at(tokens, at + 1).gap:
        raise Unread("unreadable", CODE)
    elif token.kind == "cmp":
        state.strict = token.text in "<>"
        state.separated = True
        if items and items[-1].end == at and not _begins(tokens, at + 1):
            items[-1] = replace(items[-1], strict=state.strict)
        state.between = bool(items)
    elif token.kind == "pm" and not items and _begins(tokens, at + 1):
        raise Unread("ambiguous", "Two signs are two answers: give one.")
    elif token.kind == "ne":
        state.negated = True
    elif token.text == "~":
        state.hedged = True
    elif token.text == "@":
        state.minor, state.separated = True, False
    elif token.text == ":" and token_at(tokens, at + 1).kind == "num" and token_at(tokens, at - 1).kind == "num":
        raise Unread("unreadable", "Write a ratio as a fraction, such as 3/4.")
    elif token.kind == "op":
        _note_operator(tokens, at, state, items)
    return at + 1


def _note_word(tokens: Sequence[Token], at: int, low: str, state: _State) -> None:
    if low in NEGATIONS:
        state.negated = token_at(tokens, at + 1).text.lower() not in VAGUE_STRICT | {"sure", "know"}
    elif low in VAGUE_STRICT:
        soft = token_at(tokens, at - 1).text.lower() in SOFT
        following = token_at(tokens, at + 1).text.lower()
        bound = following in ("than", "that") or (
            low in ("over", "under", "above", "below", "exceeding", "beyond") and _begins(tokens, at + 1)
        )
        state.strict = bound and not soft and following != "or"
    elif low in HEDGES:
        state.hedged = state.hedged or low != "so"
    elif low == "between":
        state.between, state.minor = True, False
    elif low == "than":
        return
    elif low in SEPARATORS:
        state.separated, state.minor = True, False
    elif low in SUBORDINATE:
        state.minor, state.separated = low not in ("from", "by", "of", "to", "plus") or state.minor, False
    elif low not in _ARTICLES:
        state.separated = False
    if low in ("from", "by", "of") and token_at(tokens, at - 1).kind == "num":
        state.minor = True


def _note_operator(tokens: Sequence[Token], at: int, state: _State, items: list[Item]) -> None:
    """Judge an operator that joins no two numbers: a bullet, a dash before a remark, a bound, or a symbol's."""
    sign, before, after = tokens[at].text, token_at(tokens, at - 1), token_at(tokens, at + 1)
    adjacent = bool(items) and items[-1].end == at
    if sign in ("-", "–", "--", "---"):
        if not adjacent and before.kind == "word" and len(before.text) == 1 and _begins(tokens, at + 1):
            raise Unread("unreadable", _SYMBOLIC)
        state.minor, state.separated = state.minor or adjacent, False
        return
    if sign == "*" and len(after.text) > 1 and after.text.lower() in COMMENTS:
        return
    open_ended = sign == "+" and adjacent and lookup(after.text)
    if after.kind in ("end", "sep") or after.text in (")", ",", "]") or open_ended:
        if adjacent and sign == "+":
            items[-1] = replace(items[-1], strict=True)
        elif adjacent and sign in ("/", "^", "**", "//"):
            raise Unread("unreadable", "The arithmetic stops short.")
        return
    if at == 0 or sign in ("%", "by") or state.minor:
        return
    if adjacent or (_begins(tokens, at + 1) and before.kind == "word"):
        raise Unread("unreadable", _SYMBOLIC)

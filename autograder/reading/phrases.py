"""Which unit stands after this number? `GB`, `GPU hours`, `tokens per second`, `USD/(GPU·h)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autograder.reading import compound, names
from autograder.reading.compound import NOUN, Unit
from autograder.reading.fields import Unread
from autograder.reading.names import LETTERS, PREFIX_WORDS
from autograder.reading.tokens import END, Token
from autograder.reading.units import Asked, scale
from autograder.reading.words import COMMENTS, COUNTED_LETTERS, SCALES, SUBORDINATE

UNKNOWN: Final = "?"
"""Part of a unit that is none of ours; it fits no field."""

_TIMES: Final = frozenset({"s", "min", "h", "day", "week", "year"})
_MAX_PARTS: Final = 6
_FEW: Final = 40  # guessing at a misspelt word is slow, so it is not done for every word of a long text


def token_at(tokens: Sequence[Token], at: int) -> Token:
    """Return the sign at `at`, or the end's."""
    return tokens[at] if 0 <= at < len(tokens) else END


def read_unit(tokens: Sequence[Token], at: int, field: Asked) -> tuple[Unit | None, int, int]:
    """Read the unit that follows a number.

    Args:
        tokens: the signs of the answer.
        at: where the number has ended.
        field: decides between units that are spelt alike, and whether nouns are expected.

    Returns:
        The unit or None, a power of ten that belongs to the number (`7 B FLOPs`), and where the unit ends. A word that
        is no unit and no remark gives a unit that fits nothing, where the field has a unit.
    """
    start = _skip_join(tokens, at)
    factor, start = _scale_letter(tokens, start, field)
    first = _part(tokens, start, field)
    if first is None:
        first = _below(tokens, start, field, ())
    if first is None:
        found = _later(tokens, start, field)
        return (None, factor, at if factor == 1 else start) if found is None else (found[0], factor, found[1])
    unit, end = first
    for _ in range(_MAX_PARTS):
        more = _beside(tokens, end, field, unit) or _below(tokens, end, field, unit)
        if more is None:
            break
        unit, end = more
    return _tidy(unit), factor, end


def _skip_join(tokens: Sequence[Token], at: int) -> int:
    """Step over the hyphen of `28-GB` and the words of `28, in GB`."""
    sign = token_at(tokens, at)
    if (
        sign.text in ("-", "–")
        and not sign.gap
        and token_at(tokens, at + 1).kind == "word"
        and not token_at(tokens, at + 1).gap
    ):
        return at + 1
    step = at + 1 if sign.text == "," else at
    if token_at(tokens, step).text == "in" and _names_unit(token_at(tokens, step + 1)):
        return step + 1
    return at


def _names_unit(token: Token) -> bool:
    return token.kind == "word" and bool(names.lookup(token.text))


def _scale_letter(tokens: Sequence[Token], at: int, field: Asked) -> tuple[int, int]:
    """Read a letter or prefix word that scales the unit after it: `7 B FLOPs`, `178 tera FLOPs`, `$4.2 M`."""
    word, after = token_at(tokens, at), token_at(tokens, at + 1)
    if word.kind != "word":
        return 1, at
    if after.text in ("-", "–") and not after.gap and word.text.lower() in PREFIX_WORDS:
        after = token_at(tokens, at + 2)
    if not (_names_unit(after) or after.text in ("$", "€", "£")):
        return 1, at
    letter = PREFIX_WORDS.get(word.text.lower(), word.text)
    if (
        not (letter in LETTERS or letter == "B")
        or letter not in COUNTED_LETTERS
        or (after.kind == "word" and names.exactly(letter + after.text))
    ):
        return 1, at
    return COUNTED_LETTERS[letter], at + 1


def _part(tokens: Sequence[Token], at: int, field: Asked) -> tuple[Unit, int] | None:
    """Read one name with its power."""
    token = token_at(tokens, at)
    if token.kind not in ("word", "mark", "op") or (token.kind == "mark" and token.text not in "$€£¢¥"):
        return None
    if token.kind == "op" and token.text != "%":
        return None
    joined = _joined(tokens, at)
    unit = joined[0] if joined is not None else _named(token.text, field)
    end = joined[1] if joined is not None else at + 1
    if unit is None:
        return None
    power, end = _power(tokens, end)
    return (tuple((name, size * power) for name, size in unit), end) if power != 1 else (unit, end)


def _joined(tokens: Sequence[Token], at: int) -> tuple[Unit, int] | None:
    """Read a unit in two or three words: `giga bytes`, `G B`, `per cent`, `floating point operations`."""
    first, second = token_at(tokens, at), token_at(tokens, at + 1)
    low = first.text.lower()
    if low == "per" and second.text.lower() in ("cent", "cents"):
        return (("%", 1),), at + 2
    if low == "per" and second.text.lower() == "mille":
        return (("permille", 1),), at + 2
    if low == "percentage" and second.text.lower() in ("points", "point"):
        return (("%", 1),), at + 2
    if low in ("floating-point", "floating", "fp"):
        end = at + 2 if low == "floating" and second.text.lower() == "point" else at + 1
        return (
            ((("FLOP", 1),), end + 1)
            if token_at(tokens, end).text.lower() in ("operations", "ops", "operation")
            else None
        )
    if second.kind != "word":
        return None
    prefix = PREFIX_WORDS.get(low) or (first.text if first.text in LETTERS or first.text == "u" else None)
    unit = names.exactly(prefix + second.text) if prefix else None
    if unit is None and low in PREFIX_WORDS:
        unit = names.exactly(low + second.text)
    return (unit, at + 2) if unit is not None else None


def _named(word: str, field: Asked) -> Unit | None:
    """Return the unit a word names in this field; nouns count, foreign units fit nothing."""
    if word == "kb" and not field.in_bits and "information" in {name for name, _ in field.dimensions}:
        raise Unread("ambiguous", "kb may mean kilobytes or kilobits: write kB or kbit.")
    letter = _lone_letter(word, field)
    if letter is not None:
        return letter
    units = names.lookup(word)
    low = word.lower()
    if low in ("operation", "operations", "op", "ops") and "operation" not in {name for name, _ in field.dimensions}:
        return NOUN
    if units:
        return _choose(units, field)
    if names.is_noun(word):
        return NOUN
    return ((UNKNOWN, 1),) if names.is_foreign(word) else None


def _lone_letter(word: str, field: Asked) -> Unit | None:
    """Read a prefix that stands for the field's own unit (`178 T` where FLOP are asked), or `5 m`, five minutes."""
    if len(word) != 1 or field.kind != "unit" or field.counts:
        return None
    top = [name for name, power in field.unit if power > 0]
    if word == "m" and top and top[0] in ("ms", "us", "ns"):
        raise Unread("ambiguous", "m may mean minutes or milliseconds: write min or ms.")
    if word == "m" and top and top[0] in _TIMES:
        return (("min", 1),)
    if word not in LETTERS or not top:
        return None
    root = next((root for root in ("FLOP", "bit", "B", "token", "Wh", "W", "J") if top[0].endswith(root)), None)
    named = names.exactly(word + root) if root else None
    if named is None:
        return None
    return compound.product(named, tuple((name, power) for name, power in field.unit if power < 0))


def _choose(units: Sequence[Unit], field: Asked) -> Unit:
    """Choose between units that a word may name: those that fit the field first, bits where bits are asked."""
    if len(units) == 1:
        return units[0]
    parts = dict(field.unit)
    exact = [unit for unit in units if scale(unit)[1] == field.dimensions]
    fitting = exact or [unit for unit in units if scale(unit)[1] <= field.dimensions] or list(units)
    for unit in fitting:
        bits = any(name.endswith("bit") for name, _ in unit)
        if unit == field.unit or (bits == field.in_bits and any(_root(name) in map(_root, parts) for name, _ in unit)):
            return unit
    return fitting[0]


def _root(name: str) -> str:
    return next((root for root in ("FLOP", "bit", "B", "Wh", "W", "J") if name.endswith(root)), name)


def _power(tokens: Sequence[Token], at: int) -> tuple[int, int]:
    """Read `^2`, `^-1` or `^(-1)` after a name."""
    if token_at(tokens, at).text not in ("^", "**"):
        return 1, at
    step = at + 1
    bracket = token_at(tokens, step).text == "("
    step += bracket
    minus = token_at(tokens, step).text in ("-", "–")
    step += minus
    digits = token_at(tokens, step)
    if digits.kind != "num" or digits.text not in ("1", "2", "3"):
        return 1, at
    step += 1
    if bracket and token_at(tokens, step).text != ")":
        return 1, at
    return (-1 if minus else 1) * int(digits.text), step + bracket


def _beside(tokens: Sequence[Token], at: int, field: Asked, unit: Unit) -> tuple[Unit, int] | None:
    """Read a further name in a product: `GPU hours`, `GPU·h`, `GB s^-1`."""
    sign = token_at(tokens, at)
    step = at + 1 if sign.text in ("*", "-") else at
    more = _part(tokens, step, field) if token_at(tokens, step).kind == "word" else None
    if more is None or more[0] == NOUN:
        return None
    if more[0] == unit == (("gpu", 1),):  # `A100 GPU hours`
        return unit, more[1]
    roots = {name for name, _ in unit}
    inverse = all(power < 0 for _, power in more[0])
    hours = bool(roots & {"gpu", "W", "kW", "MW"}) and more[0][0][0] in _TIMES
    return (
        (compound.product(unit, more[0]), more[1]) if inverse or hours or (sign.text == "*" and not sign.gap) else None
    )


def _below(tokens: Sequence[Token], at: int, field: Asked, unit: Unit) -> tuple[Unit, int] | None:
    """Read what stands below the line: `/s`, `per GPU-hour`, `/(GPU·h)`. Counted things below it are left out."""
    sign = token_at(tokens, at)
    if sign.text not in ("/", "per", "a", "an") or (sign.text in ("a", "an") and not unit):
        return None
    step = at + 1
    bracket = token_at(tokens, step).text == "("
    step += bracket
    while token_at(tokens, step).text in ("a", "each", "single", "one", "training", "the"):
        step += 1
    part = _part(tokens, step, field) if token_at(tokens, step).kind == "word" else None
    if part is None:
        counted = token_at(tokens, step)
        if sign.text != "per" or counted.kind != "word" or not unit:
            return None
        part = NOUN, step + 1
    below, end = part
    if sign.text in ("a", "an") and below[0][0] not in _TIMES:
        return None
    more = _beside(tokens, end, field, below)
    if more is not None:
        below, end = more
    if bracket:
        if token_at(tokens, end).text != ")":
            return None
        end += 1
    if unit == (("FLOP", 1), ("s", -1)) or (unit and unit[0][0].endswith("FLOP") and ("s", -1) in unit):
        unit = tuple(pair for pair in unit if pair != ("s", -1))  # FLOPS/s and FLOPS per token mean the plural
    return compound.product(unit, compound.inverse(below)) if below != NOUN else unit, end


def _later(tokens: Sequence[Token], at: int, field: Asked) -> tuple[Unit | None, int] | None:
    """Look past adjectives for the unit (`28 decimal GB`); judge a word that names none."""
    word = token_at(tokens, at)
    if word.kind != "word":
        return None
    low = word.text.lower()
    if low in SUBORDINATE or low in SCALES:
        return None
    if not word.gap and len(word.text) <= 3 and low not in COMMENTS:
        raise Unread("unreadable", "Write the number itself: this still holds symbols.")
    for step in range(at + 1, at + 3):
        token = token_at(tokens, step)
        if token.kind != "word" or token.text.lower() in SUBORDINATE:
            break
        part = _part(tokens, step, field) if len(token.text) > 1 else None
        if part is not None and (part[0] != NOUN or field.kind in ("count", "bare")):
            end = part[1]
            more = _below(tokens, end, field, part[0])
            return (_tidy(more[0]), more[1]) if more is not None else (_tidy(part[0]), end)
    if low in COMMENTS or not word.text[0].isalpha():
        return None
    guessed = names.misspelt(low) if len(tokens) <= _FEW else None
    if guessed is not None:
        return _choose(guessed, field), at + 1
    if field.kind in ("count", "bare"):
        return (NOUN, at + 1) if word.gap and len(word.text) > 2 else (((UNKNOWN, 1),), at + 1)
    return ((UNKNOWN, 1),), at + 1


def _tidy(unit: Unit) -> Unit:
    """Leave counted things out of a compound: `steps/s` is 1/s."""
    rest = tuple(part for part in unit if part[0] != "count")
    return rest or NOUN

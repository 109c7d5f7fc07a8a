"""What number does an answer give? Finds the figure that counts, turns it into the field's unit, and says why if it cannot.

The line: plain characters → plain signs for LaTeX → without Markdown → tokens → asides, relations, items → one amount.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from autograder.formula.arithmetic import FormulaError, TooLarge, Value
from autograder.reading import names
from autograder.reading.amounts import Amount
from autograder.reading.asides import Part, split_asides, split_relations, unit_alone, unit_in_label
from autograder.reading.characters import fold
from autograder.reading.decoration import undress
from autograder.reading.fields import Field, Reading, Unread
from autograder.reading.items import Item, read_items
from autograder.reading.names import NOUN
from autograder.reading.tokens import Token, tokenise
from autograder.reading.typeset import plain
from autograder.reading.units import PERCENT, PERMILLE, Asked, asked, convert, in_base
from autograder.reading.words import HEDGES, PLACEHOLDERS

MAX_LENGTH: Final = 2_000
"""Characters of an answer that is still read."""

_LARGEST: Final = int(1.7976931348623157e308)
_SIMPLE: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OTHER_BASE: Final = re.compile(r"\b0[xXbo][0-9A-Fa-f]")
_NO_NUMBER: Final = "No number was found: write one in figures, such as 28 or 1.78e14."
_CLOSE: Final = Fraction(1, 10**9)


def read_number(said: object, field: Field) -> Reading:
    """Read an answer as a fair examiner would.

    Args:
        said: a text as the candidate wrote it, or a number (int, float, Fraction) that a notebook assigned.
        field: what the part asks for.

    Returns:
        The number in the field's unit, or the reason why there is none. Never raises for anything an answer says, and
        takes time in proportion to its length, up to `MAX_LENGTH`.

    Raises:
        ValueError: the field's own unit is not one that `check_unit` accepts.
    """
    wanted = asked(field)
    try:
        if isinstance(said, str):
            return _read_text(said, wanted)
        return _read_value(said, wanted)
    except Unread as verdict:
        return verdict.reading()
    except TooLarge:
        return Reading(None, "nonfinite", "This comes to a number too large to be an answer.")
    except FormulaError as error:
        return Reading(None, "unreadable", f"This cannot be worked out: {error.problem}.")


def _read_value(said: object, wanted: Asked) -> Reading:
    if said is None:
        raise Unread("blank", "")
    if isinstance(said, bool) or not isinstance(said, int | float | Fraction):
        raise Unread("unreadable", "Give one number.")
    if isinstance(said, float) and math.isnan(said):
        raise Unread("nonfinite", "nan is not a number.")
    value: Value = said
    if isinstance(said, float) and said.is_integer() and abs(said) < 2**53:
        value = int(said)
    return _finish(Amount(value), wanted)


def _read_text(said: str, wanted: Asked) -> Reading:
    text = said.strip()
    if len(text) > MAX_LENGTH:
        raise Unread("unreadable", "This is too long to be a number.")
    if _SIMPLE.fullmatch(text):
        return _finish(_settled([Item(_simple(text, wanted))], wanted), wanted)
    tokens = tokenise(_plain_text(text, wanted))
    if not tokens:
        raise Unread("blank", "")
    if tokens[0].text.lower() in PLACEHOLDERS:
        raise Unread("unreadable", _NO_NUMBER)
    main, asides = split_asides(tokens)
    return _answer(main, asides, wanted)


def _simple(text: str, wanted: Asked) -> Amount:
    return read_items(tokenise(text.rstrip(".")), wanted)[0].amount


def _plain_text(text: str, wanted: Asked) -> str:
    """Return the bare words and figures of an answer.

    Raises:
        Unread: `blank` if there is nothing but dress, `unreadable` if there are only marks.
    """
    bare = plain(text) if "\\" in text or "{" in text or "&" in text or "<" in text or not text.isprintable() else text
    bare = fold(bare)
    if not bare.isprintable():
        bare = _CONTROLS.sub("", bare.replace("\t", " "))
    bare = undress(bare, wanted.money)
    if not bare.strip("() \t\n"):
        raise Unread("blank", "")
    if _OTHER_BASE.search(bare):
        raise Unread("unreadable", "Write the number in decimal figures.")
    return bare


def _answer(main: list[Token], asides: list[Part], wanted: Asked) -> Reading:
    segments = split_relations(main)
    chosen, amounts = _last_numbers(segments, wanted)
    if not amounts:
        return _from_asides(asides, wanted)
    item = _settled(amounts, wanted)
    if item.upper is not None:
        return _finish(item, wanted)
    amount = item.amount
    if amount.unit is None:
        unit = next((unit for part in asides if (unit := unit_alone(part.tokens, wanted)) is not None), None)
        unit = unit or unit_in_label([*segments[:chosen]], wanted)
        if unit is not None:
            amount = amount.with_unit(unit)
    for earlier in range(chosen - 1, -1, -1):
        amount = _restated(amount, _quietly(segments[earlier], wanted), wanted)
    for part in asides:
        amount = _agreed(amount, part, wanted)
    return _finish(replace(item, amount=amount), wanted)


def _last_numbers(segments: Sequence[Sequence[Token]], wanted: Asked) -> tuple[int, list[Item]]:
    """Return the last stretch between relations that gives a number, and what it gives."""
    failed: Unread | None = None
    for place in range(len(segments) - 1, -1, -1):
        segment = segments[place]
        if segment and segment[0].text.lower() in PLACEHOLDERS:
            raise Unread("unreadable", _NO_NUMBER)
        try:
            items = read_items(segment, wanted)
        except Unread as verdict:
            if verdict.reason != "unreadable":
                raise
            failed = failed or verdict
            continue
        if items:
            return place, items
    if failed is not None:
        raise failed
    return 0, []


def _quietly(segment: Sequence[Token], wanted: Asked) -> Amount | None:
    """Return the one amount that a stretch of working gives, or None."""
    try:
        items = read_items(segment, wanted)
    except (Unread, FormulaError):
        return None
    return items[0].amount if len(items) == 1 and items[0].upper is None else None


def _from_asides(asides: Sequence[Part], wanted: Asked) -> Reading:
    """Read an answer that stands wholly in brackets after its label: `memory (28 GB)`."""
    found = [amount for part in asides if (amount := _quietly(part.tokens, wanted)) is not None]
    if len(found) != 1:
        raise Unread("unreadable", _NO_NUMBER)
    return _finish(found[0], wanted)


def _settled(items: list[Item], wanted: Asked) -> Item:
    """Choose the one number of several that agree, or that alone has a fitting unit.

    Raises:
        Unread: `ambiguous` if they differ or it is only a bound, `unreadable` for a vague remark.
    """
    fitting = [item for item in items if _fits(item, wanted)]
    items = fitting or items
    first = items[0]
    if len(items) > 1:
        values = [convert(item.amount.value, item.amount.unit, wanted) for item in items]
        spans = any(item.upper for item in items)
        if spans or any(not _same(values[0], value) for value in values[1:]):
            known = tuple(value for value in values if value is not None)
            raise Unread("ambiguous", "Two different answers were found: give one.", candidates=known)
        first = next((item for item in items if item.amount.unit in (None, wanted.unit)), first)
    if first.strict:
        raise Unread("ambiguous", "This is only a bound: give the number.")
    if first.hedged and first.amount.bare_word:
        raise Unread("unreadable", "Write the number in figures.")
    return first


def _fits(item: Item, wanted: Asked) -> bool:
    return convert(item.amount.value, item.amount.unit, wanted) is not None


def _same(a: Value | None, b: Value | None) -> bool:
    return a is not None and b is not None and (a == b or abs(a - b) <= _CLOSE * max(abs(a), abs(b)))


def _restated(amount: Amount, earlier: Amount | None, wanted: Asked) -> Amount:
    """Prefer the number before the last relation where the one after it only says it again in another unit."""
    if earlier is None or earlier.unit == amount.unit:
        return amount
    before, after = convert(earlier.value, earlier.unit, wanted), convert(amount.value, amount.unit, wanted)
    if before is None or after is None:
        return amount
    if amount.unit is None:
        base = in_base(amount.value, wanted)
        return earlier if _near(before, after, earlier, amount) or (base is not None and _same(base, before)) else amount
    return earlier if earlier.unit == wanted.unit and _near(before, after, earlier, amount) else amount


def _near(a: Value, b: Value, first: Amount, second: Amount) -> bool:
    """Say whether two figures are one number, each rounded as it was written."""
    return _same(a, b) or abs(a - b) <= max(first.slack, second.slack) * max(abs(a), abs(b))


def _agreed(amount: Amount, part: Part, wanted: Asked) -> Amount:
    """Check a restatement in brackets against the answer: `28 GB (= 28000 MB)`.

    Raises:
        Unread: `ambiguous` if it says something else.
    """
    tokens = [token for token in part.tokens if token.kind != "rel" and token.text not in ("~", "≈")]
    while tokens and (tokens[0].text.lower() in HEDGES or tokens[0].text.lower() in ("or", "i.e", "aka", ",")):
        tokens = tokens[1:]
    relations = sum(token.kind == "rel" for token in part.tokens)
    if not tokens or relations > 1 or (relations == 1 and part.tokens[0].kind != "rel"):
        return amount
    other = _quietly(tokens, wanted)
    if other is None or other.bare_word or not part.is_whole(tokens, wanted):
        return amount
    said, again = convert(amount.value, amount.unit, wanted), convert(other.value, other.unit, wanted)
    if again is None or (other.unit is None and amount.unit is not None and not other.simple and not _near_any(said, again)):
        return amount
    if said is None:
        return amount
    if amount.unit is None and other.unit is not None:
        base = in_base(amount.value, wanted)
        if base is not None and _near(base, again, amount, other):
            return other
    if not _near(said, again, amount, other):
        raise Unread("ambiguous", "The brackets give another number: give one.", candidates=(said, again))
    return other if other.unit == wanted.unit and amount.unit not in (None, wanted.unit) else amount


def _near_any(a: Value | None, b: Value) -> bool:
    return _same(a, b)


def _finish(found: Item | Amount, wanted: Asked) -> Reading:
    """Turn an amount into the field's unit and check it against the field's rules."""
    item = found if isinstance(found, Item) else Item(found)
    amount = item.amount
    shown = None if amount.unit is None else _shown(amount)
    value = _value(amount, wanted)
    if item.upper is not None:
        upper = _value(item.upper if item.upper.unit is not None else replace(item.upper, unit=amount.unit), wanted)
        if wanted.rule == "required" and amount.unit is None and wanted.kind in ("unit", "percent"):
            raise Unread("missing_unit", f"Write the unit: the answer is in {wanted.name}.")
        return Reading(None, None, "Give one number, not a range.", shown, ends=(value, upper))
    if wanted.rule == "required" and amount.unit is None and wanted.kind in ("unit", "percent"):
        return Reading(value, "missing_unit", f"Write the unit after the number, such as {wanted.name}.")
    base = in_base(value, wanted) if amount.unit is None else None
    return Reading(value, None, unit=shown, in_base=None if base is None else _simplest(base))


def _value(amount: Amount, wanted: Asked) -> Value:
    """Return an amount in the field's unit.

    Raises:
        Unread: `wrong_unit`, `ambiguous` figures, or `nonfinite`.
    """
    value = convert(amount.value, amount.unit, wanted)
    if value is None or (wanted.rule == "none" and not _may_repeat(amount, wanted)):
        assert amount.unit is not None
        raise Unread("wrong_unit", _misfit(amount, wanted), unit=_shown(amount))
    if amount.mark:
        larger = amount.unit is not None and abs(value) > abs(amount.value)
        doubtful = amount.mark == "," and (not wanted.whole or amount.scaled)
        if doubtful or (amount.mark == "." and wanted.whole and not larger):
            other = None if amount.other is None else convert(amount.other, amount.unit, wanted)
            both = (value,) if other is None else (value, other)
            raise Unread("ambiguous", "A mark before three figures may group or divide: write 4194 or 4.1940.", candidates=both)
    value = _simplest(value)
    if abs(value) > _LARGEST:
        raise Unread("nonfinite", "An answer is a finite number.", value=math.copysign(math.inf, value))
    if value != 0 and float(value) == 0:
        raise Unread("unreadable", "This number is too close to zero to be read.")
    return value


def _may_repeat(amount: Amount, wanted: Asked) -> bool:
    return amount.unit in (None, NOUN, wanted.unit) or (amount.unit in (PERCENT, PERMILLE) and wanted.kind != "unit")


def _simplest(value: Value) -> Value:
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def _shown(amount: Amount) -> str | None:
    assert amount.unit is not None
    return None if amount.unit == (("?", 1),) else names.show(amount.unit)


def _misfit(amount: Amount, wanted: Asked) -> str:
    shown = _shown(amount)
    asked_for = wanted.name if wanted.kind == "unit" else {"percent": "per cent", "count": "a count"}.get(wanted.kind, "a bare number")
    return f"{shown or 'The word after the number'} does not fit: the answer is in {asked_for}." if wanted.kind != "bare" else (
        f"{shown or 'The word after the number'} does not fit: the answer has no unit.")  # fmt: skip


__all__ = ["MAX_LENGTH", "read_number"]

"""What number does an answer give? Finds the figure that counts, and says why if there is none.

The line: plain characters → plain signs for LaTeX → without Markdown → tokens → asides, relations, items → one amount.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from autograder.formula.arithmetic import FormulaError, TooLarge, Value, divide, magnitude, subtract, to_float
from autograder.reading import names
from autograder.reading.amounts import Amount
from autograder.reading.asides import Part, split_asides, split_relations, unit_alone, unit_in_label
from autograder.reading.characters import fold
from autograder.reading.decoration import undress
from autograder.reading.digits import read_figures
from autograder.reading.fields import Field, Reading, Unread
from autograder.reading.items import Item, read_items
from autograder.reading.outcome import finish
from autograder.reading.tokens import Token, tokenise
from autograder.reading.typeset import plain
from autograder.reading.units import PERCENT, Asked, asked, convert, in_base
from autograder.reading.words import HEDGES, PLACEHOLDERS

MAX_LENGTH: Final = 2_000
"""Characters of an answer that is still read."""

_DIRECT: Final = re.compile(r"(-?)((?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,3})?)(?: ?([A-Za-z]{2,12}|%))?")
_BARS: Final = re.compile(r"\|([^|\n]{1,40})\|")
_CLOCK: Final = re.compile(r"(\d) ?h ?([0-5]?\d)(?: ?(?:min|m)\b)?(?!\w)")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OTHER_BASE: Final = re.compile(r"\b0[xXbo][0-9A-Fa-f]")
_NO_NUMBER: Final = "No number was found: write one in figures, such as 28 or 1.78e14."
_CLOSE: Final = 1e-9


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
    return finish(Amount(value), wanted)


def _read_text(said: str, wanted: Asked) -> Reading:
    text = said.strip(" \n\xa0")  # a tab or form feed may be what is left of \times or \frac
    if len(text) > MAX_LENGTH:
        raise Unread("unreadable", "This is too long to be a number.")
    direct = _DIRECT.fullmatch(text)
    if direct is not None:
        amount = _direct(direct, wanted)
        if amount is not None:
            return finish(amount, wanted)
    tokens = tokenise(_plain_text(text, wanted))
    if not tokens:
        raise Unread("blank", "")
    if tokens[0].text.lower() in PLACEHOLDERS:
        raise Unread("unreadable", _NO_NUMBER)
    main, asides = split_asides(tokens)
    return _answer(main, asides, wanted)


def _direct(found: re.Match[str], wanted: Asked) -> Amount | None:
    """Read the commonest answers, figures and perhaps a unit, without the grammar; None where it must decide."""
    minus, said, word = found.groups()
    unit = None
    if word is not None:
        unit = PERCENT if word == "%" else names.exactly(word)
        if unit is None or word == "kb" or word.isdigit():
            return None
    figures = read_figures(said)
    value, other = figures.value, figures.other
    if minus:
        value, other = -value, None if other is None else -other
    scaled = "e" in said or "E" in said
    if scaled and figures.mark:
        return Amount(value, unit, places=figures.places, simple=True, scaled=True)
    return Amount(value, unit, other, figures.mark, figures.places, simple=True, scaled=scaled)


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
    if "|" in bare:
        bare = _BARS.sub(r" abs(\1) ", bare)
    if ("time", 1) in wanted.dimensions and "h" in bare:
        bare = _CLOCK.sub(r"\1 h \2 min", bare)
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
        return finish(item, wanted)
    amount = item.amount
    if amount.unit is None:
        unit = next((unit for part in asides if (unit := unit_alone(part.tokens, wanted)) is not None), None)
        unit = unit or unit_in_label(segments[:chosen], wanted)
        if unit is not None:
            amount = amount.with_unit(unit)
    for earlier in range(chosen - 1, -1, -1):
        amount = _restated(amount, _quietly(segments[earlier], wanted), wanted)
    for part in asides:
        amount = _agreed(amount, part, wanted)
    return finish(replace(item, amount=amount), wanted)


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
    return finish(found[0], wanted)


def _settled(items: list[Item], wanted: Asked) -> Item:
    """Choose the one number of several that agree, or that alone has a fitting unit.

    Raises:
        Unread: `ambiguous` if they differ or it is only a bound, `unreadable` for a vague remark.
    """
    fitting = [item for item in items if _fits(item, wanted)]
    unknown = len(items) > 1 and any(item.amount.unit == (("?", 1),) for item in items)
    if unknown and not any(item.amount.unit for item in fitting):
        raise Unread("ambiguous", "More than one number was found: give one.")
    items = fitting or items
    first = items[0]
    if len(items) > 1:
        values = [convert(item.amount.value, item.amount.unit, wanted) for item in items]
        spans = any(item.upper for item in items)
        pairs = zip(items[1:], values[1:], strict=True)
        if spans or not all(_alike(values[0], value, first.amount, item.amount) for item, value in pairs):
            known = tuple(value for value in values if value is not None)
            raise Unread("ambiguous", "Two different answers were found: give one.", candidates=known)
        first = next((item for item in items if item.amount.unit in (None, wanted.unit)), first)
    if first.strict:
        raise Unread("ambiguous", "This is only a bound: give the number.")
    if first.hedged and first.amount.bare_word:
        raise Unread("unreadable", "Write the number in figures.")
    return first


def _alike(a: Value | None, b: Value | None, first: Amount, second: Amount) -> bool:
    """Say whether two answers are one: equal, or in different units and equal as far as they are written."""
    if a is None or b is None:
        return False
    return _same(a, b) or (first.unit != second.unit and _near(a, b, first, second))


def _fits(item: Item, wanted: Asked) -> bool:
    return convert(item.amount.value, item.amount.unit, wanted) is not None


def _same(a: Value | None, b: Value | None) -> bool:
    return a is not None and b is not None and (a == b or _apart(a, b) <= _CLOSE)


def _apart(a: Value, b: Value) -> float:
    """Return the distance of two different numbers as a fraction of the larger."""
    larger = max(magnitude(a), magnitude(b))
    return to_float(divide(magnitude(subtract(a, b)), larger))


def _restated(amount: Amount, earlier: Amount | None, wanted: Asked) -> Amount:
    """Prefer the number before the last relation where the one after it only says it again in another unit."""
    if earlier is None or earlier.unit == amount.unit:
        return amount
    before, after = convert(earlier.value, earlier.unit, wanted), convert(amount.value, amount.unit, wanted)
    if before is None or after is None:
        return amount
    if amount.unit is None:
        base = in_base(amount.value, wanted)
        same = _near(before, after, earlier, amount) or (base is not None and _same(base, before))
        return earlier if same else amount
    return earlier if earlier.unit == wanted.unit and _near(before, after, earlier, amount) else amount


def _near(a: Value, b: Value, first: Amount, second: Amount) -> bool:
    """Say whether two figures are one number, each rounded as it was written."""
    return _same(a, b) or _apart(a, b) <= max(first.slack, second.slack)


def _agreed(amount: Amount, part: Part, wanted: Asked) -> Amount:
    """Check a restatement in brackets against the answer: `28 GB (= 28000 MB)`.

    Raises:
        Unread: `ambiguous` if it says something else.
    """
    tokens = [token for token in part.tokens if token.kind != "rel" and token.text not in ("~", "≈")]
    while tokens and (tokens[0].text.lower() in HEDGES or tokens[0].text.lower() in ("or", "i.e", "aka", ",")):
        tokens = tokens[1:]
    relations = sum(token.kind == "rel" for token in part.tokens)
    if not part.restates or not tokens or relations > 1 or (relations == 1 and part.tokens[0].kind != "rel"):
        return amount
    other = _quietly(tokens, wanted)
    if other is None or other.bare_word or not part.is_whole(tokens, wanted):
        return amount
    said, again = convert(amount.value, amount.unit, wanted), convert(other.value, other.unit, wanted)
    if said is None or again is None or (other.unit is None and amount.unit is not None and not other.simple):
        return amount
    if amount.unit is None and other.unit is not None:
        base = in_base(amount.value, wanted)
        if base is not None and _near(base, again, amount, other):
            return other
    if again == 1 and other.unit is not None:
        return amount  # `270 MB (10^6 bytes)` says what a MB is
    base = in_base(again, wanted) if other.unit is None else None
    if not (_near(said, again, amount, other) or (base is not None and _near(said, base, amount, other))):
        raise Unread("ambiguous", "The brackets give another number: give one.", candidates=(said, again))
    return other if other.unit == wanted.unit and amount.unit not in (None, wanted.unit) else amount

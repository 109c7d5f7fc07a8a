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

from autograder.formula.arithmetic import FormulaError, TooLarge, Value
from autograder.reading import names
from autograder.reading.amounts import Amount
from autograder.reading.asides import Part, split_asides, split_relations, unit_alone, unit_in_label
from autograder.reading.characters import fold
from autograder.reading.decoration import undress
from autograder.reading.digits import read_figures
from autograder.reading.fields import Field, Reading, Unread
from autograder.reading.items import read_items
from autograder.reading.joined import Item
from autograder.reading.outcome import finish
from autograder.reading.restated import agreed, near, quietly, restated, same
from autograder.reading.tokens import Token, tokenise
from autograder.reading.typeset import plain
from autograder.reading.units import PERCENT, Asked, asked, convert
from autograder.reading.words import PLACEHOLDERS

MAX_LENGTH: Final = 2_000
"""Characters of an answer that is still read."""

_DIRECT: Final = re.compile(r"(-?)((?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,3})?)(?: ?([A-Za-z]{2,12}|%))?")
_BARS: Final = re.compile(r"\|([^|\n]{1,40})\|")
_CLOCK: Final = re.compile(r"(\d) ?h ?([0-5]?\d)(?: ?(?:min|m)\b)?(?!\w)")
_HALF_MORE: Final = re.compile(r"\b(?:an?|one) (hour|minute|day|week|year) and a half\b", re.IGNORECASE)
_LOST_POWER: Final = re.compile(r"(?<![\d.,])(\d(?:[.,]\d+)?) ?[xX×] ?10([-−–]\d{1,2})(?![\d.])")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OTHER_BASE: Final = re.compile(r"\b0[xXbo][0-9A-Fa-f]")
_NO_NUMBER: Final = "No number was found: write one in figures, such as 28 or 1.78e14."


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
    if "10" in bare:
        bare = _LOST_POWER.sub(r"\1e\2", bare)  # copied without its raised figures
    bare = fold(bare)
    if not bare.isprintable():
        bare = _CONTROLS.sub("", bare.replace("\t", " "))
    bare = undress(bare, wanted.money)
    if "|" in bare:
        bare = _BARS.sub(r" abs(\1) ", bare)
    if ("time", 1) in wanted.dimensions and "h" in bare:
        bare = _HALF_MORE.sub(r"1.5 \1", _CLOCK.sub(r"\1 h \2 min", bare))
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
    signs = [token.text for token in main if token.kind == "rel"]
    approximate = bool(signs) and signs[-1][0] in "≈~"
    for earlier in range(chosen - 1, -1, -1):
        rounded = approximate and earlier == chosen - 1 and (wanted.whole or _is_fraction(segments[earlier]))
        amount = restated(amount, quietly(segments[earlier], wanted), wanted, rounded)
    for part in asides:
        amount = agreed(amount, part, wanted)
    return finish(replace(item, amount=amount), wanted)


def _is_fraction(segment: Sequence[Token]) -> bool:
    """Say whether a stretch holds one fraction, and no working."""
    operators = [token.text for token in segment if token.kind in ("op", "call")]
    return operators in (["/"], ["-", "/"])


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


def _from_asides(asides: Sequence[Part], wanted: Asked) -> Reading:
    """Read an answer that stands wholly in brackets after its label: `memory (28 GB)`."""
    found = [amount for part in asides if (amount := quietly(part.tokens, wanted)) is not None]
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
    return same(a, b) or (first.unit != second.unit and near(a, b, first, second))


def _fits(item: Item, wanted: Asked) -> bool:
    return convert(item.amount.value, item.amount.unit, wanted) is not None

"""Do two figures of an answer say the same number? Restatements in another unit, after `=` or `≈`, in brackets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from autograder.formula.arithmetic import FormulaError, Value, divide, magnitude, subtract, to_float
from autograder.reading.amounts import Amount
from autograder.reading.asides import Part
from autograder.reading.fields import Unread
from autograder.reading.items import read_items
from autograder.reading.tokens import Token
from autograder.reading.units import Asked, convert, in_base
from autograder.reading.words import HEDGES

_CLOSE: Final = 1e-9


def quietly(segment: Sequence[Token], wanted: Asked) -> Amount | None:
    """Return the one amount that a stretch of working gives, or None."""
    try:
        items = read_items(segment, wanted)
    except (Unread, FormulaError):
        return None
    return items[0].amount if len(items) == 1 and items[0].upper is None else None


def same(a: Value | None, b: Value | None) -> bool:
    """Say whether two numbers are one but for the last bits of a float."""
    return a is not None and b is not None and (a == b or _apart(a, b) <= _CLOSE)


def _apart(a: Value, b: Value) -> float:
    """Return the distance of two different numbers as a fraction of the larger."""
    larger = max(magnitude(a), magnitude(b))
    return to_float(divide(magnitude(subtract(a, b)), larger))


def restated(amount: Amount, earlier: Amount | None, wanted: Asked, rounded: bool) -> Amount:
    """Prefer the number before the last relation where the one after it only says it again.

    Args:
        amount: what stands after the relation.
        earlier: what stands before it.
        wanted: what is asked.
        rounded: whether what stands after it may be a rounding (`1/3 ≈ 0.33`): it is no working's result then.
    """
    if earlier is None:
        return amount
    if earlier.unit == amount.unit:
        return earlier if rounded and same_but_rounded(earlier, amount, wanted) else amount
    before, after = convert(earlier.value, earlier.unit, wanted), convert(amount.value, amount.unit, wanted)
    if before is None or after is None:
        return amount
    if amount.unit is None:
        base = in_base(amount.value, wanted)
        alike = near(before, after, earlier, amount) or (base is not None and same(base, before))
        return earlier if alike else amount
    return earlier if earlier.unit == wanted.unit and near(before, after, earlier, amount) else amount


def same_but_rounded(earlier: Amount, amount: Amount, wanted: Asked) -> bool:
    """Say whether `amount` is `earlier` with fewer figures, and `earlier` could be an answer."""
    if wanted.whole and earlier.value != math.floor(earlier.value):
        return False
    return earlier.value != 0 and _apart(earlier.value, amount.value) <= amount.slack > earlier.slack


def near(a: Value, b: Value, first: Amount, second: Amount) -> bool:
    """Say whether two figures are one number, each rounded as it was written."""
    return same(a, b) or _apart(a, b) <= max(first.slack, second.slack)


def agreed(amount: Amount, part: Part, wanted: Asked) -> Amount:
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
    other = quietly(tokens, wanted)
    if other is None or other.bare_word or not part.is_whole(tokens, wanted):
        return amount
    said, again = convert(amount.value, amount.unit, wanted), convert(other.value, other.unit, wanted)
    if said is None or again is None or (other.unit is None and amount.unit is not None and not other.simple):
        return amount
    if amount.unit is None and other.unit is not None:
        base = in_base(amount.value, wanted)
        if base is not None and near(base, again, amount, other):
            return other
    if again == 1 and other.unit is not None:
        return amount  # `270 MB (10^6 bytes)` says what a MB is
    base = in_base(again, wanted) if other.unit is None else None
    if not (near(said, again, amount, other) or (base is not None and near(said, base, amount, other))):
        raise Unread("ambiguous", "The brackets give another number: give one.", candidates=(said, again))
    return other if other.unit == wanted.unit and amount.unit not in (None, wanted.unit) else amount

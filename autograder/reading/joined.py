"""Which numbers of a stretch belong together? Times side by side, the ends of a range, working and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from autograder.formula.arithmetic import add, multiply
from autograder.reading.amounts import Amount
from autograder.reading.phrases import token_at
from autograder.reading.tokens import Token
from autograder.reading.units import scale
from autograder.reading.words import word_set

_TOTALS: Final = word_set("total altogether overall combined")
_CONCLUSIONS: Final = _TOTALS | word_set("so thus therefore hence")
_EACH: Final = word_set("each apiece per")


@dataclass(frozen=True, slots=True)
class Item:
    """A number or a range that an answer gives.

    Attributes:
        amount: the number, or the lower end.
        upper: the upper end of a range, or None.
        strict: whether it is only a bound, as in `> 20`.
        minor: whether it stands in a remark, as in `with 4 GPUs`.
        hedged: whether a word such as `about` stands before it.
        start: the sign where it begins.
        end: the sign after it.
    """

    amount: Amount
    upper: Amount | None = None
    strict: bool = False
    minor: bool = False
    hedged: bool = False
    start: int = 0
    end: int = 0


def concluded(items: list[Item], tokens: Sequence[Token]) -> list[Item]:
    """Leave out the working before a conclusion: `14 MB each, so 28 MB`, `14 MB per copy, 28 MB in total`."""
    whole = [item for item in items if not _is_of_each(item, tokens)]
    items = whole or items
    if len(items) < 2:
        return items
    before = [token.text.lower() for token in tokens[items[-2].end : items[-1].start]]
    after = [token_at(tokens, items[-1].end + ahead).text.lower() for ahead in (0, 1)]
    total = not _CONCLUSIONS.isdisjoint(before) and "or" not in before
    return [items[-1]] if total or after[0] in _TOTALS or after == ["in", "total"] else items


def _is_of_each(item: Item, tokens: Sequence[Token]) -> bool:
    """Say whether a number is said of one of several things, as in `14 MB each` and `14 MB per copy`; a rate is not."""
    rate = any(power < 0 for _, power in item.amount.unit or ())
    return not rate and any(token.text.lower() in _EACH for token in tokens[item.start : item.end + 1])


def joined_times(items: list[Item], tokens: Sequence[Token]) -> list[Item]:
    """Add up `1 h 30 min`: times in falling units, side by side."""
    joined: list[Item] = []
    for item in items:
        last = joined[-1] if joined else None
        if last is not None and _is_time(last) and _is_time(item) and _gap_words(tokens, last.end, item.start):
            first, second = last.amount, item.amount
            assert first.unit is not None
            assert second.unit is not None
            large, small = scale(first.unit)[0], scale(second.unit)[0]
            if small < large and multiply(second.value, small) < large:
                total = add(first.value, multiply(second.value, small / large))
                joined[-1] = replace(last, amount=replace(first, value=total, places=None, simple=False), end=item.end)
                continue
        joined.append(item)
    return joined


def _is_time(item: Item) -> bool:
    unit = item.amount.unit
    return (
        item.upper is None
        and unit is not None
        and len(unit) == 1
        and unit[0][0] in ("year", "week", "day", "h", "min", "s", "ms", "us")
    )


def _gap_words(tokens: Sequence[Token], start: int, end: int) -> bool:
    return all(token.text in (",", "and") for token in tokens[start:end])


def spanned(items: list[Item], between: bool) -> list[Item]:
    """Join `between 20 and 30` and `20 < x < 30` to a range."""
    if not between or len(items) != 2 or items[0].upper or items[1].upper:
        return items
    lower, upper = items
    amount = lower.amount
    if amount.unit is None and upper.amount.unit is not None:
        amount = amount.with_unit(upper.amount.unit)
    return [Item(amount, upper.amount, start=lower.start, end=upper.end)]

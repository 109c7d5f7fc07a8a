"""Which number do these figures write? Grouping, decimal points and decimal commas.

A reading keeps the second number that the same figures could stand for, so that the field can decide between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from autograder.formula.arithmetic import Value
from autograder.reading.fields import Unread

MAX_DIGITS: Final = 309
"""Figures before the decimal point of the largest float."""

_THREES: Final = re.compile(r"[1-9]\d{0,2}([.,' ])\d{3}(?:\1\d{3})*")
_LAKH: Final = re.compile(r"[1-9]\d?(?:,\d\d)+,\d{3}")
_TOO_SMALL: Final = "This number is too close to zero to be read."


@dataclass(frozen=True, slots=True)
class Figures:
    """A number as its figures say it.

    Attributes:
        value: the likelier number.
        other: the other number that the figures could write, or None.
        mark: the mark between the two readings, `.` or `,`; empty if there is one reading.
        places: decimal places written, less the exponent: the last figure stands for 10 to the power -places.
    """

    value: Value
    other: Value | None = None
    mark: str = ""
    places: int = 0


def read_figures(text: str) -> Figures:
    """Return the number that `text` writes.

    Args:
        text: figures with `.`, `,`, `'`, `_` or single spaces between them, and perhaps an exponent `e±n`.

    Returns:
        With `mark` set when one comma or one dot stands before exactly three figures, so that it may group or divide:
        for a comma `value` is the grouped number, for a dot the broken one.

    Raises:
        Unread: `unreadable` or `ambiguous` figures, or `nonfinite` where they exceed a float's range.
    """
    if text.isdigit():
        return Figures(_power_of_ten(int(text), 0))
    body, exponent = _split(text)
    grouped = False
    if "_" in body:
        body = body.replace("_", "")
    if "'" in body or " " in body:
        body, grouped = _ungroup(body)
    commas, dots = body.count(","), body.count(".")
    if not commas and dots <= 1:
        return _plain(body, exponent, grouped)
    if commas and dots:
        return _both(body, exponent)
    if dots > 1:
        if not _THREES.fullmatch(body):
            raise Unread("unreadable", "Write one decimal point at most.")
        return Figures(_power_of_ten(int(body.replace(".", "")), exponent), places=-exponent)
    if commas > 1:
        if not (_THREES.fullmatch(body) or _LAKH.fullmatch(body)):
            raise Unread("ambiguous", "Write a single number; this looks like a list.")
        return Figures(_power_of_ten(int(body.replace(",", "")), exponent), places=-exponent)
    broken = _decimal(body.replace(",", "."), exponent)
    places = len(body) - body.index(",") - 1 - exponent
    if not _THREES.fullmatch(body):
        return Figures(broken, places=places)
    whole = _power_of_ten(int(body.replace(",", "")), exponent)
    if grouped:
        return Figures(broken, whole, ".", places)
    return Figures(whole, broken, ",", -exponent)


def _plain(body: str, exponent: int, grouped: bool) -> Figures:
    head, dot, tail = body.partition(".")
    value = _decimal(body, exponent)
    if dot and not grouped and _THREES.fullmatch(body):
        return Figures(value, _power_of_ten(int(head + tail), exponent), ".", 3 - exponent)
    return Figures(value, places=len(tail) - exponent)


def _both(body: str, exponent: int) -> Figures:
    """Read figures with commas and dots: the last mark is the decimal one, the other groups."""
    point = "." if body.rindex(".") > body.rindex(",") else ","
    head, _, tail = body.rpartition(point)
    if point in head or not (_THREES.fullmatch(head) or (point == "." and _LAKH.fullmatch(head))):
        raise Unread("unreadable", "Group the digits by threes, with one decimal point.")
    digits = re.sub("[.,]", "", head)
    return Figures(_decimal(f"{digits}.{tail}", exponent), places=len(tail) - exponent)


def _split(text: str) -> tuple[str, int]:
    if "e" not in text and "E" not in text:
        return text, 0
    tail = text.replace(" ", "").lower().partition("e")[2]
    cut = text.lower().index("e")
    digits = tail.lstrip("+-–").lstrip("0")[:5]
    size = int(digits) if digits else 0
    return text[:cut].strip(), -size if tail[0] in "-–" else size


def _ungroup(body: str) -> tuple[str, bool]:
    """Drop spaces and apostrophes between groups of three, before or after the decimal mark."""
    head, tail = body, ""
    cut = min((body.index(mark) for mark in ".," if mark in body), default=-1)
    if cut >= 0:
        head, tail = body[:cut], body[cut:]
        if "'" in tail or " " in tail:
            parts = re.split("[' ]", tail[1:])
            if any(len(part) != 3 for part in parts[:-1]) or len(parts[-1]) > 3:
                raise Unread("unreadable", "Group the digits by threes.")
            return head.replace("'", "").replace(" ", "") + tail[0] + "".join(parts), True
    parts = re.split("[' ]", head)
    if not (1 <= len(parts[0]) <= 3) or any(len(part) != 3 for part in parts[1:]):
        raise Unread("unreadable", "Group the digits by threes.")
    return "".join(parts) + tail, True


def _decimal(body: str, exponent: int) -> Value:
    head, _, tail = body.partition(".")
    return _power_of_ten(int(head + tail or "0"), exponent - len(tail))


def _power_of_ten(digits: int, exponent: int) -> Value:
    """Return digits · 10^exponent, exactly.

    Raises:
        Unread: `nonfinite` beyond a float's range; `unreadable` where a float would be 0.
    """
    if digits == 0:
        return 0
    size = len(str(digits)) + exponent
    if size > MAX_DIGITS:
        raise Unread("nonfinite", "This number is too large to be an answer.", value=float("inf"))
    if size < -322:
        raise Unread("unreadable", _TOO_SMALL)
    if exponent >= 0:
        return digits * int(10**exponent)
    value = Fraction(digits, 10**-exponent)
    return value.numerator if value.denominator == 1 else value

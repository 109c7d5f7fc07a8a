"""Say in words where a line of a derivation breaks, from the point that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_MOST: Final = 8
"""Values that are told."""

_LONG: Final = 4
"""Entries of a vector that is written out."""


def difference(line: Mapping[str, Any]) -> str:
    """Return the words that show a candidate where a line breaks.

    Args:
        line: its `witness`, with the values of the line and of what stands before it, and `why`.
    """
    witness, why = line["witness"], str(line["why"])
    if witness is None:
        return why
    at = ", ".join(list(_values(witness["at"]))[:_MOST])
    yours, key, place = _apart(witness["yours"], witness["key"])
    if isinstance(yours, list) or isinstance(key, list):
        return why
    if isinstance(yours, str) and not yours[:1].lstrip("-").isdigit():
        return f"At {at}: {why}" if at else why
    where = f"At {at} {place or 'it'}" if at else (place or "it").capitalize()
    value = "has no value" if yours is None else f"is {yours}"
    other = f"has {key} there" if place else f"is {key}"
    return f"{where} {value}, what stands before it {other}. {why}".strip()


def _values(at: Mapping[str, Any]) -> Iterator[str]:
    """Yield names with their values; of a matrix nothing is told, and of a vector only if it is short."""
    for name, value in at.items():
        if not isinstance(value, list):
            yield f"{name} = {value}"
        elif len(value) <= _LONG and not any(isinstance(entry, list) and len(entry) != 1 for entry in value):
            entries = [entry[0] if isinstance(entry, list) else entry for entry in value]
            yield f"{name} = ({', '.join(map(str, entries))})"


def _apart(yours: Any, key: Any) -> tuple[Any, Any, str]:
    """Return the first entries of two vectors or matrices that differ, and which these are."""
    if not isinstance(yours, list) or not isinstance(key, list) or len(yours) != len(key):
        return yours, key, ""
    for row, (mine, other) in enumerate(zip(yours, key, strict=True), 1):
        if not isinstance(mine, list) or not isinstance(other, list):
            if mine != other:
                return mine, other, f"its entry {row}"
            continue
        for column, (own, before) in enumerate(zip(mine, other, strict=False), 1):
            if own != before:
                return own, before, f"its entry {row}" if len(mine) == 1 else f"its entry {row}, {column}"
    return yours, key, ""

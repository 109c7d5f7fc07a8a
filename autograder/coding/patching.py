"""Make known mistakes in a listing by replacing texts, and follow every line through them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.coding.listing import ListingError

Patches = Sequence[tuple[str, str]]
"""Texts that occur once, each with what replaces it."""


@dataclass(slots=True)
class _Line:
    """A line on its way through patches: the lines it came from, and who changed it."""

    text: str
    origins: set[int]
    changed_by: set[int]


def patched(source: str, patches: Patches) -> tuple[str, tuple[int, ...]]:
    """Make the changes of one mistake.

    Args:
        source: what is changed.
        patches: texts that occur in it exactly once when their turn comes, each with what replaces it.

    Returns:
        The listing, and the lines of it that changed; where something was taken away, the lines on either side.

    Raises:
        ListingError: a text does not occur, or more than once.
    """
    made, [(lines, _)] = patched_together(source, [patches])
    return made, lines


Traced = tuple[tuple[int, ...], Mapping[int, tuple[int, ...]]]


def patched_together(source: str, several: Sequence[Patches]) -> tuple[str, list[Traced]]:
    """Make several mistakes in one listing.

    Returns:
        The listing, and for each mistake the lines that it changed beside a map from every line of the source to the
        lines that came of it, which is the same for all.

    Raises:
        ListingError: as for `patched`, also where an earlier mistake has taken away what a later one needs.
    """
    lines = [_Line(text, {number}, set()) for number, text in enumerate(source.split("\n"), 1)]
    for who, patches in enumerate(several):
        for old, new in patches:
            lines = _patched_once(lines, old, new, who)
    became: dict[int, tuple[int, ...]] = {}
    for number, line in enumerate(lines, 1):
        for origin in line.origins:
            became[origin] = (*became.get(origin, ()), number)
    changed = [
        tuple(number for number, line in enumerate(lines, 1) if who in line.changed_by) for who in range(len(several))
    ]
    return "\n".join(line.text for line in lines), [(found, became) for found in changed]


def _patched_once(lines: list[_Line], old: str, new: str, who: int) -> list[_Line]:
    source = "\n".join(line.text for line in lines)
    count = source.count(old) if old else 0
    if count != 1:
        shown = old.strip().split("\n")[0][:60]
        problem = f"{shown!r} stands {'nowhere' if count == 0 else f'{count} times'} in the reference, not once"
        raise ListingError(problem)
    start = source.index(old)
    end = start + len(old)
    first, last = source.count("\n", 0, start), source.count("\n", 0, end)
    left = start - (source.rfind("\n", 0, start) + 1)
    stop = source.find("\n", end)
    tail = source[end:] if stop < 0 else source[end:stop]
    before = lines[first : last + 1]
    after = f"{before[0].text[:left]}{new}{tail}".split("\n")
    made = [_Line(text, set(), set()) for text in after]
    result = [*lines[:first], *made, *lines[last + 1 :]]
    matcher = difflib.SequenceMatcher(None, [line.text for line in before], after, autojunk=False)
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what == "equal":
            for line, known in zip(made[j1:j2], before[i1:i2], strict=True):
                line.origins |= known.origins
                line.changed_by |= known.changed_by
            continue
        for line in _touched(result, first + j1, first + j2):
            line.origins |= set().union(*(known.origins for known in before[i1:i2]))
            line.changed_by |= {who}.union(*(known.changed_by for known in before[i1:i2]))
    return result


def _touched(lines: Sequence[_Line], start: int, stop: int) -> list[_Line]:
    """Return the lines that stand for a change, which put those from start to stop where others stood."""
    if any(line.text.strip() for line in lines[start:stop]):
        return list(lines[start:stop])
    # what is missing has no line of its own, and may be named on either side
    above = next((line for line in reversed(lines[:start]) if line.text.strip()), None)
    below = next((line for line in lines[stop:] if line.text.strip()), None)
    return [line for line in (above, below) if line is not None]

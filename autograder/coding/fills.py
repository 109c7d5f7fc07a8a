"""Find what a candidate wrote into the blanks of a listing, when the whole listing comes back edited.

The lines around the blanks are looked up in what came back, in order; what stands between them where a blank was is its
fill. Lines that were changed, added or lost elsewhere do not count, but it is told that there were some.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from autograder.coding.listing import blanks

MAX_LINES: Final = 600
"""Lines of an edited listing, beyond those of the listing itself, that are still looked at."""

_WORDS: Final = re.compile(r"\w+|[^\w\s]")
_MARKER: Final = re.compile(r"[ \t]*#[ \t]*BLANK[ \t]+(\d{1,3})\b.*")

# What a step of the alignment is worth; only their order matters. A line that is there counts more than all that
# speaks against it, so that the most lines of the listing are found again.
_SAME: Final = 10.0
_SAME_PLACE: Final = 2.0
_ALIKE: Final = 3.0
_LOST: Final = -2.0
_STRAY: Final = -1.0


@dataclass(frozen=True, slots=True)
class Found:
    """What stood in the blanks.

    Attributes:
        fills: code by the blank's number, an empty text where nothing was written.
        altered: lines outside the blanks were changed, added or lost; they are taken as they were printed.
    """

    fills: Mapping[str, str]
    altered: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """A line that is compared: of the listing, or of what came back."""

    text: str
    place: int
    marker: str
    words: frozenset[str]


def fills_from(listing: str, edited: str) -> Found | None:
    """Return what a candidate wrote into the blanks.

    Args:
        listing: as printed, with its blanks.
        edited: what came back; the lines `# BLANK 1` may be there or not.

    Returns:
        The fills, or None where too little of the listing is left to tell them apart from it.
    """
    lines = edited.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    fixed, written = _rows(listing.split("\n")), _rows(lines)
    if len(written) > len(fixed) + MAX_LINES:
        return None
    steps = _aligned(fixed, written)
    kept = sum(1 for row, at in zip(fixed, steps, strict=True) if at is not None and _counts(row))
    if 2 * kept < sum(map(_counts, fixed)):
        return None
    gaps = _gaps(fixed, steps, written)
    inside = _blank_gaps(fixed)
    fills = dict.fromkeys((blank.number for blank in blanks(listing)), "")
    for number, own in _owners(fixed, gaps, inside).items():
        fills[number] = _cut(lines, [row for gap in own for row in gaps[gap]])
    altered = any(
        _counts(row) and (at is None or written[at].text.strip() != row.text.strip())
        for row, at in zip(fixed, steps, strict=True)
    ) or any(_counts(row) for gap, rows in gaps.items() if not inside[gap] for row in rows)
    return Found(fills, altered)


def _rows(lines: Sequence[str]) -> list[_Row]:
    return [
        _Row(
            line.expandtabs(4).rstrip(),
            place,
            str(int(match[1])) if (match := _MARKER.fullmatch(line)) else "",
            frozenset(_WORDS.findall(line)),
        )
        for place, line in enumerate(lines)
        if line.strip()
    ]


def _counts(row: _Row) -> bool:
    """Whether a line of the listing is code that should be found again; comments may go."""
    return not row.text.lstrip().startswith("#")


def _blank_gaps(fixed: Sequence[_Row]) -> list[bool]:
    """Return for each gap, the one before a line or after the last, whether it lies beside a blank."""
    marked = [bool(row.marker) for row in fixed]
    return [a or b for a, b in zip([False, *marked], [*marked, False], strict=True)]


def _aligned(fixed: Sequence[_Row], written: Sequence[_Row]) -> list[int | None]:
    """Return for each line of the listing the written line that it became, if any: the best of all alignments."""
    inside = _blank_gaps(fixed)
    width = len(written) + 1
    stray = [0.0 if blank else _STRAY for blank in inside]
    best = [[0.0] * width for _ in range(len(fixed) + 1)]
    for j in range(1, width):
        best[0][j] = best[0][j - 1] + stray[0]
    for i, row in enumerate(fixed, 1):
        lost = 0.0 if row.marker else _LOST
        above, here, extra = best[i - 1], best[i], stray[i]
        here[0] = above[0] + lost
        for j, other in enumerate(written, 1):
            here[j] = max(above[j] + lost, here[j - 1] + extra, above[j - 1] + _worth(row, other))
    steps: list[int | None] = [None] * len(fixed)
    i, j = len(fixed), len(written)
    while i and j:
        row = fixed[i - 1]
        if best[i][j] == best[i][j - 1] + stray[i]:
            j -= 1
        elif best[i][j] == best[i - 1][j] + (0.0 if row.marker else _LOST):
            i -= 1
        else:
            i, j = i - 1, j - 1
            steps[i] = j
    return steps


def _worth(row: _Row, other: _Row) -> float:
    if row.marker or other.marker:
        return _SAME + _SAME_PLACE if row.marker == other.marker else float("-inf")
    if row.text == other.text:
        return _SAME + _SAME_PLACE
    if row.text.lstrip() == other.text.lstrip():
        return _SAME
    common = len(row.words & other.words)
    return _ALIKE if 2 * common > len(row.words | other.words) else float("-inf")


def _gaps(fixed: Sequence[_Row], steps: Sequence[int | None], written: Sequence[_Row]) -> dict[int, list[_Row]]:
    """Return the written lines that no line of the listing became, by the gap they lie in."""
    became = {at: place for place, at in enumerate(steps) if at is not None}
    inside = _blank_gaps(fixed)
    gaps: dict[int, list[_Row]] = {gap: [] for gap in range(len(fixed) + 1)}
    low = 0
    for at, row in enumerate(written):
        if at in became:
            low = became[at] + 1
            continue
        # between two lines that were found there may be lost ones; a blank among them is what was meant
        high = next((place for place in range(low, len(fixed)) if steps[place] is not None), len(fixed))
        gap = next((place for place in range(low, high + 1) if inside[place]), low)
        gaps[gap].append(row)
    return gaps


def _owners(fixed: Sequence[_Row], gaps: Mapping[int, Sequence[_Row]], inside: Sequence[bool]) -> dict[str, list[int]]:
    """Return the gaps of each blank: where blanks follow each other, code belongs to the marker above it."""
    owners: dict[str, list[int]] = {}
    place = 0
    while place < len(fixed):
        if not fixed[place].marker:
            place += 1
            continue
        first = place
        while place < len(fixed) and fixed[place].marker:
            place += 1
        numbers = [row.marker for row in fixed[first:place]]
        # written above each marker rather than below
        above = bool(gaps[first]) and not gaps[place]
        for step, number in enumerate(numbers):
            own = [first + step] if above else [first + step + 1]
            owners[number] = ([first] if step == 0 and not above else []) + own
        if above:
            owners[numbers[-1]].append(place)
    return owners


def _cut(lines: Sequence[str], rows: Sequence[_Row]) -> str:
    """Return lines of what came back, moved to the left together as far as their first line stands from it."""
    if not rows:
        return ""
    taken = [row.place for row in rows]
    kept = set(taken)
    # empty lines between them stay, other lines do not
    block = [
        lines[place].expandtabs(4).rstrip()
        for place in range(taken[0], taken[-1] + 1)
        if place in kept or not lines[place].strip()
    ]
    indents = [len(line) - len(line.lstrip(" ")) for line in block if line]
    by = indents[0] if min(indents) >= indents[0] else 0
    return "\n".join(line[by:] for line in block)

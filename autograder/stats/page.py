"""Draw the statistics of an exam as one page: tables, and pictures as SVG in the page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import jinja2

from autograder.errors import RenderError
from autograder.formula import FormulaError
from autograder.markup.fence import explain
from autograder.markup.templates import layout
from autograder.markup.words import reasons, words
from autograder.stats.records import Estimate, ExamStats, PartStats

MOST_BARS: Final = 20

HARD: Final = 0.2
EASY: Final = 0.9
TELLING: Final = 0.2
"""Facilities and discriminations beyond which a part deserves a look; usual rules of thumb.

Source: R. L. Ebel and D. A. Frisbie, Essentials of educational measurement, 1991, chapter 13.
"""

WIDTH: Final = 640
_LEFT: Final = 40
_GOOD: Final = frozenset({"right", "passed", "proved", "probable", "convention"})
_SOME: Final = frozenset({"slip", "near", "partial", "marked", "awarded"})
_OPEN: Final = frozenset({"to_mark", "error", "undecided", "voided"})


class Bar(NamedTuple):
    """A bar of the histogram: how many scores from `low` to `high`, and its place in the picture."""

    low: float
    high: float
    n: int
    x: float
    y: float
    width: float
    height: float


class Dot(NamedTuple):
    """A part in the picture of facility and discrimination; `label_x` and `label_y` are where its number begins."""

    number: str
    title: str
    x: float
    y: float
    facility: float
    discrimination: float
    label_x: float = 0.0
    label_y: float = 0.0


class Figure(NamedTuple):
    """An estimate as it is shown, to two places."""

    value: str
    bounds: str


class Slice(NamedTuple):
    """A reason's share of a part's answers."""

    reason: str
    n: int
    kind: str
    x: float
    width: float


def page(stats: ExamStats, folders: Sequence[Path]) -> str:
    """Return the page as HTML that needs no other file and no network.

    Args:
        stats: of an exam.
        folders: where templates are looked for, the first that has one wins.

    Raises:
        RenderError: a template is missing or wrong.
    """
    name, found = "stats/page.html.jinja", tuple(folders)
    try:
        return layout(found, name).render(
            words=words(found),
            reasons=reasons(found),
            stats=stats,
            bars=histogram(stats.scores, stats.points),
            dots=scatter(stats.parts),
            slices={part.ref: slices(part) for part in stats.parts},
            looks={part.ref: look_at(part) for part in stats.parts},
            figures={part.ref: (figure(part.facility), figure(part.discrimination)) for part in stats.parts},
            alpha=figure(stats.alpha),
            numbers={part.ref: part.number for part in stats.parts},
            differing=[each for each in stats.comparisons if each.differs],
        )
    except (jinja2.TemplateError, FormulaError, TypeError, ValueError) as error:
        raise RenderError(explain(error), where=f"templates/{name}") from None


def figure(estimate: Estimate | None) -> Figure | None:
    """Return an estimate with two places, and its bounds."""
    if estimate is None:
        return None
    value, low, high = (_places(each) for each in (estimate.value, estimate.low, estimate.high))
    return Figure(value, f"{low} to {high}")


def _places(number: float) -> str:
    shown = f"{number:.2f}"
    return "0.00" if shown == "-0.00" else shown.replace("-", "−")


def histogram(scores: Sequence[float], points: float) -> tuple[Bar, ...]:
    """Return bars of equal width from 0 to the exam's points; a score on an edge counts above it, the top one below."""
    if not scores or points <= 0:
        return ()
    count = max(5, min(MOST_BARS, math.ceil(math.sqrt(len(scores)) * 1.5)))
    counts = [0] * count
    for score in scores:
        counts[min(max(int(score / points * count), 0), count - 1)] += 1
    step = (WIDTH - _LEFT - 10) / count
    most = max(counts)
    return tuple(
        Bar(
            low=round(place * points / count, 2),
            high=round((place + 1) * points / count, 2),
            n=number,
            x=round(_LEFT + place * step + 1, 1),
            y=round(170 - 140 * number / most, 1),
            width=round(step - 2, 1),
            height=round(140 * number / most, 1),
        )
        for place, number in enumerate(counts)
    )


def scatter(parts: Sequence[PartStats]) -> tuple[Dot, ...]:
    """Return every part with facility and discrimination at its place: facility from left to right, telling ones up."""
    dots = [
        Dot(
            part.number,
            part.title,
            round(_LEFT + (WIDTH - _LEFT - 20) * part.facility.value, 1),
            round(180 - 150 * part.discrimination.value, 1),
            part.facility.value,
            part.discrimination.value,
        )
        for part in parts
        if part.facility is not None and part.discrimination is not None
    ]
    return tuple(_labelled(dots))


_DOT: Final = 6
_DIGIT: Final = 7.5
_LINE: Final = 11
"""Half a dot's width, a figure's width and its height, in the units of the picture."""


def _labelled(dots: Sequence[Dot]) -> Iterator[Dot]:
    """Yield the dots with their numbers beside, above or below them: at the first place that covers the least."""
    taken = [(dot.x - _DOT, dot.y - _DOT, dot.x + _DOT, dot.y + _DOT) for dot in dots]
    for dot in dots:
        width = _DIGIT * len(dot.number)
        sides = (dot.x + 8, dot.x - 8 - width, dot.x - width / 2)
        spots = [(x, dot.y + down) for down in (4, -6, 15) for x in sides[: 2 if down == 4 else 3]]
        boxes = [(x, y - _LINE + 2, x + width, y + 2) for x, y in spots]
        covered = [sum(_overlap(box, other) for other in taken) for box in boxes]
        best = covered.index(min(covered))
        taken.append(boxes[best])
        x, y = spots[best]
        yield dot._replace(label_x=round(x, 1), label_y=round(y, 1))


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def slices(part: PartStats) -> tuple[Slice, ...]:
    """Return the reasons of a part as pieces of one bar of width 100: right ones first, those without a mark last."""
    total = sum(part.reasons.values())
    order = sorted(part.reasons.items(), key=lambda each: (_ORDER[_kind(each[0])], -each[1], each[0]))
    made = []
    before = 0
    for reason, count in order:
        made.append(Slice(reason, count, _kind(reason), round(100 * before / total, 2), round(100 * count / total, 2)))
        before += count
    return tuple(made)


_ORDER: Final[Mapping[str, int]] = {"full": 0, "some": 1, "none": 2, "open": 3}


def _kind(reason: str) -> str:
    if reason in _GOOD:
        return "full"
    return "some" if reason in _SOME else "open" if reason in _OPEN else "none"


def look_at(part: PartStats) -> tuple[str, ...]:
    """Return why somebody should look at a part, if at all. A bound that a figure crosses by chance is no reason."""
    said = []
    if part.facility is not None and part.n > 1:
        if part.facility.high < HARD:
            said.append("hard")
        if part.facility.low > EASY:
            said.append("easy")
    if part.discrimination is not None:
        if part.discrimination.high < 0:
            said.append("the better did worse")
        elif part.discrimination.high < TELLING:
            said.append("tells little")
    return tuple(said)

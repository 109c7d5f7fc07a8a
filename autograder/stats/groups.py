"""Did those who had another form, variant or value do differently, by more than chance?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from statistics import fmean, median
from typing import Any, Final, NamedTuple

from autograder.markup.numerals import plain
from autograder.stats.chances import holm
from autograder.stats.estimates import CONFIDENCE, detectable, groups_differ, mean_of
from autograder.stats.records import Comparison, Estimate, GroupStats

LEAST: Final = 5
"""Candidates in each group that is compared: below that, the test's approximation does not hold."""

MOST_LEVELS: Final = 6
"""Values of a number that are compared one by one; where there are more, the lower half is compared with the upper."""


class Scored(NamedTuple):
    """One candidate at one part: the share of its points, and what they had."""

    share: float
    form: int | None
    note: str
    values: Mapping[str, Any]
    error: float | None


_Groups = dict[str, list[Scored]]


def grouped(scored: Sequence[Scored]) -> tuple[GroupStats, ...]:
    """Return the forms, or the variants that at least two candidates had."""
    groups = _by(scored, _form, lambda each: each.form) if _has_forms(scored) else _by(scored, lambda each: each.note)
    shared = {name: group for name, group in groups.items() if len(group) > 1 or _has_forms(scored)}
    return tuple(_stats(name, group) for name, group in shared.items())


def compared(parts: Mapping[str, Sequence[Scored]]) -> tuple[tuple[Comparison, ...], tuple[str, ...]]:
    """Compare groups at every part, and correct for how many comparisons that makes.

    Args:
        parts: by ref, everybody's result.

    Returns:
        The comparisons, the least likely by chance first; and a sentence for each part without any.
    """
    wanted: list[tuple[str, str, _Groups]] = []
    untested = []
    for ref, scored in parts.items():
        found = [(ref, by, groups) for by, groups in _splits(scored) if _is_enough(groups)]
        wanted += found
        if not found:
            untested.append(f"{ref}: no two groups of at least {LEAST} candidates had different numbers")
    chances = [groups_differ([[each.share for each in group] for group in groups.values()]) for _, _, groups in wanted]
    made = [
        Comparison(
            ref=ref,
            by=by,
            groups=tuple(_stats(name, group) for name, group in groups.items()),
            p=p,
            corrected=corrected,
            differs=corrected < 1 - CONFIDENCE,
            detectable=detectable([[each.share for each in group] for group in groups.values()], len(wanted)),
        )
        for (ref, by, groups), p, corrected in zip(wanted, chances, holm(chances), strict=True)
    ]
    return tuple(sorted(made, key=lambda each: each.p)), tuple(untested)


def _splits(scored: Sequence[Scored]) -> Iterator[tuple[str, _Groups]]:
    if _has_forms(scored):
        # on a form the values go together, so nothing would tell them apart
        yield "form", _by(scored, _form, lambda each: each.form)
        return
    variants = {name: group for name, group in _by(scored, lambda each: each.note).items() if len(group) >= LEAST}
    if len(variants) > 1:
        yield "variant", variants
    for name, value in (scored[0].values if scored else {}).items():
        if not isinstance(value, tuple | list):
            yield name, _by_value(scored, name)


def _by_value(scored: Sequence[Scored], name: str) -> _Groups:
    having = [each for each in scored if name in each.values]
    levels = Counter(each.values[name] for each in having)
    numbers = all(isinstance(level, int | float | Fraction) for level in levels)
    if numbers and len(levels) > 1 and (len(levels) > MOST_LEVELS or min(levels.values()) < LEAST):
        middle = median(each.values[name] for each in having)
        shown = plain(middle)
        # the lower half comes first
        by_size = sorted(having, key=lambda each: each.values[name])
        return _by(by_size, lambda each: f"up to {shown}" if each.values[name] <= middle else f"above {shown}")
    common = [each for each in having if levels[each.values[name]] >= LEAST]
    return _by(common, lambda each: plain(each.values[name]), lambda each: each.values[name])


def _by(
    scored: Sequence[Scored], name: Callable[[Scored], str], order: Callable[[Scored], Any] | None = None
) -> _Groups:
    groups: _Groups = {}
    for each in sorted(scored, key=order) if order is not None else scored:
        groups.setdefault(name(each), []).append(each)
    return groups


def _form(each: Scored) -> str:
    return f"form {each.form}"


def _has_forms(scored: Sequence[Scored]) -> bool:
    return bool(scored) and all(each.form is not None for each in scored)


def _is_enough(groups: _Groups) -> bool:
    return len(groups) > 1 and min(map(len, groups.values())) >= LEAST


def _stats(name: str, group: Sequence[Scored]) -> GroupStats:
    facility = mean_of([each.share for each in group])
    assert facility is not None
    errors = [each.error for each in group if each.error is not None]
    return GroupStats(
        name=name,
        n=len(group),
        facility=Estimate(value=facility.value, low=facility.low, high=facility.high),
        error=fmean(errors) if errors else None,
    )

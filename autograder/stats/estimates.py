"""The figures of test theory: facility, discrimination, reliability, and groups that differ by more than chance.

Scores are shares of a part's points, from 0 to 1. A figure that the data cannot give is None.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, variance
from typing import Final, NamedTuple

from autograder.stats.chances import chi_square_above, f_quantile

CONFIDENCE: Final = 0.95
POWER: Final = 0.8


class Interval(NamedTuple):
    """An estimate between the bounds that hold it with a confidence of 95 %."""

    value: float
    low: float
    high: float


def mean_of(values: Sequence[float]) -> Interval | None:
    """Return the mean, as a part's facility, with bounds by the normal approximation, kept within 0 and 1."""
    if not values:
        return None
    mean = fmean(values)
    half = _deviates() * math.sqrt(variance(values) / len(values)) if len(values) > 1 else 1.0
    return Interval(mean, max(0.0, mean - half), min(1.0, mean + half))


def correlation(one: Sequence[float], other: Sequence[float]) -> Interval | None:
    """Return Pearson's correlation, with bounds by Fisher's z-transformation; None for fewer than four or no spread.

    An item's correlation with the sum of all *other* items is its corrected discrimination (item-rest): the item must
    not take part in what it is compared with.

    Source: R. A. Fisher, On the "probable error" of a coefficient of correlation, 1921; S. Henrysson, Correction of
    item-total correlations in item analysis, 1963.
    """
    count = len(one)
    if count < 4:
        return None
    mean_one, mean_other = fmean(one), fmean(other)
    spread = math.sqrt(sum((x - mean_one) ** 2 for x in one) * sum((y - mean_other) ** 2 for y in other))
    if spread < 1e-12:
        return None
    value = sum((x - mean_one) * (y - mean_other) for x, y in zip(one, other, strict=True)) / spread
    value = max(-1.0, min(1.0, value))
    if abs(value) > 1 - 1e-12:
        return Interval(value, value, value)
    half = _deviates() / math.sqrt(count - 3)
    middle = math.atanh(value)
    return Interval(value, math.tanh(middle - half), math.tanh(middle + half))


def alpha(rows: Sequence[Sequence[float]]) -> Interval | None:
    """Return Cronbach's alpha of a table, a row a candidate and a column a part, in points.

    None for fewer than two parts or three candidates, or where all have the same sum.

    Source: L. J. Cronbach, Coefficient alpha and the internal structure of tests, 1951; bounds from L. S. Feldt, The
    approximate sampling distribution of Kuder-Richardson reliability coefficient twenty, 1965.
    """
    count = len(rows)
    parts = len(rows[0]) if rows else 0
    if parts < 2 or count < 3:
        return None
    total = variance([sum(row) for row in rows])
    if total < 1e-12:
        return None
    inside = sum(variance(column) for column in zip(*rows, strict=True))
    value = parts / (parts - 1) * (1 - inside / total)
    freedom = count - 1, (count - 1) * (parts - 1)
    tail = (1 - CONFIDENCE) / 2
    return Interval(
        value, 1 - (1 - value) * f_quantile(1 - tail, *freedom), 1 - (1 - value) * f_quantile(tail, *freedom)
    )


def groups_differ(groups: Sequence[Sequence[float]]) -> float:
    """Return how likely it is that groups from one population differ in rank as much as these.

    Source: W. H. Kruskal and W. A. Wallis, Use of ranks in one-criterion variance analysis, 1952, with their correction
    for ties; chi-square with one degree of freedom fewer than groups. For scores of 0 and 1 only, this is the
    chi-square test of homogeneity but for a factor of (n - 1)/n.
    """
    pooled = sorted(value for group in groups for value in group)
    count = len(pooled)
    ranks: dict[float, float] = {}
    tied = 0.0
    place = 0
    while place < count:
        end = place
        while end < count and pooled[end] == pooled[place]:
            end += 1
        ranks[pooled[place]] = (place + 1 + end) / 2
        tied += (end - place) ** 3 - (end - place)
        place = end
    untied = 1 - tied / (count**3 - count) if count > 1 else 0.0
    if untied < 1e-12 or len(groups) < 2:
        return 1.0
    sums = sum(sum(ranks[value] for value in group) ** 2 / len(group) for group in groups)
    statistic = (12 / (count * (count + 1)) * sums - 3 * (count + 1)) / untied
    return chi_square_above(statistic, len(groups) - 1)


def detectable(groups: Sequence[Sequence[float]], tests: int) -> float:
    """Return the difference in facility between the two smallest groups that would be found with a chance of 80 %.

    Args:
        groups: of at least two scores together.
        tests: how many comparisons are made; each is taken at 5 % divided by their number.

    Source: the normal approximation for two means, J. Cohen, Statistical power analysis for the behavioral sciences,
    1988, chapter 2: (z of the level + z of the power) times the standard error of the difference.
    """
    sizes = sorted(len(group) for group in groups)[:2]
    inside = sum((value - fmean(group)) ** 2 for group in groups for value in group)
    freedom = sum(len(group) for group in groups) - len(groups)
    deviation = math.sqrt(inside / freedom) if freedom > 0 else 0.0
    level = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * max(tests, 1)))
    return (level + NormalDist().inv_cdf(POWER)) * deviation * math.sqrt(sum(1 / size for size in sizes))


def _deviates() -> float:
    return NormalDist().inv_cdf((1 + CONFIDENCE) / 2)

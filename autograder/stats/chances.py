"""How likely is it that chance alone did this? The few distributions that item statistics need.

Numbers as in the tables of any textbook; the series and fractions are those of the Digital Library of Mathematical
Functions (DLMF), chapter 8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

_MOST_TERMS: Final = 10_000
_CLOSE: Final = 1e-15
_TINY: Final = 1e-300


def chi_square_above(value: float, freedom: int) -> float:
    """Return the probability that chi-square with so many degrees of freedom is at least `value`.

    Source: the regularised incomplete gamma function Q(freedom/2, value/2), DLMF 8.11.4 and 8.9.2.
    """
    if value <= 0:
        return 1.0
    a, x = freedom / 2, value / 2
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for step in range(1, _MOST_TERMS):
            term *= x / (a + step)
            total += term
            if term < total * _CLOSE:
                break
        return max(0.0, 1 - front * total)
    return front / _fraction(x + 1 - a, lambda step: (-step * (step - a), x + 2 * step + 1 - a))


def f_below(value: float, above: float, below: float) -> float:
    """Return the probability that Fisher's F with these degrees of freedom is at most `value`.

    Source: the regularised incomplete beta function, DLMF 8.17.22.
    """
    if value <= 0:
        return 0.0
    x = above * value / (above * value + below)
    return _beta_below(x, above / 2, below / 2)


def f_quantile(share: float, above: float, below: float) -> float:
    """Return the value that F does not exceed with probability `share`, found by halving."""
    low, high = 0.0, 1.0
    while f_below(high, above, below) < share and high < 1e12:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if f_below(middle, above, below) < share else (low, middle)
    return (low + high) / 2


def holm(chances: Sequence[float]) -> list[float]:
    """Return p-values corrected for how many there are, in their order.

    Source: S. Holm, A simple sequentially rejective multiple test procedure, 1979: the smallest is multiplied by their
    number, the next by one less, and none becomes smaller than one before it.
    """
    corrected = [0.0] * len(chances)
    least = 0.0
    for rank, place in enumerate(sorted(range(len(chances)), key=lambda place: chances[place])):
        least = max(least, min(1.0, (len(chances) - rank) * chances[place]))
        corrected[place] = least
    return corrected


def _beta_below(x: float, a: float, b: float) -> float:
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_below(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))

    def term(step: int) -> tuple[float, float]:
        half, odd = divmod(step, 2)
        if odd:
            return -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1)), 1.0
        return half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half)), 1.0

    return front / (a * _fraction(1.0, term))


def _fraction(first: float, term: Callable[[int], tuple[float, float]]) -> float:
    """Return first + n1/(d1 + n2/(d2 + …)) by Lentz's method; `term(k)` gives n and d from k = 1."""
    value = ahead = first or _TINY
    back = 0.0
    for step in range(1, _MOST_TERMS):
        numerator, denominator = term(step)
        back = denominator + numerator * back or _TINY
        ahead = denominator + numerator / ahead or _TINY
        back = 1 / back
        change = ahead * back
        value *= change
        if abs(change - 1) < _CLOSE:
            break
    return value

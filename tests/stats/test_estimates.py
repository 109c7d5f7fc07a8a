"""Figures against tables, textbooks and sums done by hand."""

from __future__ import annotations

import math
import random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.stats.chances import chi_square_above, f_below, f_quantile, holm
from autograder.stats.estimates import alpha, correlation, detectable, groups_differ, mean_of


@pytest.mark.parametrize(
    ("value", "freedom", "above"),
    [
        # the usual table of critical values, to its three decimals
        (2.706, 1, 0.10), (3.841, 1, 0.05), (6.635, 1, 0.01), (10.828, 1, 0.001), (5.991, 2, 0.05), (0.103, 2, 0.95),
        (9.488, 4, 0.05), (18.307, 10, 0.05), (3.940, 10, 0.95), (43.773, 30, 0.05), (124.342, 100, 0.05),
        (0.0, 3, 1.0),
    ],
)  # fmt: skip
def test_chi_square_is_that_of_the_tables(value: float, freedom: int, above: float) -> None:
    assert chi_square_above(value, freedom) == pytest.approx(above, rel=0.003)


@given(st.floats(0.001, 500))
def test_chi_square_of_two_degrees_is_an_exponential(value: float) -> None:
    assert chi_square_above(value, 2) == pytest.approx(math.exp(-value / 2), rel=1e-9, abs=1e-15)


@given(st.floats(0.001, 30))
def test_chi_square_of_one_degree_is_a_squared_normal(value: float) -> None:
    assert chi_square_above(value, 1) == pytest.approx(2 * NormalDist().cdf(-math.sqrt(value)), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    ("share", "above", "below", "value"),
    [(0.95, 1, 10, 4.965), (0.95, 5, 10, 3.326), (0.99, 5, 10, 5.636), (0.95, 10, 5, 4.735), (0.975, 4, 20, 3.515),
     (0.95, 30, 120, 1.554)],
)  # fmt: skip
def test_f_is_that_of_the_tables(share: float, above: int, below: int, value: float) -> None:
    assert f_quantile(share, above, below) == pytest.approx(value, abs=0.001)
    assert f_below(value, above, below) == pytest.approx(share, abs=0.001)


@given(st.floats(0.05, 20), st.integers(1, 200), st.integers(1, 200))
def test_f_turned_over_is_f(value: float, above: int, below: int) -> None:
    assert f_below(value, above, below) == pytest.approx(1 - f_below(1 / value, below, above), abs=1e-9)


def test_holm_by_hand() -> None:
    # 4 * 0.005, 3 * 0.01, 2 * 0.03, and 0.04 is not allowed to fall below that
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.6]) == [1.0, 1.0]
    assert holm([]) == []


def test_facility_and_its_bounds_by_hand() -> None:
    found = mean_of([0.0, 0.5, 0.5, 1.0])
    assert found is not None
    half = 1.959964 * math.sqrt((0.25 + 0.25) / 3 / 4)
    assert found == pytest.approx((0.5, 0.5 - half, 0.5 + half))
    assert mean_of([1.0]) == (1.0, 0.0, 1.0), "one candidate tells nothing"
    assert mean_of([]) is None


def test_correlation_by_hand() -> None:
    found = correlation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    assert found is not None
    assert found.value == pytest.approx(0.8)
    half = 1.959964 / math.sqrt(2)
    assert (found.low, found.high) == pytest.approx(
        (math.tanh(math.atanh(0.8) - half), math.tanh(math.atanh(0.8) + half))
    )
    assert correlation([1, 2, 3], [1, 2, 3]) is None, "too few"
    assert correlation([1, 1, 1, 1], [1, 2, 3, 4]) is None, "no spread"
    assert correlation([1, 2, 3, 4], [8, 6, 4, 2]) == (-1, -1, -1)


def test_alpha_by_hand() -> None:
    # variances of the parts 5/3 each, of the sums 2, 5, 5, 8: 6; 2 * (1 - (10/3)/6) = 8/9
    found = alpha([[1, 1], [2, 3], [3, 2], [4, 4]])
    assert found is not None
    assert found.value == pytest.approx(8 / 9)
    # Feldt: 1 - alpha is 1/9; F with 3 and 3 degrees: 15.439 is its 97.5 per cent point
    assert (found.low, found.high) == pytest.approx((1 - 15.439 / 9, 1 - 1 / 15.439 / 9), abs=1e-4)
    assert alpha([[1, 2], [2, 3], [3, 4]]) is not None
    assert alpha([[1, 2], [2, 1], [3, 0]]) is None, "all sums are the same"
    assert alpha([[1], [2], [3]]) is None
    assert alpha([]) is None


def test_alpha_of_right_and_wrong_is_kuder_and_richardsons_formula_20() -> None:
    rows = [[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1], [0, 1, 0]]
    shares = [sum(column) / 6 for column in zip(*rows, strict=True)]
    mean = sum(map(sum, rows)) / 6
    spread = sum((sum(row) - mean) ** 2 for row in rows) / 6
    wanted = 3 / 2 * (1 - sum(p * (1 - p) for p in shares) / spread)
    found = alpha(rows)
    assert found is not None
    assert found.value == pytest.approx(wanted)


def test_bounds_of_alpha_hold_it_as_often_as_they_say() -> None:
    rng = random.Random(12)
    held = 0
    for _ in range(300):
        # a part is ability plus as much noise: reliability of the sum of six is 6/(6 + 1)
        able = [rng.gauss(0, 1) for _ in range(40)]
        found = alpha([[each + rng.gauss(0, 1) for _ in range(6)] for each in able])
        assert found is not None
        held += found.low <= 6 / 7 <= found.high
    assert 0.91 <= held / 300 <= 0.985


def test_ranks_by_hand() -> None:
    # sums of ranks 6, 15, 24: 12/90 * (12 + 75 + 192) - 30 = 7.2 with two degrees of freedom
    assert groups_differ([[1, 2, 3], [4, 5, 6], [7, 8, 9]]) == pytest.approx(math.exp(-3.6))


def test_ranks_of_right_and_wrong_are_a_fourfold_table() -> None:
    # 8 of 10 against 3 of 10: chi-square 20 * (8*7 - 2*3)^2/(11*9*10*10), times 19/20
    groups = [[1.0] * 8 + [0.0] * 2, [1.0] * 3 + [0.0] * 7]
    assert groups_differ(groups) == pytest.approx(chi_square_above(20 * 50**2 / 9900 * 19 / 20, 1))


def test_groups_without_a_difference() -> None:
    assert groups_differ([[1, 1], [1, 1]]) == 1.0
    assert groups_differ([[1, 2, 3]]) == 1.0


def test_the_power_is_cohens() -> None:
    # two groups of 63 find half a standard deviation with 80 % at 5 %, two-sided (normal approximation; 64 by Student)
    group = [0.0, 1.0] * 31 + [0.5]
    deviation = math.sqrt(sum((each - 0.5) ** 2 for each in group) * 2 / 124)
    assert detectable([group, group], 1) / deviation == pytest.approx(0.5, abs=0.002)
    assert detectable([group, group], 20) > detectable([group, group], 1)
    assert detectable([[1.0, 1.0], [1.0, 1.0]], 1) == 0.0

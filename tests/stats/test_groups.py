"""Which groups are compared, and how often chance alone is taken for a difference."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

from autograder.stats.groups import Scored, compared, grouped


def scored(share: float, *, form: int | None = None, note: str = "", **values: Any) -> Scored:
    return Scored(share, form, note, values, None)


def test_forms_are_compared_as_wholes() -> None:
    rows = [scored(number % 3 / 2, form=number % 4 + 9, n=number) for number in range(40)]
    comparisons, untested = compared({"q-a": rows})
    assert [each.by for each in comparisons] == ["form"]
    assert [group.name for group in comparisons[0].groups] == ["form 9", "form 10", "form 11", "form 12"]
    assert untested == ()
    assert [group.n for group in grouped(rows)] == [10, 10, 10, 10]


def test_values_are_compared_one_by_one_or_in_halves() -> None:
    rows = [
        scored(0.5, note=str(number), word="ab"[number % 2], size=Fraction(number, 2), few=number % 3, lists=(1, 2))
        for number in range(20)
    ]
    comparisons, _ = compared({"q-a": rows})
    names = {each.by: [(group.name, group.n) for group in each.groups] for each in comparisons}
    assert names == {
        "word": [("a", 10), ("b", 10)],
        "size": [("up to 4.75", 10), ("above 4.75", 10)],
        "few": [("0", 7), ("1", 7), ("2", 6)],
    }


def test_a_word_that_few_had_is_left_out() -> None:
    rows = [scored(0.5, word=word) for word in "aaaaaabbbbbbcc"]
    [comparison], _ = compared({"q-a": rows})
    assert [group.name for group in comparison.groups] == ["a", "b"]


def test_what_is_too_small_is_said() -> None:
    comparisons, untested = compared({"q-a": [scored(1.0, n=2)] * 4, "q-b": []})
    assert comparisons == ()
    assert [each.partition(":")[0] for each in untested] == ["q-a", "q-b"]


def test_a_shared_variant_has_figures_of_its_own() -> None:
    rows = [scored(share, note=note) for share, note in [(1.0, "x"), (0.0, "x"), (0.5, "y")]]
    [group] = grouped(rows)
    assert (group.name, group.n, group.facility.value) == ("x", 2, 0.5)


def test_an_unfair_variant_is_found_and_named() -> None:
    rng = random.Random(3)
    parts = {
        f"q{number}-a": [scored(float(rng.random() < 0.6), size=place % 2) for place in range(200)]
        for number in range(10)
    }
    parts["unfair-a"] = [scored(float(rng.random() < (0.35, 0.75)[place % 2]), size=place % 2) for place in range(200)]
    comparisons, _ = compared(parts)
    assert [each.ref for each in comparisons if each.differs] == ["unfair-a"]
    assert comparisons[0].ref == "unfair-a"
    assert comparisons[0].corrected >= comparisons[0].p


def test_chance_is_rarely_taken_for_a_difference() -> None:
    rng = random.Random(5)
    alarms = 0
    for _ in range(150):
        parts = {
            f"q{number}-a": [scored(rng.choice((0.0, 0.5, 1.0)), size=place % 3) for place in range(60)]
            for number in range(8)
        }
        comparisons, _ = compared(parts)
        alarms += any(each.differs for each in comparisons)
    assert alarms / 150 <= 0.1, "5 % of all exams, give or take what 150 of them allow"


def test_a_difference_of_the_stated_size_is_found_four_times_in_five() -> None:
    rng = random.Random(8)
    gap, found, tries = 0.2215, 0, 200  # (1.96 + 0.84) * 0.5 * sqrt(2/80)
    for _ in range(tries):
        high = [scored(float(rng.random() < 0.5 + gap / 2), size=0) for _ in range(80)]
        low = [scored(float(rng.random() < 0.5 - gap / 2), size=1) for _ in range(80)]
        [comparison], _ = compared({"q-a": high + low})
        found += comparison.differs
    assert 0.7 <= found / tries <= 0.9

"""`tenfold check` finds math that no page could show, in every text of a question, with its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import ADDER, Ran, TinyCourse, write_bank

OLD = {
    "text": ('text: "Take $a = [= a =]$', 'text: "Take $\\\\nonsense{[= a =]}$'),
    "a part": ("text: What is $a + b$?", "text: What is $a + \\nonsense$?"),
    "a solution": ('solution: "[=', 'solution: "$\\\\nonsense$ [='),
}


@pytest.mark.parametrize("place", OLD)
def test_bad_math_is_found_where_it_stands(place: str, tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    old, new = OLD[place]
    assert ADDER.count(old) == 1
    text = ADDER.replace(old, new)
    write_bank(tiny.bank, text)
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "nonsense" in each)
    ran = tenfold("check", "--course", tiny.course.root)
    said = " ".join((ran.out + ran.err).split())
    assert ran.code == 2
    assert f"adder.yaml:{line}: the math $" in said
    assert said.count("nonsense") <= 3, "told once, not for every variant"


def test_sound_math_is_no_problem(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    assert tenfold("check", "--course", tiny.course.root).code == 0

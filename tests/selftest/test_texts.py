"""`tenfold check` finds math that no page could show, in every text of a question, with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.bank import load_bank
from autograder.selftest.texts import text_problems
from autograder.variant import draw_values
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


EVERYWHERE = r"""
id: everywhere
title: Math in every place
topic: made
stars: 1
params: {n: {pick: [7]}}
text: Some.
parts:
  - id: a
    text: How many?
    input: number
    points: 2
    answer: n
    grader: {numeric: {scale: log}}
    slips:
      - {name: twice, answer: 9*n, share: 0.5, say: 'Forgot $\beta_{[= n =]}$.'}
  - {id: b, text: Why?, input: text, points: 3, rubric: [{points: 1, say: one}, {points: 2, say: 'two $\gamma$'}]}
  - id: c
    text: Which?
    input: choice
    points: 1
    options:
      - {id: one, text: 'the $\delta$ one', right: true}
      - {id: two, text: the other one, say: 'Not $\epsilon$.'}
  - {id: f, text: In order?, input: ordering, points: 1, items: ['$\zeta$ first', second]}
  - {id: g, text: Match., input: matching, points: 1, pairs: [['$\eta$ left', one], [two, '$\theta$ right']]}
  - id: h
    text: Fill in.
    input: table
    points: 2
    grader: {table: {columns: ['$\iota$'], rows: [one, '$\kappa$']}}
    cells:
      - ['$\lambda$']
      - [{input: number, answer: n, slips: [{name: less, answer: n - 3, share: 0.5, say: 'Add $\mu$.'}]}]
  - id: k
    text: Choose.
    input: table
    points: 2
    options: [{id: x, text: '$\nu$ one'}, {id: z, text: two, say: 'Not $\xi$.'}]
    pools:
      Times:
        - {id: v, text: later}
        - {id: u, text: '$\rho$ now'}
    cells:
      - [{input: choice, right: x, say: {z: 'Here $\tau$.'}}]
      - [{input: choice, pool: Times, right: u}]
      - [{input: choice, options: [{id: w, text: '$\phi$ own', right: true}, {id: r, text: other}]}]
tests: [{part: a, say: "7", score: 2}]
"""


@pytest.mark.parametrize(
    "letter",
    [
        "beta_{",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta$",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "rho",
        "tau",
        "phi",
    ],
)
def test_bad_math_is_found_wherever_an_author_may_write_it(letter: str, tmp_path: Path) -> None:
    assert EVERYWHERE.count(f"\\{letter}") == 1
    text = EVERYWHERE.replace(f"\\{letter}", f"\\nonsense\\{letter}").lstrip()
    bank = load_bank(write_bank(tmp_path / "question_bank", text))
    question = bank.questions["everywhere"]
    [problem] = text_problems(question, bank.sources["everywhere"], [draw_values(question, bytes(32))] * 2)
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "nonsense" in each)
    assert (problem.where or "").endswith(f"everywhere.yaml:{line}")
    assert "nonsense" in problem.problem


def test_sound_math_is_found_nowhere(tmp_path: Path) -> None:
    bank = load_bank(write_bank(tmp_path / "question_bank", EVERYWHERE.lstrip()))
    question = bank.questions["everywhere"]
    assert not list(text_problems(question, bank.sources["everywhere"], [draw_values(question, bytes(32))]))


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("instructions: |\n  Fine.\n\n  Not $\\nonsense$.\n", "line 3"),
        ("formula_sheet: $\\nonsense$\n", ""),
    ],
)
def test_bad_math_of_an_exam_is_found(written: str, line: str, tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    path = tiny.bank / "exams" / "tiny.yaml"
    text = path.read_text()
    path.write_text(text.rstrip("\n") + "\n" + written)
    ran = tenfold("check", "--course", tiny.course.root)
    said = " ".join((ran.out + ran.err).split())
    assert ran.code == 2
    assert f"tiny.yaml:{len(text.splitlines()) + 1}" in said
    assert "$\\nonsense$" in said
    assert line in said


def test_sound_math_is_no_problem(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    assert tenfold("check", "--course", tiny.course.root).code == 0

"""Whatever is handed in as a derivation reads in bounded time, never raises, and costs no more than its own line."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.algebra.declare import declare
from autograder.algebra.ranges import ranges_in
from autograder.algebra.read import read
from autograder.algebra.statements import line_to_latex, read_lines
from autograder.answers import response_to
from autograder.marking import mark_part
from autograder.observe import observe_work
from tests.algebra.test_derivations import CASES
from tests.conftest import key_of

DECLARED = declare(
    {
        "symbols": {"a": {}, "b": {}, "n": {"integer": True, "ge": 1}, "x": {"indexed": 1}, "v": {"vector": "d"}},
        "functions": {"f": {"of": "a"}},
        "random": {"R": {"mean": "a", "var": 1}},
        "left": "S_n",
    }
)
START = read("Sum(x[i], (i, 1, n))", DECLARED)
PIECES = [
    "=", "&=", "\\\\", "\n", "$", "$$", "\\[", "\\]", "{", "}", "(", ")", "[", "]", "a", "b", "x_i", "v", "S_n",
    "q", "12", "+", "-", "*", "/", "^", "_", "\\frac", "\\sum_{i=1}^n", "\\begin{aligned}", "\\end{aligned}",
    "\\begin{cases}", "\\item", "\\text{by (1)}", "\\boxed{", "\\stackrel{!}{=}", "\\implies", "⇒", "≤", "<", "≈",
    "let", "where", "since", "so", "Hence", ":", ",", ".", "#", "%", "1.", "(ii)", "- ", "QED", "\\nabla_a",
    "\\frac{d}{da}", "f'(a)", "E[", "Var(", "\\\\[2pt]", "\\underbrace{", "\\tag{1}", "\\qquad", ":=", "\u0000",
    "\u202e", "\u2028", "é", "中", "🙂", "'", "\"", "`", "\\", "&", "~", "|",
]  # fmt: skip
SECONDS = 2.0


def lines(said: str | list[str]) -> tuple[str, ...]:
    began = time.process_time()
    found = read_lines(said, DECLARED, ("≈",), START)
    assert time.process_time() - began < SECONDS
    assert all(line.kind in ("step", "prose", "unreadable", "mismatch") for line in found)
    for line in found:
        assert bool(line.statements) == (line.kind == "step")
        assert bool(line.problem) == (line.kind in ("unreadable", "mismatch"))
        line_to_latex(line, DECLARED)
    return tuple(line.kind for line in found)


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from(["", " "]))
def test_anything_made_of_its_pieces_reads(pieces: list[str], joint: str) -> None:
    lines(joint.join(pieces))


@given(st.one_of(st.text(max_size=300), st.lists(st.text(max_size=80), max_size=8)))
def test_any_text_reads(said: str | list[str]) -> None:
    lines(said)


@given(st.sampled_from(CASES), st.integers(0, 400), st.integers(0, 400))
def test_what_is_cut_out_of_a_derivation_reads(case: tuple[str, int, dict], first: int, more: int) -> None:  # type: ignore[type-arg]
    said = case[2]["say"]
    text = said if isinstance(said, str) else "\n".join(said)
    lines(text[:first] + text[first + more :])


@pytest.mark.parametrize(
    "piece", ["{", "\\frac{", "(", "\\boxed{", "\\stackrel{", "$", "let a = ", "\\begin{aligned}", "= a + ", "a "]
)
def test_a_long_text_is_read_in_time(piece: str) -> None:
    lines(piece * (20_000 // len(piece)))
    lines([piece * 400] * 60)


GARBAGE = [
    "= (a +",
    "= \\frac{a}{",
    "= q*a",
    "= a ** ** b",
    "= \\unheard{a}",
    "\x00",
    "= a^{",
    "so = ?",
]


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_line_that_cannot_be_read_costs_itself(garbage: str, place: int) -> None:
    said = ["= a**2 + 2*a*b + b**2 - b**2", "= a**2 + a*b", "= a*(a + b)"]
    words = ["ok", "broken", "ok"]
    said.insert(place, garbage)
    words.insert(place, "unreadable")
    key = key_of(
        {
            "input": "derivation",
            "points": 1,
            "symbols": {"a": {}, "b": {}},
            "start": "(a+b)**2 - b**2",
            "answer": "a*(a+b)",
        },
        {},
    )
    response = response_to(key, said)
    mark = mark_part(key, response, observe_work(key, response))
    assert mark.state == "graded"
    seen = [line["verdict"] for line in mark.detail["lines"]]
    assert seen == words or (garbage == "\x00" and seen == [word for word in words if word != "unreadable"])


def test_sums_of_the_start_say_how_far_indices_run() -> None:
    assert ranges_in(START, DECLARED) == (("x", ("n",)),)
    assert read_lines(r"= \sum_i x_i", DECLARED, (), START)[0].kind == "step"

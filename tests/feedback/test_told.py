"""An answer is shown in the candidate's own words, whatever its shape, and nothing in it becomes part of the page."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.feedback.told import MAX_SHOWN, Written, authored_math, coded, said, written
from autograder.model import Mark, Response
from tests.formats.papers import EVERYTHING, made


def response(value: Any, state: Any = "given", source: str = "") -> Response:
    return Response.model_construct(ref="q-a", state=state, value=value, source=source, hint="")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("about 5 GB", [Written("", "about 5 GB")]),
        (12, [Written("", "12")]),
        (Fraction(1, 4), [Written("", "0.25")]),
        (2.5e14, [Written("", "2.5e14")]),
        (10**400, [Written("", "1e400")]),
        (float("inf"), [Written("", "inf")]),
        ("x = 1\ny = 2\n", [Written("", "x = 1\ny = 2", block=True)]),
        ({"1": "a", "2": "b\nc", "3": ""}, [Written("1", "a"), Written("2", "b\nc", block=True)]),
        ({"claims": [[3, "A"], [7, "C"]], "repair": None}, [Written("claims", "(3, A), (7, C)")]),
        ({"claims": [], "repair": "x = 1"}, [Written("repair", "x = 1", block=True)]),
        (["A", "C"], [Written("", "A, C")]),
        ([["1", None], [2, "x"]], [Written("", "", rows=(("1", ""), ("2", "x")))]),
        (True, [Written("", "true")]),
        ([], []),
        (None, []),
        ("", []),
    ],
)
def test_answers_of_every_shape(value: Any, wanted: list[Written]) -> None:
    assert list(written(response(value))) == wanted


def test_an_answer_that_is_not_known_shows_its_source() -> None:
    assert written(None) == ()
    assert written(response("x", "blank")) == ()
    assert written(response(None, "run", "q = sum(x)\n")) == (Written("", "q = sum(x)"),)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
        max_leaves=12,
    )
)
def test_no_answer_fails(value: Any) -> None:
    for piece in written(response(value)):
        assert isinstance(piece.text, str)


def test_long_answers_are_cut() -> None:
    [piece] = written(response("x" * 10**6))
    assert len(piece.text) < MAX_SHOWN + 10
    assert len(written(response({str(number): "x" for number in range(10**4)}))) == 200


def mark(feedback: str) -> Mark:
    return Mark(ref="q-a", state="graded", score=0.0, points=1.0, reason="x", feedback=feedback)


@pytest.mark.parametrize(
    ("feedback", "wanted"),
    [
        ("", []),
        ("Right.", [(False, [("", "Right.")])]),
        ("✓ one\n✗ two\nYour listing:\n· three", [
            (True, [("passed", "one"), ("failed", "two")]), (False, [("", "Your listing:")]),
            (True, [("neutral", "three")]),
        ]),
        ("No formula: 'x' is not known.\n  2*x + 1\n    ^", [
            (False, [("", "No formula: &#39;x&#39; is not known."), ("place", "  2*x + 1\n    ^")]),
        ]),
        ("✗ `x` differs", [(True, [("failed", "<code>x</code> differs")])]),
    ],
)  # fmt: skip
def test_what_a_mark_says(feedback: str, wanted: list[Any]) -> None:
    shown = [(is_list, [(line.sign, str(line.text)) for line in lines]) for is_list, lines in said(mark(feedback))]
    assert shown == wanted


@given(st.text(alphabet="`<>&\"'a$ \n", max_size=30))
def test_words_become_no_markup_but_code(text: str) -> None:
    bare = coded(text).replace("<code>", "").replace("</code>", "")
    assert "<" not in bare
    assert '"' not in bare


def test_what_an_author_wrote_is_set_and_what_a_candidate_wrote_is_not() -> None:
    said = "Read as $x$ `1 < 2`. Forgot $\\alpha_1 < 2$. Not $x$."
    shown = coded(said, ("Forgot $\\alpha_1 < 2$.",))
    assert shown.count("<math>") == 1
    assert shown.startswith('Read as $x$ <code>1 &lt; 2</code>. Forgot <span class="whole"><math>')
    assert shown.endswith("</math>.</span> Not $x$.")
    assert "<math" not in coded(said)


def test_the_texts_of_all_that_a_mark_may_quote() -> None:
    text = EVERYTHING.replace("text: second,", r"text: second, say: 'Not $\beta$.',")
    text = text.replace("text: third}", r"text: third, say: It is $1$.}")
    slip = "slips: [{name: half, answer: n, share: 0.5, say: Half $\\mu$.}]"
    _, keys = made(text.replace("unit: GB, answer: 2*n", f"unit: GB, answer: 2*n, {slip}"))
    quoted = {key.ref.rpartition("-")[2]: authored_math(key) for key in keys}
    assert quoted["a"] == ("Forgot $\\alpha$.",)
    assert quoted["d"] == ("Not $\\beta$.", "It is $1$.")
    assert quoted["h"] == ("Half $\\mu$.",)
    assert not any(quoted[letter] for letter in "bcefgij")

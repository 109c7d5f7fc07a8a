"""The lines of a derivation on a feedback page."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.feedback.steps import Step, steps, without_repeats
from autograder.model import Mark


def mark(**detail: Any) -> Mark:
    return Mark(ref="q-a", state="graded", score=1, points=2, reason="broken", detail=detail)


LINES: list[dict[str, Any]] = [
    {"verdict": "ok", "witness": None, "text": "n*(p+1)", "latex": r"n \left(p + 1\right)", "why": ""},
    {"verdict": "broken", "witness": {}, "text": "= n*p", "latex": "= n p", "why": "At n = 2, p = 1 it is 2, not 4."},
    {"verdict": "unreadable", "witness": None, "text": "= n*(<p", "latex": "", "why": "no name.\n  n*(<p\n     ^"},
    {"verdict": "undecided", "witness": None, "text": "= n", "latex": "= n", "why": ""},
]


def test_lines_and_words_stand_in_their_order() -> None:
    shown = steps(mark(lines=LINES, prose=[[0, "First"], [2, "so `x`"], [4, "<b>last</b>"]]))
    assert [(step.number, step.sign) for step in shown] == [
        (0, ""), (1, "passed"), (2, "failed"), (0, ""), (3, "failed"), (4, "neutral"), (0, ""),
    ]  # fmt: skip
    assert "<math" in shown[1].shown
    assert shown[2].why == "At n = 2, p = 1 it is 2, not 4."
    assert shown[4][2:] == ("<code>= n*(&lt;p</code>", "no name.", "  n*(<p\n     ^")
    assert shown[3].shown == "so <code>x</code>"
    assert shown[-1].shown == "&lt;b&gt;last&lt;/b&gt;"


def test_what_stands_beside_a_line_is_not_said_below_again() -> None:
    told = mark(lines=LINES).model_copy(
        update={"feedback": "Line 2 does not follow. At n = 2, p = 1 it is 2, not 4. The goal is reached."}
    )
    assert without_repeats(told).feedback == "Line 2 does not follow. The goal is reached."
    assert without_repeats(mark(lines="ok")).feedback == ""


def test_what_cannot_be_typeset_is_shown_as_written() -> None:
    [step] = steps(mark(lines=[LINES[0] | {"latex": r"\unheardof{"}]))
    assert step == Step(1, "passed", step.shown)
    assert step.shown == "<code>n*(p+1)</code>"


@pytest.mark.parametrize("lines", [None, [], "ok", [3], {"a": 1}])
def test_other_marks_have_no_lines(lines: Any) -> None:
    assert steps(mark(lines=lines)) == ()

"""The numeric grader: one table of answers and what they earn, and the laws behind it."""

from __future__ import annotations

import json
import math
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.graders.numeric import REASONS
from autograder.marking import mark_part
from autograder.model import Key, Mark, Response, written_values
from autograder.yamlsrc import read_yaml
from tests.conftest import key_of

TABLE = read_yaml(Path(__file__).with_name("numeric.yaml")).data


def said(text: Any) -> Response:
    blank = isinstance(text, str) and not text.strip()
    return Response(ref="made-a", state="blank" if blank else "given", value=None if blank else text)


def marked(key: Key, text: Any) -> Mark:
    return mark_part(key, said(text), None)


ROWS = [
    pytest.param(group["part"], group.get("values", {}), *row, id=f"{group['part']['answer']}: {row[0]!r}")
    for group in TABLE
    for row in group["rows"]
]


@pytest.mark.parametrize("row", [row.values for row in ROWS], ids=[str(row.id) for row in ROWS])
def test_table(row: tuple[Any, ...]) -> None:
    part, values, text, share, reason, *more = row
    key = key_of(part, written_values(values))
    mark = marked(key, text)
    assert (mark.state, mark.reason) == ("graded", reason), mark.feedback
    assert mark.score == pytest.approx(share, abs=2e-6)
    says = more[0] if more else {}
    assert says.get("feedback", "") in mark.feedback
    assert mark.feedback or mark.state == "graded"
    if "error" in says:
        assert mark.detail["error"] == pytest.approx(says["error"], abs=1e-9)
    if "claimed" in says:
        assert mark.detail["claimed"] == says["claimed"]
    assert {"error", "claimed"} <= mark.detail.keys()


def test_the_table_gives_every_reason() -> None:
    assert {row.values[4] for row in ROWS} == set(REASONS)


LOG = key_of({"answer": "10**12", "grader": {"numeric": {"scale": "log", "full": 0.3, "zero": 1.0}}})
RELATIVE = key_of({"answer": "200", "grader": {"numeric": {"full": 0.01, "zero": 0.05}}})
ABSOLUTE = key_of({"answer": "3", "grader": {"numeric": {"scale": "absolute", "full": 0.5, "zero": 2}}})
SIGFIG = key_of({"answer": "1234", "grader": {"numeric": {"scale": "sigfig", "digits": 2, "zero": 3}}})
EXACT = key_of({"answer": "4194304", "unit": "count", "grader": {"numeric": {"scale": "exact"}}})
CLAIMED = key_of(
    {
        "answer": "200",
        "grader": {"numeric": {"full": 0.01, "zero": 0.05}},
        "also": [{"name": "more", "answer": "260"}],
        "slips": [{"name": "half", "answer": "100", "share": 0.5, "say": "x"}],
    }
)
KEYS = [LOG, RELATIVE, ABSOLUTE, SIGFIG, EXACT, CLAIMED]
SCALES = [LOG, RELATIVE, ABSOLUTE, SIGFIG]


@given(st.sampled_from(SCALES), st.floats(0, 5), st.floats(0, 5), st.booleans())
def test_credit_never_rises_with_the_error(key: Key, first: float, second: float, above: bool) -> None:
    near, far = sorted((first, second))
    assert isinstance(key.answer, int)

    def earned(away: float) -> float:
        if key is LOG:
            value: float = key.answer * 10 ** (away if above else -away)
        else:
            value = key.answer + away * key.answer / 10 * (1 if above else -1)
        score = marked(key, repr(value)).score
        assert score is not None
        return score

    assert earned(near) >= earned(far) - 1e-6


@given(st.sampled_from(KEYS), st.integers(-(10**15), 10**15))
def test_a_number_and_its_text_earn_the_same(key: Key, value: int) -> None:
    first, second = marked(key, value), marked(key, str(value))
    assert (first.score, first.reason, first.read) == (second.score, second.reason, second.read)


@given(
    st.sampled_from(KEYS),
    st.one_of(
        st.text(max_size=60),
        st.text("0123456789.,eE+-*/^() %kMBGTFLOP$\\{}_=~≈", max_size=40),
        st.floats(allow_nan=True, allow_infinity=True),
        st.integers(),
        st.fractions(),
    ),
)
@settings(max_examples=300, deadline=2000)
@example(LOG, "9**9**9**9")
@example(RELATIVE, "0/0")
@example(RELATIVE, "1/0")
@example(LOG, "-inf")
@example(EXACT, "1" * 1999)
@example(RELATIVE, "(" * 1000)
@example(LOG, "\ud800")
@example(LOG, 10**5000)
@example(ABSOLUTE, "1e999999999")
@example(SIGFIG, Fraction(1, 10**4000))
@example(RELATIVE, Fraction(10**4000, 3))
def test_whatever_is_said_gets_the_same_whole_mark_twice(key: Key, text: Any) -> None:
    began = time.process_time()
    mark = marked(key, text)
    assert time.process_time() - began < 20
    assert mark.state == "graded", mark.feedback
    assert mark.reason in REASONS
    assert mark.score is not None
    assert 0 <= mark.score <= mark.points
    assert mark == marked(key, text)
    again = Mark.model_validate_json(mark.model_dump_json())
    assert (again.score, again.reason, again.feedback) == (mark.score, mark.reason, mark.feedback)
    json.dumps(mark.detail, allow_nan=False)


@given(st.sampled_from([LOG, RELATIVE]), st.floats(1e-3, 1e15))
def test_the_wrong_sign_earns_nothing(key: Key, size: float) -> None:
    mark = marked(key, repr(-size))
    assert (mark.score, mark.reason) == (0, "sign")


@given(st.floats(0.02, 0.98))
def test_credit_falls_in_a_straight_line(share: float) -> None:
    away = 0.05 - share * 0.04
    mark = marked(RELATIVE, Fraction(200) * (1 + Fraction(away)))
    assert mark.score == pytest.approx(share, abs=1e-6)
    decades = 1.0 - share * 0.7
    assert marked(LOG, 1e12 * 10**decades).score == pytest.approx(share, abs=1e-6)
    assert math.isfinite(decades)


@pytest.mark.parametrize(
    "written",
    [
        {"scale": "sigfig"},
        {"digits": 3},
        {"scale": "exact", "full": 0.1},
        {"full": 0.5, "zero": 0.1},
        {"full": -1},
        {"scale": "linear"},
        {"unit": "maybe"},
        {"tolerance": 0.1},
        {"scale": "sigfig", "digits": 0},
    ],
)
def test_settings_that_contradict_themselves_are_refused(written: dict[str, Any]) -> None:
    from_bank = key_of({"answer": "1", "grader": {"numeric": written}})
    mark = marked(from_bank, "1")
    assert mark.state == "error", "never full marks, never zero"
    assert mark.score is None


@pytest.mark.parametrize("state", ["unreadable", "blank"])
def test_states_of_a_response(state: Any) -> None:
    mark = mark_part(RELATIVE, Response(ref="made-a", state=state, hint="Say it again."), None)
    assert (mark.score, mark.reason) == (0, state)
    assert ("Say it again." in mark.feedback) == (state == "unreadable")


def test_an_answer_that_only_running_would_tell_waits_for_a_person() -> None:
    mark = mark_part(RELATIVE, Response(ref="made-a", state="run", source="x = f()"), None)
    assert (mark.state, mark.score, mark.reason, mark.read) == ("manual", None, "to_mark", "x = f()")

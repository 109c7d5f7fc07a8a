"""Comparing two runs: what counts as the same, and how it is said where they part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.coding.accounts import accounts, said
from autograder.coding.parity import TOLERANCES, Difference, UnusableError, difference
from autograder.model import Run
from tests.observed import run

F8 = np.array([1.0, -2.0, 0.0])


def parting(own: Run, reference: Run, check: str = "it") -> str | None:
    found = difference(check, accounts(own), accounts(reference))
    return None if found is None else found.why


def one(array: Any, **fields: Any) -> Run:
    return run({"it": {"saw": {}}}, {"it/x": array}, **fields)


@pytest.mark.parametrize(
    ("own", "right", "why"),
    [
        (F8, F8, None),
        (F8 * (1 + 9e-7), F8, None),
        (F8 * (1 + 2e-6), F8, "`x` differs by 4e-06"),
        (F8 + 9e-10, F8, None),
        (F8 + 1e-5, F8, "`x` differs by 1e-05"),
        (F8.astype("f4") * (1 + 9e-5), F8.astype("f4"), None),
        (F8.astype("f4") * (1 + 2e-4), F8.astype("f4"), "`x` differs by 0.0004"),
        (F8.astype("f2") * np.float16(1.01), F8.astype("f2"), None),
        (F8.astype("f2") * np.float16(1.05), F8.astype("f2"), "`x` differs by 0.1"),
        (F8.astype("f4"), F8, "`x` is float32: expected float64"),
        (F8[:2], F8, "`x` has shape (2,): expected (3,)"),
        (F8[None], F8, "`x` has shape (1, 3): expected (3,)"),
        (np.array([1.0, np.nan, 0.0]), F8, "`x` holds NaN"),
        (np.array([1.0, np.inf, 0.0]), F8, "`x` differs without bound"),
        (np.array([np.inf, -np.inf]), np.array([np.inf, -np.inf]), None),
        (np.array([np.inf, np.inf]), np.array([np.inf, -np.inf]), "`x` differs without bound"),
        (np.array([1e308]), np.array([-1e308]), "`x` differs without bound"),
        (np.array([1, 2]), np.array([1, 2]), None),
        (np.array([1, 3]), np.array([1, 2]), "`x` differs in 1 of 2 elements"),
        (np.array([2**63 - 1]), np.array([2**63 - 2]), "`x` differs in 1 of 1 elements"),
        (np.array([True, False]), np.array([True, True]), "`x` differs in 1 of 2 elements"),
        (np.array([1, 0], "u1"), np.array([True, False]), "`x` is uint8: expected bool"),
        (np.zeros((0, 3)), np.zeros((0, 3)), None),
        (np.zeros((0, 3)), np.zeros((3, 0)), "`x` has shape (0, 3): expected (3, 0)"),
        (np.array(1.0), np.array(1.0), None),
    ],
)
def test_arrays(own: Any, right: Any, why: str | None) -> None:
    assert parting(one(own), one(right)) == why


def test_a_type_that_numpy_lacks_is_known_by_its_label() -> None:
    label = {"labels": {"answer/it/x": "bfloat16"}}
    right = np.array([1.0, 2.0], "f4")
    assert parting(one(right * np.float32(1.01), **label), one(right, **label)) is None
    assert parting(one(right * np.float32(1.05), **label), one(right, **label)) == "`x` differs by 0.1"
    assert parting(one(right), one(right, **label)) == "`x` is float32: expected bfloat16"
    assert parting(one(right, **label), one(right)) == "`x` is bfloat16: expected float32"
    eight = {"labels": {"answer/it/x": "float8_e5m2"}}
    assert parting(one(right * np.float32(1.2), **eight), one(right, **eight)) is None
    assert parting(one(right * np.float32(2), **eight), one(right, **eight)) == "`x` differs by 2"


def test_what_is_missing_and_what_is_too_much() -> None:
    right = run({"it": {"saw": {"n": 3}}}, {"it/x": F8})
    assert parting(run({"it": {"saw": {"n": 3}}}, {"it/x": F8}), right) is None
    assert parting(run({"it": {"saw": {"n": 3}}}), right) == "`x` is missing"
    assert parting(run({"it": {"saw": {}}}, {"it/x": F8}), right) == "`n` is missing"
    assert parting(run({"it": {"saw": {"n": 3, "x": 1}}}), right) == "`x` is 1: expected an array"
    assert parting(run({"it": {"saw": {}}}, {"it/x": F8, "it/n": F8}), right) == "`n` is an array: expected 3"
    more = run({"it": {"saw": {"n": 3, "m": 3}}}, {"it/x": F8})
    assert parting(more, right) == "there is `m`, which should not be there"
    odd = run({"it": {"saw": {"n": 3, "\u202e`": 3}}}, {"it/x": F8})
    assert parting(odd, right) == "there is `\\u202e`, which should not be there".replace("\\u202e`", "\\u202e``")


@pytest.mark.parametrize(
    ("own", "right", "same"),
    [
        (1, 1, True), (1, 1.0, True), (1, True, False), (True, True, True), (0, False, False), (None, None, True),
        (None, 0, False), ("a", "a", True), ("a", "b", False), ("1", 1, False), (0.1 + 0.2, 0.3, True),
        (0.3001, 0.3, False), ([1, 2], [1, 2], True), ([1, 2], [2, 1], False), ([1], [1, 1], False), ([], {}, False),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2.0}]}, True), ({"a": 1}, {"a": 1, "b": 1}, False),
        (10**400, 1.5, False), (float("nan"), 1.0, False), (float("inf"), 1.0, False),
        ({"float": "nan"}, 1.0, False), ({"float": "inf"}, {"float": "inf"}, True), (2**53, 2**53 + 1, False),
    ],
)  # fmt: skip
def test_data(own: Any, right: Any, same: bool) -> None:
    assert (parting(run({"it": own}), run({"it": right})) is None) is same


def test_what_is_shown_of_data_is_short_and_safe() -> None:
    why = parting(run({"it": "\x1b" + "x" * 500}), run({"it": 1}))
    assert why is not None
    assert why.startswith("`value` is \\x1bxxx")
    assert len(why) < 120
    assert parting(run({"it": 10**4400}), run({"it": 1})) == "`value` is something too large to be shown: expected 1"


def moves(*values: float, check: str = "it", step: str = "micro-batch") -> list[tuple[str, str, dict[str, Any]]]:
    return [(check, f"{step} {place}", {"0.weight": np.array([float(value)])}) for place, value in enumerate(values, 1)]


def told(*values: float) -> Run:
    return run({"it": {"saw": {}}}, {"it/end": np.array([float(values[-1])])}, moves(*values))


@pytest.mark.parametrize(
    ("own", "right", "why"),
    [
        ((0, 0, 0, 1), (0, 0, 0, 1), None),
        (
            (0, 0.33, 0.33, 1),
            (0, 0, 0, 1),
            "after micro-batch 2, `0.weight` differs by 0.33: expected no update before micro-batch 4",
        ),
        ((0, 1, 2, 3), (0, 0, 0, 0), "after micro-batch 2, `0.weight` differs by 1: expected no update here"),
        ((0, 0, 0, 0), (0, 0, 1, 1), "after micro-batch 3, `0.weight` differs by 1: expected an update here"),
        ((0, 0, 2, 2), (0, 0, 1, 1), "after micro-batch 3, `0.weight` differs by 1"),
        ((5, 5, 5, 6), (0, 0, 0, 1), "after micro-batch 1, `0.weight` differs by 5"),
        ((0, 0), (0, 0, 1, 1), "it stopped before micro-batch 3"),
        ((0, 0, 1, 1, 1), (0, 0, 1, 1), "it went on after the last of 4 steps"),
    ],
)
def test_the_order_of_events(own: tuple[float, ...], right: tuple[float, ...], why: str | None) -> None:
    assert parting(told(*own), told(*right)) == why


def test_reports_are_taken_check_by_check() -> None:
    def both(first: float, second: float) -> Run:
        mixed = [moves(first, check="a")[0], moves(second, check="b")[0], moves(first, first, check="a")[1]]
        return run({}, None, mixed)

    assert parting(both(1, 2), both(1, 3), "a") is None
    assert parting(both(1, 2), both(1, 3), "b") == "after micro-batch 1, `0.weight` differs by 1"


def whole(end: float, *values: float, allowed: bool = True) -> Run:
    notes = {"saw": {}, "whole": True} if allowed else {"saw": {}}
    return run({"it": notes}, {"it/end": np.array([float(end)])}, moves(*values))


def test_code_that_reads_everything_first_is_judged_by_its_end() -> None:
    right = whole(3, 0, 0, 1, 1)
    assert parting(whole(3, 0, 0, 0, 0), right) is None
    assert parting(whole(4, 0, 0, 0, 0), right) == "`end` differs by 1"
    # having begun in between, it is judged by when
    assert parting(whole(3, 0, 1, 1, 1), right) is not None
    assert parting(whole(3, 0, 0, 0, 1), right) is not None
    # neither the candidate's word nor another beginning opens this way
    assert parting(whole(3, 9, 9, 9, 9), right) is not None
    assert parting(whole(3, 0, 0, 0), right) is not None
    assert parting(whole(3, 0, 0, 0, 0), whole(3, 0, 0, 1, 1, allowed=False)) is not None


@pytest.mark.parametrize(
    ("own", "why"),
    [
        ([100, 1], None),
        ([150, 1], None),
        ([151, 99], "`bytes` is 151: expected at most 150"),
        ([float("nan"), 1], "`bytes` is nan: expected at most 150"),
        (["0", 1], "`bytes` was not measured"),
        (None, "`bytes` was not measured"),
    ],
)
def test_what_may_be_used_is_a_multiple_of_the_references(own: Any, why: str | None) -> None:
    right = run({"it": {"saw": {}, "spent": {"bytes": [100, 1.5]}}})
    assert parting(run({"it": {"saw": {}, "spent": {"bytes": own} if own else {}}}), right) == why


def test_a_reference_that_cannot_be_met_is_nobodys_fault() -> None:
    fine = run({"it": 1})
    for right, says in [
        (run({"it": {"raised": {"type": "ValueError", "message": "odd"}}}), "fails the check 'it': ValueError: odd"),
        (run({"it": {"saw": {}}}), "looked at nothing for the check 'it'"),
        (run({}), "looked at nothing"),
        (one(np.array([np.nan])), "differs from itself"),
        (run({"it": {"saw": {}}}, None, [("it", "", {})]), "looked at nothing"),
    ]:
        with pytest.raises(UnusableError, match=says):
            parting(fine, right)
        with pytest.raises(UnusableError, match=says):
            parting(right, right)


def test_remarks_come_with_a_difference() -> None:
    own = run({"it": {"saw": {"n": 1}, "remarks": ["The spread is 5.3."]}})
    assert difference("it", accounts(own), accounts(run({"it": {"saw": {"n": 2}}}))) == Difference(
        "`n` is 1: expected 2", ("The spread is 5.3.",)
    )


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (
            {"type": "KeyError", "message": "'a'", "file": "submission.py", "line": 2, "source": " x = d['a']"},
            "KeyError: 'a' in line 2: `x = d['a']`",
        ),
        ({"type": "KeyError", "message": "'a'", "file": "probe.py", "line": 2, "source": "x"}, "KeyError: 'a'"),
        (
            {
                "type": "SyntaxError",
                "message": "'(' was never closed (submission.py, line 3)",
                "file": "submission.py",
                "line": 3,
                "source": "f(",
            },
            "SyntaxError: '(' was never closed in line 3: `f(`",
        ),
        ({"type": "ValueError", "message": "", "file": "submission.py", "line": 0}, "ValueError"),
        ({"type": "ValueError", "message": "two\nlines", "file": "", "line": 0}, "ValueError: two lines"),
        ({}, "an error"),
        ({"type": 5, "message": [], "line": "x", "source": None, "file": {}}, "an error"),
    ],
)
def test_what_was_raised_is_said_with_the_candidates_line(failure: dict[str, Any], sentence: str) -> None:
    assert said(failure) == sentence


ARRAYS = hnp.arrays(
    st.sampled_from(["f8", "f4", "f2", "i8", "u1", "?"]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)


@given(ARRAYS)
def test_an_array_equals_itself_unless_it_holds_nan(array: Any) -> None:
    if array.dtype.kind == "f" and np.isnan(array).any():
        with pytest.raises(UnusableError):
            parting(one(array), one(array))
    else:
        assert parting(one(array), one(array)) is None


@given(st.sampled_from(["float64", "float32", "float16"]), st.floats(-1e4, 1e4), st.floats(0, 3))
def test_within_the_tolerance_and_not_beyond(kind: str, value: float, times: float) -> None:
    relative, absolute = TOLERANCES[kind]
    right = np.array([value], kind)
    own = (right.astype("f8") + times * (absolute + relative * abs(right.astype("f8")))).astype(kind)
    away = abs(own.astype("f8") - right.astype("f8"))[0]
    allowed = absolute + relative * abs(right.astype("f8"))[0]
    assert (parting(one(own), one(right)) is None) == bool(away <= allowed)


@given(ARRAYS, ARRAYS)
def test_arrays_that_agree_agree_both_ways_but_for_the_tolerance(a: Any, b: Any) -> None:
    if any(array.dtype.kind == "f" and not np.isfinite(array).all() for array in (a, b)):
        return
    if parting(one(a), one(b)) is None:
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        assert np.allclose(a.astype("f8"), b.astype("f8"), rtol=2.1e-2, atol=1.1e-3)


def test_labels_that_a_run_makes_up_win_nothing() -> None:
    own = one(F8 * 1.01, labels={"answer/it/x": "bfloat16"})
    assert parting(own, one(F8)) == "`x` is bfloat16: expected float64"


def test_a_run_whose_arrays_cannot_be_read_has_none() -> None:
    for blob in ("!", "AAAA", "//////////////8=", one(F8).blob[:-8]):
        assert parting(run({"it": {"saw": {}}}, blob=blob), one(F8)) == "`x` is missing"

"""The worker that compares: the key first, then conventions and slips until one is the same."""

from __future__ import annotations

from typing import Any

from autograder.workers.formula import formula

DATA: dict[str, Any] = {
    "declared": {"symbols": {"n": {"integer": True, "positive": True}}},
    "values": {"k": 3},
    "key": "k*n",
    "claims": ["k + n", "n**k", "n*n*n"],
}


def test_a_right_answer_is_compared_with_nothing_else() -> None:
    assert formula({**DATA, "answer": "n+2n"})["key"]["kind"] == "proved"
    assert formula({**DATA, "answer": "n+2n"})["claims"] == []


def test_claims_are_tried_up_to_the_first_that_is_the_same() -> None:
    found = formula({**DATA, "answer": "n^3"})
    assert found["key"]["kind"] == "refuted"
    assert [verdict["kind"] for verdict in found["claims"]] == ["refuted", "proved"]
    assert [verdict["kind"] for verdict in formula({**DATA, "answer": "n"})["claims"]] == ["refuted"] * 3


def test_drawn_numbers_stand_in_what_staff_write_only() -> None:
    assert formula({**DATA, "answer": "k*n", "staff": True})["key"]["kind"] == "proved"
    declared = {"symbols": {"n": {}}, "givens": ["s = n + k"], "constraints": ["n > k"]}
    data = {"declared": declared, "values": {"k": "7/2"}, "key": "s + k", "claims": []}
    assert formula({**data, "answer": "n + 7"})["key"]["kind"] == "probable"
    assert formula({**data, "answer": "|n - 3.5| + 10.5"})["key"]["kind"] == "probable"  # n is above k
    assert formula({**data, "answer": "n + 6"})["key"]["kind"] == "refuted"

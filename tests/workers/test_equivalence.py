"""The worker that proves: what points alone leave open, and nothing that they refute."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.workers.equivalence import equivalence

DECLARED: dict[str, Any] = {
    "symbols": {"n": {"integer": True, "positive": True}, "x": {"real": True}, "W": {"matrix": ["n", "n"]}},
}


@pytest.mark.parametrize(
    ("key", "answer", "kind"),
    [
        ("k*n", "n + 2*n", "proved"),  # by structure, with the drawn number put in
        ("tanh(x)", "(exp(2*x) - 1)/(exp(2*x) + 1)", "proved"),
        ("Sum(i, (i, 1, n))", "n*(n + 1)/2", "proved"),
        ("Max(x, 0)", "(x + Abs(x))/2", "proved"),
        ("trace(W*W.T)", "norm(W)**2", "proved"),
        ("k*n", "n*n", "refuted"),
        ("Max(x, 0)", "Abs(x)", "refuted"),
        ("trace(W*W)", "norm(W)**2", "refuted"),
    ],
)
def test_what_is_proved_and_what_is_refuted(key: str, answer: str, kind: str) -> None:
    found = equivalence({"declared": DECLARED, "values": {"k": 3}, "key": key, "answer": answer})
    assert found["kind"] == kind


def test_what_is_not_proved_says_at_how_many_points_it_holds() -> None:
    declared = {"random": {"V": {"mean": 0, "var": 1}}}
    found = equivalence({"declared": declared, "values": {}, "key": "Var(V)", "answer": "Ev(V**2)"})
    assert found["kind"] == "probable"
    assert found["points"] > 0

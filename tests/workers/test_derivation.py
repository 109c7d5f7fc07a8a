"""The worker that judges derivations: the same verdicts each time, and a budget that counts operations."""

from __future__ import annotations

from typing import Any

from autograder.workers import derivation as module
from autograder.workers.derivation import derivation

WORK: dict[str, Any] = {
    "declared": {"symbols": {"n": {"integer": True, "positive": True}, "x": {"indexed": 1, "positive": True}}},
    "values": {"k": 3},
    "start": "Sum(k*x[i], (i, 1, n))",
    "goal": "k*Sum(x[i], (i, 1, n))",
    "said": "= Sum(2*x[i] + x[i], (i, 1, n))\n"
    "= 2*Sum(x[i], (i, 1, n)) + Sum(x[i], (i, 1, n))\n= 3*Sum(x[i], (i, 1, n))",
    "settings": {},
}


def test_drawn_numbers_stand_in_what_staff_write() -> None:
    found = derivation(WORK)
    assert [line["verdict"] for line in found["lines"]] == ["ok", "ok", "ok"]
    assert found["goal"]["reached"]
    assert found == derivation(WORK)


def test_a_witness_shows_both_values() -> None:
    found = derivation(WORK | {"said": "= Sum(2*x[i], (i, 1, n))"})
    witness = found["lines"][0]["witness"]
    assert witness["at"]["n"] >= 1
    assert 3 * witness["yours"] == 2 * witness["key"]


def test_a_spent_budget_leaves_lines_undecided(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "BUDGET", 3_000)
    module._task.cache_clear()
    found = derivation(WORK)
    module._task.cache_clear()
    assert "undecided" in [line["verdict"] for line in found["lines"]]
    assert "broken" not in [line["verdict"] for line in found["lines"]]

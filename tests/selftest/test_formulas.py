"""Formula parts, tried out: what an author got wrong is told by place, and proofs are held against keys at points."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.bank import Bank, inspect_bank
from autograder.model import Job, Run
from autograder.selftest.check import try_out
from autograder.selftest.proofs import DRAWS, agrees, prove
from tests.conftest import Ran

QUESTION = r"""id: ring
title: A ring
topic: parallelism
params:
  k: {pick: [2, 3]}
text: "There are $n$ workers and $p$ parameters; $k = [= k =]$."
parts:
  - id: sent
    text: How many parameters does a worker send?
    input: formula
    points: 4
    symbols:
      n: {integer: true, ge: 3}
      p: {integer: true, positive: true}
    constraints: ["p % n == 0"]
    answer: 2*(n - 1)*p/n
    proof: proof.py
    also:
      - {name: all workers together, answer: 2*(n - 1)*p, share: 0.9}
    slips:
      - {name: one pass, answer: (n - 1)*p/n, share: 0.5, say: There are two passes.}
  - id: drawn
    text: And $k$ rings in a row, each of one worker more?
    input: formula
    points: 2
    symbols: {n: {integer: true, ge: 3}}
    answer: "Sum(n + i, (i, 0, k - 1))"
    proof: proof.py
    slips:
      - {name: all alike, answer: k*n, share: 0.5}
tests:
  - {part: sent, say: '2p\left(1-\frac1n\right)', score: 4, reason: probable}
  - {part: sent, say: '\frac{n-1}{n}p', score: 2, reason: slip}
  - {part: sent, say: 'p', score: 0, reason: refuted}
  - {part: drawn, say: '[= k =]n + [= k*(k-1)/2 =]', score: 2}
"""
PROOF = """
def proof(values):
    chunk = values["p"] // values["n"]
    sent = sum(2 * chunk for _ in range(values["n"] - 1))
    return {"sent": sent, "drawn": sum(values["n"] + i for i in range(values["k"]))}
"""


def tried(tmp_path: Path, old: str = "", new: str = "") -> list[str]:
    assert old in QUESTION
    folder = tmp_path / "parallelism" / "ring"
    folder.mkdir(parents=True)
    (folder / "question.yaml").write_text(QUESTION.replace(old, new) if old else QUESTION)
    (folder / "proof.py").write_text(PROOF)
    bank, problems = inspect_bank(tmp_path)
    if problems:
        return [str(problem) for problem in problems]
    return [str(error) for error in try_out(bank.questions["ring"], bank).errors]


def test_a_sound_question_has_no_problems(tmp_path: Path) -> None:
    assert tried(tmp_path) == []


def test_right_formulas_are_proved_or_named(tmp_path: Path, tenfold: Callable[..., Ran]) -> None:
    endless = r"\sum_{i=0}^{\infty} 2^{-i}"
    hard = f"  - {{part: drawn, say: '[= k =]n + [= k*(k-1)/4 =]{endless}', score: 2}}\n"
    assert tried(tmp_path, "tests:\n", f"tests:\n{hard}") == []
    ran = tenfold("check", "ring", "--bank", tmp_path)
    assert "formulas: 3 of 5 equivalents proved, 2 probable" in ran.out
    assert "ring-drawn" in ran.out
    missing = tenfold("check", "rung", "--bank", tmp_path)
    assert missing.code == 2
    assert "did you mean 'ring'" in missing.err


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("ge: 3}\n      p", "gee: 3}\n      p", "there is no field 'gee' here"),
        ("p % n == 0", "p % m == 0", "'m' is not declared"),
        ("answer: 2*(n - 1)*p/n", "answer: 2*(n - 1)*q/n", "is no formula"),
        ("answer: 2*(n - 1)*p/n", "answer: 2*(n - 1)*log(-p)", "the key has no value"),
        ('["p % n == 0"]', '["p > p + n"]', "the key has no value"),
        ("answer: (n - 1)*p/n, share", "answer: 2*p*(1 - 1/n), share", "'one pass' equals the key in every variant"),
        ("answer: (n - 1)*p/n, share", "answer: 2*n*p - 2*p, share", "equals the convention 'all workers together'"),
        ("symbols: {n: {integer: true, ge: 3}}", "symbols: {n: {}, k: {}}", "both a symbol and a param"),
        ("    constraints:", "    only: [m]\n    constraints:", "only: 'm' is not declared"),
        (
            "score: 4, reason: probable",
            "score: 0, reason: refuted",
            "wants score 0 and reason refuted, got 4 (probable)",
        ),
        ("    answer: 2*(n - 1)*p/n\n", "", "it has no answer"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, old: str, new: str, problem: str) -> None:
    found = tried(tmp_path, old, new)
    assert any(problem in error for error in found), found
    assert all("question.yaml:" in error for error in found)


def proved(tmp_path: Path, old: str = "", new: str = "") -> tuple[list[str], list[dict[str, Any]]]:
    tried(tmp_path, old, new)
    bank, _ = inspect_bank(tmp_path)
    seen: list[dict[str, Any]] = []
    space: dict[str, Any] = {}
    exec(PROOF, space)

    def run(job: Job) -> Run:
        seen.extend([job.data["values"], *job.steps])
        return Run(key="", status="ok", reports=tuple({"proof.py": space["proof"](values)} for values in seen))

    return [str(error) for error in prove(bank.questions["ring"], bank, run)], seen


def test_a_proof_gets_points_that_meet_what_is_declared(tmp_path: Path) -> None:
    problems, seen = proved(tmp_path)
    assert problems == []
    assert len(seen) >= DRAWS
    assert {values["k"] for values in seen} == {2, 3}
    assert all(values["n"] >= 3 and values["p"] % values["n"] == 0 for values in seen)
    assert len({(values["n"], values["p"]) for values in seen}) >= DRAWS // 2


def test_a_key_that_a_proof_contradicts_is_told_with_the_point(tmp_path: Path) -> None:
    problems, _ = proved(tmp_path, "answer: 2*(n - 1)*p/n", "answer: 2*(n - 1)*p/n + 1")
    assert len(problems) == 1
    assert "part sent: the key is" in problems[0]
    assert "n = " in problems[0]
    assert "question.yaml:" in problems[0]


@pytest.mark.parametrize(
    ("key", "found", "same"),
    [
        (2, 2.0, True), (2.0, 2.0000001, True), (2.0, 2.00001, False), (0.0, 1e-13, True), (None, 1, False),
        ([1, 2], [1, 2], True), ([1, 2], [2, 1], False), ([1, 2], [1], False), ([[1]], [1], False), (1, [1], False),
        (1, True, False), (1, "1", False), (1, float("nan"), False),
    ],
)  # fmt: skip
def test_values_agree_in_shape_and_size(key: Any, found: Any, same: bool) -> None:
    assert agrees(key, found) == same


TABLE = r"""id: grid
title: A grid
topic: parallelism
params:
  k: {pick: [2, 3]}
text: "$k = [= k =]$."
parts:
  - id: a
    text: Fill in.
    input: table
    points: 4
    symbols: {n: {integer: true, ge: 3}, p: {integer: true, ge: 3}}
    constraints: ["p % n == 0"]
    proof: proof.py
    cells:
      - - input: formula
          answer: n*(n - 1)
          slips: [{name: itself, answer: n**2, share: 0.5}]
        - {answer: 2*k}
      - ["$p$", {input: formula, answer: k*p/n, ask: k > 2}]
tests:
  - {part: a, say: [["n^2-n", "[= 2*k =]"], ["", "[= k =]p/n"]], score: 4}
"""
TABLE_PROOF = """
def proof(values):
    n, p, k = values["n"], values["p"], values["k"]
    sent = sum(1 for a in range(n) for b in range(n) if a != b)
    return {"a": [[sent, k + k], [None, k * len(range(0, p, n))]]}
"""


def grid(tmp_path: Path, old: str = "", new: str = "", proof: str = TABLE_PROOF) -> Bank:
    assert old in TABLE
    folder = tmp_path / "parallelism" / "grid"
    folder.mkdir(parents=True)
    (folder / "question.yaml").write_text(TABLE.replace(old, new) if old else TABLE)
    (folder / "proof.py").write_text(proof)
    return inspect_bank(tmp_path)[0]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("", "", ""),
        ("answer: n**2, share", "answer: n*n - n, share", "'itself' equals the key in every variant"),
        ("answer: n*(n - 1)", "answer: n*(m - 1)", "is no formula near 'm"),
        ("p: {integer: true, ge: 3}", "p: {integer: true, gee: 3}", "gee"),
        ('["p % n == 0"]', '["p % q == 0"]', "'q' is not declared"),
        ("p: {integer", "k: {}, p: {integer", "both a symbol and a param"),
        ("answer: k*p/n,", "answer: k*p/n, uses: {b: 1},", "a cell has no 'uses'"),
        ("      - - input: formula", "      - - input: derivation", "cannot be asked by the input 'derivation'"),
        ("answer: n*(n - 1)", "answer: n*log(-p)", "the key has no value"),
        ('["n^2-n",', '["n^2",', "wants score 4, got"),
    ],
)
def test_cells_are_tried_out_like_parts(tmp_path: Path, old: str, new: str, problem: str) -> None:
    bank = grid(tmp_path, old, new)
    found = [str(error) for error in inspect_bank(tmp_path)[1]]
    found = found or [str(error) for error in try_out(bank.questions["grid"], bank).errors]
    assert len(found) == bool(problem), found
    assert all(problem in error and "question.yaml:" in error for error in found), found


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("", "", ""),
        ("if a != b", "", "the key is [["),
        ("k + k", "k", "proof.py finds [["),
        ("k + k", "'two'", "proof.py finds"),
        ("[None, k", "[k", "proof.py finds"),
        ("[[sent, k + k], ", "[[sent], ", "proof.py finds"),
        ('{"a": [[', '{"b": [[', "proof.py gives nothing for it"),
        ("k * len", "1 + k * len", "10 of 20 draws disagree"),
    ],
)
def test_a_table_is_proved_row_by_row(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in TABLE_PROOF
    bank = grid(tmp_path, proof=TABLE_PROOF.replace(old, new) if old else TABLE_PROOF)

    def run(job: Job) -> Run:
        scope: dict[str, Any] = {}
        exec(job.files["proof.py"], scope)
        found = [{"proof.py": scope["proof"](each)} for each in (job.data["values"], *job.steps)]
        return Run(key="", status="ok", reports=tuple(found))

    found = [str(error) for error in prove(bank.questions["grid"], bank, run)]
    assert len(found) == bool(problem), found
    assert all(problem in error for error in found), found

"""The formula grader: one table of answers and what they earn, and what it says where nothing could be compared."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.answers import response_to
from autograder.graders.formula import REASONS, job
from autograder.marking import mark_part
from autograder.model import Key, Mark, Observation, Response, Run, written_values
from autograder.observe import observe_work
from autograder.yamlsrc import read_yaml
from tests.conftest import key_of

TABLE = read_yaml(Path(__file__).with_name("formula.yaml")).data

ROWS = [
    pytest.param(group["part"], group.get("values", {}), *row, id=f"{group['part']['answer']}: {row[0]!r}")
    for group in TABLE
    for row in group["rows"]
]
SIMPLE = {"input": "formula", "symbols": {"n": {"integer": True, "positive": True}}, "answer": "n**2"}


def marked(key: Key, text: Any) -> Mark:
    response = response_to(key, text)
    return mark_part(key, response, observe_work(key, response))


@pytest.mark.parametrize("row", [row.values for row in ROWS], ids=[str(row.id) for row in ROWS])
def test_table(row: tuple[Any, ...]) -> None:
    part, values, text, share, reason, *more = row
    mark = marked(key_of(part, written_values(values)), text)
    says = more[0] if more else {}
    assert (mark.reason, mark.score) == (reason, share), mark.feedback
    assert mark.state == ("manual" if reason == "undecided" else "graded")
    assert says.get("feedback", "") in mark.feedback
    for field in ("claimed", "witness"):
        if field in says:
            assert mark.detail[field] == says[field]
    if "read" in says:
        assert mark.read == says["read"]


def test_the_table_gives_every_reason() -> None:
    # `unreadable` is a notebook's: what stood there is no text
    assert {row.values[4] for row in ROWS} | {"unreadable"} == set(REASONS)


def test_a_witness_is_true_small_and_the_same_each_time() -> None:
    part = {
        "input": "formula",
        "symbols": {name: {"integer": True, "ge": 3} for name in "np"},
        "constraints": ["p % n == 0"],
        "answer": "2*(n - 1)*p/n",
    }
    mark = marked(key_of(part), "2(n-1)p")
    witness = mark.detail["witness"]
    n, p = witness["at"]["n"], witness["at"]["p"]
    assert p % n == 0
    assert 3 <= n <= p <= 30
    assert (witness["yours"], witness["key"]) == (2 * (n - 1) * p, 2 * (n - 1) * p // n)
    assert f"At n = {n}, p = {p} your formula gives {witness['yours']}, the key {witness['key']}." in mark.feedback
    assert marked(key_of(part), "2(n-1)p") == mark


def test_what_was_not_compared_is_neither_right_nor_wrong() -> None:
    key, response = key_of(SIMPLE), Response(ref="made-a", state="given", value="n*n")
    lost = Run(key="", status="error", why="it took longer than 2 s")
    for seen in (None, Observation(ref="made-a", runs=(lost,), reference=())):
        mark = mark_part(key, response, seen)
        assert (mark.state, mark.score, mark.reason) == ("error", None, "error")
    assert "2 s" in mark.feedback


def test_only_what_reads_is_compared() -> None:
    key = key_of(SIMPLE)
    for value, state in (("n*n", "given"), ("n*", "given"), (None, "blank"), (None, "unreadable")):
        response = Response(ref="made-a", state=state, value=value)  # type: ignore[arg-type]
        assert (job(key, response) is not None) == (value == "n*n")
    assert mark_part(key, Response(ref="made-a", state="unreadable", hint="A list."), None).feedback == "A list."


def test_reading_and_marking_load_nothing_that_compares() -> None:
    code = (
        "import sys, autograder.graders.formula, autograder.algebra.read\n"
        "print({'flint', 'sympy', 'numpy', 'mpmath', 'torch'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_a_comparison_names_nobody() -> None:
    made = job(key_of(SIMPLE), Response(ref="made-a", state="given", value="n*n"))
    assert made is not None
    assert made.worker == "formula"
    assert set(made.data) == {"declared", "values", "key", "answer", "claims"}


@given(st.text(max_size=60))
def test_nothing_that_is_written_raises(text: str) -> None:
    mark = marked(key_of(SIMPLE), text)
    assert mark.reason in REASONS
    assert mark.score in (None, 0, 1)


@given(st.text(alphabet="n+-*/^()0123456789 .,=<>\\{}_&|![]'", max_size=40))
def test_nothing_like_a_formula_raises(text: str) -> None:
    mark = marked(key_of(SIMPLE), text)
    assert mark.reason in REASONS

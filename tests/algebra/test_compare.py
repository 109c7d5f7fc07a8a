"""Comparing formulas: a table, the laws behind it, and what it may cost."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.algebra.compare import compare
from autograder.algebra.declare import declare
from autograder.algebra.read import read
from autograder.algebra.verdicts import Verdict
from autograder.formula.tree import Call, Name, Node, Number, Operation
from autograder.yamlsrc import read_yaml


def each(names: str, said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: dict(said) for name in names}


_POSITIVE, _COUNT = {"positive": True}, {"integer": True, "positive": True}
DECLARED = declare(
    {
        "symbols": {
            **each("xy", {"real": True}),
            **each("ab", _POSITIVE),
            "c0": _POSITIVE,
            **each("npt", _COUNT),
            "u": {"gt": 0, "lt": 1},
            "beta": {"indexed": 1, "gt": 0, "lt": 1},
            "W": {"matrix": ["m", "q"]},
            **each("AB", {"matrix": ["q", "q"]}),
            "S": {"matrix": ["q", "q"], "symmetric": True},
            "Q": {"matrix": ["q", "q"], "orthogonal": True},
            "P": {"matrix": ["q", "q"], "positive_definite": True},
            **each("zg", {"vector": "q"}),
            "q": {"integer": True, "ge": 2},
        },
        "functions": {"f": {"of": "x"}},
    }
)
TABLE = read_yaml(Path(__file__).with_name("comparisons.yaml")).data


def decided(key: str, answer: str) -> Verdict:
    return compare(read(str(key), DECLARED), read(str(answer), DECLARED), DECLARED)


@pytest.mark.parametrize(("key", "answer", "wanted"), TABLE, ids=[f"{row[0]} ~ {row[1]}" for row in TABLE])
def test_table(key: str, answer: str, wanted: str | bool) -> None:
    verdict = decided(key, answer)
    assert {"proved": "yes", "probable": "yes", "refuted": "no", "undecided": "?"}[verdict.kind] == wanted, verdict
    if verdict.kind == "refuted":
        assert verdict.witness is not None or verdict.why
    if verdict.kind == "undecided":
        assert verdict.why


def numbers() -> st.SearchStrategy[Node]:
    names = st.sampled_from([Name(name) for name in ("x", "y", "a", "n")])
    leaves = names | st.integers(-5, 9).map(Number) | st.fractions(0, 3, max_denominator=7).map(Number)
    return st.recursive(leaves, _grown, max_leaves=8)


def _grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    two = st.tuples(inner, inner)
    return st.one_of(
        st.builds(Operation, st.sampled_from(["+", "-", "*"]), two),
        st.builds(Call, st.sampled_from(["Max", "Min"]), two),
        st.builds(Call, st.sampled_from(["exp", "tanh", "Abs", "floor", "sin"]), st.tuples(inner)),
    )


@given(numbers(), numbers())
def test_what_is_written_otherwise_is_not_refuted(a: Node, b: Node) -> None:
    one = Operation("*", (Operation("+", (a, b)), Operation("-", (a, b))))
    other = Operation("-", (Operation("**", (a, Number(2))), Operation("*", (b, b))))
    assert compare(one, other, DECLARED).kind in ("proved", "probable", "undecided")


@given(numbers(), st.sampled_from([Number(1), Number(Fraction(1, 10**6)), Name("a"), Call("exp", (Name("x"),))]))
def test_what_is_larger_is_refuted(a: Node, more: Node) -> None:
    # what grows beyond all bounds may hide a difference, and then a person looks
    assert compare(a, Operation("+", (a, more)), DECLARED).kind in ("refuted", "undecided")


@given(numbers())
def test_a_verdict_is_the_same_each_time(a: Node) -> None:
    other = Operation("*", (Number(2), a))
    assert compare(a, other, DECLARED) == compare(a, other, DECLARED)


def test_a_verdict_is_the_same_in_another_process() -> None:
    code = (
        "from tests.algebra.test_compare import decided\n"
        "print([decided(*pair).plain() for pair in (('n*x', 'n*x + n'), ('a/b', 'b/a'), ('A*z', 'z'))])"
    )
    outs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outs) == 1


def test_a_budget_ends_in_undecided_and_counts_no_time() -> None:
    key, answer = (read(text, DECLARED) for text in ("Sum(beta[i], (i, 1, n))", "Sum(beta[n + 1 - i], (i, 1, n))"))
    assert compare(key, answer, DECLARED).same
    short = compare(key, answer, DECLARED, budget=300)
    assert short.kind == "undecided"
    assert "operations" in short.why


def test_definitions_and_constraints_hold_at_every_point() -> None:
    declared = declare(
        {
            "symbols": {"d": _COUNT, "h": _COUNT, "k": _COUNT, "z": {"vector": "m"}, "s": _POSITIVE},
            "constraints": ["d % h == 0", "k = d/h"],
            "givens": ["s = norm(z)"],
        }
    )
    for key, answer, same in (
        ("floor(d/h)", "k", True),
        ("h*k", "d", True),
        ("s**2", "dot(z, z)", True),
        ("s", "d", False),
    ):
        assert compare(read(key, declared), read(answer, declared), declared).same == same


def test_a_bounded_space_is_gone_through() -> None:
    declared = declare({"symbols": {"n": {"integer": True, "ge": 1, "le": 3}}})
    cubic = "n**3 - 6*n**2 + 11*n - 6"
    assert compare(read(cubic, declared), Number(0), declared).same
    wider = declare({"symbols": {"n": {"integer": True, "ge": 1, "le": 4}}})
    assert compare(read(cubic, wider), Number(0), wider).kind == "refuted"

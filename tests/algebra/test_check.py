"""The check cell of a formula part: it shows how the answer reads and complains about what does not."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import Any

import pytest

from autograder.algebra.check import check_derivation, check_formula, for_reading, usable
from autograder.errors import NotReadable

DECLARED = {
    "symbols": {
        "n": {"integer": True, "ge": 2},
        "p": None,
        "beta": {"indexed": 1, "gt": 0, "lt": 1},
        "x": {"vector": "n"},
        "s": {"positive": True, "latex": r"\hat\sigma"},
    },
    "constraints": ["p % n == 0"],
    "left": "alpha_t",
    "givens": ["mu = trace(x*x.T)/n"],
    "functions": {"h": {"of": "x", "is": "x/norm(x)"}},
}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (r"\frac{2(n-1)p}{n}", "2*(n - 1)*p/n"),
        (r"\alpha_t = \prod_{i=1}^{n}(1-\beta_i)", "Product(1 - beta[i], (i, 1, n))"),
        ("2*n", "2*n"),
        (2, "2"),
        (0.5, "0.5"),
        (r"\hat\sigma h(x)", "s*h(x)"),
        ("mu + 1", "mu + 1"),
    ],
)
def test_what_reads_is_shown(value: Any, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_formula("q_a", value, declared=for_reading(DECLARED)) is None
    assert capsys.readouterr().out == f"q_a reads as {shown}\n"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "q_a is blank."),
        (..., "q_a is blank."),
        ("  ", "q_a is blank."),
        (["n"], "is no text"),
        (True, "is no text"),
        ("m + 1", "'m' is not known here"),
        ("(n", "was expected"),
        ("x + 1", "the sum of a vector of length n and a number does not exist"),
        (r"\frac{n}", "ends too early"),
    ],
)
def test_what_does_not_read_raises(value: Any, words: str) -> None:
    with pytest.raises(NotReadable, match="q_a") as raised:
        check_formula("q_a", value, declared=for_reading(DECLARED))
    assert words in str(raised.value)


def test_drawn_numbers_in_definitions_are_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    declared = {
        "symbols": {"n": {}, "x": {"vector": "d"}},
        "givens": ["s = k*n"],
        "functions": {"f": {"of": "x", "is": "q*x"}},
    }
    check_formula("q_a", "s f(x)", declared=for_reading(declared))
    assert capsys.readouterr().out == "q_a reads as s*f(x)\n"
    with pytest.raises(NotReadable, match="'k' is not known here"):
        check_formula("q_a", "k*n", declared=for_reading(declared))


def test_bounds_and_constraints_stay_with_staff() -> None:
    kept = for_reading(DECLARED)
    assert kept["symbols"] == {
        "n": {"integer": True, "positive": True},
        "p": {},
        "beta": {"indexed": 1},
        "x": {"vector": "n"},
        "s": {"latex": r"\hat\sigma"},
        "mu": {},
    }
    assert not kept.keys() & {"constraints", "givens"}
    assert ast.literal_eval(repr(kept)) == kept, "it is written into a cell as Python"


def test_what_is_given_stays_with_staff() -> None:
    declared = {
        "symbols": {"x": {"vector": "n"}, "s": {"positive": True}},
        "random": {"V": {"mean": "s", "var": 1, "indexed": 1}},
        "givens": ["s = norm(x)", "u = x/s", "A = x*x.T"],
    }
    kept = for_reading(declared)
    assert kept["symbols"] == {"x": {"vector": "n"}, "s": {}, "u": {"vector": "n"}, "A": {"matrix": ["n", "n"]}}
    assert kept["random"] == {"V": {"indexed": 1}}
    assert usable(declared) == "V[i], x, s, u, A, n"


STEPS = """\
First the sum over all terms:
n*(p + 1)
= n*p + n
= n*(p + 1) <= n*p + 2*n"""


@pytest.mark.parametrize("value", [STEPS, STEPS.splitlines(), tuple(STEPS.splitlines())])
def test_each_line_of_a_derivation_is_shown(value: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_derivation("q_a", value, declared=for_reading(DECLARED)) is None
    assert capsys.readouterr().out.splitlines() == [
        "   words: First the sum over all terms:",
        " 1 reads as n*(p + 1)",
        " 2 reads as = n*p + n",
        " 3 reads as = n*(p + 1) <= n*p + 2*n",
    ]


def test_relations_are_those_that_the_part_allows(capsys: pytest.CaptureFixture[str]) -> None:
    check_derivation("q_a", "n*p ≈ n", declared=for_reading(DECLARED), relations=["≈"])
    assert capsys.readouterr().out == " 1 reads as n*p ≈ n\n"
    with pytest.raises(NotReadable, match="line 1 does not read"):
        check_derivation("q_a", "n*p ≈ n", declared=for_reading(DECLARED))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "q_a is blank."),
        (..., "q_a is blank."),
        (" \n\n ", "q_a is blank."),
        ([None, ""], "q_a is blank."),
        (3, "q_a is no text"),
        ("This is clear, as everybody can see.", "no line with a formula"),
        ("n*p\n= (n\n= n\n= m*p", "line 2, 4 does not read"),
    ],
)
def test_a_derivation_that_does_not_read_raises(value: Any, words: str) -> None:
    with pytest.raises(NotReadable) as raised:
        check_derivation("q_a", value, declared=for_reading(DECLARED))
    assert words in str(raised.value)


def test_the_names_are_told_as_they_can_be_typed() -> None:
    assert usable(DECLARED) == "h(x), n, p, beta[i], x, s, mu"
    assert usable(DECLARED | {"only": ["n", "beta"]}) == "n, beta[i]"


def test_it_loads_little() -> None:
    heavy = ("sympy", "numpy", "pydantic", "flint", "mpmath", "jinja2", "pint", "torch")
    code = f"import sys, autograder.algebra.check; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_sum_over_all_members_reads_in_the_check_cell_as_it_does_when_it_is_marked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    count = {"integer": True, "positive": True}
    declared = {"symbols": {"x": {"indexed": 1}, "n": count, "k": count}, "constraints": ["k <= n"]}
    kept = for_reading(declared)
    assert kept["symbols"]["k"] == {}
    check_formula("q", r"\sum_i x_i", declared=kept)
    assert "Sum(x[i], (i, 1, n))" in capsys.readouterr().out

"""Proofs that formulas are equal: what must be proved, and that nothing is proved that is not so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.algebra.compare import compare
from autograder.algebra.declare import declare
from autograder.algebra.malformed import Malformed
from autograder.algebra.read import read
from autograder.algebra.structure import same_structure
from autograder.algebra.symbolic.prove import proved
from autograder.algebra.symbols import Declared
from autograder.formula.tree import Call, Comparison, Index, Name, Node, Number, Operation, Piecewise, Series
from tests.algebra.test_cases import LINES
from tests.algebra.test_compare import DECLARED, TABLE

FUNCTIONS = ("exp", "log", "sqrt", "tanh", "Abs", "floor", "sin", "sign")
FIELDS = ("symbols", "constraints", "left", "givens", "functions", "random")


def is_proved(key: str, answer: str, declared: Declared = DECLARED) -> bool:
    return proved(read(key, declared), read(answer, declared), declared)


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("(a**2 - b**2)/(a - b)", "a + b"),
        ("tanh(x)", "1 - 2/(exp(2*x) + 1)"),
        ("1/(1 + exp(-x))", "exp(x)/(1 + exp(x))"),
        ("log(x**2)", "2*log(Abs(x))"),
        ("log(a**n*b)", "n*log(a) + log(b)"),
        ("sqrt(a*b)", "sqrt(a)*sqrt(b)"),
        ("1/(sqrt(a) - sqrt(b))", "(sqrt(a) + sqrt(b))/(a - b)"),
        ("sqrt(8)", "2*sqrt(2)"),
        ("sqrt(x**2)", "Max(x, -x)"),
        ("4**n", "2**(2*n)"),
        ("(-1)**(2*n)", "1"),
        ("a**(n + 1)/a", "a**n"),
        ("Max(x, y)", "(x + y + Abs(x - y))/2"),
        ("Max(x, 0)", "Piecewise((x, x > 0), (0, True))"),
        ("Max(x, 0)", "Piecewise((x, x >= 0), (0, True))"),
        ("Max(x, y, 0)", "Max(0, Max(y, x))"),
        ("ceiling(n/p)", "floor((n + p - 1)/p)"),
        ("floor(n/p)*p + n % p", "n"),
        ("floor(n + 1/2)", "n"),
        ("floor(u)", "0"),
        ("sin(2*x)", "2*sin(x)*cos(x)"),
        ("cos(x)**2", "1 - sin(x)**2"),
        ("cos(n*pi)", "(-1)**n"),
        ("factorial(n + 1)/factorial(n)", "n + 1"),
        ("binomial(n + 1, 2)", "n*(n + 1)/2"),
        ("Sum(i, (i, 1, n))", "n*(n + 1)/2"),
        ("Sum(i**3, (i, 1, n))", "Sum(i, (i, 1, n))**2"),
        ("Sum(a**i, (i, 0, n - 1))", "(1 - a**n)/(1 - a)"),
        ("Sum(i*2**i, (i, 1, n))", "(n - 1)*2**(n + 1) + 2"),
        ("Sum(1/(i*(i + 1)), (i, 1, n))", "n/(n + 1)"),
        ("Product(1 + 1/i, (i, 1, n))", "n + 1"),
        ("Product(i, (i, 1, n))", "factorial(n)"),
        ("Product(exp(beta[i]), (i, 1, n))", "exp(Sum(beta[j], (j, 1, n)))"),
        ("Product(1 - beta[i], (i, 1, n + 1))", "(1 - beta[n + 1])*Product(1 - beta[s], (s, 1, n))"),
        ("Product(beta[i]**2*a, (i, 1, n))", "a**n*Product(beta[i], (i, 1, n))**2"),
        ("Sum(a**(n - i)*beta[i], (i, 1, n))", "Sum(a**i*beta[n - i], (i, 0, n - 1))"),
        ("Sum(beta[i], (i, 1, n))", "Sum(beta[n + 1 - i], (i, 1, n))"),
        ("Sum(Sum(beta[i]*beta[j], (j, 1, n)), (i, 1, n))", "Sum(beta[i], (i, 1, n))**2"),
        ("f(x + x)", "f(2*x)"),
        ("x = 2*y", "y = x/2"),
        ("x < 2*y", "y - x/2 > 0"),
        ("(a/b, x)", "(a*(1/b), 2*x/2)"),
        ("set(a, -a)", "set(-a, a, a)"),
        ("(W*A*z).T", "z.T*A.T*W.T"),
        ("inv(A*B)", "inv(B)*inv(A)"),
        ("inv(A)*A*z", "z"),
        ("norm(z)**2", "dot(z, z)"),
        ("norm(z)**2", "Sum(z[i]**2, (i, 1, q))"),
        ("norm(Q*z)", "norm(z)"),
        ("trace(A*B)", "trace(B*A)"),
        ("trace(A*B)", "Sum(Sum(A[i, j]*B[j, i], (j, 1, q)), (i, 1, q))"),
        ("z.T*S*g", "g.T*S*z"),
        ("hadamard(z, g) - z*dot(z, g)", "(diag(z) - z*z.T)*g"),
        ("ones(q).T*ones(q)", "q"),
        ("norm(z - g)**2", "norm(z)**2 - 2*dot(z, g) + norm(g)**2"),
        ("exp(2*z/2)", "exp(z)"),
        ("O(n**2*log(n))", "O(3*n**2*log(n, 2) + n)"),
    ],
)
def test_what_is_proved(key: str, answer: str) -> None:
    assert is_proved(key.replace("log(n, 2)", "log2(n)"), answer.replace("log(n, 2)", "log2(n)"))
    assert is_proved(answer.replace("log(n, 2)", "log2(n)"), key.replace("log(n, 2)", "log2(n)"))


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("1", "Piecewise((1, x != 7), (0, True))"),
        ("x", "sqrt(x**2)"),
        ("x", "sqrt(x)**2"),
        ("sqrt(x**2)", "sqrt(x)**2"),
        ("Max(x, 0) + x", "Max(sqrt(Max(x, 0))**2, 0) + Abs(x)"),
        ("log(x*y)", "log(x) + log(y)"),
        ("x", "exp(log(x))"),
        ("Max(x, y)", "x"),
        ("floor(x + y)", "floor(x) + floor(y)"),
        ("floor(n/2)", "n/2"),
        ("Sum(beta[i], (i, 1, n))", "Sum(beta[i], (i, 2, n))"),
        ("Sum(1/(i - 3), (i, 4, n + 3))", "Sum(1/(i - 3), (i, 4, n + 2))"),
        ("Product(i - 3, (i, 1, n))", "Product(i - 4, (i, 2, n + 1))*n"),
        ("factorial(n)", "n*factorial(n - 1) + 1"),
        ("2**n", "n**2"),
        ("f(x + y)", "f(x) + f(y)"),
        ("x < y", "x <= y"),
        ("x**2 = y**2", "x = y"),
        ("O(n**2)", "O(n**3)"),
        ("sin(pi*x)", "0"),
        ("Product(x - beta[i], (i, 1, n))", "Product(x - beta[i], (i, 2, n - 1))*(x - beta[n])"),
        ("Sum(1/(i - n), (i, 1, n - 1))", "0"),
        ("Product(beta[i] - beta[1], (i, 2, n + 1))", "0"),
        ("beta[3]", "beta[301/100]"),
        ("0", "0/floor(n/p)"),
        ("trace(A*B)", "trace(A)*trace(B)"),
        ("A*B", "B*A"),
        ("z.T*A*g", "g.T*A*z"),
        ("norm(A*z)", "norm(z)"),
        ("Sum(exp(z[i]), (i, 1, q))", "q*exp(z[1])"),
        ("Sum(z[i]**2, (i, 2, q))", "dot(z, z)"),
        ("hadamard(z, g)", "z*dot(ones(q), g)"),
        ("inv(A + B)", "inv(A) + inv(B)"),
        ("(-1)**n", "1"),
    ],
)
def test_what_is_not_proved_because_it_is_not_so(key: str, answer: str) -> None:
    assert not is_proved(key, answer)


def test_constraints_and_definitions_are_used() -> None:
    count = {"integer": True, "positive": True}
    declared = declare(
        {
            "symbols": {"d": count, "h": count, "k": count, "n": count, "m": count, "s": {"positive": True}, "x": {}},
            "constraints": ["d % h == 0", "k = d/h", "n < m"],
            "givens": ["s = x**2 + 1"],
        }
    )
    for key, answer in (("floor(d/h)", "k"), ("Max(n, m)", "m"), ("Abs(n - m)", "m - n"), ("s - 1", "x**2")):
        assert is_proved(key, answer, declared), key
    assert not is_proved("floor(n/h)", "n/h", declared)


def _pairs() -> Iterator[tuple[Node, Node, Declared, str]]:
    for _, _, case in LINES:
        if case["want"] not in ("right", "refuted"):
            continue
        declared = declare({field: case["part"][field] for field in FIELDS if field in case["part"]})
        try:
            yield read(case["part"]["answer"], declared), read(case["say"], declared), declared, case["want"]
        except Malformed:
            continue


def test_of_the_cases_most_that_are_equal_are_proved_and_no_other() -> None:
    found: dict[str, list[bool]] = {"right": [], "refuted": []}
    for key, answer, declared, want in _pairs():
        if not same_structure(key, answer, declared):
            found[want].append(proved(key, answer, declared))
    assert len(found["refuted"]) > 400
    assert not any(found["refuted"])
    assert sum(found["right"]) > 0.9 * len(found["right"])


@pytest.mark.parametrize("row", [row for row in TABLE if row[2] == "no"], ids=str)
def test_nothing_in_the_table_of_comparisons_is_proved_that_is_refuted(row: list[Any]) -> None:
    assert not is_proved(str(row[0]), str(row[1]))


def _formulas() -> st.SearchStrategy[Node]:
    names = st.sampled_from([Name(name) for name in ("x", "y", "a", "n", "p", "u")])
    members = st.sampled_from([Index(Name("beta"), (Name("i"),)), Name("i"), Index(Name("beta"), (Number(2),))])
    return st.recursive(names | members | st.integers(-3, 4).map(Number), _grown, max_leaves=7)


def _grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    two = st.tuples(inner, inner)
    signs = st.sampled_from([("<",), ("<=",), ("=",)])
    return st.one_of(
        st.builds(Operation, st.sampled_from(["+", "-", "*", "/"]), two),
        st.builds(lambda base: Operation("**", (base, Number(2))), inner),
        st.builds(Call, st.sampled_from(["Max", "Min", "Mod"]), two),
        st.builds(Call, st.sampled_from(FUNCTIONS), st.tuples(inner)),
        st.builds(
            lambda sign, sides, a, b: Piecewise(((a, Comparison(sign, sides)), (b, Name("True")))),
            signs, two, inner, inner,
        ),
    )  # fmt: skip


def _closed(node: Node) -> Node:
    return Series("Sum", node, "i", Number(1), Name("n"))


@given(_formulas(), _formulas())
def test_what_is_refuted_is_never_proved(a: Node, b: Node) -> None:
    one, other = _closed(a), _closed(b)
    for key, answer in ((one, other), (one, Operation("+", (one, other))), (Operation("*", (one, one)), one)):
        if compare(key, answer, DECLARED).kind == "refuted":
            assert not proved(key, answer, DECLARED)

"""The formula language: a table of formulas and what they are worth, and the laws behind it."""

from __future__ import annotations

import math
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.formula import Cycle, FormulaError, TooLarge, compiled, dependency_order, evaluate, names, parse
from autograder.formula.parse import MAX_HEIGHT, MAX_LENGTH
from autograder.yamlsrc import read_yaml

TABLE = read_yaml(Path(__file__).with_name("formulas.yaml")).data
MOMENT_S = 20.0
"""Far above what a formula within the bounds takes, far below what one without them would."""


def exact(written: Any) -> Any:
    if isinstance(written, list):
        return tuple(exact(item) for item in written)
    return Fraction(written) if isinstance(written, str) else written


VALUES = {name: exact(value) for name, value in TABLE["values"].items()}
ROWS = [
    pytest.param(text, wanted, id=f"{group}: {text[:40]!r}")
    for group, rows in TABLE.items()
    if group != "values"
    for text, wanted in rows
]


def test_the_table_is_whole() -> None:
    assert len(ROWS) >= 180
    assert len({row.values[0] for row in ROWS}) == len(ROWS), "no formula stands there twice"


@pytest.mark.parametrize(("text", "wanted"), ROWS)
def test_table(text: str, wanted: Any) -> None:
    if not isinstance(wanted, dict):
        found = evaluate(text, VALUES)
        assert found == exact(wanted)
        assert not isinstance(found, float), "what can be exact is exact"
        return
    if "about" in wanted:
        found = evaluate(text, VALUES)
        assert isinstance(found, float)
        assert found == pytest.approx(float(wanted["about"]), rel=1e-7)
        return
    [(kind, words)] = wanted.items()
    began = time.process_time()
    with pytest.raises(TooLarge if kind == "too_large" else FormulaError) as raised:
        evaluate(text, VALUES)
    assert time.process_time() - began < MOMENT_S
    assert words in raised.value.problem
    assert kind == "too_large" or not isinstance(raised.value, TooLarge)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "1" + ")" * 500,
        "-" * 1999 + "1",
        "not " * 400 + "1",
        "2" + "**1" * 600,
        "f(" * 300,
        "f[" * 300,
        "1" + "+1" * 999,
        "a" + "[1]" * 600,
        "a" + ".T" * 900,
        "x" + "^T" * 600,
        "9" * 2000,
        "1" * 3000,
        "1" + "<1" * 900,
        "(" * 2000,
        "Sum(" * 400,
        "1," * 900,
        "(1," * 500,
        "Piecewise((" * 100,
    ],
)
def test_deep_or_long_formulas_end_in_a_formula_error_or_a_value(text: str) -> None:
    began = time.process_time()
    try:
        evaluate(text, {"a": 1, "f": (1, 2)})
    except FormulaError as error:
        assert error.problem
    assert time.process_time() - began < MOMENT_S


def test_a_sum_of_many_terms_still_reads() -> None:
    assert evaluate("1" + "+1" * (MAX_HEIGHT - 2)) == MAX_HEIGHT - 1
    with pytest.raises(FormulaError, match="strings at most"):
        parse("1" + "+1" * MAX_HEIGHT)
    with pytest.raises(FormulaError, match="characters"):
        parse("1" * (MAX_LENGTH + 1))


ALPHABET = st.sampled_from(
    [
        "1",
        "2.5",
        "0",
        "1e9",
        "9",
        "a",
        "b",
        "f",
        "T",
        "E",
        "pi",
        "oo",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "**",
        "^",
        "(",
        ")",
        "[",
        "]",
        ",",
        "<",
        "<=",
        "==",
        "=",
        ".",
        "and",
        "or",
        "not",
        "Sum(",
        "Product(",
        "Piecewise(",
        "sqrt(",
        "factorial(",
        "binomial(",
        "log(",
        " ",
    ]
)


@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(ALPHABET, max_size=40).map("".join),
        st.lists(ALPHABET, max_size=40).map(" ".join),
    )
)
@settings(max_examples=400, deadline=2000)
@example("\ud800")
@example("\x85")
def test_any_text_has_a_value_or_a_formula_error(text: str) -> None:
    try:
        value = evaluate(text, {"a": 3, "b": Fraction(1, 2), "f": (1, 2)})
    except FormulaError as error:
        assert error.at is None or 0 <= error.at <= len(text)
        return
    assert not (isinstance(value, float) and math.isnan(value))
    names(text)


NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6),
    st.fractions(min_value=-1000, max_value=1000, max_denominator=1000),
)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_exact_arithmetic_is_that_of_fractions(a: int | Fraction, b: int | Fraction, c: int | Fraction) -> None:
    bound = {"a": a, "b": b, "c": c}
    x, y, z = Fraction(a), Fraction(b), Fraction(c)
    wanted = {
        "a + b*c": x + y * z,
        "(a - b)*c": (x - y) * z,
        "-a**2": -(x**2),
        "a - b - c": x - y - z,
        "Max(a, b, c)": max(x, y, z),
    }
    if y:
        wanted |= {"a/b": x / y, "a//b": Fraction(x // y), "a % b": x % y, "b**-3": y**-3, "a/b*c": x / y * z}
    for text, value in wanted.items():
        found = evaluate(text, bound)
        assert not isinstance(found, float)
        assert found == value
        assert isinstance(found, int) == (value.denominator == 1)


@given(st.integers(1, 10**9), st.integers(2, 6))
def test_roots_of_perfect_powers_are_exact(base: int, degree: int) -> None:
    assert evaluate(f"({base}**{degree})**(1/{degree})") == base
    assert evaluate(f"(1/{base}**{degree})**(1/{degree})") == Fraction(1, base)


@given(st.integers(0, 60), st.integers(0, 60))
def test_sums_and_products_agree_with_python(low: int, high: int) -> None:
    assert evaluate("Sum(i**2, (i, low, high))", {"low": low, "high": high}) == sum(i**2 for i in range(low, high + 1))
    assert evaluate("Product(i, (i, low, high))", {"low": low, "high": high}) == math.prod(range(low, high + 1))


def test_a_declared_name_wins_over_a_constant() -> None:
    assert evaluate("E*pi", {"E": 8, "pi": 2}) == 16
    assert evaluate("Sum(E, (E, 1, 3))") == 6


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a*b + a", {"a", "b"}),
        ("Sum(i*n, (i, 1, m))", {"n", "m"}),
        ("Sum(i, (i, 1, i))", {"i"}),
        ("f[k] + sqrt(x)", {"f", "k", "x"}),
        ("Piecewise((a, b > 1), (c, True))", {"a", "b", "c"}),
        ("1 + 2", set()),
    ],
)
def test_names(text: str, wanted: set[str]) -> None:
    assert names(text) == wanted


def test_a_formula_is_compiled_once_and_keeps_no_state() -> None:
    formula = compiled("Sum(a, (i, 1, 40000)) + Sum(a, (i, 1, 40000))")
    assert formula({"a": 1}) == 80_000
    assert formula({"a": 2}) == 160_000, "each evaluation has a budget of its own"
    with pytest.raises(TooLarge):
        evaluate("Sum(a, (i, 1, 60000)) + Sum(a, (i, 1, 60000))", {"a": 1})


def test_dependency_order() -> None:
    formulas = {"c": "a + b", "b": "2*a", "a": "x", "d": "Sum(c, (c, 1, 2))"}
    order = dependency_order(formulas)
    assert sorted(order) == sorted(formulas)
    assert order.index("a") < order.index("b") < order.index("c")


@given(st.permutations(range(12)))
def test_any_order_of_a_chain_is_put_right(order: list[int]) -> None:
    formulas = {f"g{number}": f"g{number - 1} + 1" if number else "1" for number in order}
    assert dependency_order(formulas) == tuple(f"g{number}" for number in range(12))


@pytest.mark.parametrize(
    "formulas",
    [{"a": "a + 1"}, {"a": "b", "b": "a"}, {"x": "1", "a": "b + x", "b": "c", "c": "2*a"}, {"a": "Sum(a, (i, 1, 2))"}],
)
def test_a_cycle_names_its_members(formulas: dict[str, str]) -> None:
    with pytest.raises(Cycle) as raised:
        dependency_order(formulas)
    members = raised.value.members
    assert members[0] == members[-1]
    assert set(members) == formulas.keys() - {"x"}
    assert all(name in raised.value.problem for name in members)

"""Drawing: the same seed, the same variant; constraints hold; impossible ones end in an error."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import kinds
from autograder.errors import BankError
from autograder.formula import evaluate
from autograder.model import Question
from autograder.seeds import Rng, seed_of
from autograder.variant import acceptance, draw, draw_values, space
from autograder.yamlsrc import read_yaml
from tests.conftest import question

GOLDEN = read_yaml(Path(__file__).with_name("variants.yaml")).data
SECRET = bytes(range(32))
SEEDS = st.binary(min_size=32, max_size=32)


def golden(name: str) -> Question:
    return Question.model_validate_json(json.dumps(GOLDEN[name]["question"]))


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, entry in GOLDEN.items() for code in entry["draws"]])
def test_golden_variants(name: str, code: str) -> None:
    variant, keys = draw(golden(name), seed_of(SECRET, "golden", name, code))
    saved = json.loads(variant.model_dump_json())
    wanted = GOLDEN[name]["draws"][code]
    assert {field: saved[field] for field in ("values", "text", "note")} | {
        "answer": json.loads(keys[0].model_dump_json())["answer"]
    } == wanted


@given(SEEDS, st.sampled_from(sorted(GOLDEN)))
def test_the_same_seed_gives_the_same_variant_and_every_constraint_holds(seed: bytes, name: str) -> None:
    first, again = draw(golden(name), seed), draw(golden(name), seed)
    assert first == again
    values = draw_values(golden(name), seed)
    assert all(evaluate(formula, values) for formula in golden(name).where)
    assert all(values[given] == evaluate(formula, values) for given, formula in golden(name).given.items())
    assert first[0].values == {param: values[param] for param in golden(name).params}


def test_a_listed_space_is_whole() -> None:
    made = question(params={"n": {"integer": {"low": 1, "high": 6}}, "m": {"pick": [1, 2, 3]}}, where=["n > m"])
    assert len(space(made)) == sum(n > m for n in range(1, 7) for m in range(1, 4)) == 12
    assert acceptance(made, b"s") == pytest.approx(12 / 18)
    drawn = {tuple(draw_values(made, seed_of(SECRET, number)).values()) for number in range(400)}
    assert drawn == {tuple(values.values()) for values in space(made)}


def test_a_constraint_may_use_givens_and_skips_values_without_a_result() -> None:
    made = question(
        params={"n": {"integer": {"low": -3, "high": 3}}}, given={"half": "1/n", "log": "log(n)"}, where=["half < 1/2"]
    )
    assert [values["n"] for values in space(made)] == [3], "1/0 and log(-1) are not variants"


@pytest.mark.parametrize(
    "params",
    [
        {"n": {"integer": {"low": 1, "high": 9}}},
        {"n": {"integer": {"low": 1, "high": 10**12}}},
        {"n": {"loguniform": {"low": 1, "high": 10**6, "digits": 6}}},
    ],
    ids=["listed", "large", "continuous"],
)
@pytest.mark.parametrize("where", ["n < 0", "n > 5 and n < 5", "1/0 > 1", "log(-n) > 0"])
def test_an_impossible_constraint_is_an_error_and_does_not_hang(params: dict[str, Any], where: str) -> None:
    began = time.process_time()
    made = question(params=params, where=[where])
    with pytest.raises(BankError) as raised:
        draw(made, b"seed")
    assert raised.value.where == "made"
    assert raised.value.hint
    assert acceptance(made, b"seed") == 0
    assert time.process_time() - began < 20


def test_a_given_without_a_value_is_an_error_with_the_values() -> None:
    made = question(params={"n": {"pick": [0]}}, given={"inverse": "1/n"})
    with pytest.raises(BankError):
        draw(made, b"seed")


def test_solutions_and_answers_stay_out_of_a_variant() -> None:
    made = question(params={"n": {"pick": [7]}}, part={"answer": "n*1000003", "solution": "SENTINEL [= n*1000003 =]"})
    variant, _ = draw(made, b"seed")
    assert "7000021" not in variant.model_dump_json()
    assert "SENTINEL" not in variant.model_dump_json()


# Distributions: [kind, settings, everything that can be drawn or None where it is too much, least, greatest]
DISTRIBUTIONS: list[tuple[str, Any, list[Any] | None, Any, Any]] = [
    ("pick", [64, 128, 0.1], [64, 128, Fraction(1, 10)], None, None),
    ("pick", ["alpha", "beta"], ["alpha", "beta"], None, None),
    ("pick", {"values": [1]}, [1], None, None),
    ("integer", {"low": 2, "high": 11, "step": 3}, [2, 5, 8, 11], None, None),
    ("integer", {"low": -1, "high": 1}, [-1, 0, 1], None, None),
    ("integer", {"low": 5, "high": 5}, [5], None, None),
    ("integer", {"low": 1, "high": 10, "step": 4}, [1, 5, 9], None, None),
    ("uniform", {"low": 0.1, "high": 0.3, "digits": 1}, [Fraction(n, 10) for n in (1, 2, 3)], None, None),
    ("uniform", {"low": 0.95, "high": 1.05, "digits": 1}, [1], None, None),
    ("uniform", {"low": -1, "high": 1, "digits": 0}, [-1, 0, 1], None, None),
    ("uniform", {"low": 0, "high": 1, "digits": 9}, None, 0, 1),
    ("loguniform", {"low": 1e-6, "high": 1e9, "digits": 2}, None, Fraction(1, 10**6), 10**9),
    ("loguniform", {"low": 3, "high": 3.0001, "digits": 1}, [3], 3, Fraction("3.0001")),
    ("power_of_two", {"low": 5, "high": 64}, [8, 16, 32, 64], None, None),
    ("power_of_two", {"low": 1, "high": 1}, [1], None, None),
    ("multiple_of", {"of": 64, "low": 100, "high": 320}, [128, 192, 256, 320], None, None),
    ("multiple_of", {"of": 3, "low": -4, "high": 4}, [-3, 0, 3], None, None),
    ("permutation", 3, [(1, 2, 3), (1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1)], None, None),
    ("permutation", [0.5, "x"], [(Fraction(1, 2), "x"), ("x", Fraction(1, 2))], None, None),
    ("sample", {"from": [1, 2, 3], "take": 2}, [(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)], None, None),
    ("sample", {"from": list(range(50)), "take": 10}, None, None, None),
]


def settings_of(kind: str, written: Any) -> Any:
    return kinds.settings_of("distributions", kind).model_validate_json(json.dumps(written))


def test_every_distribution_stands_in_the_table() -> None:
    assert {row[0] for row in DISTRIBUTIONS} == set(kinds.available("distributions"))


@pytest.mark.parametrize(("kind", "written", "every", "least", "greatest"), DISTRIBUTIONS)
def test_distributions(kind: str, written: Any, every: list[Any] | None, least: Any, greatest: Any) -> None:
    given, distribution = settings_of(kind, written), kinds.load("distributions", kind)
    rng = Rng(seed_of(SECRET, kind, str(written)))
    drawn = [distribution(rng, given) for _ in range(400)]
    support = getattr(kinds.module_of("distributions", kind), "support", lambda settings: None)(given)
    if every is not None:
        assert set(drawn) == set(every), "everything turns up, nothing else does"
        assert support is None or sorted(support, key=str) == sorted(every, key=str)
    else:
        assert support is None
        assert len(set(drawn)) > 300
    if least is not None:
        assert all(least <= value <= greatest for value in drawn)
    assert not any(isinstance(value, float) for value in drawn), "what is drawn is exact"


def test_a_logarithmic_draw_keeps_its_digits_and_its_shape() -> None:
    given, draw_one = (
        settings_of("loguniform", {"low": 1, "high": 10**6, "digits": 2}),
        kinds.load("distributions", "loguniform"),
    )
    rng = Rng(seed_of(SECRET, "shape"))
    drawn = [draw_one(rng, given) for _ in range(3_000)]
    assert all(value == Fraction(f"{float(value):.1e}") for value in drawn)
    for decade in range(6):
        inside = sum(10**decade <= value < 10 ** (decade + 1) for value in drawn)
        assert abs(inside - 500) < 100


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("pick", []),
        ("pick", 3),
        ("integer", {"low": 3, "high": 2}),
        ("integer", {"low": 1, "high": 2, "step": 0}),
        ("integer", {"low": 1.5, "high": 2}),
        ("integer", {"low": 1}),
        ("integer", {"low": 1, "high": 2, "setp": 1}),
        ("uniform", {"low": 0.11, "high": 0.12, "digits": 1}),
        ("uniform", {"low": 1, "high": 0}),
        ("loguniform", {"low": 0, "high": 1}),
        ("loguniform", {"low": 2, "high": 1}),
        ("power_of_two", {"low": 5, "high": 7}),
        ("power_of_two", {"low": 0, "high": 7}),
        ("multiple_of", {"of": 64, "low": 65, "high": 127}),
        ("multiple_of", {"of": 0, "low": 1, "high": 2}),
        ("permutation", 0),
        ("permutation", []),
        ("sample", {"from": [1, 2], "take": 3}),
        ("sample", {"from": [1, 2], "take": 0}),
    ],
)
def test_settings_that_leave_nothing_to_draw_are_refused(kind: str, written: Any) -> None:
    with pytest.raises(ValueError, match="validation error"):
        settings_of(kind, written)

"""Points for proofs: within what is declared, and the keys' values there."""

from __future__ import annotations

import math
from typing import Any

import pytest

from autograder.workers.points import MEMBERS, points


def drawn(symbols: dict[str, Any], keys: dict[str, str], **more: Any) -> list[dict[str, Any]]:
    values = more.pop("values", {})
    return points({"declared": {"symbols": symbols, **more}, "values": values, "keys": keys, "count": 20})


def test_points_meet_bounds_and_constraints() -> None:
    symbols = {"n": {"integer": True, "ge": 3}, "p": {"integer": True, "positive": True}, "a": {"gt": 0, "lt": 1}}
    found = drawn(symbols, {"a": "p/n + a"}, constraints=["p % n == 0", "a < 1/2"])
    assert len(found) == 20
    for point in found:
        names = point["names"]
        assert names["n"] >= 3
        assert names["p"] % names["n"] == 0
        assert 0 < names["a"] < 0.5
        assert point["keys"]["a"] == pytest.approx(names["p"] / names["n"] + names["a"])


def test_families_vectors_and_matrices_are_lists() -> None:
    symbols = {
        "beta": {"indexed": 1, "gt": 0, "lt": 1},
        "t": {"integer": True, "ge": 1},
        "W": {"matrix": ["m", "n"]},
        "x": {"vector": "n"},
    }
    for point in drawn(symbols, {"a": "Product(1 - beta[i], (i, 1, t))", "b": "W*x", "c": "norm(x)"}):
        names, keys = point["names"], point["keys"]
        assert len(names["beta"]) == MEMBERS
        assert names["t"] <= MEMBERS
        assert keys["a"] == pytest.approx(math.prod(1 - beta for beta in names["beta"][: names["t"]]))
        assert (len(names["W"]), len(names["W"][0])) == (names["m"], names["n"]) != (names["n"], names["m"])
        assert keys["b"] == pytest.approx([math.sumprod(row, names["x"]) if hasattr(math, "sumprod") else
                                           sum(a * b for a, b in zip(row, names["x"], strict=True))
                                           for row in names["W"]])  # fmt: skip
        assert keys["c"] == pytest.approx(math.hypot(*names["x"]))


def test_a_definition_is_no_symbol_and_an_equation_has_no_value() -> None:
    symbols = {"z": {"vector": "d"}, "sigma": {"positive": True}}
    found = drawn(symbols, {"a": "sigma**2", "b": "sigma = 1"}, givens=["sigma = norm(z)"])
    for point in found:
        assert point["keys"]["a"] == pytest.approx(sum(entry**2 for entry in point["names"]["z"]))
        assert point["keys"]["b"] is None


def test_no_points_where_there_are_none() -> None:
    assert drawn({"n": {"integer": True}}, {"a": "n"}, constraints=["n > n + 1"]) == []
    assert drawn({"n": {"positive": True}}, {"a": "log(-n)"}) == []

"""Mistakes in options, told when the bank loads, and by `tenfold check` where only some variants have them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.bank import inspect_bank
from autograder.choosing.authors import choice_problems
from autograder.model import Alternative, Part
from autograder.selftest.check import try_out
from autograder.yamlsrc import read_yaml
from tests.conftest import Ran, write_bank

TWO = [{"text": "up", "right": True}, {"text": "down"}]


def written(part: dict[str, Any], **fields: Any) -> str:
    if part.get("options") == "two":
        part = part | {"options": TWO}
    whole = {"id": "a", "text": "Well?", "points": 1} | part
    shared = {"title": "Made", "topic": "made", "text": "", "params": {"n": {"pick": [2, 3, 4]}}}
    lines = [f"{name}: {json.dumps(value)}" for name, value in (shared | fields).items()]
    return "\n".join(["id: made", *lines, "parts:", f"  - {json.dumps(whole)}", ""])


TABLE = read_yaml(Path(__file__).with_name("authors.yaml")).data


@pytest.mark.parametrize(("part", "problem"), TABLE, ids=[row[1] for row in TABLE])
def test_a_mistake_is_told_once_where_it_is(tmp_path: Path, part: dict[str, Any], problem: str) -> None:
    _, errors = inspect_bank(write_bank(tmp_path, written(part)))
    assert len(errors) == 1, [str(error) for error in errors]
    assert problem in errors[0].problem
    assert errors[0].where is not None
    assert errors[0].where.endswith(":7")


def test_only_what_is_true_or_false_is_proved() -> None:
    two = tuple(Alternative(**each) for each in TWO)
    part = Part(id="a", text="", input="choice", points=1, options=two, proof="p.py")
    assert [field for field, _, _ in choice_problems(part)] == ["proof"]
    truth = Part(id="a", text="", input="truefalse", points=1, answer="n > 2", proof="p.py")
    assert not list(choice_problems(truth))


SOUND = [
    {"input": "choice", "options": "two"},
    {"input": "multi", "options": "two", "grader": {"choice": {"scheme": "net", "right": 1, "wrong": -0.5}}},
    {"input": "truefalse", "answer": "n > 2"},
    {"input": "truefalse", "answer": True, "slips": [{"name": "no", "answer": False, "say": "Yes."}]},
    {"input": "ordering", "items": ["one", "two"]},
    {"input": "matching", "pairs": [["P", "x"], ["Q", "y"], ["R", "x"], [None, "z"]]},
    {"input": "choice", "options": [{"text": "[= n =]", "right": "n < 3"}, {"text": "[= n + 1 =]", "right": "n >= 3"}]},
]


@pytest.mark.parametrize("part", SOUND, ids=lambda part: part["input"])
def test_what_is_sound_loads_and_is_tried_out(tmp_path: Path, part: dict[str, Any]) -> None:
    tests = [{"part": "a", "say": "right", "score": 1, "reason": "right"}]
    bank, errors = inspect_bank(write_bank(tmp_path, written(part, tests=tests)))
    assert not errors
    report = try_out(bank.questions["made"], bank)
    assert not report.errors, [str(error) for error in report.errors]
    assert report.tests == 25
    assert (report.variants, report.complete) == (3, True)
    assert 0 < report.guess["a"] <= 0.5


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ({"options": [{"text": "[= n =]", "right": True}, {"text": "3"}]}, "both read '3' when n = 3"),
        ({"options": [{"text": "a", "right": "n > 2"}, {"text": "b"}]}, "no option is right when n = 2"),
        ({"options": [{"text": "a", "right": "n > 2"}, {"text": "b", "right": True}]}, "2 options are right when n"),
        ({"options": [{"text": "a", "right": "1/(n - 2)"}, {"text": "b"}]}, "when n = 2"),
        (
            {"input": "multi", "options": TWO, "grader": {"choice": {"scheme": "net", "right": 0.5}}},
            "the right answer earns 0.5 of 1 points",
        ),
        (
            {"input": "multi", "options": [{"text": "a", "right": "n > 3"}, {"text": "b", "right": True}],
             "grader": {"choice": {"scheme": "net"}}},
            "every option is right, so taking all of them takes no thought when n = 4",
        ),
        ({"input": "ordering", "items": ["[= n =]", "3"]}, "both read '3' when n = 3"),
        ({"input": "matching", "pairs": [["[= n =]", "x"], ["4", "y"]]}, "two numbers both read '4' when n = 4"),
        ({"input": "matching", "pairs": [["P", "[= n =]"], ["Q", "4"]]}, "both read '4' when n = 4"),
        ({"input": "truefalse", "answer": "n"}, "the answer is 2, neither true nor false when n = 2"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)  # fmt: skip
def test_a_variant_that_is_unfair_is_found(tmp_path: Path, part: dict[str, Any], problem: str) -> None:
    bank, errors = inspect_bank(write_bank(tmp_path, written({"input": "choice"} | part)))
    assert not errors, [str(error) for error in errors]
    [error] = try_out(bank.questions["made"], bank).errors
    assert problem in error.problem


def test_a_test_that_fails_says_which_letters_are_right(tmp_path: Path) -> None:
    part = {"input": "choice", "options": [{"id": "up", "text": "up", "right": True}, {"id": "down", "text": "down"}]}
    tests = [{"part": "a", "say": "down", "score": 1}, {"part": "a", "say": "B", "score": 1}]
    bank, errors = inspect_bank(write_bank(tmp_path, written(part, tests=tests)))
    assert not errors
    found = try_out(bank.questions["made"], bank).errors
    assert len(found) == 2, "the letter of an option is not the same in every variant"
    assert "the test 'down' of part a wants score 1, got 0 (wrong); the key is" in found[0].problem


def test_check_prints_what_guessing_earns(tmp_path: Path, tenfold: Callable[..., Ran]) -> None:
    write_bank(tmp_path, written({"input": "choice", "options": "two"}))
    ran = tenfold("check", "--bank", tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert "guessing earns: a 50%" in " ".join(ran.out.split())
    assert tenfold("check", "--json", "--bank", tmp_path).json()["questions"][0]["guess"] == {"a": 0.5}

"""Formulas of this field: equal by other routes, near misses, malformed and hostile ones, in LaTeX and Python.

The files of `cases/` are read by `tenfold try --batch` as they are; `want` says what must come of each line.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.answers import response_to
from autograder.graders.formula import REASONS
from autograder.marking import mark_part
from autograder.model import Mark
from autograder.observe import observe_work
from tests.conftest import Ran, key_of

CASES = sorted(Path(__file__).with_name("cases").glob("*.jsonl"))
LINES = [
    (path.stem, number, json.loads(line))
    for path in CASES
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
    if line
]

RIGHT, HOSTILE = ("proved", "probable"), ("malformed", "refuted", "undecided")


def marked(part: dict[str, Any], say: Any) -> Mark:
    key = key_of(part, {})
    response = response_to(key, say)
    return mark_part(key, response, observe_work(key, response))


@pytest.mark.parametrize("name", [path.stem for path in CASES])
def test_every_case_is_decided_rightly(name: str) -> None:
    wrong = []
    for number, case in ((number, case) for stem, number, case in LINES if stem == name):
        mark = marked(case["part"], case["say"])
        wanted = {"right": RIGHT, "hostile": HOSTILE}.get(case["want"], (case["want"],))
        score = None if mark.reason == "undecided" else float(mark.reason in RIGHT)
        if mark.reason not in wanted or mark.reason not in REASONS or mark.score != score:
            wrong.append((number, case["part"]["answer"], case["say"][:100], case["want"], mark.reason, mark.feedback))
    assert not wrong


def test_there_are_cases_of_every_kind() -> None:
    wants = [case["want"] for _, _, case in LINES]
    assert len(LINES) >= 1_000
    assert all(wants.count(want) >= 50 for want in ("right", "refuted", "hostile"))
    assert wants.count("malformed") >= 30


def test_a_refutation_shows_where_or_says_why() -> None:
    for _, _, case in LINES:
        if case["want"] == "refuted":
            mark = marked(case["part"], case["say"])
            assert mark.detail["witness"] or len(mark.feedback.partition("$.")[2].strip()) > 15, mark


@pytest.mark.parametrize("name", ["hostile", "relations"])
def test_the_command_line_gives_the_same_through_its_workers(name: str, tenfold: Callable[..., Ran]) -> None:
    path = next(path for path in CASES if path.stem == name)
    made = [json.loads(line) for line in tenfold("try", "--batch", str(path)).out.splitlines()]
    here = [marked(case["part"], case["say"]) for stem, _, case in LINES if stem == name]
    assert [(mark["reason"], mark["score"], mark["read"]) for mark in made] == [
        (mark.reason, mark.score, mark.read) for mark in here
    ]

"""Derivations of this field: right by different routes, and broken at a known line.

The files of `derivations/` are read by `tenfold try --batch` as they are. `verdicts` has a letter a line: o ok,
b broken, u unreadable, ? undecided.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.answers import response_to
from autograder.marking import mark_part
from autograder.model import Mark
from autograder.observe import observe_work
from tests.conftest import Ran, key_of

FILES = sorted(Path(__file__).with_name("derivations").glob("*.jsonl"))
CASES = [
    (path.stem, number, json.loads(line))
    for path in FILES
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
    if line
]


def verdicts(mark: Mark) -> str:
    letters = {"unreadable": "u", "undecided": "?"}
    return "".join(letters.get(line["verdict"], line["verdict"][0]) for line in mark.detail["lines"])


@pytest.mark.parametrize(("name", "number", "case"), CASES, ids=[f"{name}-{number}" for name, number, _ in CASES])
def test_every_line_is_judged_rightly(name: str, number: int, case: dict) -> None:  # type: ignore[type-arg]
    key = key_of(case["part"], {})
    response = response_to(key, case["say"])
    mark = mark_part(key, response, observe_work(key, response))
    broken = case["verdicts"].find("b") + 1 or None
    shown = [(line["verdict"], line["text"], line["why"]) for line in mark.detail["lines"]]
    assert verdicts(mark) == case["verdicts"], shown
    assert (mark.reason, mark.detail["goal"], mark.detail["first_broken"]) == (case["reason"], case["goal"], broken), (
        shown
    )
    assert (mark.score == key.points) == (case["reason"] == "right")
    if broken is not None:
        assert mark.detail["lines"][broken - 1]["witness"] or mark.detail["lines"][broken - 1]["why"]


def test_there_are_enough_of_every_kind() -> None:
    reasons = [case["reason"] for _, _, case in CASES]
    assert len(CASES) >= 60
    assert min(reasons.count("right"), reasons.count("broken")) >= 25
    assert {case["part"].get("grader", {}).get("derivation", {}).get("kind", "chain") for _, _, case in CASES} == {
        "chain",
        "equations",
        "induction",
    }


@pytest.mark.parametrize("name", ["equations", "algebra"])
def test_the_command_line_gives_the_same_through_its_workers(name: str, tenfold: Callable[..., Ran]) -> None:
    path = next(path for path in FILES if path.stem == name)
    made = [json.loads(line) for line in tenfold("try", "--batch", str(path)).out.splitlines()]
    wanted = [case for stem, _, case in CASES if stem == name]
    assert [(mark["reason"], mark["detail"]["goal"]) for mark in made] == [
        (case["reason"], case["goal"]) for case in wanted
    ]

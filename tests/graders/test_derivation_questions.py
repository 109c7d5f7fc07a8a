"""Every derivation of the bank, from its author's lines: right, broken midway, twice wrong, jumped, unfinished."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from autograder.answers import response_to
from autograder.graders.derivation import Settings
from autograder.marking import mark_part
from autograder.model import Mark
from autograder.observe import observe_work
from tests.conftest import ROOT, key_of

PARTS = [
    (f"{path.parent.name}-{part['id']}", part)
    for path in sorted((ROOT / "question_bank").glob("*/*/question.yaml"))
    for part in yaml.safe_load(path.read_text(encoding="utf-8"))["parts"]
    if part.get("input") == "derivation"
]
each_part = pytest.mark.parametrize("part", [part for _, part in PARTS], ids=[name for name, _ in PARTS])


def marked(part: dict[str, Any], lines: list[str]) -> Mark:
    key = key_of(part, {})
    response = response_to(key, lines)
    return mark_part(key, response, observe_work(key, response))


def model(part: dict[str, Any]) -> list[str]:
    return [line for line in part["model"].split("\n") if line.strip()]


def wronged(line: str) -> str:
    """Return a line whose last side is twice what it was, or below zero where it is a bound."""
    depth, found = 0, (0, 0)
    for match in re.finditer(r"[({\[]|[)}\]]|<=|=|\\le(?![a-z])", line):
        depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(match[0], 0)
        if depth == 0 and match[0] in ("=", "<=", r"\le"):
            found = match.span()
    factor = "2" if line[slice(*found)] == "=" else "(-1)"
    times = r"\cdot" if "\\" in line else "*"
    return f"{line[: found[1]]} {factor} {times} ({line[found[1] :]})"


def verdicts(mark: Mark) -> list[str]:
    return [line["verdict"] for line in mark.detail["lines"]]


def steps_share(part: dict[str, Any]) -> float:
    settings = Settings.model_validate_json(json.dumps(part.get("grader", {}).get("derivation", {})))
    if settings.steps_share is not None:
        return settings.steps_share
    return sum(each.points for each in settings.require) / part["points"] if settings.require else 0.5


def test_there_is_one_for_every_entry_of_the_catalogue() -> None:
    assert {part["catalogue"] for _, part in PARTS} == {
        "s002-q5-work", "s002-q10c", "s002-q12b", "s002-q12f",
        "s004-e26.6a", "s004-e26.7b", "s004-e26.26a", "s004-e26.27b",
    }  # fmt: skip


@each_part
def test_the_author_s_lines_earn_everything(part: dict[str, Any]) -> None:
    mark = marked(part, model(part))
    assert (mark.reason, mark.score, mark.detail["first_broken"]) == ("right", part["points"], None)


@each_part
def test_a_wrong_line_is_found_and_what_follows_from_it_is_right(part: dict[str, Any]) -> None:
    lines = model(part)
    place = min(2, len(lines) - 1)
    wrong = [*lines[:place], wronged(lines[place])]
    mark = marked(part, wrong)
    assert mark.reason == "broken"
    assert verdicts(mark) == ["ok"] * place + ["broken"]
    assert mark.score is not None
    assert mark.score < part["points"] * steps_share(part)
    again = marked(part, [*wrong, wrong[-1]])
    assert verdicts(again) == ["ok"] * place + ["broken", "ok"]
    assert again.score == mark.score


@each_part
def test_two_errors_that_cancel_are_both_found_and_the_goal_counts(part: dict[str, Any]) -> None:
    lines = model(part)
    mark = marked(part, [*lines[:-2], wronged(lines[-2]), lines[-1]])
    assert verdicts(mark)[-2:] == ["broken", "broken"]
    assert (mark.reason, mark.detail["goal"]) == ("broken", True)
    assert mark.score is not None
    goal = part["points"] * (1 - steps_share(part))
    assert goal - 1e-6 <= mark.score < part["points"]


@each_part
def test_a_jump_to_the_goal_earns_the_goal_alone(part: dict[str, Any]) -> None:
    bound = any(line.startswith(("<=", r"\le")) for line in model(part))
    mark = marked(part, [re.sub(r"\A= ", "<= " if bound else "= ", model(part)[-1])])
    assert mark.reason == "incomplete"
    assert verdicts(mark) == ["ok"]
    assert mark.score == pytest.approx(part["points"] * (1 - steps_share(part)), abs=1e-5)


@each_part
def test_an_unfinished_one_earns_a_part_of_the_steps(part: dict[str, Any]) -> None:
    if part["start"].startswith("Var(Sum(eta"):
        pytest.skip("its first line is as short as its goal")
    mark = marked(part, model(part)[:1])
    assert (mark.reason, mark.detail["goal"]) == ("incomplete", False)
    assert mark.score is not None
    assert 0 <= mark.score < part["points"] * steps_share(part)

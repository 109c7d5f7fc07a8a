"""Classroom 50's result.json: its schema, whole numbers that add up, and the same instant at every regrade."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from autograder.model import PartReport
from autograder.reports.classroom50 import classroom50
from tests.classroom.contracts import CLASSROOM50, check
from tests.reports.made import HOSTILE, part, parts, report, unchecked, waiting

RUNNER = {
    "CLASSROOM": "dl-2026", "ASSIGNMENT": "mock", "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "USERNAME": "alice", "OWNER": "alice", "ASSIGNMENT_TYPE": "group", "GITHUB_ACTOR": "bob",
    "COMMIT_URL": "https://example.org/c", "RELEASE_URL": "https://example.org/r", "REVIEW_URL": "https://example.org/v",
}  # fmt: skip


def result(*made: PartReport, around: dict[str, str] | None = None) -> Any:
    written, body = classroom50(report(*made), RUNNER if around is None else around)
    assert (written.name, body.name) == ("result.json", "release-body.md")
    return json.loads(written.text)


@given(parts())
def test_its_whole_numbers_are_the_marks(made: tuple[PartReport, ...]) -> None:
    found = result(*made)
    check(found, CLASSROOM50)
    assert found["score"] == sum(test["score"] for test in found["tests"])
    assert found["max-score"] == sum(test["max-score"] for test in found["tests"]) == 100 * report(*made).graded
    assert all(test["score"] <= test["max-score"] for test in found["tests"])
    assert abs(found["score"] / 100 - report(*made).score) <= 0.005 * len(made) + 1e-9


def test_whose_it_is_comes_from_the_runner() -> None:
    found = result(part())
    assert {name: found[name] for name in ("classroom", "assignment", "assignment_type", "owner", "submission")} == {
        "classroom": "dl-2026", "assignment": "mock", "assignment_type": "group", "owner": "alice",
        "submission": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    }  # fmt: skip
    assert (found["commit"], found["release"], found["review"]) == tuple(
        RUNNER[name] for name in ("COMMIT_URL", "RELEASE_URL", "REVIEW_URL")
    )
    assert found["datetime"] == "2026-06-01T14:32:05Z"


@pytest.mark.parametrize(
    ("around", "owner", "instant"),
    [
        ({}, "local", "1970-01-01T00:00:00Z"),
        ({"SOURCE_DATE_EPOCH": "1780324325"}, "local", "2026-06-01T14:32:05Z"),
        ({"SOURCE_DATE_EPOCH": "soon"}, "local", "1970-01-01T00:00:00Z"),
        ({"GITHUB_REPOSITORY": "org/mock-alice", "GITHUB_ACTOR": "alice"}, "alice", "1970-01-01T00:00:00Z"),
    ],
)
def test_without_the_runner_it_still_has_its_shape(around: dict[str, str], owner: str, instant: str) -> None:
    found = result(part(), around=around)
    check(found, CLASSROOM50)
    assert (found["owner"], found["datetime"]) == (owner, instant)


def test_finer_points_get_finer_units() -> None:
    found = result(part(1, 0.125, 0.125), part(2, 0.5, 1.0))
    assert (found["score"], found["max-score"]) == (625, 1125)


def test_what_has_no_score_is_in_no_total() -> None:
    found = result(part(1, 1.0, 2.0), waiting(2), unchecked(3))
    assert (found["score"], found["max-score"]) == (100, 200)
    assert [test["state"] for test in found["tests"]] == ["graded", "manual", "error"]
    assert not any(test["passed"] for test in found["tests"])


def test_the_body_says_the_totals_and_shows_what_was_written_as_text() -> None:
    _, body = classroom50(report(part(1, 0.0, feedback=HOSTILE), waiting(2)), RUNNER)
    assert "0 of 1 points; 10 more to be marked by a person" in body.text
    assert "<script>" not in body.text
    assert "\n::error" not in body.text

"""What the reporter of GitHub Actions makes of our outputs: its table and its notice agree, and nothing is hidden."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given

from autograder.model import PartReport
from autograder.reports.actions import actions
from tests.classroom.contracts import Reported, decoded, outputs_in, reporter
from tests.reports.made import HOSTILE, part, parts, report, unchecked, waiting


def reported(*made: PartReport) -> Reported:
    outputs, _ = actions(report(*made), {})
    results = outputs_in(outputs.text)
    environment = {f"{name.upper()}_RESULTS": text for name, text in results.items()}
    return reporter(",".join(results), environment)


@given(parts())
def test_the_reporters_table_and_notice_agree_with_the_marks(made: tuple[PartReport, ...]) -> None:
    said = reported(*made)
    assert said.table.score == pytest.approx(said.notice.score, abs=1e-9)
    assert said.later_table.score == pytest.approx(said.notice.score, abs=1e-9)
    assert said.table.points == said.notice.points == sum(each.points for each in made if each.state == "graded")
    error = sum(each.points / 200 for each in made if each.score not in (None, 0.0, each.points))
    assert abs(said.notice.score - report(*made).score) <= error + 1e-6


@pytest.mark.parametrize(
    ("score", "points", "tests"),
    [(10, 10, 1), (0, 10, 1), (5, 10, 2), (6, 10, 5), (1, 3, 3), (2.5, 10, 4), (0.5, 0.5, 1), (7.4, 10, 50)],
)
def test_a_usual_share_is_told_exactly_and_in_few_tests(score: float, points: float, tests: int) -> None:
    outputs, _ = actions(report(part(1, score, points)), {})
    [result] = decoded(outputs_in(outputs.text)).values()
    assert len(result["tests"]) == tests
    assert len({test["score"] for test in result["tests"] if test["status"] == "pass"}) <= 1
    assert sum(test["score"] for test in result["tests"]) == pytest.approx(score)


@pytest.mark.parametrize("score", [1e-6, 0.004, 0.5001, 9.996, 9.999999])
def test_no_share_needs_more_tests_than_an_environment_holds(score: float) -> None:
    outputs, _ = actions(report(part(1, score, 10.0)), {})
    assert max(len(text) for text in outputs_in(outputs.text).values()) < 1 << 16


def test_what_has_no_score_is_in_no_total_and_says_so() -> None:
    said = reported(part(1, 1.0, 2.0), waiting(2), unchecked(3))
    assert (said.notice.score, said.notice.points) == (1.0, 2.0)
    outputs, notice = actions(report(part(1, 1.0, 2.0), waiting(2), unchecked(3)), {})
    _, waits, failed = decoded(outputs_in(outputs.text)).values()
    assert (waits["status"], failed["status"]) == ("pass", "error")
    assert "to be marked by a person" in waits["tests"][0]["name"]
    assert "could not be checked" in failed["tests"][0]["name"]
    assert "No jail works here." in failed["tests"][0]["message"]
    assert "10 more to be marked by a person; 4 more could not be checked" in notice.text


def test_a_part_to_be_marked_does_not_fail_the_job_and_one_unchecked_does() -> None:
    assert not reported(part(1), waiting(2)).failed
    assert reported(part(1), unchecked(2)).failed
    assert reported(part(1, 0.5)).failed


def test_points_that_an_amendment_raised_stay_within_the_maximum() -> None:
    assert reported(part(1, 3.0, 2.0)).table.score == 2.0
    assert reported(part(1, 0.0, 0.0), part(2)).table.score == 1.0


def test_nothing_a_candidate_wrote_becomes_a_command() -> None:
    outputs, notice = actions(report(part(1, None, 1.0, state="error", feedback=HOSTILE), title=HOSTILE), {})
    lines = outputs.text.splitlines()
    assert len(lines) == 1
    assert json.loads(base64.b64decode(lines[0].partition("=")[2]))["tests"][0]["message"].count("\n") == 0
    assert notice.text.count("\n") == 1
    assert notice.text.startswith("::notice title=")
    assert ",::" not in notice.text.partition("::0 of")[0][2:]

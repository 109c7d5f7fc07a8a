"""Gradescope's results.json: as its documentation asks, with the marks' own totals, and no total hidden."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from autograder.model import PartReport
from autograder.reports.gradescope import gradescope
from tests.classroom.contracts import GRADESCOPE, check
from tests.reports.made import HOSTILE, part, parts, report, unchecked, waiting


def results(*made: PartReport) -> Any:
    [page] = gradescope(report(*made), {})
    assert page.name == "results.json"
    return json.loads(page.text)


@given(parts())
def test_its_totals_are_the_marks(made: tuple[PartReport, ...]) -> None:
    found = results(*made)
    check(found, GRADESCOPE)
    assert found["score"] == report(*made).score
    assert sum(test.get("score", 0) for test in found["tests"]) == pytest.approx(found["score"], abs=1e-6)
    assert sum(test.get("max_score", 0) for test in found["tests"]) == pytest.approx(report(*made).graded)


def test_what_has_no_score_is_neither_passed_nor_failed() -> None:
    _, waits, failed = results(part(1), waiting(2), unchecked(3))["tests"]
    assert not {"score", "max_score", "status"} & (waits.keys() | failed.keys())
    assert waits["output"].startswith("To be marked by a person: 10 points.")
    assert failed["output"].startswith("Could not be checked: 4 points.")


def test_what_a_candidate_wrote_is_shown_as_text() -> None:
    [test] = results(part(1, 0.0, feedback=HOSTILE))["tests"]
    assert (test["output"], test["output_format"]) == (HOSTILE, "text")

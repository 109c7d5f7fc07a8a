"""Write the outputs of a step of GitHub Actions that `autograding-grading-reporter` adds up: one for each part.

Source: the reporter's own code. Its table takes passed ÷ tests × maximum of each part, its notice the sum of the tests'
scores: they agree when a part's tests are worth the same and each passes or fails. So a share of k/n becomes n tests.
"""

from __future__ import annotations

import base64
import json
from fractions import Fraction
from typing import Any, Final

from autograder.kinds import report as reports
from autograder.model import Page, PartReport, Report

TESTS: Final = 100
"""Tests that a part may have: the share of the points that is told differs by less than 1/200 from the one earned."""


@reports
def actions(report: Report, around: dict[str, str]) -> tuple[Page, ...]:
    """Return a line `<variable>=<base64 of JSON>` for each part, and a notice of the totals.

    A part without a score is in no total: it has a maximum of 0. One that a person marks passes with a name that says
    so; one that could not be checked is in error, which fails the job.
    """
    lines = [f"{part.variable}={_encoded(part)}\n" for part in report.parts]
    notice = f"::notice title={_property(report.title)}::{_data(report.says)}\n"
    return Page(text="".join(lines), variable="GITHUB_OUTPUT"), Page(text=notice)


def _encoded(part: PartReport) -> str:
    result = {"version": 1, **_result(part)}
    return base64.b64encode(json.dumps(result, separators=(",", ":")).encode()).decode()


def _result(part: PartReport) -> dict[str, Any]:
    if part.score is None:
        waits = part.state == "manual"
        says = "to be marked by a person" if waits else "could not be checked"
        name = f"{part.ref}: {says}; its {part.points:g} points are in no total here"
        status = "pass" if waits else "error"
        return {"status": status, "max_score": 0, "tests": [_test(name, status, 0.0, " ".join(part.feedback.split()))]}
    earned = min(max(part.score / part.points, 0.0), 1.0) if part.points else 1.0
    share = Fraction(earned).limit_denominator(TESTS)
    passed, count = share.numerator, share.denominator
    tests = []
    for number in range(1, count + 1):
        name = part.ref if count == 1 else f"{part.ref} ({number} of {count})"
        status = "pass" if number <= passed else "fail"
        tests.append(_test(name, status, part.points / count if number <= passed else 0.0))
    return {"status": "pass" if passed == count else "fail", "max_score": part.points, "tests": tests}


def _test(name: str, status: str, score: float, message: str = "") -> dict[str, Any]:
    # line 0 is none; what stands in `test_code` or on a line of its own could be taken for a command of Actions
    return {
        "name": name, "status": status, "score": score, "message": message,
        "test_code": "", "filename": "", "line_no": 0, "duration": 0,
    }  # fmt: skip


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

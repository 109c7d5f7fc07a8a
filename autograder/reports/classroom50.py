"""Write what Classroom 50's runner collects from an `autograder.py`: `result.json` and `release-body.md`.

Source: the schema `classroom50/result/v1`. Scores are whole numbers there, so a point is counted as 100 units, or as
many more as the paper's points need. The runner itself puts in owner, type and times; here they are what it would say.
"""

from __future__ import annotations

import datetime
import json
import re
from fractions import Fraction
from typing import Any, Final

from autograder.kinds import report as reports
from autograder.markup.marked import marks_table
from autograder.markup.plain import as_plain
from autograder.model import Page, PartReport, Report

UNITS: Final = 100
"""Units that a point is counted as, unless some part's points are finer."""

_TAG: Final = re.compile(r"submit/(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\b")


@reports
def classroom50(report: Report, around: dict[str, str]) -> tuple[Page, ...]:
    """Return both files.

    Args:
        report: the marks.
        around: the environment, as Classroom 50's runner sets it; what is missing is taken from GitHub's variables.
            `SOURCE_DATE_EPOCH` is when the file was handed in, for a submission whose tag does not say.
    """
    units = _units(report)
    tests = [_test(part, units) for part in report.parts]
    result = {
        **_identity(report, around),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    body = f"### {as_plain(report.title)}: {report.says}\n\nThe gradebook counts {units} for each point.\n"
    return (
        Page(name="result.json", text=json.dumps(result, ensure_ascii=False, indent=1) + "\n"),
        Page(name="release-body.md", text=body + "\n" + marks_table(report)),
    )


def _units(report: Report) -> int:
    units = UNITS
    while units < 1_000_000 and any((part.points * units) % 1 for part in report.parts):
        units *= 10
    return units


def _test(part: PartReport, units: int) -> dict[str, Any]:
    test: dict[str, Any] = {"test-name": part.ref, "state": part.state, "reason": part.reason, "message": part.feedback}
    if part.score is None:
        # in no total: neither wrong nor right
        return test | {"passed": False, "score": 0, "max-score": 0, "points-to-come": part.points}
    most = round(Fraction(part.points) * units)
    score = min(max(round(Fraction(part.score) * units), 0), most)
    return test | {"passed": part.score >= part.points, "score": score, "max-score": most}


def _identity(report: Report, around: dict[str, str]) -> dict[str, str]:
    """Return whose result it is and of what, from the runner's variables, else from GitHub's."""

    def named(*variables: str, other: str) -> str:
        return next((around[name].strip() for name in variables if around.get(name, "").strip()), other)

    repository = named("GITHUB_REPOSITORY", other="local/local")
    link = f"{named('GITHUB_SERVER_URL', other='https://github.com')}/{repository}"
    tag = named("SUBMISSION_TAG", other=f"submit/{named('GITHUB_SHA', other='local')}")
    commit = named("COMMIT_URL", other=f"{link}/commit/{named('GITHUB_SHA', other='local')}")
    return {
        "schema": "classroom50/result/v1",
        "classroom": named("CLASSROOM", other=repository.partition("/")[0]),
        "assignment": named("ASSIGNMENT", other=report.exam),
        "assignment_type": named("ASSIGNMENT_TYPE", other="individual"),
        "owner": named("USERNAME", "OWNER", "GITHUB_ACTOR", other=repository.partition("/")[0]),
        "submission": tag,
        "commit": commit,
        "release": named("RELEASE_URL", other=f"{link}/releases/tag/{tag.replace('/', '%2F')}"),
        "review": named("REVIEW_URL", other=commit),
        "datetime": _instant(tag, named("SOURCE_DATE_EPOCH", other="0")),
    }


def _instant(tag: str, epoch: str) -> str:
    # a regrade must say the same instant, so it is read from the tag and never from a clock
    found = _TAG.match(tag)
    if found:
        day, hour, minute, second = found.groups()
        return f"{day}T{hour}:{minute}:{second}Z"
    moment = datetime.datetime.fromtimestamp(int(epoch) if epoch.isdecimal() else 0, datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

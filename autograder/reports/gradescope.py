"""Write Gradescope's `results.json`: a test for each part, all of them visible, so that the total is too."""

from __future__ import annotations

import json
from typing import Any

from autograder.kinds import report as reports
from autograder.model import Page, PartReport, Report


@reports
def gradescope(report: Report, around: dict[str, str]) -> tuple[Page, ...]:
    """Return `results.json`.

    A part without a score has neither score nor maximum: Gradescope then shows its words and adds nothing.
    """
    results = {
        "score": report.score,
        "output": "\n".join([f"{report.title}, paper {report.code}: {report.says}.", *report.flags]),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(number, part) for number, part in enumerate(report.parts, start=1)],
    }
    return (Page(name="results.json", text=json.dumps(results, ensure_ascii=False, indent=1) + "\n"),)


def _test(number: int, part: PartReport) -> dict[str, Any]:
    # what a candidate wrote may stand in the words: as text, nothing in it is a tag
    test: dict[str, Any] = {
        "name": f"{part.ref}: {part.title}", "number": str(number), "output": part.feedback, "output_format": "text",
        "visibility": "visible", "tags": [part.state, part.reason],
    }  # fmt: skip
    if part.score is not None:
        status = "passed" if part.score == part.points else "failed"
        return test | {"score": part.score, "max_score": part.points, "status": status}
    says = "To be marked by a person" if part.state == "manual" else "Could not be checked"
    return test | {"output": f"{says}: {part.points:g} points. {part.feedback}".rstrip()}

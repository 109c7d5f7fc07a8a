"""Put the marks of one returned file beside the paper's own words."""

from __future__ import annotations

from autograder.model import MarkSheet, Paper, PartReport, Report


def report_of(paper: Paper, sheet: MarkSheet, file: str) -> Report:
    """Return the report of one returned file.

    Args:
        paper: it was marked against.
        sheet: its marks.
        file: what the candidate knows it by.
    """
    marks = {mark.ref: mark for mark in sheet.marks}
    parts = tuple(
        PartReport(
            ref=part.ref, variable=part.variable, title=variant.title, state=mark.state, score=mark.score,
            points=mark.points, reason=mark.reason, feedback=mark.feedback,
        )
        for variant in paper.variants()
        for part in variant.parts
        if (mark := marks.get(part.ref)) is not None
    )  # fmt: skip
    return Report(
        exam=paper.exam, title=paper.title, code=paper.code, file=file, parts=parts, flags=sheet.flags
    )  # fmt: skip

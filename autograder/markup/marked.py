"""Show the marks of one returned file as a Markdown table; whatever a candidate wrote stays text."""

from __future__ import annotations

from autograder.markup.plain import as_plain
from autograder.model import PartReport, Report


def marks_table(report: Report) -> str:
    """Return what is odd about the file, and a table with a line for each part."""
    flags = [f"> {as_plain(flag)}\n" for flag in report.flags]
    head = ["| part | points | what there is to say |", "| --- | ---: | --- |"]
    return "\n".join([*flags, *head, *map(_line, report.parts)]) + "\n"


def _line(part: PartReport) -> str:
    said = "<br>".join(as_plain(line) for line in part.feedback.splitlines() if line.strip())
    return f"| {as_plain(part.title)}<br>{as_plain(part.ref)} | {_points(part)} | {said} |"


def _points(part: PartReport) -> str:
    if part.score is not None:
        return f"{part.score:.6g} of {part.points:g}"
    return f"{'to be marked by a person' if part.state == 'manual' else 'could not be checked'}: {part.points:g}"

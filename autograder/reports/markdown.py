"""Write a page for people: the summary of a run of GitHub Actions, or the terminal's."""

from __future__ import annotations

from autograder.kinds import report as reports
from autograder.markup.marked import marks_table
from autograder.markup.plain import as_plain
from autograder.model import Page, Report


@reports
def markdown(report: Report, around: dict[str, str]) -> tuple[Page, ...]:
    """Return a heading with the totals and a table with a line for each part, for the job's summary if there is one."""
    head = f"## {as_plain(report.title)}: {report.says}\n\nPaper {as_plain(report.code)}, in {as_plain(report.file)}.\n"
    return (Page(text=f"{head}\n{marks_table(report)}", variable="GITHUB_STEP_SUMMARY"),)

"""Let `nbgrader generate_feedback`, and the button of its formgrader, write the pages of `tenfold feedback`.

nbgrader_config.py names this exporter. nbgrader itself keeps the folder `feedback/`, with the time stamps and secrets
by which `release_feedback` and `fetch_feedback` find a candidate's file. What people decided in formgrader is on the
page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter, HTMLExporter
from nbgrader.api import Gradebook, MissingEntry

from autograder.course import Course
from autograder.feedback import Person
from autograder.model import MarkSheet
from autograder.pipeline.feedback import page_of
from autograder.pipeline.opened import Opened, open_exam
from autograder.resources import bank_folder
from autograder.store import read_record


class FeedbackPage(HTMLExporter):  # type: ignore[misc]
    """Our page for a candidate of our exams; nbgrader's own for any other assignment of the course."""

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        """Return the page of the candidate and exam in `resources`.

        Args:
            nb: the notebook from `autograded/`.
            resources: nbgrader's: candidate, assignment, address of the database.
            kw: for nbconvert.

        Raises:
            AutograderError: there are marks, but no page can be made of them. nbgrader goes on with the next candidate.
        """
        names = (resources or {}).get("nbgrader", {})
        course = Course(Path.cwd())  # where nbgrader stands while it converts
        path = course.marks(names.get("assignment", ""), names.get("student", ""))
        exam = bank_folder(course.root) / "exams" / f"{names.get('assignment', '')}.yaml"
        if names.get("notebook") != names.get("assignment") or not path.is_file() or not exam.is_file():
            shown: tuple[str, Any] = super().from_notebook_node(nb, resources, **kw)
            return shown
        sheet = read_record(path, MarkSheet)
        persons, penalty = _decided(names)
        page = page_of(self._exam(course, sheet.exam), sheet, persons=persons, penalty=penalty)
        # nbconvert's own preparation, without its template
        _, resources = Exporter.from_notebook_node(self, nb, resources, **kw)
        return page.decode(), resources

    def _exam(self, course: Course, name: str) -> Opened:
        known: dict[str, Opened] = self.__dict__.setdefault("_exams", {})
        if name not in known:
            known[name] = open_exam(course, name)
        return known[name]


def _decided(names: dict[str, str]) -> tuple[dict[str, Person], float]:
    """Return what people decided about each part, and the penalty for lateness."""
    exam, candidate = names["assignment"], names["student"]
    with Gradebook(names["db_url"]) as book:
        try:
            notebook = book.find_submission_notebook(names["notebook"], exam, candidate)
        except MissingEntry:
            return {}, 0.0
        scores = {grade.name: _score(grade) for grade in notebook.grades}
        comments = {comment.name.removesuffix("_answer"): comment.manual_comment for comment in notebook.comments}
        penalty = float(notebook.late_submission_penalty or 0.0)
    return {ref: Person(scores.get(ref), comments.get(ref) or "") for ref in scores.keys() | comments.keys()}, penalty


def _score(grade: Any) -> float | None:
    extra = grade.extra_credit or 0.0
    if grade.manual_score is not None:
        return float(grade.manual_score + extra)
    return float(grade.auto_score + extra) if extra and grade.auto_score is not None else None

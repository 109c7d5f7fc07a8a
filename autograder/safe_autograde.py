"""Let `nbgrader autograde` record what `tenfold mark` found, and run no candidate's code.

nbgrader_config.py names this in place of nbgrader's Execute and SaveAutoGrades: see there for the reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import from_dict
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade
from traitlets import Unicode, default

from autograder.errors import GradebookError
from autograder.gradebooks.nbgrader import check_sheet
from autograder.markup.graded import outputs_of, with_rubrics
from autograder.model import MarkSheet
from autograder.nbgraded.lateness import set_times
from autograder.nbgraded.rows import cells_of, record
from autograder.store import read_record


# A plain nbconvert preprocessor would be off unless switched on, and the cells would then go without a mark.
class SafeAutograde(NbGraderPreprocessor):  # type: ignore[misc]
    """Record the saved marks of one candidate, and show them as the results of the check cells."""

    course = Unicode(help="The course's folder, with work/ and submitted/ in it.").tag(config=True)

    @default("course")  # type: ignore[untyped-decorator]
    def _course(self) -> str:
        return str(self.config.CourseDirectory.get("root") or Path.cwd())

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Record and show the marks of the candidate and exam in `resources`.

        Args:
            nb: the sanitised submission.
            resources: nbgrader's: candidate, assignment, notebook, address of the database.

        Returns:
            Both, the notebook with the outputs of its code cells replaced.

        Raises:
            AutograderError: there is no mark for this candidate, one is in state `error`, or the submission is not the
                one that was marked. nbgrader then goes on with the next candidate, and this one gets no score.
        """
        names = resources["nbgrader"]
        sheet = self._sheet(names["assignment"], names["student"])
        with Gradebook(names["db_url"]) as book:
            cells = cells_of(book, sheet.exam)
            check_sheet(sheet, cells.points, Path(self.course))
            record(book, cells, [sheet])
            set_times(book, cells, [sheet])  # for the penalties, which come after this
            book.db.commit()
        outputs = {mark.ref: outputs_of(mark) for mark in sheet.marks}
        for cell in nb.cells:
            if cell.cell_type == "code":
                name = cell.metadata.nbgrader.get("grade_id", "") if is_grade(cell) else ""
                cell.outputs = [from_dict(output) for output in outputs.get(name, [])]
                cell.execution_count = None
        nb.cells = with_rubrics(nb.cells, sheet.marks, new_markdown_cell)
        return nb, resources

    def _sheet(self, exam: str, candidate: str) -> MarkSheet:
        path = Path(self.course) / "work" / exam / "marks" / f"{candidate}.json"
        if not path.is_file():
            raise GradebookError("there is no mark", where=candidate, hint=f"run `tenfold mark {exam}` first")
        sheet = read_record(path, MarkSheet)
        if (sheet.exam, sheet.candidate) != (exam, candidate):
            raise GradebookError("these are somebody else's marks", where=str(path))
        return sheet

"""nbgrader's configuration of this course: marks come from `tenfold mark`, and no candidate's code runs here.

nbgrader reads this file when it runs in this folder.
"""

from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader defines it

c.CourseDirectory.course_id = "deep_learning"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)

# In place of nbgrader's Execute and SaveAutoGrades: the first would run every candidate's code beside keys and
# gradebook, and the second gives full marks to any check cell without output.
c.Autograde.autograde_preprocessors = [
    "autograder.safe_autograde.SafeAutograde",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# In place of nbgrader's own page, which loads its math from the net: the pages of `tenfold feedback`.
c.GenerateFeedback.exporter_class = "autograder.nbgrader_feedback.FeedbackPage"

# The answer cell already has a line to fill in; nbgrader's own stub would make it raise.
c.ClearSolutions.code_stub = {"python": ""}
c.ClearSolutions.text_stub = ""

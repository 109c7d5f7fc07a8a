"""The records that pass along the line: frozen, checked, saved as JSON.

One file a moment of their lives: what an author writes, what a candidate sees, what only staff know, what comes back,
what is run, what it is worth. The rest of the house takes them from here.
"""

from __future__ import annotations

from autograder.model.exam import Amendment, Choice, Exam, Forms, Gap, Query, Section
from autograder.model.key import ChoiceKey, Claim, CodeKey, Follow, Key, KeySheet, Offered, Option
from autograder.model.mark import HandMark, HandMarks, Mark, MarkSheet, Posted, Standing
from autograder.model.paper import Paper, PaperSection, ShownCell, ShownPool, Variant, VariantPart
from autograder.model.question import (
    Also,
    Alternative,
    Cell,
    Check,
    Draw,
    Fault,
    Figure,
    Invented,
    Part,
    Question,
    RubricPoint,
    Slip,
    Test,
)
from autograder.model.record import (
    Exact,
    Formula,
    Item,
    Record,
    Share,
    Values,
    Written,
    WrittenNumber,
    word_and_settings,
    written_values,
)
from autograder.model.report import Page, PartReport, Report
from autograder.model.running import Job, Observation, Run
from autograder.model.submission import Response, Submission
from autograder.model.symbols import Declaration, Declarations

__all__ = [
    "Also",
    "Alternative",
    "Amendment",
    "Cell",
    "Check",
    "Choice",
    "ChoiceKey",
    "Claim",
    "CodeKey",
    "Declaration",
    "Declarations",
    "Draw",
    "Exact",
    "Exam",
    "Fault",
    "Figure",
    "Follow",
    "Forms",
    "Formula",
    "Gap",
    "HandMark",
    "HandMarks",
    "Invented",
    "Item",
    "Job",
    "Key",
    "KeySheet",
    "Mark",
    "MarkSheet",
    "Observation",
    "Offered",
    "Option",
    "Page",
    "Paper",
    "PaperSection",
    "Part",
    "PartReport",
    "Posted",
    "Query",
    "Question",
    "Record",
    "Report",
    "Response",
    "RubricPoint",
    "Run",
    "Section",
    "Share",
    "ShownCell",
    "ShownPool",
    "Slip",
    "Standing",
    "Submission",
    "Test",
    "Values",
    "Variant",
    "VariantPart",
    "Written",
    "WrittenNumber",
    "word_and_settings",
    "written_values",
]

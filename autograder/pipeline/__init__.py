"""Call the stages in order and save what passes between them; every function here can be run again alone."""

from __future__ import annotations

from autograder.pipeline.attempts import Attempt
from autograder.pipeline.marking import Marked, mark_exam, mark_file, runs_of
from autograder.pipeline.moving import Move, Stood
from autograder.pipeline.opened import Opened, keys_of_paper, open_exam
from autograder.pipeline.posting import Sheets, post_exam, sheets_of
from autograder.pipeline.rendering import render_exam
from autograder.pipeline.rubric import Taken, due, hand_marks, read_rubric, write_rubric
from autograder.pipeline.setting import copied_credit, people_of, set_exam, staff_form

__all__ = [
    "Attempt",
    "Marked",
    "Move",
    "Opened",
    "Sheets",
    "Stood",
    "Taken",
    "copied_credit",
    "due",
    "hand_marks",
    "keys_of_paper",
    "mark_exam",
    "mark_file",
    "open_exam",
    "people_of",
    "post_exam",
    "read_rubric",
    "render_exam",
    "runs_of",
    "set_exam",
    "sheets_of",
    "staff_form",
    "write_rubric",
]

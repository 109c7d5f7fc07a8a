"""Write a page for every candidate: what they answered, what it earned and why."""

from __future__ import annotations

from pathlib import Path

from autograder.commands.console import BankFolder, CourseFolder, ExamName, course_at, progress, say
from autograder.pipeline import open_exam
from autograder.pipeline.feedback import feedback_exam


def feedback(exam: ExamName, course: CourseFolder = Path(), bank: BankFolder = None) -> None:
    """Write a page for every candidate: what they answered, what it earned and why.

    The pages lie in work/EXAM/feedback/, a file a candidate, each complete in itself. They show solutions only if the
    exam says `release_solutions: true`. `nbgrader generate_feedback EXAM` hands out the same pages.
    """
    where = course_at(course)
    opened = open_exam(where, exam, bank)
    count = sum(1 for _ in progress(feedback_exam(opened), "Writing feedback"))
    folder = (where.work(exam) / "feedback").relative_to(where.root)
    say(f"{count} pages in {folder}/" if count else f"nobody has marks of {exam} yet: run `tenfold mark {exam}` first")

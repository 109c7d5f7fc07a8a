"""Tell a candidate what came of their paper: one page with what was asked, how it was read, and what it earned."""

from __future__ import annotations

from autograder.feedback.page import Outcome, Person, feedback
from autograder.feedback.told import authored_math

__all__ = ["Outcome", "Person", "authored_math", "feedback"]

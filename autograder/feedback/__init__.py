"""Tell a candidate what came of their paper: one page with what was asked, how it was read, and what it earned."""

from __future__ import annotations

from autograder.feedback.page import Outcome, Person, feedback

__all__ = ["Outcome", "Person", "feedback"]

"""Reports made up for tests, and what goes into them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from autograder.model import PartReport, Report

HOSTILE = (
    "Read as ]\n::error::you are hacked\n##[error]x\r<script>alert(1)</script> | [a](http://x.y) `$x$` @who ](x"
    "\x1b[31m %0A::set-env"
)


def part(number: int = 1, score: float | None = 1.0, points: float = 1.0, **changed: Any) -> PartReport:
    """One part."""
    fields = {
        "ref": f"question-{number}", "variable": f"question_{number}", "title": "A question",
        "state": "graded", "score": score, "points": points, "reason": "right", "feedback": "Right.",
    }  # fmt: skip
    return PartReport(**fields | changed)


def waiting(number: int, points: float = 10.0) -> PartReport:
    """A part that a person marks."""
    return part(number, None, points, state="manual", reason="to_mark", feedback="A person will look at it.")


def unchecked(number: int, points: float = 4.0) -> PartReport:
    """A part that could not be checked."""
    return part(number, None, points, state="error", reason="error", feedback="No jail works here.")


def report(*parts: PartReport, **changed: Any) -> Report:
    """A report of these parts."""
    fields = {"exam": "mock", "title": "Mock exam", "code": "ABCDEFGHIJ", "file": "papers/A/mock.ipynb", "parts": parts}
    return Report(**fields | changed)


@st.composite
def parts(draw: st.DrawFn) -> tuple[PartReport, ...]:
    """Parts with any scores, some without one."""
    made = []
    for number in range(draw(st.integers(1, 8))):
        points = draw(st.sampled_from((0.25, 0.5, 1.0, 3.0, 4.0, 7.5, 10.0)))
        score = round(draw(st.floats(0, 1)) * points, 6)
        kind = draw(st.sampled_from((part, part, part, waiting, unchecked)))
        made.append(part(number, score, points) if kind is part else kind(number, points))
    return tuple(made)

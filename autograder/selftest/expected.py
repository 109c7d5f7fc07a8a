"""What an author's test says, and what it wants to earn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.markup.templates import render_text
from autograder.model import Mark, Test

Drawn = Mapping[str, Any]


def unmet(test: Test, mark: Mark) -> str:
    """Return what a test wants that its mark is not, or an empty text."""
    close = mark.score is not None and test.score is not None and abs(mark.score - test.score) < 0.005
    wanted = [
        f"score {test.score:g}" if test.score is not None and not close else "",
        f"reason {test.reason}" if test.reason is not None and mark.reason != test.reason else "",
    ]
    return " and ".join(filter(None, wanted))


def said_in(test: Test, values: Drawn) -> Any:
    """Return what a test says, with the drawn values in its texts.

    Raises:
        AutograderError: a text cannot be rendered.
    """
    return _rendered(test.say, dict(values))


def _rendered(said: Any, values: dict[str, Any]) -> Any:
    if isinstance(said, str):
        return render_text(said, values) if "[=" in said or "[%" in said else said
    if isinstance(said, dict):
        return {name: _rendered(each, values) for name, each in said.items()}
    return [_rendered(each, values) for each in said] if isinstance(said, list) else said

"""Hand marks to a gradebook."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autograder import kinds
from autograder.model import MarkSheet


def post(sheets: Iterable[MarkSheet], gradebook: str, to: Path) -> Any:
    """Post marks to a gradebook, by its word. Posting the same marks twice changes nothing.

    Args:
        sheets: the marks; a gradebook may read them twice, so pass what can be iterated again to keep memory flat.
        gradebook: a file's name in `gradebooks/`, such as `nbgrader` or `csv`.
        to: where that gradebook keeps its marks: a course's folder, a file.

    Returns:
        What the gradebook reports.

    Raises:
        GradebookError: a mark is in state `error`, or the gradebook cannot take them; nothing was posted.
        KindError: there is no such gradebook, or what it needs is not installed.
    """
    return kinds.load("gradebooks", gradebook)(sheets, to)

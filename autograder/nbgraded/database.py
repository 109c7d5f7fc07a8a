"""Open nbgrader's database of a course."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader import api
from traitlets.config.loader import Config, ConfigFileNotFound, PyFileConfigLoader

from autograder.errors import GradebookError


def config_of(course: Path) -> Any:
    """Return nbgrader's configuration of a course; empty where there is none."""
    try:
        return PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    except ConfigFileNotFound:
        return Config()


def open_book(course: Path, exam: str, config: Any) -> api.Gradebook:
    """Open the database of a course.

    Args:
        course: its folder.
        exam: that it must know.
        config: nbgrader's, of the course.

    Raises:
        GradebookError: there is no database yet.
    """
    own = config.get("CourseDirectory", {})
    url = own.get("db_url") or f"sqlite:///{course.resolve() / 'gradebook.db'}"
    file = url.removeprefix("sqlite:///")
    if file != url and not Path(file).is_file():
        raise unknown(exam)  # nbgrader would make an empty database
    return api.Gradebook(url, own.get("course_id") or "default_course")


def unknown(exam: str) -> GradebookError:
    """Return the error that nbgrader does not know an exam."""
    return GradebookError("nbgrader does not know this exam", where=exam, hint=f"run `tenfold render {exam}`")

"""Turn papers into files: candidates' copies in any format, and the course's own notebook that nbgrader releases."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final, cast

from autograder import kinds
from autograder.errors import RenderError
from autograder.model import Key, Paper
from autograder.outline.paper import Face

TIMEOUT_S: Final = 300
"""Seconds that nbgrader may take to make a release; it takes about five."""


def render(
    paper: Paper, format: str, folder: Path, keys: tuple[Key, ...] | None = None, face: Face = "paper"
) -> list[Path]:
    """Write one paper in one format.

    Args:
        paper: what to write.
        format: a file's name in `formats/`, such as `notebook`.
        folder: where to write.
        keys: of this paper, for a staff copy; None for a candidate's.
        face: whom it is for; a notebook has one staff copy, whatever the face.

    Returns:
        The files.

    Raises:
        RenderError: the paper cannot be written in this format.
        KindError: there is no such format, or what it needs is not installed.
    """
    write = kinds.load("formats", format)
    return cast(list[Path], write(paper, keys, folder) if face == "paper" else write(paper, keys, folder, face))


def release(paper: Paper, keys: tuple[Key, ...], course: Path) -> list[Path]:
    """Write `source/<exam>/<exam>.ipynb` and let `nbgrader generate_assignment` make `release/` from it.

    Both come out the same, byte by byte, when they are made again. nbgrader also registers the exam's cells in its
    database, which is what marks are posted to.

    Args:
        paper: the course's own form.
        keys: of this paper.
        course: the folder with nbgrader_config.py.

    Returns:
        The notebooks below `source/` and `release/`.

    Raises:
        RenderError: the paper cannot be written, or nbgrader fails; with nbgrader's last lines.
    """
    [source] = render(paper, "notebook", course / "source" / paper.exam, keys)
    # --force, because nbgrader otherwise skips an existing release, registers nothing, and still exits with 0
    run_nbgrader(course, "generate_assignment", paper.exam, "--force")
    released = course / "release" / paper.exam / source.name
    if not released.is_file():
        raise RenderError("nbgrader made no release", where=str(released))
    return [source, released]


def run_nbgrader(course: Path, *arguments: str) -> str:
    """Run one nbgrader command in a course's folder and return what it printed.

    Raises:
        RenderError: it is not installed, fails or does not end; with its last lines.
    """
    # nbgrader looks for alembic on PATH, where an environment that is not activated does not stand
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    # a broken nbgrader_config.py would otherwise be logged and left aside, and every candidate's code be run
    own = {"PATH": path, "TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments], cwd=course, env=os.environ | own,
            capture_output=True, text=True, timeout=TIMEOUT_S, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise RenderError(f"nbgrader {arguments[0]} did not end within {TIMEOUT_S} s", where=str(course)) from None
    if done.returncode != 0:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-6:])
        raise RenderError(f"nbgrader {arguments[0]} failed:\n{last}", where=str(course))
    return done.stdout + done.stderr

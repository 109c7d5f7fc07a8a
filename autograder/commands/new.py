"""Start a course in an empty folder: configuration, secret, one exam, one question, a roster."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.console import say
from autograder.commands.schema import write_schemas
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.resources import shipped


def new(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="An empty or new folder; in a course, only what is missing is made."),
    ],
) -> None:
    """Start a course in an empty folder: configuration, secret, one exam, one question, a roster.

    In a folder that is a course already, only the secret is made if there is none.
    """
    if folder.exists() and not folder.is_dir():
        raise AutograderError("this is a file, not a folder", where=str(folder))
    course = Course(folder.resolve())
    is_course = (folder / "nbgrader_config.py").is_file()
    if folder.is_dir() and any(folder.iterdir()) and not is_course:
        raise AutograderError("the folder is not empty", where=str(folder), hint="name a new one")
    if not is_course:
        template = shipped("templates") / "course"
        for source in sorted(path for path in template.rglob("*") if path.is_file()):
            target = folder / source.relative_to(template)
            # a leading dot would hide the file from whoever reads the template
            target = target.with_name(".gitignore") if target.name == "gitignore" else target
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        write_schemas(folder / "question_bank")
    secret = course.make_secret()
    say(f"course in {folder}/; its secret is {secret.relative_to(course.root)}: keep a copy, and show it to nobody")
    if not is_course:
        say("next:")
        if folder.resolve() != Path.cwd():
            say(f"  cd {shlex.quote(str(folder))}")
        for line in (
            "tenfold check",
            "tenfold set first_exam",
            "tenfold render first_exam",
            "tenfold run first_exam   # when answers are in submitted/",
        ):
            say(f"  {line}")

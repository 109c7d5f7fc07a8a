"""Print the JSON Schema of question and exam files, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from autograder import store
from autograder.commands.console import OUT, BankFolder, CourseFolder
from autograder.resources import bank_folder
from autograder.schema import exam_schema, question_schema


def schema(
    exam: Annotated[bool, typer.Option("--exam", help="The schema of exam files.")] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write both into the bank, where its files name them.")
    ] = False,
    course: CourseFolder = Path(),
    bank: BankFolder = None,
) -> None:
    """Print the JSON Schema of question and exam files, for editors.

    Every file of the bank names its schema on its first line, so that an editor with a YAML language server completes
    its fields.
    """
    if not write:
        typer.echo(json.dumps(exam_schema() if exam else question_schema(), indent=1))
        return
    folder = bank_folder(course, bank)
    for path, content in (
        (folder / "schema.json", question_schema()),
        (folder / "exams" / "schema.json", exam_schema()),
    ):
        store.write_json(path, content)
        OUT.print(f"wrote {path}")

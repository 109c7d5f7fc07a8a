"""Print the JSON Schema of question and exam files, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from autograder import store
from autograder.commands.console import BankFolder, CourseFolder, say
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
    for path in write_schemas(bank_folder(course, bank)):
        say(f"wrote {path}")


def write_schemas(bank: Path) -> tuple[Path, Path]:
    """Write both schemas into a bank and return their files."""
    question, exam_ = bank / "schema.json", bank / "exams" / "schema.json"
    store.write_json(question, question_schema())
    store.write_json(exam_, exam_schema())
    return question, exam_

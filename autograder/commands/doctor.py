"""Say what is installed, what this course has, and what to do about the rest."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json as jsonlib
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer

import autograder
from autograder import kinds
from autograder.bank import inspect_bank
from autograder.commands.console import OUT, AsJson, BankFolder, CourseFolder, course_at, table
from autograder.course import SAMPLE_SECRET, Course
from autograder.errors import AutograderError, KindError
from autograder.resources import bank_folder
from autograder.roster import read_roster

_EXTRAS: Final = {
    "notebook": ("nbformat", "nbgrader"),
    "symbolic": ("sympy", "mpmath"),
    "torch": ("torch", "numpy", "safetensors"),
    "paper": ("typst", "math_core", "mdit_py_plugins", "segno"),
    "ray": ("ray",),
}


class Finding(NamedTuple):
    """One line of the doctor's report."""

    what: str
    fine: bool
    says: str
    hint: str = ""


def doctor(
    json: AsJson = False,
    only: Annotated[str, typer.Option(help="Show only lines whose name has this in it, such as `jail`.")] = "",
    course: CourseFolder = Path(),
    bank: BankFolder = None,
) -> None:
    """Say what is installed, what this course has, and what to do about the rest."""
    where = course_at(course)
    found = [*_installation(), *_jails(), *_course(where, bank)]
    findings = [finding for finding in found if only in finding.what]
    if json:
        typer.echo(jsonlib.dumps([finding._asdict() for finding in findings], ensure_ascii=False, indent=1))
        return
    rows = [
        ("✓" if found.fine else "✗", found.what, found.says, "" if found.fine else found.hint) for found in findings
    ]
    OUT.print(table("tenfold doctor", ["", "what", "is", "to do"], rows))


def _installation() -> Iterator[Finding]:
    yield Finding(
        "tenfold",
        True,
        f"{autograder.__version__} on Python {platform.python_version()}, {platform.system()} {platform.machine()}",
    )
    try:
        owner = importlib.metadata.version("tenfold")
        yield Finding("package", True, f"autograder belongs to tenfold {owner}")
    except importlib.metadata.PackageNotFoundError:
        yield Finding(
            "package",
            False,
            f"autograder at {Path(autograder.__file__).parent} is not an installed tenfold",
            "pip install -e .",
        )
    for extra, modules in _EXTRAS.items():
        missing = [module for module in modules if importlib.util.find_spec(module) is None]
        says = f"lacks {', '.join(missing)}" if missing else "installed"
        yield Finding(f"extra {extra}", not missing, says, f"pip install 'tenfold[{extra}]', if you need it")
    beside = Path(sys.executable).parent / "alembic"
    found = beside if beside.exists() else shutil.which("alembic")
    yield Finding(
        "nbgrader's alembic",
        bool(found),
        "found" if found else "not beside this Python",
        "pip install 'tenfold[notebook]'",
    )


def _jails() -> Iterator[Finding]:
    """Try each way of keeping code that candidates wrote from this machine; the first that works is used."""
    try:
        local = kinds.module_of("runners", "local")
    except KindError as error:
        yield Finding("code in a jail", False, error.problem, "pip install 'tenfold[torch]'")
        return
    used = False
    for report in local.ladder():
        use = "in use: " if report.offered and not used else "works: " if report.offered else ""
        used = used or report.offered
        yield Finding(f"jail {report.mode}", report.offered, f"{use}{report.says}", report.better)
    if not used:
        yield Finding("code in a jail", False, "no jail works here: code is not marked", "see above; or say --unsafe")
    device = local.device()
    yield Finding("graphics device", True, device or "none: parts that require one are not marked here")


def _course(course: Course, bank: Path | None) -> Iterator[Finding]:
    config = course.root / "nbgrader_config.py"
    safe = config.is_file() and "autograder.safe_autograde" in config.read_text(encoding="utf-8", errors="replace")
    says = "uses our safe preprocessor" if safe else "does not use our preprocessor" if config.is_file() else "missing"
    yield Finding(
        "nbgrader_config.py",
        safe,
        says,
        "copy it from a course made by `tenfold new`: stock autograde runs student code beside the gradebook",
    )
    try:
        secret = course.secret()
        private = secret is not None and secret != SAMPLE_SECRET
        yield Finding(
            "secret",
            private,
            "private" if private else "none: only exams with `sample: true` can be set",
            "`tenfold new .` makes one",
        )
    except AutograderError as error:
        yield Finding("secret", False, error.problem, error.hint)
    try:
        loaded, errors = inspect_bank(bank_folder(course.root, bank))
        yield Finding(
            "question bank",
            not errors,
            f"{len(loaded.questions)} questions in {loaded.folder}, {len(errors)} to mend",
            "`tenfold check` lists them",
        )
    except AutograderError as error:
        yield Finding("question bank", False, error.problem, error.hint)
    try:
        yield Finding("roster", True, f"{len(read_roster(course.root / 'roster.csv'))} candidates")
    except AutograderError as error:
        yield Finding("roster", False, error.problem, error.hint)

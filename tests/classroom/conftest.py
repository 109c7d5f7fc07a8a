"""A practice repository of the shipped exam, made once; checkouts of it; and an interpreter without tenfold."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from autograder.choosing.answers import as_typed
from autograder.classroom.grading import HandedIn, practised
from autograder.classroom.practice import find_practice
from autograder.classroom.repository import make_classroom
from autograder.course import Course
from autograder.model import Key, Paper
from autograder.pipeline import keys_of_paper, open_exam
from autograder.store import read_record
from tests.conftest import SHIPPED_BANK

REPOSITORY = "deep-learning/practice-alice"
EXAM = "practice_exam"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template repository of the shipped exam, from a course with a secret of its own."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(SHIPPED_BANK, root / "question_bank")
    course = Course(root)
    course.make_secret()
    out = tmp_path_factory.mktemp("made") / "template"
    list(make_classroom(open_exam(course, EXAM), out, 6))
    return out


@pytest.fixture
def checkout(template: Path, tmp_path: Path) -> Path:
    """A student's checkout."""
    return Path(shutil.copytree(template, tmp_path / "checkout"))


@pytest.fixture(scope="session")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment that sees the packages of this one; tenfold itself is to be installed."""
    folder = tmp_path_factory.mktemp("runner") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def handed_in(checkout: Path) -> HandedIn:
    """The paper that is the checkout's own."""
    course = find_practice(checkout)
    assert course is not None
    return practised(course, None, {"GITHUB_REPOSITORY": REPOSITORY})


def keys_in(checkout: Path) -> tuple[Key, ...]:
    """The keys of the checkout's own paper."""
    opened = handed_in(checkout).opened
    [row] = opened.allocation.of(handed_in(checkout).candidate)
    return keys_of_paper(opened, read_record(opened.course.paper(opened.name, row.code), Paper))


def write_answers(notebook: Path, answers: Mapping[str, str]) -> None:
    """Put answers into the cells of a notebook, by the parts' refs."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        ref = cell["metadata"].get("nbgrader", {}).get("grade_id", "").removesuffix("_answer")
        if ref in answers and cell["metadata"]["nbgrader"]["solution"]:
            cell["source"] = answers[ref]
    notebook.write_text(json.dumps(content), encoding="utf-8")


def every_sort(keys: Iterable[Key]) -> dict[str, str]:
    """Answers to whatever parts an exam has: right ones, slips, near ones, computed ones, prose, code, blanks."""
    answers: dict[str, str] = {}
    for number, key in enumerate(keys):
        variable = key.ref.replace("-", "_")
        if key.grader in ("fill", "fix", "implement") and key.code is not None:
            answers[key.ref] = key.code.reference
        elif key.input == "text":
            answers[key.ref] = "Because *small* updates vanish. ::error::no" if number % 2 else ""
        elif key.choice is not None:
            answers[key.ref] = f"{variable} = {as_typed(key)}"
        elif isinstance(key.answer, int | float) or hasattr(key.answer, "denominator"):
            right = float(key.answer)  # type: ignore[arg-type]
            slip = next((claim for claim in key.claims if claim.kind == "slip"), None)
            sorts = [
                repr(right), repr(float(slip.value)) if slip else repr(right), repr(right * 2.7), "'about two'",
                "float(input())",
            ]  # fmt: skip
            answers[key.ref] = f"{variable} = {sorts[number % len(sorts)]}"
    return answers

"""Make the template repository of an exam's practice: papers, their keys, and a workflow that marks on each push."""

from __future__ import annotations

import platform
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from autograder import store
from autograder.allocation import Row
from autograder.classroom.practice import FOLDER, PAPERS, find_practice, practice_secret, save_practice
from autograder.classroom.wheel import write_wheel
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.markup.templates import layout
from autograder.model import Paper, Question
from autograder.observe import runs_code
from autograder.pipeline import Opened, keys_of_paper, open_exam, set_exam
from autograder.render import render
from autograder.resources import shipped, template_folders
from autograder.roster import Person

_PAGES: Final = {
    "README.md": "README.md",
    "gitignore": ".gitignore",
    "grade.yml": ".github/workflows/grade.yml",
    "keys.md": f"{FOLDER}/README.md",
}
"""Templates below `templates/classroom/` and where they go."""


def make_classroom(opened: Opened, out: Path, papers: int, formats: tuple[str, ...] = ("notebook",)) -> Iterator[Path]:
    """Write the template repository; made again from the same course, it deals the same papers.

    Args:
        opened: the exam, in its own course; nothing there changes, and its secret stays there.
        out: an empty or new folder, or an earlier repository of the same exam.
        papers: how many different papers there are.
        formats: in which each paper is written.

    Yields:
        What was written, for a bar that says how far it is.

    Raises:
        AutograderError: the folder holds something else; or the exam is set for people, to whom it would give the keys.
    """
    if opened.allocation.rows and not opened.picked.exam.sample:
        raise AutograderError(
            "this exam is set for candidates, and a practice repository holds the answers of its questions",
            where=opened.name,
            hint="give practice an exam file of its own; once the exam is over, a copy of it under another name",
        )
    _clear(out, opened.name)
    course = Course(out / FOLDER)
    secret = practice_secret(opened.secret, opened.name)
    with tempfile.TemporaryDirectory() as folder:
        drawn = Course(Path(folder))
        fresh = open_exam(drawn, opened.name, opened.bank.folder, secret)
        count = min(papers, fresh.forms or papers)
        for row in set_exam(fresh, [Person(f"p{number:03d}") for number in range(1, count + 1)]):
            yield drawn.paper(opened.name, row.code)
        fresh = open_exam(drawn, opened.name, opened.bank.folder, secret)
        _copy_bank(fresh, course.root / "question_bank")
        # the keys are made from the bank; files full of answers would only be stumbled upon
        shutil.copytree(drawn.work(opened.name) / "papers", course.work(opened.name) / "papers")
        shutil.copyfile(drawn.allocation(opened.name), course.allocation(opened.name))
    made = open_exam(course, opened.name, course.root / "question_bank", secret)
    rows = made.allocation.rows
    save_practice(course, secret, opened.name, [row.code for row in rows])
    for row in rows:
        paper = _paper(made, row)
        for format in formats:
            yield from render(paper, format, out / PAPERS / row.code)
    yield from _write_pages(made, out)


def _clear(out: Path, exam: str) -> None:
    if not out.exists() or (out.is_dir() and not any(path.name != ".git" for path in out.iterdir())):
        return
    before = find_practice(out) if out.is_dir() else None
    if before is None or before.root.parent != out or not before.allocation(exam).is_file():
        raise AutograderError(
            "the folder holds something else than an earlier practice repository of this exam", where=str(out),
            hint="name a new folder",
        )  # fmt: skip
    shutil.rmtree(out / FOLDER)
    shutil.rmtree(out / PAPERS, ignore_errors=True)


def _copy_bank(opened: Opened, to: Path) -> None:
    """Copy the exam and its questions, with the files that are theirs or their topic's, and nothing else of it."""
    bank = opened.bank.folder.resolve()
    for question in opened.picked.questions():
        source = _file_of(opened, question)
        target = to / source.relative_to(bank)
        if source.name == "question.yaml":
            shutil.copytree(source.parent, target.parent, ignore=shutil.ignore_patterns("__pycache__", ".*"))
            for name, text in question.shared.items():
                (target.parent.parent / name).write_text(text, encoding="utf-8")
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    (to / "exams").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(bank / "exams" / f"{opened.name}.yaml", to / "exams" / f"{opened.name}.yaml")


def _file_of(opened: Opened, question: Question) -> Path:
    return Path(opened.bank.sources[question.id].file).resolve()


def _paper(opened: Opened, row: Row) -> Paper:
    return store.read_record(opened.course.paper(opened.name, row.code), Paper)


def _write_pages(opened: Opened, out: Path) -> Iterator[Path]:
    paper = _paper(opened, opened.allocation.rows[0])
    keys = keys_of_paper(opened, paper)
    runs = any(runs_code(key) for key in keys)
    wheel = write_wheel(opened.course.root)
    shown = {
        "title": paper.title, "exam": paper.exam, "points": paper.points, "runs": runs,
        "count": len(opened.allocation.rows), "folder": FOLDER, "papers": PAPERS,
        "runners": [part.variable for part in paper.parts()],
        "python": ".".join(platform.python_version_tuple()[:2]),
        "wheel": f"{wheel.name}{'[symbolic,torch]' if runs else ''}",
    }  # fmt: skip
    for name, to in _PAGES.items():
        yield _written(out / to, f"classroom/{name}.jinja", shown)
    yield _written(opened.course.root / "requirements.txt", "classroom/requirements.txt.jinja", shown)
    shutil.copyfile(shipped("constraints.txt"), opened.course.root / "constraints.txt")
    yield wheel


def _written(path: Path, template: str, shown: dict[str, Any]) -> Path:
    text = layout(tuple(template_folders(Path.cwd())), template).render(shown)
    store.write_bytes(path, f"{text.rstrip()}\n".encode())
    return path

"""Mark one returned file by itself, and report it: in a practice repository, or in the course it was set in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autograder import kinds, store
from autograder.classroom.practice import PAPERS, open_practice, repository_of
from autograder.course import Course
from autograder.errors import AutograderError, SubmissionError
from autograder.model import MarkSheet, Page, Paper, Report
from autograder.pipeline import Attempt, Opened, keys_of_paper, mark_file, open_exam
from autograder.report import report_of
from autograder.runs import Runs
from autograder.submission import read_submission

_ANSWERS: Final = 3
"""Folders of `submitted/<candidate>/<exam>/<file>`, counted from the file."""


@dataclass(frozen=True)
class HandedIn:
    """One returned file and whose it is.

    Attributes:
        candidate: as the exam's allocation names them.
        shown: the file as the candidate knows it.
    """

    opened: Opened
    candidate: str
    file: Path
    shown: str


def practised(course: Course, file: Path | None, around: Mapping[str, str]) -> HandedIn:
    """Return the notebook of a practice repository that is to be marked.

    Args:
        course: of the repository, as `find_practice` returns it.
        file: a notebook; the one of the repository's own paper when None.
        around: the environment.

    Raises:
        AutograderError: no file is named, and nobody knows what the repository is called.
    """
    root = course.root.parent
    practice, opened = open_practice(course)
    whose = repository_of(root, around)
    by_code = {row.code: row.candidate for row in opened.allocation.rows}
    if whose is not None:
        code = practice.paper_of(whose)
    elif file is not None:
        # nothing depends on whose paper it is where every key ships: the one in the file will do
        papers = {code: _paper(opened, code) for code in by_code}
        code = read_submission(file, papers, "").code
    else:
        raise AutograderError(
            "which paper is yours hangs on your repository's name, and this folder has no origin", where=str(root),
            hint=f"name a notebook, such as {PAPERS}/{next(iter(by_code))}/{opened.name}.ipynb",
        )  # fmt: skip
    own = root / PAPERS / code / f"{opened.name}.ipynb"
    return HandedIn(opened, by_code[code], file or own, _shown(file or own, root))


def submitted(root: Path, file: Path, exam: str | None, candidate: str | None, bank: Path | None) -> HandedIn:
    """Return a returned file of a course, with its candidate: named, or the folder below `submitted/` it lies in.

    Raises:
        AutograderError: it cannot be known whose it is; or whatever is wrong with the bank, exam or secret.
    """
    path = file.resolve()
    inside = path.parts[-_ANSWERS - 1 : -1]
    if len(inside) == _ANSWERS and inside[0] == "submitted":
        exam, candidate = exam or inside[2], candidate or inside[1]
    if candidate is None:
        raise AutograderError(
            "whose file is this?", where=str(file), hint="say --candidate NAME; a code in the file is no proof"
        )
    return HandedIn(open_exam(Course(root), exam or path.stem, bank), candidate, file, path.name)


@dataclass(frozen=True)
class Graded:
    """What came of one file; nothing was read where the file cannot be."""

    report: Report
    read: Attempt | None


def grade_file(handed_in: HandedIn, runs: Runs) -> Graded:
    """Mark one file by the same line as `tenfold mark`; nothing but the runs of its code is saved.

    A file that cannot be read gets a report in which no part could be checked.

    Raises:
        AutograderError: the candidate has no paper; or a question changed since the paper was set.
    """
    opened = handed_in.opened
    rows = opened.allocation.of(handed_in.candidate)
    if not rows:
        raise AutograderError(f"{handed_in.candidate!r} has no paper of {opened.name}", where=handed_in.shown)
    try:
        marked = mark_file(opened, handed_in.candidate, handed_in.file, runs)
    except SubmissionError as error:
        paper = _paper(opened, rows[-1].code)
        problem = f"{handed_in.file.name}: {error.problem}; {error.hint}"
        return Graded(report_of(paper, _unread(opened, paper, problem), handed_in.shown), None)
    return Graded(report_of(_paper(opened, marked.sheet.code), marked.sheet, handed_in.shown), marked)


def pages_of(report: Report, formats: tuple[str, ...], around: Mapping[str, str]) -> list[Page]:
    """Return a report in each of some formats.

    Raises:
        KindError: there is no such format.
    """
    environment = dict(around)
    return [page for word in formats for page in kinds.load("reports", word)(report, environment)]


def _unread(opened: Opened, paper: Paper, problem: str) -> MarkSheet:
    marks = tuple(key.unmarked("error", "The file could not be read.") for key in keys_of_paper(opened, paper))
    return MarkSheet(
        exam=opened.name, candidate="", code=paper.code, digest="", score=0.0,
        points=round(sum(mark.points for mark in marks), 6), marks=marks, flags=(problem,),
    )  # fmt: skip


def _paper(opened: Opened, code: str) -> Paper:
    return store.read_record(opened.course.paper(opened.name, code), Paper)


def _shown(file: Path, root: Path) -> str:
    path = file.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name

"""Take in what one candidate handed in: every file that can be read, one submission for each of their papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from autograder import store
from autograder.errors import AutograderError, SubmissionError
from autograder.lateness import handed_in
from autograder.model import Paper, Submission
from autograder.pipeline.opened import Opened
from autograder.returned.cells import savable, shown
from autograder.returned.files import files_of
from autograder.submission import read_submission

MAX_READ: Final = 20
"""Files of one candidate that are looked at."""

MAX_NAME: Final = 120
"""Characters of a file's name that are shown."""


@dataclass(frozen=True)
class Collected:
    """What could be read of a candidate's folder.

    Attributes:
        submissions: one for each paper that was answered, the latest attempt last.
        papers: the candidate's, by code.
        times: when they were handed in, by paper code, where that is known.
        problems: what could not be read, and what was passed over for something else.
    """

    submissions: tuple[Submission, ...]
    papers: Mapping[str, Paper]
    problems: tuple[str, ...]
    times: Mapping[str, datetime]


def collect(opened: Opened, candidate: str, folder: Path, codes: Iterable[str]) -> Collected:
    """Read what lies in a candidate's folder; whatever it is, this does not raise.

    Of several files for the same paper the first in the order of `files_of` counts, but for one in which nothing is
    answered where another has answers. The paper code in a file tells which attempt it is.

    Args:
        opened: the exam.
        candidate: whose folder it is.
        folder: `submitted/<candidate>/<exam>/`.
        codes: of the papers assigned to this candidate, the latest attempt last.
    """
    try:
        papers = {code: store.read_record(opened.course.paper(opened.name, code), Paper) for code in codes}
    except AutograderError as error:
        return Collected((), {}, (_line(error),), {})
    first, others = files_of(folder, opened.name)
    read: list[tuple[Path, Submission]] = []
    problems: list[str] = []
    for number, path in enumerate((*first, *others)):
        if path in others and read:
            break
        if number >= MAX_READ:
            problems.append(f"there are more files than the {MAX_READ} that were looked at")
            break
        if str(path) != savable(str(path)):
            problems.append(f"{shown(path.name)}: the file's name is not Unicode; rename it")
            continue
        try:
            handouts = opened.course.work(opened.name) / "handout"
            read.append((path, read_submission(path, papers, candidate, handouts)))
        except SubmissionError as error:
            name = shown(str(path.relative_to(folder)), MAX_NAME)
            problems.append(_line(SubmissionError(error.problem, name, error.hint)))
    if not read and not first and not others:
        problems.append("the folder holds no file that could be a submission")
    chosen = _one_for_each_paper(read, folder)
    order = list(papers)
    times = dict(_times(chosen, folder, problems))
    submissions = tuple(sorted(chosen, key=lambda each: order.index(each.code)))
    return Collected(submissions, papers, tuple(problems), times)


def _times(submissions: Iterable[Submission], folder: Path, problems: list[str]) -> Iterator[tuple[str, datetime]]:
    for each in submissions:
        try:
            when = handed_in(folder / each.file, folder)
        except (ValueError, OverflowError):
            problems.append("timestamp.txt is no date and time")
            continue
        if when is not None:
            yield each.code, when


def _one_for_each_paper(read: Iterable[tuple[Path, Submission]], folder: Path) -> list[Submission]:
    found: dict[str, list[tuple[Path, Submission]]] = {}
    for path, submission in read:
        found.setdefault(submission.code, []).append((path, submission))
    chosen: list[Submission] = []
    for same in found.values():
        path, submission = next((each for each in same if _answered(each[1])), same[0])
        name = path.relative_to(folder)
        flags = list(submission.flags)
        known = (f"{submission.exam}.ipynb", "answers.yaml")
        # a folder below is where an earlier attempt belongs
        if str(name) not in known and not (len(found) > 1 and path.name in known):
            flags.append(f"read from {shown(str(name), MAX_NAME)}")
        others = [shown(str(other.relative_to(folder)), MAX_NAME) for other, _ in same if other != path]
        flags += [f"{other} lies beside {shown(str(name), MAX_NAME)} and was not marked" for other in others]
        chosen.append(submission.model_copy(update={"file": str(name), "flags": tuple(flags)}))
    return chosen


def _answered(submission: Submission) -> bool:
    return any(response.state not in ("blank", "lost") for response in submission.responses)


def _line(error: AutograderError) -> str:
    return str(error).replace("\n ", ";")

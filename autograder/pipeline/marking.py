"""Read, run and mark what was returned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograder import store
from autograder.allocation import Row
from autograder.errors import AutograderError, SubmissionError
from autograder.marking import mark, sheet
from autograder.model import Key, MarkSheet, Observation, Paper, Submission
from autograder.observe import Draws, in_order, observe
from autograder.pipeline.opened import Opened, keys_of_paper, refuse_changed, require_set
from autograder.pipeline.timing import Timing
from autograder.runs import Runs
from autograder.submission import read_submission


@dataclass(frozen=True)
class Marked:
    """What came of one submission: a sheet, or why there is none."""

    candidate: str
    sheet: MarkSheet | None
    problems: tuple[str, ...]


def runs_of(opened: Opened, runner: str = "local", *, unsafe: bool = False) -> Runs:
    """Return the saved runs of an exam's code, with the runner that makes those which are missing.

    Args:
        opened: the exam.
        runner: the word of a runner.
        unsafe: it may run code without a jail, where no jail works.
    """
    return Runs(opened.course.observations(opened.name), runner, unsafe=unsafe)


def mark_exam(opened: Opened, runs: Runs | None = None) -> Iterator[Marked]:
    """Read, run and mark everything that was returned, against the papers as set and the bank as it stands.

    Code is run before it is marked, a few submissions ahead; what was run before is not run again.

    Args:
        opened: the exam.
        runs: where runs are saved and made; the exam's own when None.

    Yields:
        A result for each returned file; marks are saved when there are any.

    Raises:
        AutograderError: the exam was not set, or a question's text or params changed since.
    """
    require_set(opened)
    refuse_changed(opened)
    if runs is None:
        with runs_of(opened) as own:
            yield from mark_exam(opened, own)
        return
    draws = Draws(opened.secret, opened.name)
    saved = runs

    def seen(read: _Read | Marked) -> dict[str, Observation]:
        return observe(read.keys, read.submission, draws, saved) if isinstance(read, _Read) else {}

    timing = Timing()
    for read, observations in in_order(seen, _read_all(opened)):
        if isinstance(read, _Read):
            timing.add(observations)
        yield _mark_one(opened, read, observations) if isinstance(read, _Read) else read
    store.write_json(opened.course.took(opened.name), timing.as_data())


@dataclass(frozen=True)
class _Read:
    """One submission as read, and the keys it is marked with."""

    submission: Submission
    keys: tuple[Key, ...]


def _read_all(opened: Opened) -> Iterator[_Read | Marked]:
    """Yield each submission, or why it has no marks."""
    rows: dict[str, list[Row]] = {}
    for row in opened.allocation.rows:
        rows.setdefault(row.candidate, []).append(row)
    for candidate, path in opened.course.submitted(opened.name):
        if candidate not in rows:
            yield Marked(candidate, None, ("has no paper of this exam: not on the roster when it was set?",))
            continue
        try:
            papers = {
                row.code: store.read_record(opened.course.paper(opened.name, row.code), Paper)
                for row in rows[candidate]
            }
            submission = read_submission(path, papers, candidate)
        except (SubmissionError, AutograderError) as error:
            yield Marked(candidate, None, (str(error).replace("\n", ";"),))
            continue
        yield _Read(submission, keys_of_paper(opened, papers[submission.code]))


def _mark_one(opened: Opened, read: _Read, seen: Mapping[str, Observation]) -> Marked:
    course, name, submission = opened.course, opened.name, read.submission
    bare = [each.ref for each in seen.values() if any(run.jail == "unsafe" for run in (*each.runs, *each.reference))]
    if bare:
        flag = f"{', '.join(bare)}: its code was run without a jail"
        submission = submission.model_copy(update={"flags": (*submission.flags, flag)})
    marked = sheet(submission, mark(read.keys, submission, seen))
    store.write_record(course.submission(name, submission.candidate), submission)
    store.write_record(course.marks(name, submission.candidate), marked)
    unclear = [f"{each.ref}: {each.feedback}" for each in marked.marks if each.state == "error"]
    return Marked(submission.candidate, marked, (*submission.flags, *unclear))

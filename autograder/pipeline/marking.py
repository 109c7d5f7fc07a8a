"""Read, run and mark what was returned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder import store
from autograder.allocation import Row
from autograder.amendments import amend
from autograder.answers import chosen_response, rows_response
from autograder.computed import told, with_computed
from autograder.handmarks import with_hand_marks
from autograder.lateness import described as how_late
from autograder.lateness import timed
from autograder.marking import mark, sheet
from autograder.model import Amendment, HandMark, Key, MarkSheet, Observation, Paper, Response, Standing, Submission
from autograder.observe import Draws, in_order, observe, runs_code
from autograder.pipeline.attempts import Attempt, described, which_counts
from autograder.pipeline.collecting import collect
from autograder.pipeline.moving import Move, before, move, posted_before
from autograder.pipeline.opened import Opened, keys_of_paper, refuse_changed, require_set
from autograder.pipeline.rubric import hand_marks
from autograder.pipeline.setting import people_of
from autograder.pipeline.timing import Timing
from autograder.runs import Runs
from autograder.submission import read_submission


@dataclass(frozen=True)
class Marked:
    """What came of one submission: a sheet, or why there is none.

    Attributes:
        problems: what staff should look at.
        moved: how the marks differ from those before; None where they do not, or there were none.
    """

    candidate: str
    sheet: MarkSheet | None
    problems: tuple[str, ...]
    moved: Move | None = None

    @property
    def complete(self) -> bool:
        """Whether every part is marked, or waits for a person: nothing is left that could not be checked."""
        return self.sheet is not None and all(mark.state != "error" for mark in self.sheet.marks)


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
    hands = hand_marks(opened).papers

    def seen(read: _Read | Marked) -> _Observed | Marked:
        return _observed(read, draws, saved) if isinstance(read, _Read) else read

    posted = posted_before(opened)
    attempts: list[Attempt] = []
    timing = Timing()
    for _, observed in in_order(seen, _read_all(opened), _is_run):
        if isinstance(observed, Marked):
            yield _without_marks(opened, observed, posted)
            continue
        timing.add(observed.seen)
        attempts.append(_marked(opened, observed, hands))
        if observed.read.last:
            yield _counted(opened, attempts, observed.read.problems, posted)
            attempts = []
    store.write_json(opened.course.took(opened.name), timing.as_data())
    yield from _withdrawn(opened, posted)


def mark_file(opened: Opened, candidate: str, path: Path, runs: Runs) -> Attempt:
    """Read, run and mark one file by itself, as `mark_exam` does those of a class; only runs of its code are saved.

    Args:
        opened: the exam.
        candidate: whose file it is; they have a paper.
        path: the file.
        runs: where runs are saved and made.

    Raises:
        SubmissionError: nothing of the file can be read.
        AutograderError: the exam was not set, or a question's text or params changed since.
    """
    require_set(opened)
    refuse_changed(opened)
    rows = opened.allocation.of(candidate)
    papers = {row.code: store.read_record(opened.course.paper(opened.name, row.code), Paper) for row in rows}
    submission = read_submission(path, papers, candidate, opened.course.work(opened.name) / "handout")
    keys = keys_of_paper(opened, papers[submission.code])
    # a file by itself was not handed in at any time
    read = _Read(submission, keys, opened.amendments(submission.code), (None, None), True, ())
    observed = _observed(read, Draws(opened.secret, opened.name), runs)
    return _marked(opened, observed, hand_marks(opened).papers)


@dataclass(frozen=True)
class _Read:
    """One submission as read, and what it is marked with.

    Attributes:
        time: the candidate's extra minutes, and when they handed in, where these are known.
        last: no other attempt of this candidate follows.
        problems: what staff should look at in the candidate's folder.
    """

    submission: Submission
    keys: tuple[Key, ...]
    amendments: tuple[Amendment, ...]
    time: tuple[float | None, datetime | None]
    last: bool
    problems: tuple[str, ...]


def _read_all(opened: Opened) -> Iterator[_Read | Marked]:
    """Yield each submission, or why a candidate has none that can be marked."""
    rows: dict[str, list[Row]] = {}
    for row in opened.allocation.rows:
        rows.setdefault(row.candidate, []).append(row)
    extra = _extra_minutes(opened)
    owners = {row.code: row.candidate for row in opened.allocation.rows}
    for candidate, folder in opened.course.submitted(opened.name):
        if candidate not in rows:
            yield Marked(candidate, None, ("has no paper of this exam: not on the roster when it was set?",))
            continue
        collected = collect(opened, candidate, folder, [row.code for row in rows[candidate]])
        if not collected.submissions:
            yield Marked(candidate, None, collected.problems)
            continue
        problems = (*collected.problems, *_swapped(collected.submissions, owners))
        *_, last = collected.submissions
        for submission in collected.submissions:
            keys = keys_of_paper(opened, collected.papers[submission.code])
            amendments = opened.amendments(submission.code)
            time = extra.get(candidate), collected.times.get(submission.code)
            yield _Read(submission, keys, amendments, time, submission is last, problems)


def _extra_minutes(opened: Opened) -> dict[str, float | None]:
    """Return candidate → extra minutes, by the course's roster as it is today, if it has one."""
    if not (opened.course.root / "roster.csv").is_file():
        return {}
    return {person.candidate: person.extra_minutes for person in people_of(opened.course)}


def _swapped(submissions: Iterable[Submission], owners: Mapping[str, str]) -> Iterator[str]:
    for each in submissions:
        if each.found is not None and owners.get(each.found, each.candidate) != each.candidate:
            yield f"the paper {each.found} was dealt to {owners[each.found]}"


def _without_marks(opened: Opened, result: Marked, posted: Mapping[str, Standing]) -> Marked:
    was = before(opened, posted, result.candidate)
    # marks of a file that is no longer there would be posted as if they were those of what is
    opened.course.marks(opened.name, result.candidate).unlink(missing_ok=True)
    return replace(result, moved=move(result.candidate, was, None))


def _withdrawn(opened: Opened, posted: Mapping[str, Standing]) -> Iterator[Marked]:
    """Yield those whose submission was marked and is there no longer: their marks go, and what was posted stays."""
    returned = {candidate for candidate, _ in opened.course.submitted(opened.name)}
    for path in sorted(opened.course.marks(opened.name, "x").parent.glob("*.json")):
        if path.stem not in returned:
            problem = (
                "what was marked is no longer in submitted/, so there are no marks; what was posted stays as it is"
            )
            yield _without_marks(opened, Marked(path.stem, None, (problem,)), posted)


def _is_run(read: _Read | Marked) -> bool:
    """Return whether anything of a submission may have to be run."""
    return isinstance(read, _Read) and (
        any(map(runs_code, read.keys)) or any(each.cell is not None for each in read.submission.responses)
    )


@dataclass(frozen=True)
class _Observed:
    """What happened when a submission's answers were run.

    Attributes:
        read: the submission, and what it is marked with.
        submission: with the answers that only running gave.
        had: the refs of these.
        seen: by ref.
    """

    read: _Read
    submission: Submission
    had: frozenset[str]
    seen: Mapping[str, Observation]


def _observed(read: _Read, draws: Draws, runs: Runs) -> _Observed:
    seen = observe(read.keys, read.submission, draws, runs)
    takes = {key.ref: _taker(key) for key in read.keys if key.choice or key.cells}
    submission, had = with_computed(read.submission, seen, takes)
    if had:
        # an answer that is a formula can be compared only now
        seen |= observe([key for key in read.keys if key.ref in had], submission, draws, runs)
    return _Observed(read, submission, had, seen)


def _marked(opened: Opened, observed: _Observed, hands: Mapping[str, Mapping[str, HandMark]]) -> Attempt:
    read, submission, seen = observed.read, observed.submission, observed.seen
    bare = [each.ref for each in seen.values() if any(run.jail == "unsafe" for run in each.all_runs())]
    if bare:
        flag = f"{', '.join(bare)}: its code was run without a jail"
        submission = submission.model_copy(update={"flags": (*submission.flags, flag)})
    marks = told(mark(read.keys, submission, seen), observed.had)
    marks, outdated = with_hand_marks(marks, read.keys, submission, hands.get(submission.code, {}))
    if outdated:
        submission = submission.model_copy(update={"flags": (*submission.flags, *outdated)})
    made = sheet(submission, amend(marks, read.amendments))
    return Attempt(submission, timed(made, opened.picked.exam, *read.time))


def _taker(key: Key) -> Callable[[Any], Response]:
    """Return what takes a value as the options chosen for a part, or as the rows of its table."""
    if key.cells:
        return lambda value: rows_response(key, value)
    prompts = key.choice.prompts if key.choice is not None else ()
    return lambda value: chosen_response(key.ref, key.input, value, prompts)


def _counted(
    opened: Opened, attempts: Sequence[Attempt], problems: tuple[str, ...], posted: Mapping[str, Standing]
) -> Marked:
    """Save the marks of the attempt that counts, and beside them those of the others."""
    course, name = opened.course, opened.name
    counts = which_counts(attempts, opened.picked.exam.attempts)
    for each in attempts:
        if each is not counts:
            store.write_record(course.attempt(name, each.sheet.code), each.sheet)
            store.write_record(course.attempt_submission(name, each.sheet.code), each.submission)
    submission, marked = counts.submission, counts.sheet
    moved = move(marked.candidate, before(opened, posted, marked.candidate), marked)
    store.write_record(course.submission(name, submission.candidate), submission)
    store.write_record(course.marks(name, submission.candidate), marked)
    unclear = [f"{each.ref}: {each.feedback}" for each in marked.marks if each.state == "error"]
    others = described(attempts, counts, opened.picked.exam.attempts)
    late = [how_late(marked)] if marked.late else []
    return Marked(submission.candidate, marked, (*submission.flags, *problems, *late, *others, *unclear), moved)

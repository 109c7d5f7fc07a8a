"""Call the stages in order and save what passes between them; every function here can be run again alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder import kinds, store
from autograder.allocation import Allocation, Row, new_rows
from autograder.bank import Bank, load_bank
from autograder.course import Course, secret_for
from autograder.dealing import Dealer, Dealt, drawn_again
from autograder.errors import AutograderError, BankError, SubmissionError
from autograder.exam import PickedExam, load_exam, pick
from autograder.key import keys_of, keys_without
from autograder.marking import mark, sheet
from autograder.model import (
    Forms,
    Key,
    KeySheet,
    Mark,
    MarkSheet,
    Observation,
    Paper,
    Question,
    Response,
    Submission,
    Variant,
)
from autograder.observe import Draws, in_order, observe
from autograder.paper import assemble
from autograder.post import post
from autograder.render import release, render
from autograder.resources import bank_folder
from autograder.roster import Person, read_roster
from autograder.runs import Runs
from autograder.seeds import seed_of
from autograder.submission import read_submission
from autograder.variant import draw_values, plan, show, with_given


@dataclass(frozen=True)
class Opened:
    """An exam with everything its stages need."""

    course: Course
    bank: Bank
    picked: PickedExam
    secret: bytes
    allocation: Allocation

    @property
    def name(self) -> str:
        """The exam's id."""
        return self.picked.exam.exam

    def seed(self, label: str, question: Question, number: int) -> bytes:
        """Return the seed of a question on a paper (its code, or its form) after so many draws were passed over."""
        return seed_of(self.secret, self.name, label, question.id, number)

    @property
    def forms(self) -> int | None:
        """How many forms the exam has, or None when every candidate gets a paper of their own."""
        papers = self.picked.exam.papers
        return papers.forms if isinstance(papers, Forms) else None


@dataclass(frozen=True)
class Marked:
    """What came of one submission: a sheet, or why there is none."""

    candidate: str
    sheet: MarkSheet | None
    problems: tuple[str, ...]


def open_exam(course: Course, name: str, bank: Path | None = None) -> Opened:
    """Load the bank and an exam, and the exam's allocation if it was set before.

    Raises:
        AutograderError: whatever is wrong with the bank, the exam or the secret.
    """
    folder = bank_folder(course.root, bank)
    loaded = load_bank(folder)
    exam, source = load_exam(folder / "exams" / f"{name}.yaml")
    secret = secret_for(course, sample=exam.sample, exam=name)
    path = course.allocation(name)
    allocation = store.read_record(path, Allocation) if path.is_file() else Allocation(exam=name)
    return Opened(course, loaded, pick(exam, source, loaded.questions, secret, allocation.answers), secret, allocation)


def set_exam(opened: Opened, people: Sequence[Person], again: Sequence[str] = ()) -> Iterator[Row]:
    """Deal a paper to everybody who has none, and save papers, keys and, last, the allocation.

    Papers that are allocated but lost are made again as they were. Nothing already written changes.

    Args:
        opened: the exam.
        people: the roster.
        again: candidates who get another attempt.

    Yields:
        Each paper's row once it is written.

    Raises:
        AutograderError: a question changed since the first papers were set.
    """
    course, name = opened.course, opened.name
    _refuse_changed(opened)
    allocation = opened.allocation
    fresh = new_rows(
        allocation, (person.candidate for person in people), opened.secret, forms=opened.forms, again=again
    )
    dealer = Dealer(opened.picked.exam.minimum_gap, opened.seed, len(fresh))
    for row in allocation.rows:
        if not course.paper(name, row.code).is_file():
            _write(opened, row.code, _dealt_again(opened, row))
            yield row
        if fresh:
            dealer.learn(store.read_record(course.paper(name, row.code), Paper), opened.picked.questions())
    forms: dict[str, list[Dealt]] = {}
    form_redraw = dict(allocation.form_redraw)
    rows = list(allocation.rows)
    for row in fresh:
        label = row.code if row.form is None else _form(row.form)
        if row.form is not None and str(row.form) in allocation.form_redraw:
            dealt = _dealt_again(opened, row)
        elif label in forms:
            dealt = forms[label]
        else:
            dealt = [dealer.deal(label, question) for question in opened.picked.questions()]
        redraw = {each.variant.question: each.number for each in dealt if each.number}
        if row.form is not None:
            forms[label], form_redraw[str(row.form)] = dealt, redraw
        _write(opened, row.code, dealt)
        rows.append(row if row.form is not None else row.model_copy(update={"redraw": redraw}))
        yield rows[-1]
    fingerprints = {question.id: plan(question).fingerprint for question in opened.picked.questions()}
    saved = Allocation(
        exam=name, answers=opened.picked.answers, fingerprints=fingerprints, form_redraw=form_redraw, rows=tuple(rows)
    )
    if saved != allocation:
        store.write_record(course.allocation(name), saved, durable=True)


def staff_form(opened: Opened) -> tuple[Paper, tuple[Key, ...]]:
    """Return form 0, the paper that stands in `source/`, with its keys and worked solutions."""
    variants: dict[str, Variant] = {}
    keys: list[Key] = []
    for question in opened.picked.questions():
        values = draw_values(question, opened.seed(_form(0), question, 0))
        variants[question.id] = show(question, values)
        keys += keys_of(question, values, solutions=True)
    return _paper(opened, "FORM-0", variants), tuple(keys)


def render_exam(opened: Opened, formats: Sequence[str]) -> Iterator[Path]:
    """Write every candidate's handout, then the staff notebook and nbgrader's release.

    Yields:
        Each handout's folder, then the two notebooks of form 0.

    Raises:
        AutograderError: the exam was not set.
    """
    course, name = opened.course, opened.name
    _require_set(opened)
    for row in opened.allocation.rows:
        paper = store.read_record(course.paper(name, row.code), Paper)
        folder = course.handout(name, row.code)
        for format in formats:
            render(paper, format, folder)
        yield folder
    yield from release(*staff_form(opened), course.root)


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
    _require_set(opened)
    _refuse_changed(opened)
    if runs is None:
        with runs_of(opened) as own:
            yield from mark_exam(opened, own)
        return
    draws = Draws(opened.secret, opened.name)
    saved = runs

    def seen(read: _Read | Marked) -> dict[str, Observation]:
        return observe(read.keys, read.submission, draws, saved) if isinstance(read, _Read) else {}

    for read, observations in in_order(seen, _read_all(opened)):
        yield _mark_one(opened, read, observations) if isinstance(read, _Read) else read


def keys_of_paper(opened: Opened, paper: Paper, *, solutions: bool = False) -> tuple[Key, ...]:
    """Return a paper's keys from the bank as it stands and the values that were drawn for it.

    Raises:
        AutograderError: a question was changed in what candidates saw, or is gone.
    """
    questions = {question.id: question for question in opened.picked.questions()}
    keys: list[Key] = []
    for variant in paper.variants():
        question = questions.get(variant.question)
        if question is None or plan(question).fingerprint != variant.fingerprint:
            raise AutograderError(
                f"the question {variant.question!r} is not the one that paper {paper.code} was made from",
                where=opened.name,
                hint="restore its text, params and options; a mark scheme may change, what candidates saw may not",
            )
        try:
            keys += keys_of(question, with_given(question, variant.values), solutions=solutions)
        except BankError as error:
            keys += keys_without(question, error.problem)
    return tuple(keys)


def sheets_of(opened: Opened) -> Iterator[MarkSheet]:
    """Yield the saved marks, in the order of the candidates' names."""
    for path in sorted((opened.course.work(opened.name) / "marks").glob("*.json")):
        yield store.read_record(path, MarkSheet)


class Sheets:
    """The saved marks as something to go through more than once without holding them all."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def __iter__(self) -> Iterator[MarkSheet]:
        return sheets_of(self._opened)


def post_exam(opened: Opened, gradebooks: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Post the saved marks to each gradebook.

    Yields:
        The gradebook's word and where it keeps the marks.

    Raises:
        GradebookError: a mark is in state `error`, or a gradebook cannot take them.
    """
    for gradebook in gradebooks:
        to = opened.course.work(opened.name) / "marks.csv" if gradebook == "csv" else opened.course.root
        post(Sheets(opened), gradebook, to)
        yield gradebook, to


def people_of(course: Course, roster: Path | None = None) -> tuple[Person, ...]:
    """Return the roster: the file named, or `roster.csv` in the course."""
    return read_roster(roster or course.root / "roster.csv")


def copied_credit(opened: Opened, most: int = 300) -> dict[str, float]:
    """Return, for each numeric part, the share of its points that a neighbour's answer would earn on average.

    Args:
        opened: an exam that is set.
        most: pairs of neighbours, in the order of the allocation, that are tried.
    """
    shares: dict[str, list[float]] = {}
    before: dict[str, Key] = {}
    for row in opened.allocation.rows[: most + 1]:
        paper = store.read_record(opened.course.paper(opened.name, row.code), Paper)
        now = {key.ref: key for key in keys_of_paper(opened, paper)}
        for ref, key in before.items():
            if key.grader == "numeric" and ref in now and now[ref].answer is not None:
                shares.setdefault(ref, []).append(_earned(key, now[ref]))
        before = now
    return {ref: sum(found) / len(found) for ref, found in shares.items()}


def _earned(key: Key, neighbour: Key) -> float:
    response = Response.model_construct(ref=key.ref, state="given", value=neighbour.answer, source="", hint="")
    earned: Mark = kinds.load("graders", key.grader)(key, response, None)
    return (earned.score or 0.0) / key.points


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


def _dealt_again(opened: Opened, row: Row) -> list[Dealt]:
    label, redraw = row.code, row.redraw
    if row.form is not None:
        label, redraw = _form(row.form), opened.allocation.form_redraw.get(str(row.form), {})
    return [
        drawn_again(opened.seed, label, question, redraw.get(question.id, 0)) for question in opened.picked.questions()
    ]


def _form(number: int) -> str:
    return f"form {number}"


def _paper(opened: Opened, code: str, variants: dict[str, Variant]) -> Paper:
    sections = (
        (section.title, section.text, tuple(variants[question.id] for question in section.questions))
        for section in opened.picked.sections
    )
    return assemble(opened.picked.exam, code, sections)


def _write(opened: Opened, code: str, dealt: Sequence[Dealt]) -> None:
    course, name = opened.course, opened.name
    paper = _paper(opened, code, {each.variant.question: each.variant for each in dealt})
    keys = KeySheet.model_construct(exam=name, code=code, keys=tuple(key for each in dealt for key in each.keys))
    store.write_record(course.paper(name, code), paper)
    store.write_record(course.keys(name, code), keys)


def _require_set(opened: Opened) -> None:
    if not opened.allocation.rows:
        raise AutograderError(
            "no paper of this exam is set yet", where=opened.name, hint=f"run `tenfold set {opened.name}` first"
        )


def _refuse_changed(opened: Opened) -> None:
    known = opened.allocation.fingerprints
    for question in opened.picked.questions():
        if known and known.get(question.id) != plan(question).fingerprint:
            raise AutograderError(
                f"the question {question.id!r} is not the one the papers were set with",
                where=opened.name,
                hint="restore its text, params and options; a mark scheme may change, what candidates saw may not",
            )

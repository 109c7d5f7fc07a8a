"""An exam with everything that its stages need, and what may not have changed since it was set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder import kinds, store
from autograder.allocation import Allocation
from autograder.amendments import ACCEPTED, amended
from autograder.bank import Bank, load_bank
from autograder.course import Course, secret_for
from autograder.errors import AutograderError, BankError, BankErrors
from autograder.exam import PickedExam, load_exam, pick
from autograder.key import keys_of, keys_without
from autograder.model import Amendment, Forms, Key, Paper, Question, Variant
from autograder.paper import assemble
from autograder.proofread.amendments import paper_problems
from autograder.resources import bank_folder
from autograder.seeds import seed_of
from autograder.variant import plan, with_given


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

    def amendments(self, code: str) -> tuple[Amendment, ...]:
        """Return the amendments of a paper, in the order of the exam's file."""
        listed = self.picked.exam.amendments
        return tuple(each for each in listed if each.of(code, self._forms.get(code))) if listed else ()

    @cached_property
    def _forms(self) -> dict[str, str]:
        """By paper code, the label of the form that it is."""
        return {row.code: form_label(row.form) for row in self.allocation.rows if row.form is not None}


def form_label(number: int) -> str:
    """Return the label that stands for a form in its seeds, and in amendments."""
    return f"form {number}"


def open_exam(course: Course, name: str, bank: Path | None = None, secret: bytes | None = None) -> Opened:
    """Load the bank and an exam, and the exam's allocation if it was set before.

    Args:
        course: the course.
        name: the exam's id.
        bank: the bank, where it is not the course's own.
        secret: what papers and hidden draws are computed from, where it is not the course's own.

    Raises:
        AutograderError: whatever is wrong with the bank, the exam or the secret.
    """
    folder = bank_folder(course.root, bank)
    loaded = load_bank(folder)
    exam, source = load_exam(folder / "exams" / f"{name}.yaml")
    if secret is None:
        secret = secret_for(course, sample=exam.sample, exam=name)
    path = course.allocation(name)
    allocation = store.read_record(path, Allocation) if path.is_file() else Allocation(exam=name)
    picked = pick(exam, source, loaded.questions, secret, allocation.answers)
    known = {row.code for row in allocation.rows} | {form_label(row.form) for row in allocation.rows if row.form}
    errors = tuple(paper_problems(exam.amendments, known, source))
    if errors:
        raise BankErrors(errors)
    return Opened(course, loaded, picked, secret, allocation)


def keys_of_paper(opened: Opened, paper: Paper, *, solutions: bool = False) -> tuple[Key, ...]:
    """Return a paper's keys from the bank as it stands and the values that were drawn for it.

    Raises:
        AutograderError: a question was changed in what candidates saw, or is gone.
    """
    amendments = opened.amendments(paper.code)
    questions = {question.id: amended(question, amendments) for question in opened.picked.questions()}
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
    _refuse_clashes(keys, amendments, paper.code)
    return tuple(keys)


def _refuse_clashes(keys: Iterable[Key], amendments: Iterable[Amendment], code: str) -> None:
    """Raise an AutograderError where an answer accepted for a share of the points would take the key for itself."""
    partly = {each.part for each in amendments if each.do == "accept" and each.share not in (None, 1)}
    for key in keys if partly else ():
        if key.ref in partly:
            for name, other in kinds.module_of("graders", key.grader).clashes(key):
                if name.startswith(ACCEPTED) and other == "the key":
                    raise AutograderError(
                        f"amendments: on paper {code} the answer to accept for {key.ref} passes for the key, and would "
                        "lower the marks of those who are right",
                        hint="leave `share` out, or name the papers on which the two differ",
                    )


def require_set(opened: Opened) -> None:
    """Raise an AutograderError where no paper of the exam is set yet."""
    if not opened.allocation.rows:
        raise AutograderError(
            "no paper of this exam is set yet", where=opened.name, hint=f"run `tenfold set {opened.name}` first"
        )


def refuse_changed(opened: Opened) -> None:
    """Raise an AutograderError where a question is not the one that the papers were set with."""
    known = opened.allocation.fingerprints
    for question in opened.picked.questions():
        if known and known.get(question.id) != plan(question).fingerprint:
            raise AutograderError(
                f"the question {question.id!r} is not the one the papers were set with",
                where=opened.name,
                hint="restore its text, params and options; a mark scheme may change, what candidates saw may not",
            )


def paper_of(opened: Opened, code: str, variants: dict[str, Variant]) -> Paper:
    """Return a paper of these variants, by question, in the order of the exam."""
    sections = (
        (section.title, section.text, tuple(variants[question.id] for question in section.questions))
        for section in opened.picked.sections
    )
    return assemble(opened.picked.exam, code, sections)

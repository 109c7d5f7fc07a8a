"""Read an exam file and pick its questions: by id, or by a query that is answered once for everybody."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from autograder.errors import BankError, BankErrors
from autograder.following import without
from autograder.model import Choice, Exam, Query, Question
from autograder.proofread.amendments import amendment_problems
from autograder.proofread.shape import validation_problems
from autograder.seeds import Rng, seed_of
from autograder.tabled import with_points
from autograder.yamlsrc import Source, read_yaml


@dataclass(frozen=True)
class PickedSection:
    """A section with its questions: parts that the exam leaves out are gone, points are the exam's."""

    title: str
    text: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class PickedExam:
    """An exam whose questions are all known.

    Attributes:
        answers: what each query was answered with, to be kept with the allocation: place in the file → ids.
    """

    exam: Exam
    sections: tuple[PickedSection, ...]
    answers: dict[str, tuple[str, ...]]

    def questions(self) -> tuple[Question, ...]:
        """Return the questions of all sections, in order."""
        return tuple(question for section in self.sections for question in section.questions)

    def scales(self) -> dict[str, str]:
        """Return the scale on which each number is marked, by the part's ref."""
        parts = ((f"{question.id}-{part.id}", part) for question in self.questions() for part in question.parts)
        numbers = ((ref, part.marking()) for ref, part in parts)
        return {ref: settings.get("scale", "relative") for ref, (grader, settings) in numbers if grader == "numeric"}


def exam_files(bank: Path) -> tuple[Path, ...]:
    """Return the exam files of a bank."""
    return tuple(sorted((bank / "exams").glob("*.yaml")))


def load_exam(path: Path) -> tuple[Exam, Source]:
    """Read one exam file.

    Raises:
        BankError: there is no such file.
        BankErrors: everything that is wrong with its fields.
    """
    if not path.is_file():
        known = [file.stem for file in exam_files(path.parent.parent)]
        near = difflib.get_close_matches(path.stem, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there is: {', '.join(known) or 'no exam yet'}"
        raise BankError(f"there is no exam {path.stem!r}", where=str(path.parent), hint=hint)
    source = read_yaml(path, _shown(path))
    try:
        exam = Exam.model_validate_json(json.dumps(source.data))
    except ValidationError as error:
        raise BankErrors(validation_problems(error, source, Exam)) from None
    if exam.exam != path.stem:
        raise BankErrors(
            [BankError(f"the exam {exam.exam!r} differs from the file's name", where=source.place("exam"))]
        )
    return exam, source


def pick(
    exam: Exam, source: Source, questions: Mapping[str, Question], secret: bytes, answers: Mapping[str, tuple[str, ...]]
) -> PickedExam:
    """Pick the questions of an exam.

    Args:
        exam: as read, with its source for the places of errors.
        source: the file it was read from.
        questions: the bank's, by id.
        secret: queries are answered by chance from it.
        answers: what queries were answered with when the exam was first set; these stay.

    Raises:
        BankErrors: a question or part does not exist or stands twice, a query finds too few, the points do not add up,
            an amendment is about nothing.
    """
    errors: list[BankError] = []
    given: dict[str, tuple[str, ...]] = dict(answers)
    named = {entry.id for section in exam.sections for entry in section.questions if isinstance(entry, Choice)}
    taken: set[str] = set()
    sections = []
    for number, section in enumerate(exam.sections):
        picked: list[Question] = []
        for place, entry in enumerate(section.questions):
            here = ("sections", number, "questions", place)
            if isinstance(entry, Choice):
                found, problems = _by_id(entry, questions, source, *here)
            else:
                label = f"{number}.{place}"
                if label not in given:
                    rng = Rng(seed_of(secret, "query", exam.exam, label))
                    given[label] = tuple(rng.shuffled(sorted(_matching(entry, questions, named | taken))))[: entry.take]
                found, problems = _by_query(entry, given[label], questions, source, *here)
            errors += problems
            for question in found:
                if question.id in taken:
                    errors.append(
                        BankError(f"the question {question.id!r} stands here twice", where=source.place(*here))
                    )
                taken.add(question.id)
            picked += found
        sections.append(PickedSection(section.title, section.text, tuple(picked)))
    result = PickedExam(exam, tuple(sections), given)
    total = round(sum(part.points for question in result.questions() for part in question.parts), 6)
    if not errors and total != exam.points:
        errors.append(
            BankError(f"the parts add up to {total:g} points, not {exam.points:g}", where=source.place("points"))
        )
    if not errors:
        errors += amendment_problems(exam.amendments, result.questions(), source)
    if errors:
        raise BankErrors(errors)
    return result


def _by_id(
    entry: Choice, questions: Mapping[str, Question], source: Source, *here: str | int
) -> tuple[list[Question], list[BankError]]:
    question = questions.get(entry.id)
    if question is None:
        near = difflib.get_close_matches(entry.id, questions, n=1)
        return [], [
            BankError(
                f"there is no question {entry.id!r}",
                where=source.place(*here),
                hint=f"did you mean {near[0]!r}?" if near else "put its file back into the bank, or take it out here",
            )
        ]
    if entry.points is None:
        return [question], []
    known = {part.id for part in question.parts}
    errors = [
        BankError(
            f"{entry.id} has no part {name!r}",
            where=source.place(*here, "points", name),
            hint=f"its parts are: {', '.join(sorted(known))}",
        )
        for name in entry.points
        if name not in known
    ]
    return [_selected(question, entry.points)], errors


def _by_query(
    entry: Query, ids: tuple[str, ...], questions: Mapping[str, Question], source: Source, *here: str | int
) -> tuple[list[Question], list[BankError]]:
    if len(ids) < entry.take:
        return [], [
            BankError(
                f"the query finds {len(ids)} questions, not {entry.take}",
                where=source.place(*here),
                hint="widen it, or take fewer",
            )
        ]
    missing = [name for name in ids if name not in questions]
    if missing:
        return [], [
            BankError(
                f"the query was answered with {missing[0]!r}, which is gone from the bank", where=source.place(*here)
            )
        ]
    return [_scaled(questions[name], entry.points) for name in ids], []


def _matching(entry: Query, questions: Mapping[str, Question], taken: set[str]) -> Iterator[str]:
    for name, question in questions.items():
        if name not in taken and all(_fits(question, field, wanted) for field, wanted in entry.query.items()):
            yield name


def _fits(question: Question, field: str, wanted: Any) -> bool:
    accepted = wanted if isinstance(wanted, list) else [wanted]
    if field == "tags":
        return any(tag in question.tags for tag in accepted)
    return getattr(question, field) in accepted


def _selected(question: Question, points: Mapping[str, float]) -> Question:
    parts = tuple(with_points(part, points[part.id]) for part in question.parts if part.id in points)
    return without(question, parts)


def _scaled(question: Question, points: float | None) -> Question:
    if points is None:
        return question
    total = sum(part.points for part in question.parts)
    return _selected(question, {part.id: round(points * part.points / total, 6) for part in question.parts})


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)

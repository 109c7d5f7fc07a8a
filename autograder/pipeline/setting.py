"""Set an exam: a paper for everybody who has none, saved with its keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from pathlib import Path

from autograder import kinds, store
from autograder.allocation import Allocation, Row, new_rows
from autograder.course import Course
from autograder.dealing import Dealer, Dealt, drawn_again
from autograder.errors import AutograderError
from autograder.key import keys_of
from autograder.model import Key, KeySheet, Mark, Paper, Response, Variant
from autograder.pipeline.opened import Opened, form_label, keys_of_paper, paper_of, refuse_changed
from autograder.roster import Person, read_roster
from autograder.variant import draw_values, plan, show


def set_exam(opened: Opened, people: Sequence[Person], again: Sequence[str] = ()) -> Iterator[Row]:
    """Deal a paper to everybody who has none, and save papers, keys and, last, the allocation.

    Papers that are allocated but lost are made again as they were. Nothing already written changes.

    Args:
        opened: the exam.
        people: the roster; who has more attempts there gets as many papers.
        again: candidates who get another attempt.

    Yields:
        Each paper's row once it is written.

    Raises:
        AutograderError: a question changed since the first papers were set, or nobody has a name in `again`.
    """
    course, name = opened.course, opened.name
    refuse_changed(opened)
    allocation = opened.allocation
    had = Counter(row.candidate for row in allocation.rows)
    more = [each.candidate for each in people for _ in range(each.attempts - max(1, had[each.candidate]))]
    names = [person.candidate for person in people]
    _refuse_unknown(again, {*had, *names})
    fresh = new_rows(allocation, names, opened.secret, forms=opened.forms, again=[*more, *again])
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
        label = row.code if row.form is None else form_label(row.form)
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
        values = draw_values(question, opened.seed(form_label(0), question, 0))
        variants[question.id] = show(question, values)
        keys += keys_of(question, values, solutions=True)
    return paper_of(opened, "FORM-0", variants), tuple(keys)


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


def _refuse_unknown(again: Sequence[str], known: Set[str]) -> None:
    for who in again:
        if who not in known:
            hint = "name somebody on the roster, or somebody who has a paper"
            raise AutograderError(f"nobody is called {who!r}", where="--again", hint=hint)


def _dealt_again(opened: Opened, row: Row) -> list[Dealt]:
    label, redraw = row.code, row.redraw
    if row.form is not None:
        label, redraw = form_label(row.form), opened.allocation.form_redraw.get(str(row.form), {})
    return [
        drawn_again(opened.seed, label, question, redraw.get(question.id, 0)) for question in opened.picked.questions()
    ]


def _write(opened: Opened, code: str, dealt: Sequence[Dealt]) -> None:
    course, name = opened.course, opened.name
    paper = paper_of(opened, code, {each.variant.question: each.variant for each in dealt})
    keys = KeySheet.model_construct(exam=name, code=code, keys=tuple(key for each in dealt for key in each.keys))
    store.write_record(course.paper(name, code), paper)
    store.write_record(course.keys(name, code), keys)


def people_of(course: Course, roster: Path | None = None) -> tuple[Person, ...]:
    """Return the roster: the file named, or `roster.csv` in the course."""
    return read_roster(roster or course.root / "roster.csv")

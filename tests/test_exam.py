"""Exams: questions by id and by query, points that add up, faults with their place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.bank import load_bank
from autograder.course import SAMPLE_SECRET
from autograder.errors import BankError, BankErrors
from autograder.exam import PickedExam, load_exam, pick
from tests.conftest import ADDER, EXAM, SMALL, Ran, TinyCourse, write_bank

QUERIES = """\
exam: queried
title: By query
points: 4
sample: true
sections:
  - title: Chosen
    questions:
      - {query: {topic: sums, stars: [1, 2]}, take: 2, points: 2}
"""


def many(count: int) -> list[str]:
    return [SMALL.replace("id: small", f"id: small_{number}") for number in range(count)]


def pick_from(
    path: Path, secret: bytes = SAMPLE_SECRET, answers: dict[str, tuple[str, ...]] | None = None
) -> PickedExam:
    exam, source = load_exam(path)
    return pick(exam, source, load_bank(path.parent.parent).questions, secret, answers or {})


def picked(
    folder: Path, text: str, secret: bytes = SAMPLE_SECRET, answers: dict[str, tuple[str, ...]] | None = None
) -> PickedExam:
    name = text.partition("exam: ")[2].split()[0]
    path = folder / "exams" / f"{name}.yaml"
    path.write_text(text)
    return pick_from(path, secret, answers)


def problems(folder: Path, text: str) -> list[BankError]:
    with pytest.raises(BankErrors) as raised:
        picked(folder, text)
    return list(raised.value.errors)


def test_questions_by_id(tmp_path: Path) -> None:
    write_bank(tmp_path, ADDER, SMALL)
    exam = picked(tmp_path, EXAM)
    assert [question.id for question in exam.questions()] == ["adder", "small"]
    exam = picked(tmp_path, EXAM.replace("{id: adder}", "{id: adder, points: {ratio: 4}}"))
    assert [(part.id, part.points) for part in exam.questions()[0].parts] == [("ratio", 4)], (
        "parts not named are left out"
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "problem", "hint"),
    [
        ("points: 5", "points: 6", 3, "add up to 5 points, not 6", ""),
        ("{id: adder}", "{id: addder}", 7, "no question 'addder'", "'adder'"),
        ("{id: adder}", "{id: adder, points: {sm: 4}}", 7, "adder has no part 'sm'", "ratio, sum"),
        ("{id: small}", "{id: adder}", 7, "'adder' stands here twice", ""),
        ("title: Tiny exam", "titel: Tiny exam", 2, "no field 'titel'", "'title'"),
        ("{id: small}", "{id: small, pionts: {a: 1}}", 7, "no field 'pionts'", "'points'"),
        ("points: 5", "points: five", 3, "found 'five'", ""),
        ("points: 5", "points: 0", 3, "greater than 0", ""),
        ("exam: tiny", "exam: other", 1, "differs from the file's name", ""),
        ("sample: true", "papers: {forms: 0}", 4, "greater than or equal to 1", ""),
        ("sample: true", "papers: everybody", 4, "should be 'candidate'", ""),
        ("sample: true", "papers: {form: 3}", 4, "no field 'form'", "'forms'"),
        ("{id: small}", "{query: {topic: sums}, point: 1}", 7, "no field 'point'", "'points'"),
        ("sample: true", "attempts: worst", 4, "found 'worst'", ""),
        ("{id: small}", "{query: {topic: nothing}, points: 1}", 7, "finds 0 questions, not 1", "widen"),
        ("{id: small}", "{query: {topic: sums}, take: 2, points: 1}", 7, "finds 1 questions, not 2", "take fewer"),
        ("{id: small}", "{query: {topik: sums}, points: 1}", 7, "topik", ""),
    ],
)
def test_a_fault_is_told_once_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, problem: str, hint: str
) -> None:
    write_bank(tmp_path, ADDER, SMALL)
    assert EXAM.count(old) == 1
    text = EXAM.replace(old, new)
    path = tmp_path / "exams" / "tiny.yaml"
    path.write_text(text)
    with pytest.raises(BankErrors) as raised:
        pick_from(path)
    [error] = raised.value.errors
    assert error.where == f"{path}:{line}"
    assert problem in error.problem
    assert hint in error.hint


def test_several_faults_are_told_together(tmp_path: Path) -> None:
    write_bank(tmp_path, ADDER, SMALL)
    text = EXAM.replace("{id: adder}", "{id: addder}").replace("{id: small}", "{id: small, points: {b: 1}}")
    assert len(problems(tmp_path, text)) == 2


def test_an_unknown_exam(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    ran = tenfold("set", "tini", "--course", tiny.course.root)
    assert ran.code == 2
    assert "there is no exam 'tini'" in ran.err
    assert "did you mean 'tiny'?" in ran.err


def test_a_query_is_answered_from_the_secret_and_stays(tmp_path: Path) -> None:
    bank = write_bank(tmp_path, *many(12))
    first = picked(bank, QUERIES)
    assert first.answers == picked(bank, QUERIES).answers
    [ids] = first.answers.values()
    assert len(set(ids)) == 2
    assert sum(part.points for question in first.questions() for part in question.parts) == 4
    others = {picked(bank, QUERIES, bytes([number]) * 32).answers["0.0"] for number in range(8)}
    assert len(others) > 1, "another secret, other questions"
    for number in range(20, 30):
        write_bank(tmp_path, SMALL.replace("id: small", f"id: small_{number}"))
    assert picked(bank, QUERIES, answers=first.answers).answers == first.answers, "what was answered stays"


def test_a_query_looks_at_topic_stars_and_tags(tmp_path: Path) -> None:
    tagged = SMALL.replace("id: small", "id: tagged").replace("stars: 2", "stars: 2\ntags: [rare, odd]")
    bank = write_bank(tmp_path, ADDER, SMALL, tagged)
    for query, ids in [
        ("{topic: sums, stars: 1}", {"adder"}),
        ("{tags: rare}", {"tagged"}),
        ("{tags: [odd, even], stars: [2, 3]}", {"tagged"}),
    ]:
        text = QUERIES.replace("{topic: sums, stars: [1, 2]}, take: 2, points: 2", f"{query}, points: 4")
        assert {question.id for question in picked(bank, text).questions()} == ids


def test_a_query_leaves_out_what_is_there_already(tmp_path: Path) -> None:
    bank = write_bank(tmp_path, *many(3))
    text = QUERIES.replace("points: 4", "points: 3").replace("take: 2, points: 2}", "take: 2}\n      - {id: small_1}")
    exam = picked(bank, text)
    assert sorted(question.id for question in exam.questions()) == ["small_0", "small_1", "small_2"]


def test_a_queried_exam_is_the_same_for_everybody_and_later(tiny: TinyCourse) -> None:
    write_bank(tiny.bank, *many(6), queried=QUERIES)
    tiny.set(1, 2, 3, exam="queried")
    asked = {name: [variant.question for variant in paper.variants()] for name, paper in tiny.papers("queried").items()}
    assert len({tuple(ids) for ids in asked.values()}) == 1
    write_bank(tiny.bank, *(SMALL.replace("id: small", f"id: more_{number}") for number in range(9)))
    tiny.set(1, 2, 3, 4, exam="queried")
    assert [variant.question for variant in tiny.papers("queried")["c004"].variants()] == asked["c001"]
    (tiny.bank / "sums" / f"{asked['c001'][0]}.yaml").unlink()
    with pytest.raises(BankErrors, match="gone from the bank"):
        tiny.open("queried")

"""When the exam itself was wrong: what amendments do to marks, and what staff are told before anything is posted."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import pytest

from autograder.errors import AutograderError, BankErrors
from autograder.graders import numeric
from autograder.model import Mark, MarkSheet
from autograder.pipeline import post_exam
from tests.conftest import EXAM, Ran, TinyCourse, write_bank


def amend(tiny: TinyCourse, *lines: str) -> None:
    listed = "".join(f"  - {{{line}}}\n" for line in lines)
    (tiny.bank / "exams" / "tiny.yaml").write_text(EXAM + ("amendments:\n" + listed if lines else ""))


@pytest.fixture
def sat(tiny: TinyCourse) -> TinyCourse:
    """Ada is right throughout, Ben forgot to add a in the first part, Cleo hands in blanks."""
    tiny.set("ada", "ben", "cleo")
    for name in ("ada", "ben", "cleo"):
        adder, small = (variant.values for variant in tiny.papers()[name].variants())
        a, b, n = adder["a"], adder["b"], small["n"]
        right = {
            "adder-sum": f"adder_sum = {a}+{b}",
            "adder-ratio": f"adder_ratio = {b}/{a}",
            "small-a": f"small_a = {n}**2",
        }
        answers = {"ada": right, "ben": right | {"adder-sum": f"adder_sum = {b}"}, "cleo": {}}
        tiny.hand_in(name, answers[name])
    return tiny


def marked(tiny: TinyCourse) -> dict[str, MarkSheet]:
    return {each.candidate: each.sheet for each in tiny.mark() if each.sheet is not None}


def mark_of(sheet: MarkSheet, ref: str = "adder-sum") -> Mark:
    [found] = [mark for mark in sheet.marks if mark.ref == ref]
    return found


TABLE = [
    # amendment, what ada, ben and cleo have of which maximum
    ("part: adder-sum, do: void, reason: R", (3, 3), (3, 3), (0, 3)),
    ("part: adder-sum, do: award, reason: R", (5, 5), (5, 5), (2, 5)),
    ("part: adder-sum, do: accept, answer: b, reason: R", (5, 5), (5, 5), (0, 5)),
    ("part: adder-sum, papers: all, do: accept, answer: b, share: 0.5, reason: R", (5, 5), (4, 5), (0, 5)),
    ("part: adder-sum, papers: [BEN], do: void, reason: R", (5, 5), (3, 3), (0, 5)),
    ("part: adder-sum, papers: BEN, do: accept, answer: b, reason: R", (5, 5), (5, 5), (0, 5)),
    ("part: adder-sum, papers: [ADA, CLEO], do: award, reason: R", (5, 5), (3, 5), (2, 5)),
    ("part: adder-ratio, do: void, reason: R", (3, 3), (1, 3), (0, 3)),
]


@pytest.mark.parametrize(("written", "ada", "ben", "cleo"), TABLE, ids=[row[0] for row in TABLE])
def test_table(sat: TinyCourse, written: str, ada: Any, ben: Any, cleo: Any) -> None:
    for name, paper in sat.papers().items():
        written = written.replace(name.upper(), paper.code)
    amend(sat, written)
    sheets = marked(sat)
    assert [(sheet.score, sheet.points) for sheet in sheets.values()] == [ada, ben, cleo]
    for sheet in sheets.values():
        assert sheet.points == sum(mark.points for mark in sheet.marks)
    amend(sat)
    assert [(sheet.score, sheet.points) for sheet in marked(sat).values()] == [(5, 5), (3, 5), (0, 5)], (
        "nothing is lost"
    )


def test_feedback_and_detail_show_the_reason_and_what_was(sat: TinyCourse) -> None:
    amend(sat, "part: adder-sum, do: void, reason: Its text named another unit.")
    mark = mark_of(marked(sat)["ben"])
    assert (mark.state, mark.score, mark.points, mark.reason) == ("graded", 0, 0, "voided")
    assert "left out of the total. Its text named another unit." in mark.feedback
    assert mark.detail["amended"] == {
        "do": "void",
        "reason": "Its text named another unit.",
        "was": {"state": "graded", "score": 0, "points": 2, "reason": "far"},
    }
    amend(sat, "part: adder-sum, do: accept, answer: b, reason: The text could be read so.")
    mark = mark_of(marked(sat)["ben"])
    assert (mark.score, mark.reason, mark.detail["amended"]["do"]) == (2, "convention", "accept")
    assert mark.feedback.endswith("accepted after the exam. The text could be read so.")
    assert "amended" not in mark_of(marked(sat)["ada"]).detail, "who did not need it is told nothing"
    amend(sat, "part: adder-sum, do: award, reason: It asked too much.")
    mark = mark_of(marked(sat)["cleo"])
    assert (mark.score, mark.reason, mark.detail["amended"]["was"]["reason"]) == (2, "awarded", "blank")
    assert "Everybody is given the points of this part. It asked too much." in mark.feedback


def test_two_answers_may_be_accepted_and_the_reason_of_the_right_one_is_shown(sat: TinyCourse) -> None:
    amend(
        sat,
        "part: adder-sum, do: accept, answer: a, reason: First.",
        "part: adder-sum, do: accept, answer: b, reason: Second.",
        "part: small-a, do: award, reason: Third.",
    )
    sheet = marked(sat)["ben"]
    assert mark_of(sheet).feedback.endswith("Second.")
    assert "Third." in mark_of(sheet, "small-a").feedback


def test_what_only_a_person_can_mark_is_settled_too(sat: TinyCourse) -> None:
    sat.hand_in("cleo", {"adder-sum": "adder_sum = f()"})
    amend(sat, "part: adder-sum, do: award, reason: R")
    assert mark_of(marked(sat)["cleo"]).state == "graded"


WRONG = [
    ("part: adder-sun, do: void, reason: R", "'adder-sun'", "did you mean 'adder-sum'?"),
    ("part: small-b, do: void, reason: R", "no part 'small-b'", ""),
    ("part: adder-sum, do: drop, reason: R", "do:", ""),
    ("part: adder-sum, do: void", "'reason' is missing", ""),
    ("part: adder-sum, do: void, reason: ''", "reason", ""),
    ("part: adder-sum, do: void, answer: b, reason: R", "'answer' belongs to `do: accept`", ""),
    ("part: adder-sum, do: award, share: 0.5, reason: R", "'share' belongs to `do: accept`", ""),
    ("part: adder-sum, do: accept, reason: R", "the answer to accept is missing", ""),
    ("part: adder-sum, do: accept, answer: b +, reason: R", "no formula", ""),
    ("part: adder-sum, do: accept, answer: b + c, reason: R", "'c' is not defined", ""),
    ("part: adder-sum, do: accept, answer: b, share: 2, reason: R", "share", ""),
    ("part: adder-sum, papers: [NOBODYS], do: void, reason: R", "no paper 'NOBODYS'", ""),
    ("part: adder-sum, papers: NOBODYS, do: void, reason: R", "no paper 'NOBODYS'", ""),
]


@pytest.mark.parametrize(("written", "problem", "hint"), WRONG)
def test_what_cannot_be_meant_is_told_by_line(sat: TinyCourse, written: str, problem: str, hint: str) -> None:
    amend(sat, "part: adder-ratio, do: award, reason: R", written)
    with pytest.raises(BankErrors) as raised:
        sat.open()
    [error] = raised.value.errors
    assert problem in error.problem
    assert hint in error.hint
    assert error.where is not None
    assert error.where.endswith("tiny.yaml:10")


def test_one_part_is_not_settled_twice(sat: TinyCourse) -> None:
    code, other = (sat.papers()[name].code for name in ("ada", "ben"))
    first = f"part: adder-sum, papers: [{code}], do: award, reason: R"
    amend(sat, first, "part: adder-sum, do: void, reason: R")
    with pytest.raises(BankErrors, match="amended twice"):
        sat.open()
    amend(sat, first, f"part: adder-sum, papers: {other}, do: void, reason: R")
    assert len(sat.open().amendments(code)) == 1


def test_a_part_of_the_points_never_goes_to_who_is_right(sat: TinyCourse) -> None:
    amend(sat, "part: adder-ratio, do: accept, answer: 1.001*b/a, share: 0.5, reason: R")
    with pytest.raises(AutograderError, match="passes for the key"):
        sat.mark()
    amend(sat, "part: adder-ratio, do: accept, answer: 1.001*b/a, reason: R")
    assert marked(sat)["ada"].score == 5


def test_a_grader_without_conventions_takes_no_further_answer(sat: TinyCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(numeric, "clashes")
    amend(sat, "part: adder-sum, do: accept, answer: b, reason: R")
    with pytest.raises(BankErrors) as raised:
        sat.open()
    assert "takes no further answer" in raised.value.errors[0].problem


def test_an_exam_with_forms_names_the_form(tiny: TinyCourse) -> None:
    write_bank(tiny.bank, tiny=EXAM + "papers: {forms: 2}\n")
    tiny.set("ada", "ben", "cleo")
    for name in ("ada", "ben", "cleo"):
        tiny.hand_in(name, {})
    text = EXAM + "papers: {forms: 2}\namendments: [{part: small-a, papers: form 1, do: award, reason: R}]\n"
    write_bank(tiny.bank, tiny=text)
    assert [sheet.score for sheet in marked(tiny).values()] == [1, 0, 1]
    write_bank(tiny.bank, tiny=text.replace("form 1", "form 3"))
    with pytest.raises(BankErrors):
        tiny.open()


def test_who_moves_is_told_against_what_was_posted(sat: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    where = ("--course", sat.course.root)
    first = tenfold("mark", "tiny", *where)
    assert "Who moves" not in first.out, "nobody had marks before"
    amend(sat, "part: adder-sum, do: award, reason: R")
    ran = tenfold("mark", "tiny", *where)
    shown = " ".join(ran.out.split())
    codes = {name: paper.code for name, paper in sat.papers().items()}
    assert f"{codes['ben']} │ ben │ 3 of 5 │ 5 of 5 │ +2 │ adder-sum 0 → 2" in shown
    assert "2 move: 2 up, 0 down, from +2 to +2, on average +2.00; nothing is posted before `tenfold post`" in shown
    assert "Who moves" not in tenfold("mark", "tiny", *where).out, "against the marks saved before"
    list(post_exam(sat.open(), ["csv"]))
    amend(sat, "part: adder-sum, do: void, reason: R")
    for _ in range(2):
        shown = " ".join(tenfold("mark", "tiny", *where).out.split())
        assert f"{codes['ada']} │ ada │ 5 of 5 │ 3 of 3 │ -2 │ adder-sum 2 → left out" in shown, "until it is posted"
        assert "3 move: 0 up, 3 down" in shown
    (sat.course.root / "submitted" / "ada" / "tiny" / "tiny.ipynb").write_text("")
    shown = " ".join(tenfold("mark", "tiny", *where).out.split())
    assert f"{codes['ada']} │ ada │ 5 of 5 │ no marks │ -5" in shown
    found = [
        line.split("│")[1].strip() for line in tenfold("mark", "tiny", *where).out.splitlines() if " of 5 " in line
    ]
    assert found == sorted(found)
    assert len(found) == 3


def test_who_had_nothing_in_a_part_moves_when_it_is_left_out(sat: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    where = ("--course", sat.course.root)
    tenfold("mark", "tiny", *where)
    list(post_exam(sat.open(), ["csv"]))
    exam = sat.bank / "exams" / "tiny.yaml"
    as_it_was = exam.read_text()
    amend(sat, "part: adder-sum, do: void, reason: R")
    shown = " ".join(tenfold("mark", "tiny", *where).out.split())
    assert "│ ben │ 3 of 5 │ 3 of 3 │ 0 │ adder-sum 0 → left out │" in shown
    list(post_exam(sat.open(), ["csv"]))
    exam.write_text(as_it_was)
    shown = " ".join(tenfold("mark", "tiny", *where).out.split())
    assert "│ ben │ 3 of 3 │ 3 of 5 │ 0 │ adder-sum left out → 0 │" in shown
    assert "│ ada │ 3 of 3 │ 5 of 5 │ +2 │ adder-sum left out → 2 │" in shown


def test_a_table_says_what_is_left_out(sat: TinyCourse) -> None:
    amend(sat, f"part: adder-sum, papers: {sat.papers()['ben'].code}, do: void, reason: R")
    sat.mark()
    [(_, path)] = post_exam(sat.open(), ["csv"])
    with open(path, newline="") as file:
        rows = {row["candidate"]: row for row in csv.DictReader(file)}
    ben, ada = rows["ben"], rows["ada"]
    assert (ben["score"], ben["points"], ben["adder-sum"], ben["adder-sum_state"]) == ("3", "3", "", "void")
    assert (ada["score"], ada["points"], ada["adder-sum"], ada["adder-sum_state"]) == ("5", "5", "2", "graded")

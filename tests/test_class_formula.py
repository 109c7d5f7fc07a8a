"""A class that hands in formulas: read, compared in workers, marked, and marked again without comparing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import AutograderError, BankErrors
from autograder.model import Declarations, Mark
from autograder.pipeline import mark_exam, runs_of
from autograder.returned.formulas import written_as_code
from autograder.runners.warm import Warm
from tests.conftest import EXAM, TinyCourse

QUESTION = r"""id: ring
title: A ring
topic: sums
params:
  k: {pick: [2, 3, 5]}
text: "Let $k = [= k =]$."
parts:
  - id: a
    text: How many parameters are sent in $k$ rounds?
    input: formula
    points: 4
    symbols: {n: {integer: true, ge: 3}, p: {integer: true, positive: true}}
    left: S
    answer: k*(n - 1)*p/n
    slips:
      - {name: a round forgotten, answer: (k - 1)*(n - 1)*p/n, share: 0.5, say: Count again.}
"""


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, a comparison is waited for: its budget of operations ends it."""
    monkeypatch.setitem(Warm.__init__.__kwdefaults__, "wall", 120.0)


@pytest.fixture
def course(tiny: TinyCourse) -> TinyCourse:
    (tiny.bank / "sums" / "ring.yaml").write_text(QUESTION)
    exam = EXAM.replace("points: 5", "points: 9").replace("{id: small}", "{id: small}, {id: ring}")
    (tiny.bank / "exams" / "tiny.yaml").write_text(exam)
    return tiny


def hand_in(course: TinyCourse, candidate: str, say: str) -> None:
    folder = course.course.root / "submitted" / candidate / "tiny"
    folder.mkdir(parents=True, exist_ok=True)
    code = course.papers()[candidate].code
    (folder / "answers.yaml").write_text(json.dumps({"paper": code, "answers": {"ring-a": say}}))


def factor(course: TinyCourse, candidate: str) -> int:
    values: Any = course.papers()[candidate].variants()[-1].values["k"]
    return int(values)


def marks(course: TinyCourse) -> tuple[dict[str, Mark], int]:
    opened = course.open()
    with runs_of(opened) as runs:
        sheets = [marked.sheet for marked in mark_exam(opened, runs)]
        found = {sheet.candidate: next(m for m in sheet.marks if m.ref == "ring-a") for sheet in sheets if sheet}
        return found, runs.made


def test_a_class_is_marked_once_and_again_from_what_was_saved(course: TinyCourse) -> None:
    names = [f"c{number:03d}" for number in range(6)]
    course.set(*names)
    says = [r"S = \frac{%d(n-1)p}{n}", "%d*p - %d*p/n", "%d*(n-1)", "%d*(n-1)*p/q", "", "k*(n-1)*p/n"]
    for name, say in zip(names, says, strict=True):
        k = factor(course, name)
        hand_in(course, name, say % ((k,) * say.count("%d")))
    found, made = marks(course)
    assert [found[name].reason for name in names] == [
        "proved", "probable", "refuted", "malformed", "blank", "malformed",
    ]  # fmt: skip
    assert [found[name].score for name in names] == [4, 4, 0, 0, 0, 0]
    assert made == 3  # only what reads is compared
    assert "$" in found["c000"].feedback
    again, made = marks(course)
    assert (again, made) == (found, 0)


def test_a_slip_is_one_of_this_variant(course: TinyCourse) -> None:
    course.set("c000")
    hand_in(course, "c000", f"{factor(course, 'c000') - 1}(n-1)p/n")
    mark = marks(course)[0]["c000"]
    assert (mark.reason, mark.score, mark.detail["claimed"]) == ("slip", 2, "a round forgotten")
    saved = "".join(path.read_text() for path in Path(course.course.work("tiny")).rglob("observations/*.json"))
    assert "c000" not in saved


def amend(course: TinyCourse, line: str) -> None:
    path = course.bank / "exams" / "tiny.yaml"
    path.write_text(path.read_text().partition("amendments:")[0] + f"amendments:\n  - {{part: ring-a, {line}}}\n")


def test_an_answer_may_be_accepted_after_the_exam(course: TinyCourse) -> None:
    names = ["c000", "c001", "c002"]
    course.set(*names)
    for name, say in zip(names, ["{}(n-1)p/n", "{}p(n-1)", "{}(n+1)p/n"], strict=True):
        hand_in(course, name, say.format(factor(course, name)))
    assert [marks(course)[0][name].score for name in names] == [4, 0, 0]
    amend(course, "do: accept, answer: k*(n - 1)*p, reason: The text could be read so.")
    found, made = marks(course)
    assert [found[name].score for name in names] == [4, 4, 0]
    assert found["c001"].reason == "convention"
    assert found["c001"].feedback.endswith("The text could be read so.")
    assert found["c000"].detail.get("amended") is None
    assert made > 0  # what is compared is another thing now
    amend(course, "do: accept, answer: k*p - k*p/n, share: 0.5, reason: R")
    assert [marks(course)[0][name].score for name in names] == [4, 0, 0]  # the key stays the key
    amend(course, "do: accept, answer: k*(n - 1)*p, share: 0.5, reason: R")
    assert [marks(course)[0][name].score for name in names] == [4, 2, 0]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("do: accept, reason: R", "the answer to accept is missing"),
        ("do: accept, answer: k*(n -, reason: R", "is no formula"),
        ("do: accept, answer: k*(m - 1), reason: R", "is no formula near 'm"),
        ("do: accept, answer: q, reason: R", "is no formula"),
    ],
)
def test_what_cannot_be_accepted_is_told_by_line(course: TinyCourse, written: str, problem: str) -> None:
    amend(course, written)
    with pytest.raises(BankErrors) as raised:
        course.open()
    [error] = raised.value.errors
    assert problem in str(error)
    assert "tiny.yaml:" in str(error.where)


def test_a_part_of_the_points_is_not_for_what_may_be_the_key(course: TinyCourse) -> None:
    course.set("c000")
    hand_in(course, "c000", "1")
    zero = "Sum(i, (i, 1, 10**12)) - 10**12*(10**12 + 1)/2"
    amend(course, f'do: accept, answer: "k*(n - 1)*p/n + {zero}", share: 0.5, reason: R')
    with pytest.raises(AutograderError, match="passes for the key"):
        marks(course)


DECLARED = Declarations(symbols={"n": {"integer": True}, "p": {}})


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        (["q_a = 2*(n - 1)*p/n"], "2*(n - 1)*p/n"),
        (["q_a = 2*n^2"], "2*n^2"),
        (["n = 3", "q_a = n*p  # mine"], "n*p"),
        (["q_a = n", "q_a = p"], "p"),
        (["q_a = ..."], None),
        (["q_a = sympy.Symbol('n')*2"], None),
        (["q_a = m*n"], None),
        (["q_a = (n"], None),
        (["for q_a in (1, 2): pass"], None),
        ([], None),
    ],
)
def test_a_formula_without_quotation_marks(sources: list[str], found: str | None) -> None:
    assert written_as_code("q_a", DECLARED, sources) == found

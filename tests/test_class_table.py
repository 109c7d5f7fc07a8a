"""A class that hands in tables of formulas: each cell is read, compared, marked and shown by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.model import Mark
from autograder.pipeline import mark_exam, runs_of
from autograder.pipeline.feedback import feedback_exam
from autograder.returned.formulas import rows_as_code
from autograder.variant import show, with_given
from tests.conftest import EXAM, TinyCourse

QUESTION = r"""id: ring
title: A ring
topic: sums
params:
  k: {pick: [2, 3, 5]}
text: "$n$ workers exchange $p$ parameters $k = [= k =]$ times."
parts:
  - id: a
    text: Fill in.
    input: table
    points: 4
    grader: {table: {rows: [ring, server], columns: ["messages", "parameters $p$", "by hand"]}}
    symbols: {n: {integer: true, ge: 3}, p: {integer: true, positive: true}}
    constraints: ["p % n == 0"]
    cells:
      - - input: formula
          answer: k*n*(n - 1)
          slips: [{name: once, answer: n*(n - 1), share: 0.5, say: "[= k =] times."}]
        - {input: formula, answer: p/n}
        - "$k$"
      - - {answer: 2*k, grader: {numeric: {scale: exact}}}
        - {input: formula, answer: p, ask: k > 2}
        - {input: truefalse, answer: k > 2}
tests:
  - {part: a, say: [["[= k =]*n*(n-1)", p/n], ["[= 2*k =]", p, "[= k > 2 =]"]], score: 4}
"""
REF = "ring-a"


@pytest.fixture
def course(tiny: TinyCourse) -> TinyCourse:
    (tiny.bank / "sums" / "ring.yaml").write_text(QUESTION)
    exam = EXAM.replace("points: 5", "points: 9").replace("{id: small}", "{id: small}, {id: ring}")
    (tiny.bank / "exams" / "tiny.yaml").write_text(exam)
    return tiny


def factor(course: TinyCourse, candidate: str) -> int:
    values: Any = course.papers()[candidate].variants()[-1].values["k"]
    return int(values)


def rows(k: int, first: str, second: str = '"p/n"', third: str = '"p"', fourth: str | None = None) -> str:
    """Return a table as Python; where k is 2, one of its cells is given."""
    return f"ring_a = [[{first}, {second}, ''], [{2 * k}, {third if k > 2 else '...'}, {fourth or k > 2}]]"


def marks(course: TinyCourse) -> tuple[dict[str, Mark], int]:
    opened = course.open()
    with runs_of(opened) as runs:
        sheets = [marked.sheet for marked in mark_exam(opened, runs)]
        return {s.candidate: next(m for m in s.marks if m.ref == REF) for s in sheets if s}, runs.made


def reasons(mark: Mark) -> list[str]:
    return [cell["reason"] for row in mark.detail["cells"] for cell in row if cell is not None]


def test_a_class_is_marked_once_and_again_from_what_was_saved(course: TinyCourse) -> None:
    names = [f"c{number:03d}" for number in range(8)]
    course.set(*names)
    says: dict[str, Callable[[int], str]] = {
        "c000": lambda k: rows(k, f'r"{k}n(n-1)"', r'r"\frac{p}{n}"'),
        "c001": lambda k: rows(k, f"{k}*n*(n-1)", "p/n", "p"),
        "c002": lambda k: rows(k, '"n*(n-1)"'),
        "c003": lambda k: rows(k, '"n +"', '"q"', '"2p"', "'perhaps'"),
        "c004": lambda k: f"ring_a = [['{k}*n*(n-1)', None, None], [None, None, None]]",
        "c005": lambda k: "ring_a = ...",
        "c006": lambda k: "n = 4\np = 8\n" + rows(k, f"{k}*n*n - {k}*n", "p/n", "p"),
    }
    for name, say in says.items():
        course.hand_in(name, {REF: say(factor(course, name))})
    folder = course.course.root / "submitted" / "c007" / "tiny"
    folder.mkdir(parents=True)
    k = factor(course, "c007")
    said = {"ring": {"messages": rf"{k}\,n(n-1)", "2": "p/n"}, "server": [2 * k, "p", str(k > 2)]}
    content = {"paper": course.papers()["c007"].code, "answers": {REF: said}}
    (folder / "answers.yaml").write_text(json.dumps(content))
    found, made = marks(course)
    full = [name for name in names if found[name].score == 4]
    assert full == ["c000", "c001", "c006", "c007"], {name: mark.feedback for name, mark in found.items()}
    assert all(found[name].state == "graded" for name in names)
    slip = found["c002"].detail["cells"][0][0]
    assert (slip["reason"], slip["score"]) == ("slip", pytest.approx(slip["points"] / 2))
    assert f"{factor(course, 'c002')} times." in found["c002"].feedback
    k = factor(course, "c003")
    assert reasons(found["c003"]) == ["malformed", "malformed", "right", *(["refuted"] if k > 2 else []), "unreadable"]
    assert reasons(found["c004"])[1:] == ["blank"] * (len(reasons(found["c004"])) - 1)
    assert found["c005"].reason == "blank"
    assert made > 0
    again, made = marks(course)
    assert (again, made) == (found, 0)


@pytest.mark.slow
def test_formulas_that_were_had_by_running_are_compared(course: TinyCourse) -> None:
    course.set("c000")
    k = factor(course, "c000")
    course.hand_in("c000", {REF: rows(k, f'"*".join(["{k}", "n", "(n-1)"])', '"p/" + "n"')})
    found, made = marks(course)
    assert (found["c000"].state, found["c000"].score) == ("graded", 4), found["c000"].feedback
    assert found["c000"].detail["computed"] is True
    again, made = marks(course)
    assert (again, made) == (found, 0)


WRITTEN = [
    ("[[n*(n - 1), p/n, ''], [4, p, True]]", [["n*(n - 1)", "p/n", None], [4, "p", True]]),
    ("[['n', p/n], [4, 'p', True]]", [["n", "p/n", None], [4, "p", True]]),
    ("[n^2, 'p', 2*2, p, False]", [["n^2", "p", None], ["2*2", "p", False]]),
    ("{'ring': [n, p/n]}", [["n", "p/n", None], [None, None, None]]),
    ("[['n', 'p/n', ''], [4, 'p', True]]", None),
    ("[[n, 'p/n', ''], [a, 'p', True]]", None),
    ("[[q*n, 'p/n', ''], [4, 'p', True]]", None),
    ("[[n, lambda: 1, ''], [4, 'p', True]]", None),
    ("[n, p]", None),
    ("n", None),
    ("...", None),
]


@pytest.mark.parametrize(("written", "found"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_formulas_without_quotation_marks(course: TinyCourse, written: str, found: Any) -> None:
    [question] = [each for each in course.open().picked.questions() if each.id == "ring"]
    [part] = show(question, with_given(question, {"k": 3})).parts
    assert rows_as_code(part, ["ring_a = ...", f"n = 2\nring_a = {written}"]) == found
    assert rows_as_code(part, [f"ring_a = {written}\nring_a[0][0] = 3"]) is None


def test_a_page_shows_what_each_cell_earned(course: TinyCourse) -> None:
    course.set("c000")
    k = factor(course, "c000")
    course.hand_in("c000", {REF: rows(k, '"n*(n-1)"', '"<b>p"')})
    marks(course)
    [page] = [path.read_text() for path in feedback_exam(course.open())]
    assert '<th scope="row">ring</th>' in page
    assert '<td class="some"><code>n*(n-1)</code>' in page
    assert '<td class="none"><code>&lt;b&gt;p</code>' in page
    assert "Read as <math" in page
    each = f"{4 / (4 + (k > 2)):g}"
    assert page.count(f" of {each}</span>") == 4 + (k > 2)


def test_what_was_not_compared_waits(course: TinyCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    course.set("c000")
    k = factor(course, "c000")
    course.hand_in("c000", {REF: rows(k, f'"{k}*n*(n-1)"')})
    monkeypatch.setattr("autograder.runners.warm._START", -1.0)
    mark = marks(course)[0]["c000"]
    assert (mark.state, mark.score) == ("error", None)
    assert "no worker could be started" in mark.feedback
    monkeypatch.undo()
    assert marks(course)[0]["c000"].score == 4


def test_saved_runs_name_nobody(course: TinyCourse) -> None:
    course.set("c000")
    course.hand_in("c000", {REF: rows(factor(course, "c000"), '"n"')})
    marks(course)
    saved = [path.read_text() for path in Path(course.course.work("tiny")).rglob("observations/*.json")]
    assert saved
    assert "c000" not in "".join(saved)

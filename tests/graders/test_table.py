"""Tables: one table of what they earn, how they are written, shown, handed in and read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.algebra.check import cell_teller
from autograder.answers import response_to
from autograder.bank import inspect_bank, load_bank
from autograder.errors import BankErrors
from autograder.exam import load_exam, pick
from autograder.formats.notebook import notebook
from autograder.key import keys_of
from autograder.marking import mark_all, mark_part
from autograder.model import Key, Mark, Paper, PaperSection, Question, Variant
from autograder.observe import observe_work
from autograder.reading.check import NotReadable, check_table
from autograder.selftest.check import try_out
from autograder.submission import read_submission
from autograder.variant import plan, show, with_given
from autograder.yamlsrc import parse_yaml, read_yaml
from tests.conftest import TinyCourse, key_of, write_bank

SLIP = {"name": "four", "answer": "n/2", "share": 0.5, "say": "Half of [= n =]."}
PART: dict[str, Any] = {
    "input": "table",
    "points": 4.0,
    "answer": None,
    "unit": "B",
    "grader": {"table": {"rows": ["input", "output"], "columns": ["shape", "count", "bytes"]}},
    "cells": [
        ["4 x 2", {"answer": "n", "unit": "count"}, {"answer": "4*n"}],
        [{"answer": "n - 2", "unit": "count", "slips": [SLIP]}, "given", {"answer": "3*n"}],
    ],
}
KEY = key_of(PART, {"n": 8})


def cells_of(mark: Mark) -> list[dict[str, Any]]:
    return [cell for row in mark.detail["cells"] for cell in row if cell is not None]


@pytest.mark.parametrize("row", read_yaml(Path(__file__).with_name("table.yaml")).data, ids=lambda row: repr(row[0]))
def test_table(row: list[Any]) -> None:
    said, share, reason, cells = row
    mark = mark_part(KEY, response_to(KEY, said), None)
    assert (mark.state, mark.reason) == ("graded", reason), mark.feedback
    assert mark.score == pytest.approx(4 * share)
    assert [cell["score"] for cell in cells_of(mark)] == pytest.approx(cells)
    assert [[cell is None for cell in row] for row in mark.detail["cells"]] == [
        [True, False, False],
        [False, True, False],
    ]
    json.loads(mark.model_dump_json())


CELLS = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5)
SAID = st.recursive(CELLS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner))


@given(SAID)
def test_never_raises(said: Any) -> None:
    mark = mark_part(KEY, response_to(KEY, said), None)
    assert mark.state == "graded"
    assert 0 <= (mark.score or 0) <= 4


def test_feedback_names_the_cells() -> None:
    mark = mark_part(KEY, response_to(KEY, [[8, 31], [4, 24]]), None)
    assert "Input, bytes: Read as 31 B." in mark.feedback
    assert "Output, shape: " in mark.feedback
    assert "Half of 8." in mark.feedback
    assert mark_part(KEY, response_to(KEY, [8, 32, 6, 24]), None).feedback == "Every cell is right."


def test_points_are_shared_equally_unless_said() -> None:
    cells = [[{"answer": "1", "points": 2}, {"answer": "2"}, {"answer": "3"}]]
    key = key_of(PART | {"grader": "table", "cells": cells})
    assert [cell.points for cell in key.cells[0] if cell] == [2, 1, 1]


GRID = """\
id: grid
title: Grid
topic: sums
params: {n: {pick: [2, 3, 5, 7, 11, 13]}}
text: "Let $n = [= n =]$."
parts:
  - id: a
    text: Fill in.
    input: table
    points: 3
    grader: {table: {columns: ["what | of", "squared $n^2$", "of [= n =]"]}}
    cells:
      - ["n", {answer: n**2, points: 1}, 1]
      - [2n, {answer: 4*n**2, slips: [{name: two, answer: 2*n**2, share: 0.5, say: "Not [= 2*n**2 =]."}]}, null]
      - [3n, {answer: 9*n**2, ask: n > 3}, "[= 3*n =]"]
tests:
  - {part: a, say: ["[= n**2 =]", "[= 4*n**2 =]", "[= 9*n**2 =]"], score: 3}
"""
GRID = GRID.replace(
    '  - {part: a, say: ["[= n**2 =]", "[= 4*n**2 =]", "[= 9*n**2 =]"], score: 3}',
    """\
  - {part: a, say: [[n, "[= n**2 =]", 1], [2n, "[= 4*n**2 =]", ""], [3n, "[= 9*n**2 =]", ""]], score: 3, reason: right}
  - {part: a, say: [[n, 1, 1], [2n, "[= 4*n**2 =]", ""], [3n, "[= 9*n**2 =]", ""]], reason: partial}""",
)


def grid(text: str = GRID) -> Question:
    return Question.model_validate_json(json.dumps(parse_yaml(text, "grid.yaml").data))


def shown(n: int) -> tuple[Variant, Key]:
    question = grid()
    values = with_given(question, {"n": n})
    return show(question, values), keys_of(question, values)[0]


def test_a_cell_may_be_given_in_some_variants() -> None:
    (_, asked), (variant, given_there) = shown(5), shown(3)
    assert [cell.points for row in asked.cells for cell in row if cell] == [1, 1, 1]
    assert [cell.points for row in given_there.cells for cell in row if cell] == [1.5, 1.5]
    assert variant.parts[0].cells[2][1].given == "81"  # type: ignore[union-attr]
    assert variant.parts[0].cells[2][2] == "9"
    assert variant.parts[0].columns == ("what | of", "squared $n^2$", "of 3")


def test_what_candidates_saw_may_not_change_but_the_mark_scheme_may() -> None:
    same = plan(grid()).fingerprint
    assert plan(grid(GRID.replace("answer: n**2, points", "answer: n**2 + 0, points"))).fingerprint == same
    assert plan(grid(GRID.replace("share: 0.5", "share: 0.7"))).fingerprint == same
    for old, new in (
        ("[2n,", "[n2,"),
        ("ask: n > 3", "ask: n > 4"),
        ("answer: 9*n**2", "answer: 3*n**2"),
        ("of [=", "[="),
    ):
        assert plan(grid(GRID.replace(old, new))).fingerprint != same


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("{answer: n**2, points: 1}", "{answer: m**2}", "'m' is not defined"),
        ("[= 3*n =]\"]", "[= m =]\"]", "'m' is not defined"),
        ("of [= n =]", "of [= m =]", "'m' is not defined"),
        ("ask: n > 3", "ask: n >", "is no formula"),
        ("{answer: n**2, points: 1}", "{answer: n**2, points: 3}", "none are left"),
        ("{answer: n**2, points: 1}", "{points: 1}", "no answer"),
        ("{answer: n**2, points: 1}", "{answer: n**2, input: code}", "cannot be asked by the input 'code'"),
        ("{answer: n**2, points: 1}", "{answer: n**2, rubric: [{points: 1, say: x}]}", "a cell has no 'rubric'"),
        ("{answer: n**2, points: 1}", "{answer: n**2, anwser: 3}", "no field 'anwser'"),
        ("{answer: n**2, points: 1}", "{answer: n**2, unit: zorkmid}", "zorkmid"),
        ("{answer: n**2, points: 1}, 1]", "{answer: n**2, points: 1}]", "not equally long"),
        ("columns: [", "rows: [a], columns: [", "3 rows, but 1 headings"),
        ("points: 3\n", "points: 3\n    answer: n\n", "a table has no 'answer'"),
        ("input: table", "input: number\n    answer: n", "'cells' belongs to"),
        ("{answer: n**2, points: 1}", "{answer: n**2, grader: {numeric: {scale: logg}}}", "logg"),
    ],
)  # fmt: skip
def test_authors_are_told(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert GRID.count(old) == 1
    with pytest.raises(BankErrors, match=problem):
        load_bank(write_bank(tmp_path, GRID.replace(old, new)))


def test_the_self_test_looks_at_every_cell(tmp_path: Path) -> None:
    bank = load_bank(write_bank(tmp_path / "good", GRID))
    assert not try_out(bank.questions["grid"], bank).errors
    for number, (old, new, problem) in enumerate(
        (
            ("answer: 2*n**2", "answer: 4*n**2", "'two' equals the key in every variant"),
            ("answer: 2*n**2", "answer: 4*n**2 + 0.001", "'two' passes for the key"),
            ("answer: 4*n**2", "answer: 4*n**2/(n - 5)", "when n = 5"),
            ("score: 3", "score: 2", "wants score 2, got 3"),
        )
    ):
        bank, _ = inspect_bank(write_bank(tmp_path / str(number), GRID.replace(old, new)))
        [error, *_] = try_out(bank.questions["grid"], bank).errors
        assert problem in error.problem
        assert ":14" in (error.where or "") or "tests" not in problem


def test_an_exam_with_other_points_scales_the_cells(tmp_path: Path) -> None:
    text = "exam: e\ntitle: E\npoints: 6\nsections: [{title: One, questions: [{id: grid, points: {a: 6}}]}]\n"
    folder = write_bank(tmp_path, GRID, e=text)
    exam, source = load_exam(folder / "exams" / "e.yaml")
    [chosen] = pick(exam, source, load_bank(folder).questions, b"", {}).questions()
    [key] = keys_of(chosen, with_given(chosen, {"n": 5}))
    assert [cell.points for row in key.cells for cell in row if cell] == [2, 2, 2]


def written(folder: Path, n: int, keys: bool = False) -> dict[str, str]:
    """The cells of a notebook with the grid, by id."""
    variant, key = shown(n)
    section = PaperSection(title="One", variants=(variant,))
    paper = Paper(
        exam="e", title="E", exam_code="", date="", duration=None, instructions="", code="C", points=3,
        sections=(section,), fingerprint="",
    )  # fmt: skip
    [path] = notebook(paper, (key,) if keys else None, folder)
    return {cell["id"]: cell["source"] for cell in json.loads(path.read_text())["cells"]}


def test_the_notebook(tmp_path: Path) -> None:
    asked, given_there = written(tmp_path, 5), written(tmp_path, 3)
    assert asked["grid-a"] == given_there["grid-a"], "the check cell is the same in every variant"
    assert "| what \\| of | squared $n^2$ | of 5 |\n|---|---|---|\n| n | … | 1 |\n| 2n | … |  |" in asked["grid-a-text"]
    assert '    ["n", ..., "1"],\n    ["2n", ..., ""],\n    ["3n", ..., "15"],\n]' in asked["grid-a-answer"]
    assert '["3n", "81", "9"]' in given_there["grid-a-answer"]
    staff = written(tmp_path, 5, keys=True)["grid-a-answer"]
    assert '    ["n", 25, "1"],\n    ["2n", 100, ""],\n    ["3n", 225, "15"],' in staff
    assert "# Key of row 2, squared $n^2$: 4*n**2" in staff


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ('[["n", 25, "1"], ["2n", 100, ""], ["3n", "225", "15"]]', 3),
        ("[[5**2], [4*5**2], [9*25]]", 3),
        ("(25, 100, 225)", 3),
        ("[25, 10^2, 225]", 2),
        ("[25, 50, ...]", 1.5),
        ("[25, math.comb(5, 2)*10, 1/0]", 2),
        ("[['n', ..., '1'], ['2n', ..., ''], ['3n', ..., '15']]", 0),
        ("...", 0),
        ("'no idea'", 0),
        ("[25, f(3), 225]", None),
        ("[25, [[[[[[1]]]]]], 225]", 2),
        ("[" * 90 + "7" + "]" * 90, 0),
    ],
)
def test_a_table_is_read_from_a_notebook(tiny: TinyCourse, said: str, score: float | None) -> None:
    variant, key = shown(5)
    paper = Paper(
        exam="e", title="E", exam_code="", date="", duration=None, instructions="", code="C", points=3,
        sections=(PaperSection(title="One", variants=(variant,)),), fingerprint="",
    )  # fmt: skip
    folder = tiny.course.root / "submitted" / "ada" / "e"
    [path] = notebook(paper, None, folder)
    content = json.loads(path.read_text())
    for cell in content["cells"]:
        if cell["id"] == "grid-a-answer":
            cell["source"] = f"grid_a = {said}"
    path.write_text(json.dumps(content))
    [response] = read_submission(path, {"C": paper}, "ada").responses
    mark = mark_part(key, response, None)
    assert mark.score == (None if score is None else pytest.approx(score)), mark.feedback
    if "^" in said:
        assert "^ is not a power" in mark.feedback


@pytest.mark.parametrize("said", ["[[25], [100], [225]]", "{1: [25], 2: {2: 100}, 3: 225}", "[25, 100, 225]"])
def test_a_table_is_read_from_a_file_of_answers(tmp_path: Path, said: str) -> None:
    variant, key = shown(5)
    paper = Paper(
        exam="e", title="E", exam_code="", date="", duration=None, instructions="", code="C", points=3,
        sections=(PaperSection(title="One", variants=(variant,)),), fingerprint="",
    )  # fmt: skip
    path = tmp_path / "answers.yaml"
    path.write_text(f"paper: C\nanswers:\n  grid-a: {said}\n")
    [response] = read_submission(path, {"C": paper}, "ada").responses
    assert mark_part(key, response, None).score == 3


def test_the_check_cell_says_how_every_cell_reads(capsys: pytest.CaptureFixture[str]) -> None:
    cells = [[None, ("number", "B", False, False)], [("number", None, True, True), ("number", None, False, False)]]
    check_table("q_a", [["x", "1.5 kB"], [..., 3]], cells=cells)
    assert capsys.readouterr().out == "q_a: row 1, column 2 reads as 1500 B.\nq_a: row 2, column 2 reads as 3.\n"
    for said, problem in (
        ([["x", "?"], [1, 3]], "row 1, column 2 does not read"),
        ([["x", 1], [1, None]], "row 2, column 2 is blank"),
        (..., "is blank"),
        ("none", "Rows were expected"),
        ([[1, 2, 3], [1, 2]], "row 1, column 2 does not read: This row has 3 cells"),
    ):
        with pytest.raises(NotReadable, match=problem):
            check_table("q_a", said, cells=cells)


def test_earlier_answers_are_carried_into_cells() -> None:
    grader = {"numeric": {"full": 0.01}}
    cells = [[{"answer": "2*part_z", "grader": grader}, {"answer": "7", "grader": grader}]]
    made = grid().model_dump(mode="json")
    part = {"id": "a", "text": "", "input": "table", "points": 2, "uses": {"z": 0.5}, "cells": cells}
    first = {"id": "z", "text": "", "input": "number", "points": 1, "answer": "10"}
    fields = {name: made[name] for name in ("id", "title", "topic", "text")}
    keys = keys_of(Question.model_validate_json(json.dumps(fields | {"parts": [part, first]})), {})

    def marked(z: Any, said: Any) -> Mark:
        responses = {key.ref: response_to(key, each) for key, each in zip(keys, (said, z), strict=True)}
        return mark_all(keys, responses, {})[0]

    assert (marked(10, [20, 7]).score, marked(10, [20, 7]).detail["followed"]) == (2, False)
    followed = marked(30, [60, 7])
    assert (followed.score, followed.detail["followed"], followed.reason) == (1.5, True, "right")
    assert "own earlier answer" in followed.feedback
    assert marked(30, [20, 7]).score == 2, "right all the same"
    assert marked(None, [60, 7]).score == 1


FORMULAS: dict[str, Any] = {
    "input": "table",
    "points": 10.0,
    "answer": None,
    "grader": {"table": {"rows": ["all", "ring", "own"], "columns": ["messages", "size"]}},
    "symbols": {"n": {"integer": True, "ge": 3}, "p": {"integer": True, "ge": 3}},
    "constraints": ["p % n == 0"],
    "cells": [
        [
            {
                "input": "formula",
                "answer": "n*(n - 1)",
                "slips": [{"name": "itself", "answer": "n**2", "share": 0.5, "say": "Not to [= k =]."}],
            },
            "$p$",
        ],
        [
            {"answer": "k", "grader": {"numeric": {"scale": "exact"}}},
            {"input": "formula", "answer": "p/n", "left": "S", "grader": {"formula": {"forbid": ["Sum"]}}},
        ],
        [
            {"input": "formula", "answer": "m**2", "symbols": {"m": {"positive": True}}, "only": ["m"]},
            {"input": "truefalse", "answer": "k > 2"},
        ],
    ],
}
FORMULA_KEY = key_of(FORMULAS, {"k": 3})


def compared(said: Any) -> Mark:
    response = response_to(FORMULA_KEY, said)
    return mark_part(FORMULA_KEY, response, observe_work(FORMULA_KEY, response))


@pytest.mark.parametrize(
    "row", read_yaml(Path(__file__).with_name("table_formulas.yaml")).data, ids=lambda row: repr(row[0])
)
def test_tables_of_formulas(row: list[Any]) -> None:
    said, share, reason, cells = row
    mark = compared(said)
    assert [cell["reason"] for cell in cells_of(mark)] == cells, mark.feedback
    assert (mark.state, mark.reason, mark.score) == ("graded", reason, pytest.approx(10 * share)), mark.feedback
    assert Mark.model_validate_json(mark.model_dump_json()).score == mark.score


@given(SAID)
def test_formulas_in_cells_never_raise(said: Any) -> None:
    assert compared(said).state == "graded"


def test_a_cell_that_could_not_be_decided_or_compared_holds_the_table_back() -> None:
    unclear = r"n^2 - n + \sum_{i=1}^{10^{12}} i - 10^{12}(10^{12}+1)/2"
    mark = compared([unclear, 3, "p/n", "m^2", True])
    assert (mark.state, mark.score) == ("manual", None)
    response = response_to(FORMULA_KEY, ["n", 3, "p/n", "m^2", True])
    mark = mark_part(FORMULA_KEY, response, None)
    assert (mark.state, mark.score, mark.reason) == ("error", None, "error")
    assert "it was not compared" in mark.feedback


def test_a_formula_that_is_given_is_typeset() -> None:
    cells = [[{"input": "formula", "answer": "k*x**2/2", "ask": "k > 2"}, {"answer": "k"}]]
    part = FORMULAS | {"grader": "table", "cells": cells, "symbols": {"x": {}}, "constraints": []}
    question = Question.model_validate_json(
        json.dumps(
            {"id": "q", "title": "Q", "topic": "t", "text": "", "params": {"k": {"pick": [2, 3]}}}
            | {"parts": [{name: value for name, value in part.items() if value is not None} | {"id": "a", "text": ""}]}
        )
    )
    [shown_part] = show(question, with_given(question, {"k": 2})).parts
    assert "$x^{2}$" in str(shown_part.cells[0][0].given) or r"\frac" in str(shown_part.cells[0][0].given)  # type: ignore[union-attr]
    [asked_part] = show(question, with_given(question, {"k": 3})).parts
    assert asked_part.cells[0][0].given is None  # type: ignore[union-attr]
    assert plan(question).fingerprint


def test_the_check_cell_reads_formulas(capsys: pytest.CaptureFixture[str]) -> None:
    tell = cell_teller({"symbols": {"n": {}, "p": {}}})
    cells = [
        [("formula", None, False, False), None],
        [("number", None, False, False), ("truefalse", None, False, True)],
    ]
    own = [[("formula", None, False, False, {"symbols": {"m": {}}})]]
    check_table("t", [[r"\frac{n}{p}", "given"], [3, "true"]], cells=cells, formula=tell)
    assert capsys.readouterr().out.splitlines() == [
        "t: row 1, column 1 reads as n/p",
        "t: row 2, column 1 reads as 3.",
        "t: row 2, column 2 reads as True.",
    ]
    check_table("t", [["m"]], cells=own, formula=tell)
    for said, why in ((["n +", 3, True], "does not read as a formula"), (["m", 3, True], "not known here")):
        with pytest.raises(NotReadable, match=why):
            check_table("t", said, cells=cells, formula=tell)
    with pytest.raises(NotReadable, match="is no text"):
        check_table("t", [[True], [3, ...]], cells=cells, formula=tell)
    with pytest.raises(NotReadable, match="column 1 is blank"):
        check_table("t", [[None], [3, ...]], cells=cells, formula=tell)

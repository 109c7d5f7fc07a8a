"""Prose: what waits for a person, and that a person's marks come back whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.answers import MAX_TEXT, response_to
from autograder.bank import load_bank
from autograder.errors import AutograderError, BankErrors
from autograder.handmarks import answer_id, with_hand_marks
from autograder.key import keys_of
from autograder.marking import mark_part
from autograder.markup.graded import graded_notebook
from autograder.model import HandMark, MarkSheet, RubricPoint, Submission
from autograder.rubric import Due, read_table, table_of
from autograder.yamlsrc import read_yaml
from tests.conftest import TinyCourse, key_of, write_bank

PART = {
    "input": "text",
    "points": 3.0,
    "answer": None,
    "grader": {"manual": {"words": 5}},
    "rubric": [{"points": 2, "say": "Names [= n =]."}, {"points": 1, "say": "Says why."}],
}
KEY = key_of(PART, {"n": 4})
PROSE = """\
id: prose
title: Words
topic: words
params: {n: {pick: [2, 3, 5, 7, 11]}}
text: "Let $n = [= n =]$."
parts:
  - id: a
    text: Say why.
    input: text
    points: 3
    grader: {manual: {words: 40}}
    rubric: [{points: 2, say: "Names [= n =]."}, {points: 1, say: Says why.}]
    solution: Because of [= n =].
"""
EXAM = "exam: words\ntitle: Words\npoints: 6\nsections: [{title: One, questions: [{id: prose, points: {a: 6}}]}]\n"


@pytest.mark.parametrize("row", read_yaml(Path(__file__).with_name("manual.yaml")).data, ids=lambda row: repr(row[0]))
def test_table(row: list[Any]) -> None:
    said, state, reason, words, *feedback = row
    mark = mark_part(KEY, response_to(KEY, said), None)
    assert (mark.state, mark.reason, mark.detail["words"]) == (state, reason, words)
    assert mark.score == (0 if state == "graded" else None)
    assert mark.detail["rubric"] == [{"points": 2.0, "say": "Names 4."}, {"points": 1.0, "say": "Says why."}]
    if feedback:
        assert mark.feedback == feedback[0]


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_whatever_is_said_earns_nothing_by_itself(said: Any) -> None:
    mark = mark_part(KEY, response_to(KEY, said), None)
    assert (mark.state, mark.score) in {("manual", None), ("graded", 0)}


def test_a_long_text_is_cut_and_says_so() -> None:
    mark = mark_part(KEY, response_to(KEY, "x" * (MAX_TEXT + 1)), None)
    assert len(mark.read) == MAX_TEXT
    assert "longer" in mark.feedback


def test_the_rubric_takes_the_points_of_the_exam(tmp_path: Path) -> None:
    question = load_bank(write_bank(tmp_path, PROSE)).questions["prose"]
    part = question.parts[0].model_copy(update={"points": 1.5})
    [key] = keys_of(question.model_copy(update={"parts": (part,)}), {"n": 2})
    assert [point.points for point in key.rubric] == [1.0, 0.5]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("    rubric: [{points: 2, say: \"Names [= n =].\"}, {points: 1, say: Says why.}]\n", "", "no rubric"),
        ("points: 1, say: Says", "points: 2, say: Says", "add up to 4"),
        ("[= n =].\"}", "[= m =].\"}", "'m' is not defined"),
        ("    points: 3\n", "    points: 3\n    answer: n\n", "no 'answer'"),
        ("    points: 3\n", "    points: 3\n    slips: [{name: s, answer: n}]\n", "no 'slips'"),
        ("words: 40", "words: 0", "words"),
        ("{points: 1, say: Says why.}", "{points: 0, say: Nothing.}, {points: 1, say: Says why.}", "points"),
    ],
)  # fmt: skip
def test_authors_are_told(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert PROSE.count(old) == 1
    with pytest.raises(BankErrors, match=problem):
        load_bank(write_bank(tmp_path, PROSE.replace(old, new)))


POINTS = (RubricPoint(points=2, say="-1 looks like a formula"), RubricPoint(points=0.5, say="Says why."))
DUE = [
    Due("CODEAAAAAA", "prose-a", '=HYPERLINK("evil")\nand a "quote", too', "x1", "", POINTS),
    Due("CODEBBBBBB", "prose-a", "Because.", "x2", "long", POINTS),
    Due("CODEAAAAAA", "other-b", "12", "x3", "", POINTS[:1]),
]


def filled(**changes: Any) -> str:
    """The table with points in every line, and these fields of the line of CODEBBBBBB changed."""
    rows = list(csv.DictReader(io.StringIO(table_of(DUE))))
    for row in rows:
        row["points_1"], row["points_2"] = "1", "" if row["part"] == "other-b" else "0.5"
        if row["paper"] == "CODEBBBBBB":
            row.update(changes)
    text = io.StringIO()
    table = csv.DictWriter(text, rows[0], lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def test_the_table_goes_out_and_comes_back() -> None:
    rows = list(csv.reader(io.StringIO(table_of(DUE))))
    assert [row[:2] for row in rows[1:]] == [
        ["CODEAAAAAA", "other-b"],
        ["CODEAAAAAA", "prose-a"],
        ["CODEBBBBBB", "prose-a"],
    ]
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]
    found = read_table(filled(comment="Fine; really"), DUE, "m.csv")
    assert found["CODEBBBBBB", "prose-a"] == HandMark(points=(1, 0.5), of=(2, 0.5), comment="Fine; really", answer="x2")
    assert set(found) == {(row.code, row.ref) for row in DUE}
    again = [
        row.__class__(*[getattr(row, name) for name in row.__slots__[:-1]], found[row.code, row.ref]) for row in DUE
    ]
    assert read_table(table_of(again), again, "m.csv") == found
    assert read_table(table_of(DUE), DUE, "m.csv") == {}


def test_a_spreadsheet_may_save_it_in_its_own_way() -> None:
    text = io.StringIO()
    rows = list(csv.reader(io.StringIO(filled(points_1="1,5"))))
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([*rows, [""] * len(rows[0])])
    assert read_table(text.getvalue(), DUE, "m.csv")["CODEBBBBBB", "prose-a"].points == (1.5, 0.5)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"points_1": "2.1"}, "points_1 is 2.1, not between 0 and 2"),
        ({"points_1": "-1"}, "not between"),
        ({"points_1": "nan"}, "not between"),
        ({"points_1": "one"}, "no number"),
        ({"points_2": ""}, "points_2 is empty"),
        ({"points_1": "", "points_2": "", "comment": "lost?"}, "points_1 is empty"),
        ({"paper": "NOSUCHCODE"}, "no such paper"),
        ({"part": "prose-b"}, "does not wait"),
        ({"paper": "CODEAAAAAA"}, "twice"),
        ({"answer_id": "x9"}, "has changed"),
        ({"part": "other-b", "paper": "CODEAAAAAA", "answer_id": "x3"}, "twice"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_taken(changes: dict[str, str], problem: str) -> None:
    with pytest.raises(AutograderError, match=problem) as told:
        read_table(filled(**changes), DUE, "m.csv")
    # the answer of the line before takes two lines
    assert "line 5 " in told.value.problem


def test_a_table_without_its_columns_is_refused() -> None:
    with pytest.raises(AutograderError, match="'answer_id' is missing"):
        read_table("paper,part,points_1\nA,b,1\n", DUE, "m.csv")
    with pytest.raises(AutograderError, match="is missing"):
        read_table("", DUE, "m.csv")


def test_a_mark_stands_only_for_its_answer_and_its_rubric() -> None:
    response = response_to(KEY, "Because of memory.")
    mark = mark_part(KEY, response, None)
    submission = Submission(
        exam="e", candidate="c", code="CODE", found=None, file="f", digest="", responses=(response,)
    )
    hand = HandMark(points=(1.5, 1), of=(2, 1), comment="Good.", answer=answer_id(response))

    def after(hand: HandMark) -> tuple[Any, tuple[str, ...]]:
        [found], flags = with_hand_marks([mark], [KEY], submission, {KEY.ref: hand})
        return found, flags

    stands, flags = after(hand)
    assert (stands.state, stands.reason, stands.score, flags) == ("graded", "marked", 2.5, ())
    assert stands.detail["rubric"][0] == {"points": 1.5, "of": 2.0, "say": "Names 4."}
    for other, said in (({"answer": "x0"}, "answer has changed"), ({"of": (2.0, 2.0)}, "rubric has changed")):
        waits, flags = after(hand.model_copy(update=other))
        assert (waits.state, waits.score) == ("manual", None)
        assert said in flags[0]


def test_the_marker_finds_answer_and_rubric_in_the_notebook() -> None:
    own = {"grade": True, "solution": True, "locked": False, "grade_id": KEY.ref, "points": 3, "schema_version": 3}
    cell = {"cell_type": "markdown", "id": KEY.ref, "metadata": {"nbgrader": own}, "source": "*Your answer here.*"}
    mark = mark_part(KEY, response_to(KEY, "Memory."), None)
    sheet = MarkSheet(exam="e", candidate="c", code="CODE", digest="", score=0, points=3, marks=(mark,))
    release = {"cells": [cell], "metadata": {}}
    returned = json.dumps({"cells": [cell | {"source": "Mine."}]}).encode()
    for file, text in ((None, "Memory."), (returned, "Mine.")):
        answer, rubric = json.loads(graded_notebook(file, release, sheet))["cells"]
        assert answer["source"] == text
        assert "- **2** Names 4.\n- **1** Says why." in rubric["source"]
    marked = sheet.model_copy(update={"marks": (KEY.mark(1, "marked", read="Memory.", detail=mark.detail),)})
    assert len(json.loads(graded_notebook(returned, release, marked))["cells"]) == 1


def test_a_class_is_marked_by_hand(tiny: TinyCourse, tenfold: Any) -> None:
    write_bank(tiny.bank, PROSE, words=EXAM)
    tiny.set("ada", "ben", "cleo", exam="words")
    tiny.hand_in("ada", {"prose-a": "*Your answer here, in at most 40 words.*\nMemory."}, exam="words")
    tiny.hand_in("ben", {"prose-a": "Because."}, exam="words")
    tiny.hand_in("cleo", {}, exam="words")
    assert [result.sheet.marks[0].state for result in tiny.mark("words") if result.sheet] == ["manual"] * 2 + ["graded"]
    root, file = tiny.course.root, tiny.course.root / "m.csv"
    assert tenfold("rubric", "words", "--out", file, "--course", root).code == 0
    text = file.read_text(encoding="utf-8-sig")
    assert not [name for name in ("ada", "ben", "cleo") if name in text]
    assert "Memory." in text
    assert "Your answer here" not in text
    assert tenfold("rubric", "words", "--out", file, "--course", root).code == 2, "it may hold marks"
    rows = list(csv.DictReader(io.StringIO(text)))
    for row in rows:
        row |= {"points_1": "4", "points_2": "1"}
    with file.open("w", encoding="utf-8") as opened:
        table = csv.DictWriter(opened, rows[0])
        table.writeheader()
        table.writerows(rows)
    assert "2 answers marked" in tenfold("rubric", "words", "--in", file, "--course", root).out
    assert "2 as before" in tenfold("rubric", "words", "--in", file, "--course", root).out
    said = tenfold("mark", "words", "--course", root).out
    assert "2 have marks by now for parts that waited, on average +5.00" in said
    assert "Who moves" not in said, "what had no mark did not move"
    scores = [result.sheet.score for result in tiny.mark("words") if result.sheet]
    assert scores == [5, 5, 0]
    tiny.hand_in("ben", {"prose-a": "Because of something else."}, exam="words")
    ada, ben, _ = tiny.mark("words")
    assert ada.sheet is not None
    assert ada.sheet.score == 5
    assert ben.sheet is not None
    assert ben.sheet.marks[0].state == "manual"
    assert "the answer has changed" in ben.problems[0]


def test_an_attempt_that_does_not_count_yet_can_be_marked_too(tiny: TinyCourse, tenfold: Any) -> None:
    write_bank(tiny.bank, PROSE, words=EXAM)
    tiny.set("ada", exam="words")
    first = tiny.papers("words")["ada"]
    path = tiny.hand_in("ada", {"prose-a": "The first."}, exam="words")
    path.rename(path.with_name("first.ipynb"))
    tiny.set("ada", exam="words", again=["ada"])
    tiny.hand_in("ada", {"prose-a": "The second."}, exam="words")
    tiny.mark("words")
    file = tiny.course.root / "m.csv"
    assert tenfold("rubric", "words", "--out", file, "--course", tiny.course.root).code == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert sorted(row["answer"] for row in rows) == ["The first.", "The second."]
    for row in rows:
        row.update({"points_1": "4" if row["paper"] == first.code else "1", "points_2": "0"})
    with file.open("w", encoding="utf-8") as opened:
        table = csv.DictWriter(opened, rows[0])
        table.writeheader()
        table.writerows(rows)
    assert tenfold("rubric", "words", "--in", file, "--course", tiny.course.root).code == 0
    [result] = tiny.mark("words")
    assert result.sheet is not None
    assert (result.sheet.code, result.sheet.score) == (first.code, 4)
    assert "0 left" in tenfold("rubric", "words", "--in", file, "--course", tiny.course.root).out

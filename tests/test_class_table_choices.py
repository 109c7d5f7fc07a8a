"""A class that hands in tables of choices: options of a list that cells share, or of a cell alone, by their letters."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.answers import response_to
from autograder.bank import inspect_bank, load_bank
from autograder.errors import AutograderError, BankErrors
from autograder.key import keys_of
from autograder.marking import mark_part
from autograder.model import Key, Mark, Paper, Question, ShownCell, VariantPart
from autograder.pipeline import keys_of_paper
from autograder.pipeline.feedback import feedback_exam
from autograder.reading.check import NotReadable, check_table
from autograder.render import render
from autograder.selftest.check import try_out
from autograder.store import read_record
from autograder.variant import draw_values, plan, show
from autograder.yamlsrc import parse_yaml, read_yaml
from tests.conftest import Ran, TinyCourse, bytes_below, write_bank
from tests.formats.papers import text_of

QUESTION = r"""id: split
title: Splitting
topic: sums
params:
  k: {pick: [1, 2, 3, 4]}
text: "Take $k = [= k =]$."
parts:
  - id: a
    text: Fill in.
    input: table
    points: 6
    grader: {table: {rows: [data, tensor, other], columns: [Operation, When, "count"]}}
    options:
      - {id: reduce, text: all-reduce, say: SENTINELREDUCE adds up.}
      - {id: gather, text: "all-gather of $[= k =]$"}
      - {id: send, text: send, say: SENTINELSEND goes to one.}
      - {id: none_of, text: None of these, pin: true}
    pools:
      Times:
        - {id: forward, text: forward pass}
        - {id: backward, text: backward pass}
        - {id: once, text: once an update}
    cells:
      - [{input: choice, right: reduce}, {input: multi, pool: Times, right: once}, "of [= k =]"]
      - - {input: choice, right: {send: k > 2, gather: k <= 2}, say: {reduce: "SENTINELHERE [= k =]."}}
        - {input: multi, pool: Times, right: [forward, backward], grader: {choice: {scheme: net}}}
        - {answer: 2*k, slips: [{name: SENTINELSLIP, answer: 3*k, share: 0.5}], grader: {numeric: {scale: exact}}}
      - - {input: choice, right: gather, ask: k != 3}
        - input: choice
          options: [{id: more, text: more than $k$, right: k > 1}, {id: less, text: less, right: k <= 1, say: SENTINEL}]
        - given
tests:
  - part: a
    say:
      - [reduce, once, ""]
      - ["[= 'send' if k > 2 else 'gather' =]", [backward, forward], "[= 2*k =]"]
      - ["[= 'gather' if k != 3 else '' =]", right, ""]
    score: 6
    reason: right
  - {part: a, say: [[send, [forward, once], x], [reduce, [forward, once], 0], ["", wrong, ""]], score: 0}
"""
EXAM = """\
exam: split_exam
title: Splitting
points: 6
sample: true
release_solutions: true
sections: [{title: Everything, questions: [{id: split}]}]
"""
SAID = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5) | st.sampled_from("ABCD"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2) | st.integers(0, 4), inner),
)
CLASS = tuple(f"c{number:03d}" for number in range(10))
REF = "split-a"


def made(text: str = QUESTION) -> Question:
    return Question.model_validate_json(json.dumps(parse_yaml(text, "split.yaml").data))


def drawn(question: Question, number: int = 0) -> tuple[VariantPart, Key]:
    values = draw_values(question, number.to_bytes(32, "big"))
    return show(question, values).parts[0], keys_of(question, values)[0]


def dealt_with(k: int) -> tuple[VariantPart, Key]:
    return drawn(made(QUESTION.replace("[1, 2, 3, 4]", f"[{k}]")), k)


def cells_of(mark: Mark) -> list[dict[str, Any]]:
    return [cell for row in mark.detail["cells"] for cell in row if cell is not None]


@pytest.fixture
def course(tiny: TinyCourse) -> TinyCourse:
    write_bank(tiny.bank, QUESTION, split_exam=EXAM)
    tiny.set(*CLASS, exam="split_exam")
    return tiny


def key_for(course: TinyCourse, paper: Paper) -> Key:
    [key] = keys_of_paper(course.open("split_exam"), paper)
    return key


def right(key: Key) -> list[list[Any]]:
    def letters(cell: Key | None) -> Any:
        if cell is None:
            return ""
        if cell.choice is None:
            return cell.answer
        return cell.choice.expected[0] if cell.input == "choice" else list(cell.choice.expected)

    return [[letters(cell) for cell in row] for row in key.cells]


def marks(course: TinyCourse) -> dict[str, Mark]:
    return {each.candidate: each.sheet.marks[0] for each in course.mark("split_exam") if each.sheet is not None}


@pytest.mark.parametrize(
    "row", read_yaml(Path(__file__).with_name("table_choices.yaml")).data, ids=lambda row: repr(row[0])
)
def test_what_is_said_by_id(row: list[Any]) -> None:
    said, score, reasons = row
    _, key = dealt_with(4)
    mark = mark_part(key, response_to(key, said), None)
    assert [cell["reason"] for cell in cells_of(mark)] == reasons, mark.feedback
    assert (mark.state, mark.score) == ("graded", pytest.approx(score)), mark.feedback
    assert Mark.model_validate_json(mark.model_dump_json()).score == mark.score


@given(SAID)
def test_never_raises(said: Any) -> None:
    _, key = dealt_with(4)
    mark = mark_part(key, response_to(key, said), None)
    assert mark.state == "graded"
    assert 0 <= (mark.score or 0) <= 6
    with suppress(NotReadable):
        check_table("q_a", said, cells=[[("choice", None, False, False, 4), ("multi", None, False, True, 3), None]] * 3)


def test_cells_share_a_list_in_one_order_and_others_have_their_own() -> None:
    orders = set()
    for number in range(40):
        part, key = drawn(made(), number)
        pools = {pool.title: pool.options for pool in part.pools}
        assert list(pools) == ["", "Times"]
        for row, column, title in ((0, 0, ""), (1, 0, ""), (0, 1, "Times"), (1, 1, "Times")):
            cell = key.cells[row][column]
            assert cell is not None
            assert cell.choice is not None
            assert tuple(option.text for option in cell.choice.options) == pools[title]
            assert "".join(option.letter for option in cell.choice.options) == "ABCD"[: len(pools[title])]
        own = part.cells[2][1]
        assert isinstance(own, ShownCell)
        assert set(own.options) == {"more than $k$", "less"}
        assert pools[""][3] == "None of these"
        orders.add((pools[""], pools["Times"], own.options))
    assert len(orders) > 20


def test_a_choice_that_is_given_shows_what_is_right() -> None:
    (given_there, key), (asked, _) = dealt_with(3), dealt_with(4)
    cell, other = given_there.cells[2][0], asked.cells[2][0]
    assert isinstance(cell, ShownCell)
    assert isinstance(other, ShownCell)
    assert (cell.given, other.given) == ("all-gather of $3$", None)
    assert key.cells[2][0] is None


def test_everybody_earns_everything_with_the_letters_of_their_own_paper(course: TinyCourse) -> None:
    papers = course.papers("split_exam")
    for candidate, paper in papers.items():
        rows = right(key_for(course, paper))
        course.hand_in(candidate, {REF: f"split_a = {rows!r}"}, "split_exam")
    assert {(mark.reason, mark.score) for mark in marks(course).values()} == {("right", 6)}
    assert len({str(right(key_for(course, paper))) for paper in papers.values()}) > 3
    assert course.open("split_exam")


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("[[{0}, ['{1}'], ''], ...]", "right"),
        ("[[({0}), '{1}', ''], ...]", "right"),
        ("[['{0}', {{'{1}'}}, ''], ...]", "right"),
        ("[['{0}', {{'{1}': True}}, ''], ...]", "right"),
        ("[['({0})', '{1}', ''], ...]", "right"),
        ("[['{0}'.lower(), '{1}', ''], ...]", "right"),  # had by running
        ("[[sorted(['{0}']), list('{1}'), ''], ...]", "right"),
        ("[['Z', '{1}', ''], ...]", "invalid"),
        ("[['A and B', '{1}', ''], ...]", "invalid"),
        ("[[3, '{1}', ''], ...]", "unreadable"),
        ("[[10**5000, '{1}', ''], ...]", "unreadable"),
        ("[[..., '{1}', ''], ...]", "blank"),
        ("{{'data': {{'Operation': '{0}', 'When': ['{1}']}}}}", "right"),
        ("{{1: ['{0}', ['{1}']]}}", "right"),
    ],
)
def test_what_a_notebook_says(course: TinyCourse, written: str, first: str) -> None:
    paper = course.papers("split_exam")["c000"]
    (operation, [times], _), *_ = right(key_for(course, paper))
    said = written.format(operation, times).replace("...]", "[..., ..., ...], [..., ..., 'given']]", 1)
    if written.startswith("[[...,"):
        said = f"[[..., '{times}', ''], [..., ..., ...], [..., ..., 'given']]"
    course.hand_in("c000", {REF: f"split_a = {said}"}, "split_exam")
    mark = marks(course)["c000"]
    assert [cell["reason"] for cell in cells_of(mark)][:2] == [first, "right"], (said, mark.feedback)


def test_a_letter_that_is_the_name_of_something_else_is_not_guessed_at(course: TinyCourse) -> None:
    said = "A = 3\nsplit_a = [[A, B, ''], [..., ..., ...], [..., ..., 'given']]"
    course.hand_in("c000", {REF: said}, "split_exam")
    assert marks(course)["c000"].state == "manual"
    said = "A = 'B'\nsplit_a = [[A, 'B', ''], [..., ..., ...], [..., ..., 'given']]"
    course.hand_in("c000", {REF: said}, "split_exam")
    assert marks(course)["c000"].read[0][0] == ["B"]


@pytest.mark.parametrize("written", ["[[{0}, [{1}]], [], []]", "{{data: [{0}, {1}, '']}}", "{{1: {{1: {0}, 2: {1}}}}}"])
def test_an_answers_file(course: TinyCourse, written: str) -> None:
    paper = course.papers("split_exam")["c000"]
    (operation, [times], _), *_ = right(key_for(course, paper))
    folder = course.course.root / "submitted" / "c000" / "split_exam"
    folder.mkdir(parents=True)
    text = f"paper: {paper.code}\nanswers:\n  {REF}: {written.format(operation, times)}\n"
    (folder / "answers.yaml").write_text(text)
    assert [cell["reason"] for cell in cells_of(marks(course)["c000"])][:2] == ["right", "right"]


def test_the_notebook_shows_every_list_once_and_its_locked_cells_never_vary(course: TinyCourse, tmp_path: Path) -> None:
    locked: set[str] = set()
    for candidate, paper in course.papers("split_exam").items():
        [path] = render(paper, "notebook", tmp_path / candidate)
        cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]}
        [part] = paper.parts()
        text = cells[f"{REF}-text"]
        for pool in part.pools:
            for letter, option in zip("ABCD", pool.options, strict=False):
                assert text.count(f"- **{letter}** {option}\n") + text.endswith(f"- **{letter}** {option}") == 1
        assert "**Times**" in text
        assert re.search(
            r"\| \*\*A\*\* (more than \$k\$|less) · \*\*B\*\* (more than \$k\$|less) · … one letter \|", text
        )
        assert "… all letters that apply: Times" in text
        assert "Letters stand between quotation marks" in cells[f"{REF}-answer"]
        locked.add(cells[REF])
        assert "SENTINEL" not in path.read_text()
    assert len(locked) == 1


def test_the_check_cell_says_how_letters_read(capsys: pytest.CaptureFixture[str]) -> None:
    cells = [
        [("choice", None, False, False, 3), ("multi", None, False, False, 4), None, ("choice", None, False, True, 2)]
    ]
    check_table("q_a", [["b", {"A", "D"}, "given", ...]], cells=cells)
    assert capsys.readouterr().out == "q_a: row 1, column 1 reads as B.\nq_a: row 1, column 2 reads as A, D.\n"
    for said, why in (
        ([["D", "A", "", ...]], "column 1 does not read: There is no option D"),
        ([["AB", "A", "", ...]], "column 1 does not read: Choose one option only"),
        ([["A", [], "", ...]], "column 2 is blank"),
        ([["A", "the first", "", ...]], "column 2 does not read"),
        ([["A", [["A"], {"B": 2}], "", ...]], "column 2 does not read"),
    ):
        with pytest.raises(NotReadable, match=why):
            check_table("q_a", said, cells=cells)


def test_staff_copies_have_the_letters_and_candidates_none(course: TinyCourse, tmp_path: Path) -> None:
    paper = course.papers("split_exam")["c001"]
    keys = keys_of_paper(course.open("split_exam"), paper, solutions=True)
    [staff] = render(paper, "notebook", tmp_path / "staff", keys)
    source = next(cell["source"] for cell in json.loads(staff.read_text())["cells"] if cell["id"] == f"{REF}-answer")
    solution = re.search("### BEGIN SOLUTION\n(.*?)### END SOLUTION", "".join(source), re.DOTALL)
    assert solution is not None
    assert "# Key of data, Operation: reduce" in solution[1]
    course.hand_in("c001", {REF: solution[1]}, "split_exam")
    assert marks(course)["c001"].reason == "right"
    [part] = paper.parts()
    for name in ("html", "pdf"):
        [own] = render(paper, name, tmp_path / name)
        shown = text_of(own.read_bytes()) if name == "pdf" else own.read_text()
        for text in ("all-reduce", "None of these", "forward pass", "Times", "one letter", "all that apply", "less"):
            assert text in shown, (name, text)
        assert not [where for where, held in bytes_below(own.parent).items() if "SENTINEL" in held]
        assert "SENTINEL" not in shown
    assert part.pools
    [guide] = render(paper, "html", tmp_path / "guide", keys, "guide")
    assert "tensor, count: SENTINELSLIP" in guide.read_text()


def test_feedback_shows_the_lists_and_words_for_this_cell(course: TinyCourse) -> None:
    paper = course.papers("split_exam")["c002"]
    key = key_for(course, paper)
    rows = right(key)
    cell = key.cells[1][0]
    assert cell is not None
    assert cell.choice is not None
    rows[1][0] = next(option.letter for option in cell.choice.options if option.name == "reduce")
    course.hand_in("c002", {REF: f"split_a = {rows!r}"}, "split_exam")
    assert marks(course)["c002"].reason == "partial"
    list(feedback_exam(course.open("split_exam")))
    page = (course.course.feedback("split_exam", "c002")).read_text()
    assert f"SENTINELHERE {paper.variants()[0].values['k']}." in page
    assert "SENTINELREDUCE" not in page
    assert "once an update" in page
    assert (
        "<code>C, " in page or "<code>A, B</code>" in page or "<code>A, C</code>" in page or "<code>B, C</code>" in page
    )


def test_what_was_printed_may_not_change_but_what_is_right_may(course: TinyCourse) -> None:
    [first, *_] = course.papers("split_exam").values()
    before = key_for(course, first)
    write_bank(course.bank, QUESTION.replace("right: once", "right: [forward, once]"))
    after = key_for(course, first)
    assert after.cells[0][0] == before.cells[0][0]
    assert [len(key.cells[0][1].choice.expected) for key in (before, after)] == [1, 2]  # type: ignore[union-attr]
    for old, new in (
        ("text: once an update", "text: never"),
        ("text: less,", "text: fewer,"),
        ("      - {id: send, text: send, say: SENTINELSEND goes to one.}\n", ""),
        ("pool: Times, right: once", "right: [send]"),
    ):
        assert QUESTION.count(old) == 1
        changed = QUESTION.replace(old, new).partition("tests:")[0]
        assert plan(made(changed)).fingerprint != plan(made()).fingerprint
        write_bank(
            course.bank, changed.replace("send: k > 2, gather: k <= 2", "gather: true").replace("[send]", "gather")
        )
        with pytest.raises(AutograderError, match="is not the one the papers were set with"):
            course.mark("split_exam")


def test_the_self_test_looks_at_every_cell(tmp_path: Path, tenfold: Callable[..., Ran]) -> None:
    bank = load_bank(write_bank(tmp_path / "good", QUESTION))
    report = try_out(bank.questions["split"], bank)
    assert not report.errors
    assert 0.1 < report.guess["a"] < 0.5
    for number, (old, new, problem) in enumerate(
        (
            ("gather: k <= 2", "gather: k <= 3", "2 options are right when k = 3"),
            ("right: k <= 1,", "right: k >= 1,", "2 options are right when k = 2"),
            ("right: k > 1}", "right: k > 2}", "no option is right when k = 2"),
            ("text: once an update", "text: forward  pass", "stands here 2 times"),
            ("score: 6", "score: 5", "wants score 5, got 6"),
        )
    ):
        bank, found = inspect_bank(write_bank(tmp_path / str(number), QUESTION.replace(old, new)))
        errors = [*found, *(try_out(bank.questions["split"], bank).errors if not found else ())]
        assert problem in errors[0].problem, errors[0].problem


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("right: reduce}", "right: redce}", "no option 'redce'"),
        ("right: reduce}", "pool: Tmes, right: once}", "no options 'Tmes'"),
        ("right: reduce}", "say: {reduce: x}}", "no option is right"),
        ("right: reduce}", "right: [reduce, send]}", "2 options are right, where one"),
        ("right: reduce}", "right: {reduce: k > m}}", "'m' is not defined"),
        ("SENTINELHERE [= k =]", "SENTINELHERE [= m =]", "'m' is not defined"),
        ("say: {reduce: \"SENT", "say: {sned: \"SENT", "no option 'sned'"),
        ("right: reduce}", "right: reduce, draw: {total: 2}}", "share are not drawn"),
        ("right: reduce}", "right: reduce, answer: k}", "'answer` does not belong|`answer` does not belong"),
        ("right: reduce}", "right: reduce, grader: {choice: {shuffle: false}}}", "have one order"),
        ("{answer: 2*k,", "{right: send, answer: 2*k,", "'right' belongs to a cell with `input: choice`"),
        ("{answer: 2*k,", "{options: [{text: x}], answer: 2*k,", "'options' belongs to a cell with"),
        ("text: less, right", "text: less, id: more, right", "stands here twice|field 'id'"),
        ("          options: [{id: more", "          pool: Times\n          options: [{id: more", "options of its own"),
        ("{id: once, text: once an update}", "{text: once an update}", "need an `id` each"),
        ("{id: once, text: once an update}", "{id: wrong, text: once an update}", "id 'wrong' is taken"),
        ("{id: once, text: once an update}", "{id: once, text: '[= z =]'}", "'z' is not defined"),
        ("{id: once, text: once an update}", "{id: once, text: x, right: true}", "hangs on the cell"),
        ("      Times:\n", "      More: [{id: x, text: x}, {id: y, text: y}]\n      Times:\n", "'More' are offered"),
        ("    input: table\n", "    input: number\n    answer: k\n", "'pools' belongs to"),
    ],
)  # fmt: skip
def test_authors_are_told(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert QUESTION.count(old) == 1
    with pytest.raises(BankErrors, match=problem) as told:
        load_bank(write_bank(tmp_path, QUESTION.replace(old, new)))
    assert re.search(r"split\.yaml:\d+", str(told.value))


def test_a_table_without_a_list_says_so(tmp_path: Path) -> None:
    cells = "    cells: [[{input: choice, right: x}, {answer: k}]]\n"
    text = QUESTION.partition("    options:\n")[0].replace(
        'rows: [data, tensor, other], columns: [Operation, When, "count"]', ""
    )
    with pytest.raises(BankErrors, match="a cell has nothing to choose"):
        load_bank(write_bank(tmp_path, text + cells))


def test_the_order_is_kept_with_the_paper(course: TinyCourse) -> None:
    [paper] = [
        read_record(course.course.paper("split_exam", each.code), Paper)
        for each in list(course.papers("split_exam").values())[:1]
    ]
    values = paper.variants()[0].values
    assert {"a.pool1.order", "a.pool2.order", "a.3.2.order"} <= values.keys()
    assert "a.1.1.order" not in values

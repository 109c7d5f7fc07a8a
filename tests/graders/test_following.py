"""Earlier answers carried on: one table, the laws behind it, and what authors are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.answers import response_to
from autograder.bank import inspect_bank, load_bank
from autograder.errors import BankErrors
from autograder.exam import load_exam, pick
from autograder.key import keys_of
from autograder.marking import mark_all
from autograder.model import Key, Mark, Response
from autograder.selftest.check import try_out
from autograder.variant import draw_values, with_given
from autograder.yamlsrc import read_yaml
from tests.conftest import TinyCourse, question, write_bank

BAND = {"numeric": {"full": 0.01, "zero": 0.04}}
A: dict[str, Any] = {"id": "a", "answer": "100*n", "also": [{"name": "more", "answer": "120*n"}], "grader": BAND}
B: dict[str, Any] = {
    "id": "b",
    "answer": "6*part_a",
    "also": [{"name": "seven", "answer": "7*part_a"}],
    "slips": [{"name": "half", "answer": "3*part_a", "share": 0.5, "say": "Half of [= 6*part_a =]."}],
    "uses": {"a": 0.8},
    "plausible": "1 <= part_a <= 10000",
    "grader": BAND,
}
C: dict[str, Any] = {"id": "c", "answer": "part_b + part_a", "uses": {"a": 0.5, "b": 0.9}, "grader": BAND}


def parts(*written: dict[str, Any]) -> Any:
    shared = {"text": "", "input": "number", "points": 1.0}
    made = question().model_dump(mode="json", exclude={"parts"})
    return question().model_validate_json(json.dumps(made | {"parts": [shared | part for part in written]}))


def marks(said: dict[str, Any], *written: dict[str, Any]) -> dict[str, Mark]:
    """Marks by part, the answers handed in by part as well."""
    keys = keys_of(parts(*written), {"n": 1})
    responses = {f"made-{name}": response_to(key_of(keys, name), each) for name, each in said.items()}
    return {mark.ref.removeprefix("made-"): mark for mark in mark_all(keys, responses, {})}


def key_of(keys: tuple[Key, ...], part: str) -> Key:
    return next(key for key in keys if key.ref == f"made-{part}")


@pytest.mark.parametrize("row", read_yaml(Path(__file__).with_name("following.yaml")).data, ids=str)
@pytest.mark.parametrize("order", [(A, B), (B, A)], ids=["a first", "b first"])
def test_table(row: list[Any], order: tuple[dict[str, Any], ...]) -> None:
    a, b, share, reason, followed = row
    mark = marks({"a": a, "b": b}, *order)["b"]
    assert (mark.state, mark.reason, mark.detail["followed"]) == ("graded", reason, followed), mark.feedback
    assert mark.score == pytest.approx(share, abs=1e-6)
    assert ("own earlier answer" in mark.feedback) == followed


def test_answers_are_carried_through_several_parts() -> None:
    assert marks({"a": 100, "b": 600, "c": 700}, A, B, C)["c"].score == 1
    assert marks({"a": 200, "b": 1200, "c": 1400}, A, B, C)["c"].score == pytest.approx(0.45), "both were wrong"
    assert marks({"a": 100, "b": 500, "c": 600}, A, B, C)["c"].score == pytest.approx(0.9)
    assert marks({"b": 500, "c": 600}, A, B, C)["c"].score == pytest.approx(0.9), "a blank: its key"
    assert list(marks({"a": 200, "b": 1200, "c": 1400}, C, B, A)) == ["c", "b", "a"], "the order of the keys stays"


def test_an_earlier_answer_that_could_not_be_checked_leaves_this_one_open() -> None:
    keys = keys_of(parts(A, B), {"n": 1})
    ran = {"made-a": Response(ref="made-a", state="run", source="a = f()")}

    def b(said: Any) -> Mark:
        return mark_all(keys, ran | {"made-b": response_to(keys[1], said)}, {})[1]

    assert b(600).score == 1
    assert (b(1200).state, b(1200).score) == ("manual", None)
    assert (b(None).reason, b(None).score) == ("blank", 0)


NUMBERS = st.one_of(st.floats(), st.integers(-(10**400), 10**400), st.text(max_size=8), st.none())


@given(NUMBERS, NUMBERS)
def test_never_raises_and_never_earns_less_than_by_itself(a: Any, b: Any) -> None:
    wild = B | {"answer": "6*part_a/(part_a - 150) + factorial(part_a % 7)", "plausible": "sqrt(part_a) < 10**9"}
    for part in (B, wild):
        found = marks({"a": a, "b": b}, A, part)["b"]
        alone = marks({"b": b}, A, part)["b"]
        assert found.state == alone.state == "graded"
        assert (found.score or 0) >= (alone.score or 0)


def test_the_right_answer_is_that_of_the_right_earlier_one() -> None:
    [a, b, c] = keys_of(parts(A, B, C), {"n": 1})
    assert (a.answer, b.answer, c.answer) == (100, 600, 700)
    assert [claim.say for claim in b.claims] == ["", "Half of 600."]
    assert b.follow is not None
    assert json.loads(b.model_dump_json())["follow"]["uses"] == [["part_a", "made-a", 0.8]]


CHAIN = """\
id: chain
title: Chain
topic: sums
params: {n: {pick: [2, 3, 5, 7, 11, 13]}}
text: "Let $n = [= n =]$."
parts:
  - {id: a, text: First., input: number, points: 1, answer: n**2}
  - id: b
    text: Then.
    input: number
    points: 2
    answer: 10*part_a
    uses: {a: 0.5}
    plausible: part_a > 0
    solution: "[= 10*part_a =]"
tests:
  - {part: b, say: "[= 10*part_a =]", score: 2, reason: right}
  - {part: b, say: "[= 20*part_a =]", earlier: {a: "[= 2*part_a =]"}, score: 1}
  - {part: b, say: "[= 20*part_a =]", score: 0}
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("uses: {a: 0.5}", "uses: {z: 0.5}", "there is no part 'z'"),
        ("uses: {a: 0.5}", "uses: {b: 0.5}", "it uses itself"),
        ("uses: {a: 0.5}", "uses: {a: 1.5}", "less than or equal to 1"),
        ("    uses: {a: 0.5}\n    plausible: part_a > 0\n", "", "'part_a' is not defined"),
        ("    uses: {a: 0.5}\n", "", "`plausible` bounds earlier answers"),
        ("answer: 10*part_a", "answer: 10*n", "no formula uses 'part_a'"),
        ("plausible: part_a > 0", "plausible: part_c > 0", "'part_c' is not defined"),
        ("text: Then.", "text: 'Then [= part_a =].'", "'part_a' is not defined"),
        ("answer: n**2}", "answer: n*part_b, uses: {b: 1}}", "in a circle: "),
        ("params: {n:", "params: {part_a: {pick: [1, 2]}, n:", "also a param"),
        ("points: 1, answer: n**2}", "points: 1}", "no number"),
        ("earlier: {a:", "earlier: {c:", "does not use an earlier part 'c'"),
    ],
)
def test_authors_are_told(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert CHAIN.count(old) == 1
    with pytest.raises(BankErrors, match=problem):
        load_bank(write_bank(tmp_path, CHAIN.replace(old, new)))


def test_the_self_test_marks_earlier_answers_too(tmp_path: Path) -> None:
    bank = load_bank(write_bank(tmp_path / "good", CHAIN))
    assert not try_out(bank.questions["chain"], bank).errors
    bank = load_bank(write_bank(tmp_path / "bad", CHAIN.replace("score: 1}", "score: 2}")))
    assert "wants score 2, got 1" in try_out(bank.questions["chain"], bank).errors[0].problem
    bank, _ = inspect_bank(write_bank(tmp_path / "tight", CHAIN.replace("part_a > 0", "part_a > 10")))
    assert "refuses the right answers when n = 2" in try_out(bank.questions["chain"], bank).errors[0].problem


def test_an_exam_may_leave_the_earlier_part_out(tmp_path: Path) -> None:
    text = "exam: part\ntitle: P\npoints: 2\nsections: [{title: One, questions: [{id: chain, points: {b: 2}}]}]\n"
    folder = write_bank(tmp_path, CHAIN, part=text)
    exam, source = load_exam(folder / "exams" / "part.yaml")
    [chosen] = pick(exam, source, load_bank(folder).questions, b"", {}).questions()
    [key] = keys_of(chosen, with_given(chosen, {"n": 3}), solutions=True)
    assert (key.answer, key.solution) == (90, "90")
    assert mark_all([key], {key.ref: response_to(key, 90)}, {})[0].score == 2
    assert draw_values(chosen, b"x" * 32).keys() == {"n", "part_a"}


def test_a_class_carries_its_answers_on(tiny: TinyCourse, tenfold: Any) -> None:
    write_bank(
        tiny.bank, CHAIN, chain="exam: chain\ntitle: C\npoints: 3\nsections: [{title: O, questions: [{id: chain}]}]"
    )
    tiny.set("ada", exam="chain")
    tiny.hand_in("ada", {"chain-a": "chain_a = 1000", "chain-b": "chain_b = 10*chain_a"}, exam="chain")
    [result] = tiny.mark("chain")
    assert result.sheet is not None
    assert [mark.score for mark in result.sheet.marks] == [0, 1]
    assert result.sheet.marks[1].detail["followed"] is True
    root = tiny.course.root
    said = ["try", "chain", "--part", "b", "--say", "10000", "--earlier", "a=1000", "--course", root]
    assert tenfold(*said).json()["score"] == 1
    assert tenfold(*said[:6], "--course", root).json()["score"] == 0
    assert tenfold(*said[:6], "--earlier", "z=1", "--course", root).code == 2
    lines = [
        {"question": "chain", "part": "b", "seed": 1, "say": "10000", "earlier": {"a": "1000"}},
        {"parts": [A, B], "part": "b", "values": {"n": 1}, "say": "1200", "earlier": {"a": "200"}},
        {"part": B, "values": {"n": 1, "part_a": 100}, "say": "600"},
    ]
    ran = tenfold("try", "--batch", "-", "--course", root, stdin="\n".join(map(json.dumps, lines)))
    assert [json.loads(line)["score"] for line in ran.out.splitlines()] == [1, 0.8, 1]

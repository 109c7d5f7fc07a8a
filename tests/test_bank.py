"""The bank: everything wrong with it is told at once, each thing once, with file, line and a hint."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest

from autograder.bank import inspect_bank, load_bank, question_files
from autograder.errors import BankError, BankErrors
from autograder.schema import exam_schema, question_schema
from autograder.yamlsrc import read_yaml
from tests.conftest import ADDER, EXAM, SHIPPED_BANK, SMALL, Ran, write_bank


class Fault(NamedTuple):
    """A text of a shipped file, what it is replaced by, and what `tenfold check` must then say."""

    name: str
    file: str
    old: str
    new: str
    problem: str
    hint: str = ""


FAULTS = [
    Fault(
        "misspelt field",
        "memory/checkpointing/question.yaml",
        "stars: 2",
        "starz: 2",
        "there is no field 'starz'",
        "'stars'",
    ),
    Fault(
        "undefined name",
        "memory/gradient_accumulation/question.yaml",
        "answer: batch\n",
        "answer: bach\n",
        "'bach' is not defined",
        "'batch'",
    ),
    Fault(
        "impossible constraint",
        "peft/lora_flops/question.yaml",
        '"16*r <= d"',
        '"r > 100*d"',
        "no values satisfy",
        "loosen",
    ),
    Fault(
        "slip equal to key",
        "estimation/mixer_scaling/question.yaml",
        "answer: 1/factor",
        "answer: s_new/s",
        "equals the key in every variant",
    ),
    Fault("wrong type", "peft/lora_parameters/question.yaml", "stars: 1", "stars: many", "found 'many'"),
    Fault(
        "unknown kind",
        "estimation/mixer_cost/question.yaml",
        "B: {power_of_two:",
        "B: {power_of_too:",
        "'power_of_too'",
        "'power_of_two'",
    ),
    Fault(
        "bad unit",
        "precision/bf16_update/question.yaml",
        "answer: threshold\n",
        "answer: threshold\n    unit: parsec\n",
        "parsec",
    ),
    Fault(
        "cycle in givens",
        "architecture/mixture_of_experts/question.yaml",
        "router: d*E\n",
        "router: router + d*E\n",
        "in a circle",
        "given",
    ),
    Fault(
        "template error",
        "architecture/routing_collapse/question.yaml",
        "$\\alpha = [= alpha =]$\n",
        "$\\alpha = [= alpha ]$\n",
        "template",
    ),
]
COPY = "precision/copied.yaml"


def plant_copy(bank: Path) -> None:
    text = (bank / "precision/bf16_update/question.yaml").read_text(encoding="utf-8")
    (bank / COPY).write_text(text, encoding="utf-8")


def place(where: str) -> tuple[str, int]:
    file, _, line = where.rpartition(":")
    return file, int(line)


@pytest.mark.slow
def test_ten_planted_faults_are_all_named(
    bank_copy: Path, plant: Callable[[str, str, str], int], tenfold: Callable[..., Ran]
) -> None:
    plant_copy(bank_copy)
    wanted = {fault.name: (str(bank_copy / fault.file), plant(fault.file, fault.old, fault.new)) for fault in FAULTS}
    # the unit stands on the line below the one that was replaced, a broken value in a block of text shows where it ends
    wanted["bad unit"] = (wanted["bad unit"][0], wanted["bad unit"][1] + 1)
    ran = tenfold("check", "--bank", bank_copy, "--json")
    assert ran.code == 2
    problems = ran.json()["problems"]
    told = [(*place(problem["where"]), problem["problem"], problem["hint"]) for problem in problems]
    for fault in FAULTS:
        mine = [row for row in told if row[0] == wanted[fault.name][0] and fault.problem in row[2]]
        assert len(mine) == 1, f"{fault.name}: {told}"
        assert mine[0][1] == wanted[fault.name][1], f"{fault.name}: line {mine[0][1]}"
        assert fault.hint in mine[0][3]
    assert [
        row for row in told if row[0] == str(bank_copy / COPY) and row[1] == 2 and "'bf16_update' is taken by" in row[2]
    ]
    assert len(told) == 10, f"each fault is told once: {told}"


# [text of the question, what it is replaced by, lines from there to where the problem is told, words of the problem]
SINGLE = [
    ("id: adder", "id: Adder", 0, "Adder"),
    ("title: A sum\n", "", -1, "'title' is missing"),
    ("points: 2\n    unit: count", "points: -2\n    unit: count", 0, "greater than 0"),
    ("points: 2\n    unit: count", "points: many\n    unit: count", 0, "'many'"),
    ("answer: total\n", "answer: total +\n", 0, "ends too early"),
    ("answer: total\n", "answer: __import__('os')\n", 0, "no formula"),
    ("answer: total\n", "answer: totl\n", 0, "'totl' is not defined"),
    ("    answer: total\n", "", -5, "no answer"),
    ("answer: total\n", "anwser: total\n", 0, "no field 'anwser'"),
    ("unit: count", "unit: parsec", 0, "parsec"),
    ("unit: count", "unit: 7", 0, "unit: should be a text, found 7"),
    ("{scale: exact}", "{scale: exakt}", 0, "exakt"),
    ("{scale: exact}", "{skale: exact}", 0, "no field 'skale'"),
    ("{numeric: {scale: exact}}", "{numerik: {scale: exact}}", 0, "'numerik'"),
    ("input: number\n    points: 2\n    unit", "input: nmber\n    points: 2\n    unit", 0, "'nmber'"),
    ("{integer: {low: 10, high: 99}}", "{integer: {low: 99, high: 10}}", 0, "below low"),
    ("{integer: {low: 10, high: 99}}", "{intger: {low: 10, high: 99}}", 0, "'intger'"),
    ("{integer: {low: 10, high: 99}}", "{integer: {low: 10}}", 0, "'high' is missing"),
    ("{integer: {low: 10, high: 99}}", "{integer: {low: 10, high: 99, stp: 2}}", 0, "'stp'"),
    ("{integer: {low: 10, high: 99}}", "{pick: []}", 0, "at least 1"),
    ("given: {total: a + b}", "given: {total: total + b}", 0, "in a circle"),
    ("given: {total: a + b}", "given: {total: a + b, a: 7}", 0, "both a param and a given"),
    ("given: {total: a + b}", "given: {total: a + sqroot(b)}", 0, "sqroot"),
    ("given: {total: a + b}", "given: {total: a + b}\nwhere: [a > c]", 1, "'c' is not defined"),
    ("given: {total: a + b}", "given: {total: a + b}\ngiven: {total: a}", 1, "twice"),
    ('"Take $a = [= a =]$', '"Take $a = [= aa =]$', 0, "'aa' is not defined"),
    ('"Take $a = [= a =]$', '"Take $a = [= a ]$', 0, "template is wrong"),
    ('"Take $a = [= a =]$', '"Take $a = [= a.__class__ =]$', 0, "cannot use getattr"),
    ("share: 0.5", "share: 1.5", 0, "less than or equal to 1"),
    ("answer: b - a", "answer: a + b", 0, "equals the key in every variant"),
    ("answer: b - a", "answer: total + 0*a", 0, "equals the key in every variant"),
    ("say: This is the difference.", "say: 'This is [= difference =].'", 0, "'difference' is not defined"),
    ("part: ratio, say", "part: raito, say", 0, "no part 'raito'"),
    ("score: 2, reason: right", "score: 3, reason: right", 0, "above the part's 2"),
    ("score: 2, reason: right", "score: 1, reason: right", 0, "wants score 1"),
    ("score: 2, reason: right", "score: 2, reason: slip", 0, "wants reason slip"),
    (", score: 2, reason: right", "", 0, "score or the reason"),
    ("stars: 1", "stars: 9", 0, "less than or equal to 5"),
    ("stars: 1", "stars: 1\nstars: 2", 1, "twice"),
    ("topic: sums", "topic: [sums", 1, "not YAML"),
    ("topic: sums", "topic: [sums]", 0, "topic: should be a text"),
    ("stars: 1", "stars: 1\ntags: memory", 1, "tags: should be a list"),
    ("stars: 1", "stars: 1\ntags: !!python/name:os.system x", 1, "has no meaning"),
    ("title: A sum", "title: A sum of [= a =]", 0, "the same in every variant"),
    ("  a: {integer: {low: 10, high: 99}}\n", "  a: 5\n", 0, "a: is no distribution, found 5"),
    ("  a: {integer: {low: 10, high: 99}}\n", "  a: {pick: [1], integer: {low: 1, high: 2}}\n", 0, "a: write one word"),
    ("given: {total: a + b}", "given: [total]", 0, "given: should be a mapping"),
    ('"Take $a = [= a =]$', '"Take $a = [= a/0 =]$', 0, "text: division by zero when a = "),
    ("What is $a + b$?", "'What is [= 1/(a - a) =]?'", 0, "text: division by zero when a = "),
    ("say: This is the difference.", "say: [= b - a =]", 0, "this is a list, not a text"),
    ("say: This is the difference.", "say: It is [= b - a =]", 0, "not YAML"),
    ("given: {total: a + b}", "given: {total: a + b}\nwhere: [a*b == 9900]", 1, "no values satisf"),
    (
        "given: {total: a + b}",
        "given: {total: a + b}\nwhere: [a == 10, b < 150]",
        1,
        "satisfied `where` in 2,000 draws",
    ),
    ("unit: count", "unit: percent", 0, "did you mean '%'"),
    (
        "    slips: [",
        "    also: [{name: less, answer: b - a + 0, share: 0.9}]\n    slips: [",
        1,
        "the convention 'less' in every",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "below", "words"), SINGLE, ids=[f"{row[3]} {row[2]} {n}" for n, row in enumerate(SINGLE)]
)
def test_one_fault_is_one_problem(
    tmp_path: Path, tenfold: Callable[..., Ran], old: str, new: str, below: int, words: str
) -> None:
    assert ADDER.count(old) == 1
    bank = write_bank(tmp_path / "bank", ADDER.replace(old, new), SMALL, tiny=EXAM)
    [written] = [path for path in question_files(bank) if path.stem != "small"]
    path = written.rename(written.with_name("adder.yaml"))
    ran = tenfold("check", "--bank", bank, "--json")
    assert ran.code == 2
    [problem] = ran.json()["problems"]
    assert words in problem["problem"]
    assert place(problem["where"]) == (str(path), ADDER[: ADDER.index(old)].count("\n") + 1 + below)


def test_several_faults_in_one_file_are_told_together(tmp_path: Path) -> None:
    text = ADDER
    for old, new in [
        ("title: A sum", "titel: A sum"),
        ("stars: 1", "stars: many"),
        ("{integer: {low: 10, high: 99}}", "{intger: {low: 10, high: 99}}"),
        ("answer: total\n", "answer: totl\n"),
        ("unit: count", "unit: parsec"),
        ("answer: b/a", "answer: b/"),
        ("[= b =]$.", "[= bb =]$."),
    ]:
        assert text.count(old) == 1
        text = text.replace(old, new)
    _, errors = inspect_bank(write_bank(tmp_path, text))
    assert sorted(place(str(error.where))[1] for error in errors) == [2, 4, 6, 9, 15, 16, 24]


def test_a_repeated_part_is_told_where_the_parts_begin(tmp_path: Path) -> None:
    _, errors = inspect_bank(write_bank(tmp_path, ADDER.replace("id: ratio", "id: sum").partition("tests:")[0]))
    assert [(place(str(error.where))[1], error.problem) for error in errors] == [
        (10, "the part 'sum' stands here twice")
    ]


def test_all_problems_come_in_one_error(tmp_path: Path) -> None:
    bank = write_bank(tmp_path, ADDER.replace("stars: 1", "stars: x"), SMALL.replace("stars: 2", "strs: 2"))
    with pytest.raises(BankErrors) as raised:
        load_bank(bank)
    assert len(raised.value.errors) == 2
    assert str(raised.value).count("\n  hint:") == 1
    assert "adder.yaml:4" in str(raised.value)
    assert "small.yaml:4" in str(raised.value)


def test_a_question_may_be_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "sums" / "adder"
    folder.mkdir(parents=True)
    (folder / "question.yaml").write_text(ADDER)
    (folder / "notes.yaml").write_text("not: a question")
    (tmp_path / "exams").mkdir()
    (tmp_path / "exams" / "x.yaml").write_text("not: a question")
    assert list(load_bank(tmp_path).questions) == ["adder"]
    folder.rename(folder.with_name("other"))
    with pytest.raises(BankErrors, match="differs from the name 'other'"):
        load_bank(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "just words", "7", "a: !x 1", "\x00", "- id: x\n"])
def test_a_file_that_is_no_question(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(BankErrors) as raised:
        load_bank(tmp_path)
    assert len(raised.value.errors) == 1
    assert "x.yaml" in str(raised.value.errors[0].where)


def test_no_bank(tmp_path: Path) -> None:
    with pytest.raises(BankError) as raised:
        load_bank(tmp_path / "nowhere")
    assert raised.value.hint


SHIPPED: list[tuple[Path, Callable[[], dict[str, Any]], str]] = [
    *((path, question_schema, "schema.json") for path in question_files(SHIPPED_BANK)),
    *((path, exam_schema, "schema.json") for path in sorted((SHIPPED_BANK / "exams").glob("*.yaml"))),
]


@pytest.mark.parametrize(
    ("path", "schema", "name"), SHIPPED, ids=[str(path.relative_to(SHIPPED_BANK)) for path, *_ in SHIPPED]
)
def test_shipped_files_name_their_schema_and_fit_it(
    path: Path, schema: Callable[[], dict[str, Any]], name: str
) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    prefix = "# yaml-language-server: $schema="
    assert first.startswith(prefix)
    named = (path.parent / first.removeprefix(prefix)).resolve()
    assert named.name == name
    assert json.loads(named.read_text()) == json.loads(json.dumps(schema())), "run `tenfold schema --write`"
    jsonschema.validate(read_yaml(path).data, schema(), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("stars: 1", "stars: many"),
        ("title: A sum", "titel: A sum"),
        ("{integer: {low: 10, high: 99}}", "{intger: 3}"),
        ("{scale: exact}", "{scale: exakt}"),
    ],
)
def test_the_schema_finds_faults_as_they_are_typed(tmp_path: Path, old: str, new: str) -> None:
    jsonschema.Draft202012Validator.check_schema(question_schema())
    jsonschema.Draft202012Validator.check_schema(exam_schema())
    (tmp_path / "q.yaml").write_text(ADDER.replace(old, new))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(read_yaml(tmp_path / "q.yaml").data, question_schema(), jsonschema.Draft202012Validator)

"""The command as a person or a script calls it: what it prints, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.cli import VERBS
from tests.conftest import EXAM, ROOT, SHIPPED_BANK, Ran, TinyCourse, people

FIELDS = {"ref", "state", "score", "points", "reason", "read", "feedback", "detail"}


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False, timeout=60
    )


# try


def test_try_prints_a_mark_with_exactly_its_fields(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    ran = tenfold("try", "adder", "--part", "sum", "--seed", 7, "--say", "1", "--course", tiny.course.root)
    assert (ran.code, ran.err) == (0, "")
    mark = ran.json()
    assert mark.keys() == FIELDS
    assert mark | {"feedback": "", "detail": {}} == {
        "ref": "adder-sum",
        "state": "graded",
        "score": 0.0,
        "points": 2.0,
        "reason": "far",
        "read": 1,
        "feedback": "",
        "detail": {},
    }
    assert mark["detail"].keys() >= {"error", "claimed"}
    assert mark["feedback"]


def test_try_marks_the_key_and_the_slip_of_a_variant(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    shown = tenfold("try", "adder", "--seed", 3, "--json", "--course", tiny.course.root).json()
    values = shown["variant"]["values"]
    total, difference = values["a"] + values["b"], values["b"] - values["a"]
    assert shown["keys"][0]["answer"] == total
    for say, score, reason in [
        (total, 2, "right"),
        (difference, 1, "slip"),
        (-total, 0, "sign"),
        ("nonsense", 0, "unreadable"),
        ("", 0, "blank"),
        (f"{total} GB", 0, "wrong_unit"),
    ]:
        mark = tenfold(
            "try", "adder", "--part", "sum", "--seed", 3, f"--say={say}", "--course", tiny.course.root
        ).json()
        assert (mark["score"], mark["reason"]) == (score, reason)


def test_try_shows_a_variant_and_the_same_seed_the_same_one(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    first, again, other = (
        tenfold("try", "adder", "--seed", seed, "--course", tiny.course.root).out for seed in (1, 1, 2)
    )
    assert first == again != other
    assert "What is" in first
    assert "difference" in first


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["try", "addr"], "no question 'addr'"),
        (["try", "adder", "--say", "1"], "name a part"),
        (["try", "adder", "--part", "x", "--say", "1"], "parts are: sum, ratio"),
        (["try"], "name a question"),
        (["set", "nosuch"], "no exam 'nosuch'"),
        (["mark", "tiny"], "no paper of this exam is set"),
        (["render", "tiny"], "no paper of this exam is set"),
        (["show", "ada"], "no exam is set yet"),
        (["show", "ada", "--exam", "tiny"], "'ada' has no paper of tiny"),
        (["post", "tiny", "--to", "excel"], "excel"),
        (["set", "tiny", "--roster", "none.csv"], "no roster"),
        (["check", "--bank", "nowhere"], "no such folder"),
    ],
)
def test_errors_exit_with_2_and_say_place_problem_and_hint(
    tiny: TinyCourse, tenfold: Callable[..., Ran], arguments: list[str], words: str
) -> None:
    ran = tenfold(*arguments, "--course", tiny.course.root)
    assert ran.code == 2
    assert words in ran.err
    assert "Traceback" not in ran.err + ran.out
    assert "hint: " in ran.err


def test_a_bug_exits_with_3(tiny: TinyCourse, tenfold: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("autograder.commands.try_.load_bank", broken)
    ran = tenfold("try", "adder", "--course", tiny.course.root)
    assert ran.code == 3
    assert "ZeroDivisionError" in ran.err
    assert "report" in ran.err


# try --batch


def lines(*entries: object) -> str:
    return "".join((entry if isinstance(entry, str) else json.dumps(entry)) + "\n" for entry in entries)


PART = {"input": "number", "answer": "n**2", "points": 4, "grader": {"numeric": {"scale": "exact"}}}


def test_a_batch_of_both_kinds_of_lines(tiny: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path) -> None:
    shown = tenfold("try", "small", "--seed", 5, "--json", "--course", tiny.course.root).json()
    n = shown["variant"]["values"]["n"]
    path = tmp_path / "batch.jsonl"
    path.write_text(
        lines(
            {"part": PART, "values": {"n": 12}, "say": "144"},
            "",
            {"question": "small", "part": "a", "seed": 5, "say": str(n * n)},
            {"question": "small", "seed": 5, "say": n * n},
            {"part": PART, "values": {"n": 12}, "say": 12},
            {"part": PART, "values": {"n": 12}, "say": None},
            {"part": PART, "values": {"n": 12}, "say": ["144"]},
            {"part": PART, "values": {"n": 0.5}, "say": "1/4"},
        ),
        encoding="utf-8",
    )
    ran = tenfold("try", "--batch", path, "--course", tiny.course.root)
    assert (ran.code, ran.err) == (0, "")
    marks = [json.loads(line) for line in ran.out.splitlines()]
    assert all(mark.keys() == FIELDS for mark in marks)
    assert [mark["reason"] for mark in marks] == ["right", "right", "right", "far", "blank", "unreadable", "right"]
    assert [mark["score"] for mark in marks] == [4, 1, 1, 0, 0, 0, 4]
    assert marks[1]["ref"] == "small-a"
    again = tenfold("try", "--batch", "-", "--course", tiny.course.root, stdin=path.read_text())
    assert again.out == ran.out


def test_a_bad_line_of_a_batch_is_told_in_its_place(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    good = {"part": PART, "values": {"n": 2}, "say": "4"}
    bad = [
        "not json",
        "[]",
        "7",
        {},
        {"say": "4"},
        {"question": "nosuch", "say": "1"},
        {"question": "adder", "say": "1"},
        {"question": "adder", "part": "x", "say": "1"},
        {"part": {"answer": "n", "colour": 1}, "values": {"n": 1}, "say": "1"},
        {"part": "a", "say": "1"},
        {"question": "small", "seed": "x", "say": "1"},
        {"part": PART | {"input": "painting"}, "values": {"n": 1}, "say": "1"},
        {"part": PART, "values": 3, "say": "4"},
        {"part": PART | {"grader": {"nosuch": {}}}, "values": {"n": 1}, "say": "4"},
    ]
    ran = tenfold("try", "--batch", "-", "--course", tiny.course.root, stdin=lines(good, *bad, good))
    marks = [json.loads(line) for line in ran.out.splitlines()]
    assert len(marks) == len(bad) + 2, "a line for each line"
    assert marks[0]["reason"] == marks[-1]["reason"] == "right"
    assert all((mark["state"], mark["score"], mark["reason"]) == ("error", None, "error") for mark in marks[1:-1])
    assert all(mark["feedback"] and mark.keys() == FIELDS for mark in marks[1:-1])
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_a_batch_is_split_at_line_feeds_only(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    line = json.dumps({"part": PART, "values": {"n": 2}, "say": "\u20284\u2029\x85"}, ensure_ascii=False)
    ran = tenfold("try", "--batch", "-", "--course", tiny.course.root, stdin=f"{line}\r\n{line}")
    assert [json.loads(said)["reason"] for said in ran.out.splitlines()] == ["right", "right"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_batch_that_cannot_be_read(
    tiny: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "batch.jsonl"
    if content is not None:
        path.write_bytes(content)
    ran = tenfold("try", "--batch", path, "--course", tiny.course.root)
    assert ran.code == 2
    assert f"{path}: the batch cannot be read" in ran.err


def test_a_part_without_a_key_is_an_error_and_not_a_zero(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    unknown = {"part": PART, "values": {}, "say": "4"}
    broken = {"part": PART | {"answer": "1/n"}, "values": {"n": 0}, "say": "4"}
    ran = tenfold("try", "--batch", "-", "--course", tiny.course.root, stdin=lines(unknown, broken))
    marks = [json.loads(line) for line in ran.out.splitlines()]
    assert [(mark["state"], mark["score"]) for mark in marks] == [("error", None)] * 2


# The line, by its verbs


def test_a_new_course_is_checked_set_and_marked(
    tmp_path: Path, tenfold: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TENFOLD_BANK", raising=False)
    monkeypatch.delenv("TENFOLD_SECRET", raising=False)
    root = tmp_path / "mycourse"
    assert tenfold("new", root).code == 0
    made = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert {
        "nbgrader_config.py",
        ".tenfold/secret",
        "roster.csv",
        ".gitignore",
        "question_bank/exams/first_exam.yaml",
    } <= made
    assert ".tenfold/" in (root / ".gitignore").read_text().split()
    secret = (root / ".tenfold/secret").read_bytes()
    monkeypatch.chdir(root)
    assert tenfold("check").code == 0
    ran = tenfold("set", "first_exam")
    assert ran.code == 0
    assert "papers dealt" in ran.out
    assert tenfold("mark", "first_exam").code == 0
    assert tenfold("new", ".").code == 0, "in a course, only what is missing is made"
    assert (root / ".tenfold/secret").read_bytes() == secret
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").touch()
    for folder in ("full", "full/thesis.tex"):
        ran = tenfold("new", tmp_path / folder)
        assert ran.code == 2
        assert str(tmp_path / folder) in ran.err


def test_two_new_courses_have_different_secrets(tmp_path: Path, tenfold: Callable[..., Ran]) -> None:
    for name in "ab":
        tenfold("new", tmp_path / name)
    assert (tmp_path / "a/.tenfold/secret").read_bytes() != (tmp_path / "b/.tenfold/secret").read_bytes()


def test_mark_prints_sheets_and_saves_them(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    tiny.set("ada", "ben", "cleo")
    tiny.hand_in("ada", {"small-a": "small_a = 'about two'", "adder-sum": "adder_sum = f()"})
    tiny.hand_in("ben", {})
    (tiny.course.root / "submitted" / "stranger" / "tiny").mkdir(parents=True)
    (tiny.course.root / "submitted" / "stranger" / "tiny" / "tiny.ipynb").write_text("{}")
    (tiny.course.root / "submitted" / "cleo" / "tiny").mkdir(parents=True)
    (tiny.course.root / "submitted" / "cleo" / "tiny" / "tiny.ipynb").write_text("not a notebook")
    ran = tenfold("mark", "tiny", "--json", "--course", tiny.course.root)
    assert ran.code == 1, "two have no marks"
    ada, ben = (json.loads(line) for line in ran.out.splitlines())
    assert [mark["reason"] for mark in ada["marks"]] == ["to_mark", "blank", "unreadable"]
    assert (ben["candidate"], ben["score"], ben["points"]) == ("ben", 0, 5)
    assert "stranger: has no paper" in ran.err
    assert "cleo: " in ran.err
    assert "not a Jupyter notebook" in ran.err
    saved = json.loads((tiny.course.root / "work/tiny/marks/ada.json").read_text())
    assert saved == ada
    assert not (tiny.course.root / "work/tiny/marks/cleo.json").exists(), "what cannot be read gets no marks"
    table = tenfold("mark", "tiny", "--course", tiny.course.root)
    said = " ".join(table.out.split())
    assert "a person marks adder-sum" in said
    assert "1 answer waits for a person, by part: adder-sum (1)" in said
    assert "`tenfold rubric tiny --out FILE.csv`" in said


def test_marking_again_draws_nothing_and_follows_a_mended_scheme(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    tiny.set("ada")
    values = tiny.papers()["ada"].variants()[0].values
    tiny.hand_in("ada", {"adder-sum": f"adder_sum = {values['b']} - {values['a']}"})
    first = tenfold("mark", "tiny", "--json", "--course", tiny.course.root).json()
    assert first["marks"][0]["score"] == 1
    assert tenfold("mark", "tiny", "--json", "--course", tiny.course.root).json() == first
    path = tiny.bank / "sums" / "adder.yaml"
    path.write_text(path.read_text().replace("share: 0.5", "share: 0.25"))
    again = tenfold("mark", "tiny", "--json", "--course", tiny.course.root).json()
    assert again["marks"][0]["score"] == 0.5
    path.write_text(path.read_text().replace("What is $a + b$?", "What is the sum?"))
    ran = tenfold("mark", "tiny", "--course", tiny.course.root)
    assert ran.code == 2
    assert "'adder' is not the one" in ran.err


def test_show_is_for_staff(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    tiny.set("ada")
    paper = tiny.papers()["ada"]
    ran = tenfold("show", "ada", "--json", "--course", tiny.course.root)
    shown = ran.json()
    assert shown["paper"]["code"] == paper.code
    values = paper.variants()[0].values
    assert shown["keys"][0]["answer"] == values["a"] + values["b"]  # type: ignore[operator]
    plain = tenfold("show", "ada", "--solutions", "--course", tiny.course.root)
    assert paper.code in plain.out
    assert "difference" in plain.out
    assert f"{values['a']} + {values['b']} =" in plain.out


def test_post_csv(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    tiny.set("ada")
    tiny.hand_in("ada", {"small-a": f"small_a = {tiny.papers()['ada'].variants()[1].values['n']}**2"})
    tenfold("mark", "tiny", "--course", tiny.course.root)
    assert tenfold("post", "tiny", "--to", "csv", "--course", tiny.course.root).code == 0
    written = (tiny.course.root / "work/tiny/marks.csv").read_text()
    assert written.splitlines()[0].startswith("candidate,code,score,points")
    assert "ada," in written
    tenfold("post", "tiny", "--to", "csv", "--course", tiny.course.root)
    assert (tiny.course.root / "work/tiny/marks.csv").read_text() == written


def test_doctor(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    ran = tenfold("doctor", "--json", "--course", tiny.course.root)
    assert ran.code == 0
    findings = {finding["what"]: finding for finding in ran.json()}
    assert findings["secret"]["fine"]
    assert findings["question bank"]["fine"]
    assert not findings["roster"]["fine"]
    assert not findings["nbgrader_config.py"]["fine"]
    assert all(finding["hint"] for finding in findings.values() if not finding["fine"])
    assert "tenfold doctor" in tenfold("doctor", "--course", tiny.course.root).out


def test_schema(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    question, exam = tenfold("schema").json(), tenfold("schema", "--exam").json()
    assert question["title"] != exam["title"]
    assert {"params", "parts", "tests"} <= question["properties"].keys()
    assert {"sections", "points"} <= exam["properties"].keys()
    tenfold("schema", "--write", "--bank", tiny.bank)
    assert json.loads((tiny.bank / "schema.json").read_text()) == question
    assert json.loads((tiny.bank / "exams" / "schema.json").read_text()) == exam


def test_the_bank_is_looked_for_in_order(
    tiny: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(*more: object) -> str:
        return tenfold("try", "adder", "--part", "sum", "--say", "1", *more).err

    empty = tmp_path / "empty"
    empty.mkdir()
    assert found("--course", tiny.course.root) == ""
    assert "no question 'adder'" in found("--course", empty), "the shipped bank has no such question"
    monkeypatch.setenv("TENFOLD_BANK", str(empty))
    assert "no question 'adder'" in found("--course", tiny.course.root)
    assert found("--course", tiny.course.root, "--bank", tiny.bank) == ""


@pytest.mark.parametrize(
    ("roster", "words"),
    [
        ("name\nada\n", "no column `candidate`"),
        ("candidate\nada\nada\n", "twice"),
        ("candidate\n../x\n", "folder's name"),
        ("candidate\na b\n", "folder's name"),
        ("candidate\n.hidden\n", "folder's name"),
    ],
)
def test_a_bad_roster(tiny: TinyCourse, tenfold: Callable[..., Ran], roster: str, words: str) -> None:
    (tiny.course.root / "roster.csv").write_text(roster)
    ran = tenfold("set", "tiny", "--course", tiny.course.root)
    assert ran.code == 2
    assert words in ran.err
    assert "roster.csv:" in ran.err
    assert not (tiny.course.root / "work").exists()


def test_again_gives_another_attempt(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    (tiny.course.root / "roster.csv").write_text("\ufeffcandidate,email\nada,a@example.org\nben,\n\n")
    assert "2 papers dealt, 2 in all" in tenfold("set", "tiny", "--course", tiny.course.root).out
    assert "1 paper dealt, 3 in all" in tenfold("set", "tiny", "--again", "ada", "--course", tiny.course.root).out
    assert "0 papers dealt, 3 in all" in tenfold("set", "tiny", "--course", tiny.course.root).out
    assert [person.candidate for person in people("ada", "ben")] == [
        row.candidate for row in tiny.open().allocation.rows[:2]
    ]


# Help is fast


def test_help_names_every_verb_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['tenfold', '--help']\n"
        "from autograder.cli import main\n"
        "try: main()\n"
        "except SystemExit as ended: print('ended', ended.code)\n"
        "heavy = {'pydantic', 'jinja2', 'rich', 'yaml', 'pint', 'sympy', 'nbformat', 'torch'}\n"
        "print('LOADED', sorted(heavy & sys.modules.keys()))"
    )
    ran = python(code)
    assert ran.returncode == 0, ran.stderr
    assert "LOADED []" in ran.stdout
    assert "ended 0" in ran.stdout
    assert all(f"  {verb} " in ran.stdout for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(tenfold: Callable[..., Ran], verb: str) -> None:
    ran = tenfold(verb, "--help")
    assert ran.code == 0
    assert VERBS[verb].split(".")[0].split(",")[0] in " ".join(ran.out.split())


def test_version_and_unknown_verb(tenfold: Callable[..., Ran]) -> None:
    ran = tenfold("--version")
    assert (ran.code, ran.out.count(".") >= 1) == (0, True)
    assert tenfold("chekc").code == 2


def test_the_shipped_question_of_the_readme(tenfold: Callable[..., Ran]) -> None:
    ran = tenfold("try", "mixer_cost", "--part", "a", "--seed", 7, "--say", "178 TFLOP", "--bank", SHIPPED_BANK)
    assert ran.code == 0
    assert ran.json()["ref"] == "mixer_cost-a"
    assert EXAM.startswith("exam:")

"""Proofs: every shipped number is found again by running, and a key that is wrong is found out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.bank import Bank, inspect_bank, load_bank
from autograder.errors import BankError, RunnerError
from autograder.exam import load_exam
from autograder.following import names_of
from autograder.formula import names
from autograder.graders.numeric import confirms
from autograder.model import Job, Question, Run
from autograder.runners.local import Local
from autograder.selftest import proofs
from autograder.selftest.proofs import DRAWS, is_proved, proof_draws, prove
from tests.conftest import SHIPPED_BANK, Ran, key_of

SHIPPED, _ = inspect_bank(SHIPPED_BANK)
SLOW = {"mixer_cost"}  # thousands of operations, each counted
ROWS = [
    pytest.param(question, id=question.id, marks=[pytest.mark.slow] if question.id in SLOW else [])
    for question in SHIPPED.questions.values()
    if is_proved(question)
]

QUESTION = """\
id: halves
title: Halves
topic: sums
params:
  a: {integer: {low: 10, high: 99}}
  x: {pick: [0.5, 1.25, 3]}
  w: {pick: [up, down]}
  l: {sample: {from: [0.1, 2, 3], take: 2}}
given: {half: a/2, total: a + x}
text: "Take $a = [= a =]$."
parts:
  - id: sum
    text: What is $a + x$?
    input: number
    points: 2
    answer: total
    proof: proof.py
  - id: half
    text: What is half of $a$?
    input: number
    points: 2
    answer: a/2
    proof: proof.py
    grader: {numeric: {scale: exact}}
"""
PROOF = """\
def proof(values):
    heap = [None] * (2 * values["a"])
    del heap[::2]
    return {"sum": len(heap) + values["x"], "half": len(heap) / 2}
"""


@pytest.fixture(scope="module")
def local() -> Iterator[Local]:
    with Local() as runner:
        yield runner


@pytest.fixture(scope="module")
def run_once(local: Local) -> Callable[[Job], Run]:
    """Run a job, or return what came of it before: a changed key changes nothing in it."""
    done: dict[str, Run] = {}

    def run(job: Job) -> Run:
        text = job.model_dump_json()
        if text not in done:
            done[text] = local.run(job)
        return done[text]

    return run


def bank_with(folder: Path, proof: str | None = PROOF, question: str = QUESTION) -> Bank:
    path = folder / "bank" / "sums" / "halves"
    path.mkdir(parents=True)
    (folder / "bank" / "exams").mkdir()
    (path / "question.yaml").write_text(question, encoding="utf-8")
    if proof is not None:
        (path / "proof.py").write_text(proof, encoding="utf-8")
    return load_bank(folder / "bank")


def prove_all(bank: Bank, run: Callable[[Job], Run]) -> list[BankError]:
    return [error for question in bank.questions.values() for error in prove(question, bank, run)]


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def with_answer(question: Question, place: int, answer: str) -> Question:
    parts = list(question.parts)
    parts[place] = parts[place].model_copy(update={"answer": answer})
    return question.model_copy(update={"parts": tuple(parts)})


# What is shipped


def test_every_number_of_the_practice_exam_has_a_proof() -> None:
    exam, _ = load_exam(SHIPPED_BANK / "exams" / "practice_exam.yaml")
    taken = [SHIPPED.questions[entry.id] for section in exam.sections for entry in section.questions]  # type: ignore[union-attr]
    numbers = [(question, part) for question in taken for part in question.parts if part.input == "number"]
    assert len(numbers) >= 12
    assert all(part.proof in question.files for question, part in numbers)


@pytest.mark.parametrize("question", ROWS)
def test_running_confirms_the_key_and_no_known_mistake(question: Question, run_once: Callable[[Job], Run]) -> None:
    runs: list[Run] = []
    assert prove(question, SHIPPED, lambda job: (runs.append(run_once(job)), runs[-1])[1]) == []
    assert len(runs[0].reports) >= 20, "draws, or points for the symbols of a formula"
    mistaken = [
        (place, claim.answer)
        for place, part in enumerate(question.parts)
        for field, claims in part.claims()
        for claim in claims
        if part.proof is not None
        # a convention that builds on the right earlier answer is no mistake
        and not (field == "also" and part.uses and names_of(part) & names(claim.answer))
    ]
    for place, answer in mistaken:
        errors = prove(with_answer(question, place, answer), SHIPPED, run_once)
        told = [error.where for error in errors]
        own, *others = [
            SHIPPED.sources[question.id].place("parts", each, "proof") for each in _built_on(question, place)
        ]
        assert own in told, f"{question.id}: as the key, {answer} is not found out"
        assert set(told) <= {own, *others}


def _built_on(question: Question, place: int) -> list[int]:
    """A part, and those that use its answer."""
    name = question.parts[place].id
    return [place, *(number for number, part in enumerate(question.parts) if name in part.uses)]


@pytest.mark.parametrize("question", ROWS)
def test_a_proof_takes_less_than_a_second_a_draw(question: Question, run_once: Callable[[Job], Run]) -> None:
    runs: list[Run] = []

    def run(job: Job) -> Run:
        runs.append(run_once(job))
        return runs[-1]

    prove(question, SHIPPED, run)
    [done] = runs  # all draws in one job
    assert done.cost["cpu"] < DRAWS


# What is told


@pytest.mark.parametrize(
    ("old", "new", "place", "key", "found"),
    [
        ("answer: total\n", "answer: total + a/50\n", 0, "a + x + a/50", "a + x"),
        ("answer: a/2\n", "answer: a/2 + 0.001\n", 1, "a/2 + 0.001", "a/2"),
        ("{half: a/2, total: a + x}", "{half: a/2, total: 3*a - x}", 0, "3*a - x", "a + x"),
    ],
)
def test_a_planted_wrong_key_is_told_with_its_values_and_both_numbers(
    tmp_path: Path, local: Local, old: str, new: str, place: int, key: str, found: str
) -> None:
    assert QUESTION.count(old) == 1
    bank = bank_with(tmp_path, question=QUESTION.replace(old, new))
    [error] = prove_all(bank, local.run)
    part = bank.questions["halves"].parts[place]
    line = [number for number, row in enumerate(QUESTION.splitlines(), 1) if "proof: proof.py" in row][place]
    assert error.where == f"{bank.folder}/sums/halves/question.yaml:{line}"
    told = error.problem.partition(" when ")[2]
    drawn = {name: float(told.partition(f"{name} = ")[2].partition(",")[0]) for name in ("a", "x")}
    assert error.problem.startswith(
        f"part {part.id}: the key is {eval(key, dict(drawn)):.12g}, but proof.py finds {eval(found, dict(drawn)):.12g}"
        " when a = "
    )
    assert error.hint.startswith("20 of 20 draws disagree")


def test_the_command_tells_what_was_proved_and_what_was_not(tmp_path: Path, tenfold: Callable[..., Ran]) -> None:
    folder = bank_with(tmp_path).folder
    wrong = folder / "sums" / "wrong"
    wrong.mkdir()
    (wrong / "proof.py").write_text(PROOF)
    (wrong / "question.yaml").write_text(
        QUESTION.replace("id: halves", "id: wrong").replace("answer: a/2", "answer: a/3")
    )
    ran = tenfold("check", "--bank", folder, "--json")
    assert ran.code == 2
    [problem] = ran.json()["problems"]
    assert problem["where"] == f"{wrong}/question.yaml:23"
    assert "but proof.py finds" in problem["problem"]
    assert [(row["question"], row["proved"], row["problems"]) for row in ran.json()["questions"]] == [
        ("halves", DRAWS, 0),
        ("wrong", DRAWS, 1),
    ]


# [what the proof is, where it is told (a line of the proof, or None for the `proof:` of the first part), its words]
BROKEN = [
    ("x = 1\ny = x / 0\ndef proof(values): return {}", 2, "ZeroDivisionError"),
    ("def proof(values):\n    return {}\ndel proof\n", None, "AttributeError"),
    ("def proof(values):\n    return {'sum': values['b']}\n", 2, "KeyError: 'b'"),
    ("def proof(values):\n\n    import sys; sys.exit()\n", 3, "ended itself"),
    ("import os\ndef proof(values):\n    os._exit(0)\n", None, "did not come to its end when a = "),
    ("def proof(values):\n    while True: pass\n", None, "processor time"),
    ("def proof(values):\n    return 7\n", None, "a dict from part to number, this one 7"),
    ("def proof(values):\n    return {'summ': 1, 'half': values['half']}\n", None, "gives nothing for it"),
    (PROOF.replace('len(heap) + values["x"]', "'many'"), None, "but proof.py finds 'many' when"),
    (PROOF.replace('len(heap) + values["x"]', "float('nan')"), None, "but proof.py finds nan when"),
    (PROOF.replace('len(heap) + values["x"]', "float('inf')"), None, "but proof.py finds inf when"),
    (PROOF.replace('len(heap) + values["x"]', "True"), None, "but proof.py finds True when"),
    (PROOF.replace('len(heap) + values["x"]', "None"), None, "but proof.py finds None when"),
]


@pytest.mark.parametrize(("proof", "line", "words"), BROKEN, ids=[row[2] for row in BROKEN])
def test_a_proof_that_fails_is_one_error(
    tmp_path: Path, local: Local, monkeypatch: pytest.MonkeyPatch, proof: str, line: int | None, words: str
) -> None:
    monkeypatch.setattr(proofs, "_CPU", 1)
    bank = bank_with(tmp_path, proof)
    errors = prove_all(bank, local.run)
    told = [error for error in errors if words in error.problem]
    assert told == errors[:1], errors
    assert all("part half" in error.problem for error in errors[1:])
    folder = f"{bank.folder}/sums/halves"
    assert told[0].where == (
        f"{folder}/proof.py:{line}"
        if line is not None
        else f"{folder}/question.yaml:{line_of(QUESTION, 'proof: proof.py')}"
    )


def test_the_values_of_the_draw_that_failed_are_told(tmp_path: Path, local: Local) -> None:
    limit = "    if values['a'] > 60: raise ValueError('too large')\n"
    bank = bank_with(tmp_path, PROOF.replace("):\n", "):\n" + limit))
    [error] = prove_all(bank, local.run)
    assert error.where == f"{bank.folder}/sums/halves/proof.py:2"
    first = next(values["a"] for values in proof_draws(bank.questions["halves"]) if values["a"] > 60)
    assert f"when a = {first}, x = " in error.problem
    assert "ValueError: too large" in error.problem


def test_a_proof_gets_params_and_givens_as_plain_python(tmp_path: Path, local: Local) -> None:
    looks = """
def proof(values):
    types = {name: type(value).__name__ for name, value in values.items()}
    assert values.keys() == {"a", "x", "w", "l", "half", "total"}, types
    assert types["a"] == "int" and types["w"] == "str" and types["l"] == "list", types
    assert types["x"] == ("int" if values["x"] == 3 else "float"), types
    assert types["half"] == ("float" if values["a"] % 2 else "int"), types
    assert set(values["l"]) < {0.1, 2, 3}
    total = values["total"]
    values.clear()
    return {"sum": total, "half": total - total}
"""
    [error] = prove_all(bank_with(tmp_path, looks), local.run)
    assert error.problem.startswith("part half: the key is "), "no value of the one draw is missing in the next"


def test_numbers_of_torch_are_numbers_and_printing_does_no_harm(tmp_path: Path, local: Local) -> None:
    proof = """
import torch
def proof(values):
    print("working")
    return {
        "sum": torch.tensor(values["a"] + values["x"], dtype=torch.float64),
        "half": torch.arange(values["a"]).double().mean() + 0.5,
    }
"""
    assert prove_all(bank_with(tmp_path, proof), local.run) == []


def test_parts_may_have_proofs_of_their_own(tmp_path: Path, local: Local) -> None:
    text = QUESTION.replace("answer: a/2\n    proof: proof.py", "answer: a/2\n    proof: other.py")
    bank_with(tmp_path, question=text.replace("other.py", "proof.py"))
    folder = tmp_path / "bank" / "sums" / "halves"
    (folder / "question.yaml").write_text(text)
    (folder / "not a module.py").write_text("")
    (folder / "helper.py").write_text("def half(a):\n    return a / 2\n")
    (folder / "other.py").write_text("import helper\ndef proof(v):\n    return {'half': helper.half(v['a'])}\n")
    (folder / "proof.py").write_text("def proof(v):\n    return {'sum': v['a'] + v['x']}\n")
    assert prove_all(load_bank(tmp_path / "bank"), local.run) == []


def test_what_could_not_be_run_is_neither_right_nor_wrong(
    tmp_path: Path, tenfold: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = bank_with(tmp_path)
    missing = Run(key="", status="unavailable", why="there is no jail")
    with pytest.raises(RunnerError) as raised:
        prove_all(bank, lambda job: missing)
    assert raised.value.hint == "there is no jail"
    monkeypatch.setattr(Local, "run_together", lambda self, jobs: [missing])
    ran = tenfold("check", "--bank", bank.folder, "--json")
    assert ran.code == 2
    [problem] = ran.json()["problems"]
    assert (problem["where"], problem["hint"]) == ("halves", "there is no jail")
    assert ran.json()["questions"][0]["proved"] == 0


def test_a_bank_without_proofs_starts_nothing(
    tmp_path: Path, tenfold: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Local, **settings: Any) -> None:
        raise AssertionError("a runner was opened")

    monkeypatch.setattr(Local, "__init__", refuse)
    bank = bank_with(tmp_path, None, QUESTION.replace("    proof: proof.py\n", ""))
    assert tenfold("check", "--bank", bank.folder).code == 0


def test_draws_are_different_and_the_same_every_time(tmp_path: Path) -> None:
    question = bank_with(tmp_path).questions["halves"]
    draws = proof_draws(question)
    assert draws == proof_draws(question)
    assert len(draws) == DRAWS
    assert all(draw not in draws[:place] for place, draw in enumerate(draws))
    few = QUESTION.replace("integer: {low: 10, high: 99}", "pick: [11]").replace("take: 2", "take: 1")
    (tmp_path / "bank" / "sums" / "halves" / "question.yaml").write_text(few)
    assert len(proof_draws(load_bank(tmp_path / "bank").questions["halves"])) == 18


@pytest.mark.parametrize(
    ("part", "value", "right"),
    [
        ({"answer": "1000", "grader": {"numeric": {"scale": "exact"}}}, 1000, True),
        ({"answer": "1000", "grader": {"numeric": {"scale": "exact"}}}, 1000.0, True),
        ({"answer": "1000", "grader": {"numeric": {"scale": "exact"}}}, 1001, False),
        ({"answer": "1/3", "grader": {"numeric": {"scale": "exact"}}}, 1 / 3, True),
        ({"answer": "1000"}, 1009.9, True),
        ({"answer": "1000"}, 1010.1, False),
        ({"answer": "1000"}, -1000, False),
        ({"answer": "1000", "grader": {"numeric": {"full": 0.01, "zero": 0.5}}}, 1020, False),
        ({"answer": "1000", "grader": {"numeric": {"scale": "absolute", "full": 5}}}, 1004, True),
        ({"answer": "1000", "grader": {"numeric": {"scale": "log"}}}, 1040, True),
        ({"answer": "1000", "grader": {"numeric": {"scale": "log"}}}, 1500, False),
        ({"answer": "1000", "grader": {"numeric": {"scale": "log", "near": 0.25}}}, 1500, True),
        ({"answer": "1000", "also": [{"name": "half", "answer": "500"}]}, 500, False),
        ({"answer": "1000", "unit": "MB", "grader": {"numeric": {"unit": "required"}}}, 1000, True),
        ({"answer": "12", "unit": "%"}, 12, True),
        ({"answer": "12", "unit": "%"}, 0.12, False),
    ],
)
def test_a_number_that_was_found_confirms_a_key(part: dict[str, Any], value: float, right: bool) -> None:
    assert confirms(key_of(part), value) is right


def test_in_a_hurry_nothing_is_run_and_that_is_said(tmp_path: Path, tenfold: Callable[..., Ran]) -> None:
    path = tmp_path / "ran"
    # a proof that would be found out, and leaves a trace where it is run without a jail
    bank = bank_with(tmp_path, PROOF.replace("heap = ", f"open({str(path)!r}, 'w')\n    heap = 3 * "))
    ran = tenfold("check", "--bank", bank.folder, "--no-run", "--unsafe", "--runner", "nosuch")
    shown = " ".join((ran.out + ran.err).split())
    assert (ran.code, path.exists()) == (0, False), shown
    assert "│ not run │" in shown
    assert "proofs and code of halves are untried; `tenfold check` without --no-run tries them" in shown
    ran = tenfold("check", "--bank", bank.folder, "--no-run", "--json")
    assert (ran.code, ran.json()["not_run"], ran.json()["questions"][0]["proved"]) == (0, ["halves"], 0)
    assert tenfold("check", "--bank", bank.folder).code == 2, "which running tells"
    bare = bank_with(tmp_path / "bare", None, QUESTION.replace("    proof: proof.py\n", ""))
    ran = tenfold("check", "--bank", bare.folder, "--no-run")
    assert (ran.code, "untried" in ran.out + ran.err) == (0, False)

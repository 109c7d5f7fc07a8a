"""A class that hands in code: run once, marked, marked again without running, whatever somebody hands in."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import runs as runs_module
from autograder.model import MarkSheet
from autograder.pipeline import Marked, mark_exam, runs_of
from autograder.runners.local import Local
from autograder.runs import Runs
from tests.conftest import EXAM, Ran, TinyCourse

QUESTION = """\
id: running
title: A running sum
topic: sums
params:
  k: {pick: [2, 3, 5]}
text: "Let $k = [= k =]$."
parts:
  - id: a
    text: Write `add`.
    input: code
    points: 4
    reference: reference.py
    starter: starter.py
    probe: probe.py
    constants: {FACTOR: k}
    grader: {implement: {cpu: 1, steps: 4}}
    checks:
      - {id: steps, points: 3, say: Every number counts at once., why: Add it when it comes.}
      - {id: scaled, points: 1, say: The sum is scaled.}
"""
STARTER = "class Add:\n    ...\n"
REFERENCE = """\
class Add:
    def __init__(self):
        self.total = 0

    def add(self, number):
        self.total += FACTOR * number
        return self.total
"""
PROBE = """\
from autograder.sandbox.checks import Checks


def probe(channel):
    checks = Checks(channel)
    add = checks.load("submission.py").Add()
    seed = checks.seed
    with checks("steps"):
        for number in range(4):
            add.add(seed % 1000)
            seed = checks.step("steps", after=f"number {number + 1}", moved=add.total != 0)
    with checks("scaled"):
        checks.saw(total=add.total)
    return checks.answer()
"""
RIGHT = "class Add:\n    total = 0\n    def add(self, number):\n        self.total = self.total + {k} * number\n"
KILLER = """\
import os
import signal

try:
    os.kill(os.getppid(), signal.SIGKILL)
except OSError:
    pass  # some jails refuse, in others it hits nobody else
os._exit(0)
"""
ANSWERS = {
    "right": RIGHT,
    "unscaled": RIGHT.replace("{k} * ", ""),
    "loop": "while True: pass",
    "broken": "class Add:\n    def add(self, number:\n",
    "hostile": KILLER,
    "blank": STARTER,
}
WANTED = {
    "right": (4.0, "passed"),
    "unscaled": (3.0, "partial"),
    "loop": (0.0, "timeout"),
    "broken": (0.0, "failed"),
    "hostile": (0.0, "ended"),
    "blank": (0.0, "blank"),
}


@pytest.fixture
def coded(tiny: TinyCourse) -> TinyCourse:
    """The tiny course with a question that asks for code."""
    folder = tiny.bank / "sums" / "running"
    folder.mkdir()
    for name, text in {
        "question.yaml": QUESTION, "starter.py": STARTER, "reference.py": REFERENCE, "probe.py": PROBE
    }.items():  # fmt: skip
        (folder / name).write_text(text)
    exam = EXAM.replace("points: 5", "points: 9").replace("{id: small}]", "{id: small}, {id: running}]")
    (tiny.bank / "exams" / "tiny.yaml").write_text(exam)
    return tiny


def hand_in(course: TinyCourse, answers: dict[str, str]) -> None:
    course.set(*answers)
    papers = course.papers()
    for candidate, code in answers.items():
        [variant] = [variant for variant in papers[candidate].variants() if variant.question == "running"]
        course.hand_in(candidate, {"running-a": code.replace("{k}", str(variant.values["k"]))})


def marked(course: TinyCourse, runs: Runs | None = None) -> dict[str, Marked]:
    return {result.candidate: result for result in mark_exam(course.open(), runs)}


def code_marks(results: dict[str, Marked]) -> dict[str, tuple[float | None, str]]:
    found = {}
    for candidate, result in results.items():
        assert isinstance(result.sheet, MarkSheet)
        [mark] = [mark for mark in result.sheet.marks if mark.ref == "running-a"]
        found[candidate] = (mark.score, mark.reason)
    return found


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many jobs each child ran, of all that were started."""
    counts: list[int] = []
    run_together = Local.run_together
    monkeypatch.setattr(
        Local, "run_together", lambda self, jobs: (counts.append(len(jobs)), run_together(self, jobs))[1]
    )
    return counts


def test_a_class_is_run_once_and_marked_as_often_as_its_scheme_is_mended(
    coded: TinyCourse, made: list[int], tenfold: Callable[..., Ran]
) -> None:
    hand_in(coded, ANSWERS)
    ran = tenfold("mark", "tiny", "--course", coded.course.root)
    assert ran.code == 0
    assert "runs of code, " in ran.err
    assert "; jail: " in ran.err
    assert code_marks(marked(coded)) == WANTED
    children = len(made)
    assert children >= 5
    path = coded.bank / "sums" / "running" / "question.yaml"
    path.write_text(
        path.read_text().replace("points: 3", "points: 1").replace("scaled, points: 1", "scaled, points: 3")
    )
    mended = code_marks(marked(coded))
    assert mended == WANTED | {"unscaled": (1.0, "partial")}
    again = tenfold("mark", "tiny", "--course", coded.course.root)
    assert "no code was run" in again.err
    assert len(made) == children
    for candidate, broken in (("broken", "line 2"), ("loop", "processor time")):
        sheet = json.loads((coded.course.work("tiny") / "marks" / f"{candidate}.json").read_text())
        assert broken in next(mark["feedback"] for mark in sheet["marks"] if mark["ref"] == "running-a")
    secret = coded.course.secret()
    assert secret is not None
    for saved in (coded.course.work("tiny") / "observations").iterdir():
        assert secret.hex() not in saved.read_text()


def test_a_warm_process_that_is_killed_takes_nobodys_mark(coded: TinyCourse) -> None:
    hand_in(coded, {f"c{number}": ANSWERS["right"] + f"# {number}\n" for number in range(8)})
    with runs_of(coded.open()) as runs:
        stop = threading.Event()

        def kill_a_few() -> None:
            killed: set[int] = set()
            while len(killed) < 2 and not stop.wait(0.05):
                session = getattr(runs._runners.get("local"), "_session", None)
                started = session._started if session is not None else None
                if started is not None and started.process.pid not in killed:
                    time.sleep(0.1)
                    os.kill(started.process.pid, signal.SIGKILL)
                    killed.add(started.process.pid)

        killer = threading.Thread(target=kill_a_few)
        killer.start()
        try:
            results = marked(coded, runs)
        finally:
            stop.set()
            killer.join()
    assert set(code_marks(results).values()) == {(4.0, "passed")}


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("raise RuntimeError('mistaken')", "the reference itself did not run"),
        ("class Add: add = None", "fails the check"),
    ],
)
def test_a_reference_that_fails_is_nobodys_zero(coded: TinyCourse, reference: str, why: str) -> None:
    hand_in(coded, {"right": ANSWERS["right"], "loop": ANSWERS["loop"]})
    # after the papers were set, as by a newer torch
    (coded.bank / "sums" / "running" / "reference.py").write_text("print(FACTOR)\n" + reference)
    results = marked(coded)
    assert results["right"].sheet is not None
    [mark] = [mark for mark in results["right"].sheet.marks if mark.ref == "running-a"]
    assert (mark.state, mark.score) == ("error", None)
    assert why in mark.feedback
    assert any("running-a" in problem for problem in results["right"].problems)


def test_without_a_jail_code_waits_and_numbers_are_marked(coded: TinyCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(coded, {"right": ANSWERS["right"]})
    monkeypatch.setitem(runs_module.kinds.available("runners"), "local", "a_cluster.that_is_not_installed")
    runs_module.kinds.module_of.cache_clear()
    runs_module.kinds.load.cache_clear()
    results = marked(coded)
    assert results["right"].sheet is not None
    states = {mark.ref: (mark.state, mark.score) for mark in results["right"].sheet.marks}
    assert states.pop("running-a") == ("error", None)
    assert {state for state, _ in states.values()} == {"graded"}
    monkeypatch.undo()
    assert code_marks(marked(coded)) == {"right": (4.0, "passed")}


def test_what_runs_without_a_jail_is_flagged_for_good(coded: TinyCourse, tmp_path: Path) -> None:
    hand_in(coded, {"right": ANSWERS["right"]})
    with runs_of(coded.open(), unsafe=True) as runs:
        runs._runners["local"] = runs._stack.enter_context(Local(mode="unsafe"))
        first = marked(coded, runs)["right"]
    assert first.sheet is not None
    assert first.sheet.flags == ("running-a: its code was run without a jail",)
    assert marked(coded)["right"].sheet == first.sheet


def test_try_runs_code_as_a_marking_does(coded: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path) -> None:
    lines = [
        {"question": "running", "part": "a", "seed": 1, "say": "class Add:\n    def add(self, number): 1 / 0"},
        {"question": "adder", "part": "ratio", "seed": 1, "say": "three"},
        {"question": "running", "say": ""},
        {"question": "running", "part": "a", "say": [[1, "A"]]},
    ]
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join(map(json.dumps, lines)))
    ran = tenfold("try", "--batch", batch, "--course", coded.course.root)
    assert ran.code == 0, ran.err
    told = [json.loads(line) for line in ran.out.splitlines()]
    assert [mark["reason"] for mark in told] == ["failed", "far", "blank", "unreadable"]
    assert "line 2" in told[0]["feedback"]
    assert list(told[0]) == ["ref", "state", "score", "points", "reason", "read", "feedback", "detail"]
    said = tenfold("try", "running", "--say", ANSWERS["loop"], "--course", coded.course.root)
    assert json.loads(said.out)["reason"] == "timeout"

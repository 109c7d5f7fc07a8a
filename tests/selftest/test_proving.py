"""What `tenfold check` finds out by running a question's code: planted mistakes of authors, each told at its place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.bank import inspect_bank
from autograder.errors import RunnerError
from autograder.model import Job, Run
from autograder.observe import RunTogether
from autograder.runners.local import Local
from autograder.selftest.check import try_out
from autograder.selftest.proving import Proved, has_code, prove_code
from tests.conftest import ROOT, Ran

REFERENCE = """\
class Layer:
    def __init__(self, start):
        self.start = start
        self.frozen = True

    def __call__(self, x):
        return self.start + SCALE * x
"""
PROBE = """\
from autograder.sandbox.checks import Checks


def probe(channel):
    checks = Checks(channel)
    code = checks.load("submission.py")
    layer = code.Layer(checks.seed % 1000)
    with checks("start"):
        checks.saw(start=layer(0))
    with checks("scaled"):
        checks.saw(gain=layer(1) - layer(0), factor=checks.values["k"])
    with checks("frozen"):
        checks.saw(frozen=layer.frozen)
    return checks.answer()
"""
HUNT = """\
id: made
title: Made
topic: sums
params:
  k: {pick: [2, 5]}
  on: {sample: {from: [scaling, shift, free], take: 2}}
text: What is wrong?
parts:
  - id: a
    text: Find the faults.
    input: code
    points: 4
    reference: reference.py
    probe: probe.py
    constants: {SCALE: k}
    faults_on: "on"
    checks:
      - {id: start, say: It begins at the start.}
      - {id: scaled, say: It is scaled.}
      - {id: frozen, say: It is frozen.}
    faults:
      - {id: scaling, say: Not scaled., patch: [["SCALE * x", "x"]], check: scaled}
      - {id: shift, say: Shifted., patch: [["self.start = start", "self.start = start + 1"]], check: start}
      - {id: free, say: Not frozen., patch: [["frozen = True", "frozen = False"]], check: frozen}
    invented: [{say: The shapes do not fit.}]
    grader: {bughunt: {right: 2, wrong: -2, floor: 0, cap: 4}}
tests:
  - {part: a, say: {claims: ["on"]}, score: 4}
  - {part: a, say: {claims: ["off"]}, score: 0}
"""
FILL = """\
id: made
title: Made
topic: sums
params: {k: {pick: [2, 5]}}
text: Fill it in.
parts:
  - id: a
    text: Fill the blanks.
    input: code
    points: 3
    listing: listing.py
    reference: reference.py
    probe: probe.py
    constants: {SCALE: k}
    checks:
      - {id: start, points: 1, say: It begins at the start.}
      - {id: scaled, points: 1, say: It is scaled.}
      - {id: frozen, points: 1, say: It is frozen.}
    grader: fill
tests:
  - {part: a, say: {"1": "self.frozen = True", "2": "return self.start + [= k =] * x"}, score: 3, reason: passed}
  - {part: a, say: {"1": "self.frozen = False", "2": "return self.start + [= k =] * x"}, score: 2}
  - {part: a, say: {"1": "self.frozen = True", "2": "return self.start"}, score: 2}
  - {part: a, say: {"1": "self.frozen = True", "2": "return [= k =] * x"}, score: 2}
  - {part: a, say: {"1": "self.frozen = ("}, score: 0, reason: failed}
  - {part: a, say: "", score: 0, reason: blank}
"""
LISTING = REFERENCE.replace("self.frozen = True", "# BLANK 1").replace("return self.start + SCALE * x", "# BLANK 2")
IMPLEMENT = (
    (
        FILL.replace("    listing: listing.py\n", "    starter: starter.py\n").replace(
            "grader: fill", "grader: implement"
        )
    ).partition("tests:")[0]
    + """\
tests:
  - part: a
    say: |
      class Layer:
          frozen = True
          def __init__(self, start): self.s = start
          def __call__(self, x): return self.s + [= k =] * x
    score: 3
  - part: a
    say: |
      class Layer:
          frozen = False
          def __init__(self, start): pass
          def __call__(self, x): return 1 + x
    score: 0
"""
)
STARTER = "class Layer:\n    def __init__(self, start):\n        raise NotImplementedError\n"
FILES = {"reference.py": REFERENCE, "probe.py": PROBE}


@pytest.fixture(scope="module")
def local() -> Iterator[Local]:
    with Local() as opened:
        yield opened


def proved(folder: Path, question: str, run: RunTogether, **files: str) -> tuple[Proved, list[tuple[str, str]]]:
    """Prove a question of which these texts are the files; problems with their places below the question's folder."""
    home = folder / "sums" / "made"
    home.mkdir(parents=True)
    texts = FILES | {f"{name}.py": text for name, text in files.items()}
    for name, text in {"question.yaml": question, **texts}.items():
        (home / name).write_text(text, encoding="utf-8")
    bank, errors = inspect_bank(folder)
    assert not errors, [str(error) for error in errors]
    found = prove_code(bank.questions["made"], bank, run)
    places = [(f"{error.where}".rpartition("/")[2], error.problem) for error in found.errors]
    return found, places


def line(question: str, text: str) -> str:
    return f"question.yaml:{question[: question.index(text)].count(chr(10)) + 1}"


def test_a_sound_bug_hunt(tmp_path: Path, local: Local) -> None:
    found, problems = proved(tmp_path, HUNT, local.run_together)
    assert problems == []
    assert (found.faults, found.subsets) == (3, 3)
    assert found.tests == 6
    assert found.guess is not None
    assert 0 < found.guess < 0.5
    assert str(found).startswith(f"{found.codes} codes; 3 faults, 3 sets of them; guessing earns ")


def test_a_sound_fill(tmp_path: Path, local: Local) -> None:
    found, problems = proved(tmp_path, FILL, local.run_together, listing=LISTING)
    assert problems == []
    # in both variants the reference, the empty listing and each blank alone
    assert (found.codes, found.tests, found.guess) == (8, 12, None)


def test_a_sound_implement(tmp_path: Path, local: Local) -> None:
    found, problems = proved(tmp_path, IMPLEMENT, local.run_together, starter=STARTER)
    assert problems == []
    assert found.codes == 4


Plant = tuple[str, str, str, str]  # the file, what is replaced in it, the text at whose line it is told, the problem


@pytest.mark.parametrize(
    ("changes", "at", "problem"),
    [
        (
            {"question": ("SCALE * x\", \"x\"]], check: scaled", "SCALE * x\", \"x\"]], check: start")},
            "scaling, say", "the fault 'scaling' alone does not fail its check 'start', but scaled",
        ),
        (
            {"question": ('"self.start = start + 1"', '"self.start = start + 0"')},
            "shift, say", "the fault 'shift' alone does not fail its check 'start', but nothing",
        ),
        (
            {"question": ('"self.start = start + 1"]], check: start', '"self.start = 1 * start"]]')},
            "shift, say", "the fault 'shift' alone fails no check",
        ),
        (
            {"question": ('[["frozen = True", "frozen = False"]], check: frozen', '[["return", "x *= 2; return"]]')},
            "free, say", "the faults 'scaling' and 'free' fail the same checks: scaled",
        ),
        (
            {"question": ("check: frozen}", "neutral: true}")},
            "free, say", "the neutral fault 'free' fails frozen",
        ),
        (
            {"question": ("score: 4}", "score: 2}")},
            'claims: ["on"]', "the test of part a wants score 2, got 4 (passed)",
        ),
        (
            {"probe": ("checks.saw(frozen=layer.frozen)", "checks.saw(frozen=[*open('/dev/urandom', 'rb').read(8)])")},
            "reference: reference.py", "the reference, handed in as an answer, fails frozen when k = ",
        ),
        (
            {"probe": ('    with checks("frozen"):\n        checks.saw(frozen=layer.frozen)\n', "")},
            "probe: probe.py", "the probe looked at nothing for the check 'frozen'",
        ),
        (
            {"probe": ("layer = code", "layer = cod")},
            "probe: probe.py", "the reference itself did not run (failed: NameError: name 'cod' is not defined",
        ),
        (
            {"reference": ("self.start + SCALE * x", "self.begin + SCALE * x")},
            "probe: probe.py", "the reference fails the check 'start': AttributeError: 'Layer' object has no attribute",
        ),
        (
            {"question": ("      - {id: frozen, say: It is frozen.}\n",
                          "      - {id: frozen, say: It is frozen.}\n      - {id: seen, say: It is seen.}\n"),
             "probe": ("    return checks", '    with checks("seen"):\n        checks.saw(x=1)\n    return checks')},
            "{id: seen", "nothing that was tried fails the check 'seen'",
        ),
    ],
)  # fmt: skip
def test_what_an_author_gets_wrong_in_a_bug_hunt(
    tmp_path: Path, local: Local, changes: dict[str, tuple[str, str]], at: str, problem: str
) -> None:
    texts = {"question": HUNT, "probe": PROBE, "reference": REFERENCE}
    for name, (old, new) in changes.items():
        assert texts[name].count(old) == 1
        texts[name] = texts[name].replace(old, new)
    question = texts.pop("question")
    _, problems = proved(tmp_path, question, local.run_together, **texts)
    told = [place for place, told in problems if told.removeprefix("part a: ").startswith(problem)]
    assert told == [line(question, at)], problems


def test_faults_that_hide_each_other_are_found(tmp_path: Path, local: Local) -> None:
    # the gain is only looked at where the start is right
    seen = "layer(1) - layer(0) if layer(0) == checks.seed % 1000 else checks.values['k']"
    probe = PROBE.replace("layer(1) - layer(0)", seen)
    found, problems = proved(tmp_path, HUNT, local.run_together, probe=probe)
    [told] = [told for place, told in problems if place == line(HUNT, 'faults_on: "on"')]
    assert "fails start, but each alone scaled, start" in told
    assert found.subsets == 3


@pytest.mark.parametrize(
    ("old", "new", "at", "problem"),
    [
        (
            "# BLANK 2",
            "return self.start + SCALE * x  # as it was\n        # BLANK 2",
            "listing: listing.py",
            "the listing with blank 2 empty passes every check",
        ),
        (
            "    def __call__(self, x):",
            "    def __call__(self, y):",
            "reference: reference.py",
            "the reference is not the listing with its blanks filled",
        ),
    ],
)
def test_what_an_author_gets_wrong_in_a_fill(
    tmp_path: Path, local: Local, old: str, new: str, at: str, problem: str
) -> None:
    reference = REFERENCE
    if "BLANK" in new:
        reference = REFERENCE.replace("SCALE * x", "SCALE * x  # as it was\n        return 1")
    _, problems = proved(tmp_path, FILL, local.run_together, listing=LISTING.replace(old, new), reference=reference)
    assert any(place == line(FILL, at) and problem in told for place, told in problems), problems


def test_a_starter_that_is_the_answer_is_found(tmp_path: Path, local: Local) -> None:
    _, problems = proved(tmp_path, IMPLEMENT, local.run_together, starter=REFERENCE)
    assert [(place, told) for place, told in problems if "starter" in told] == [
        (line(IMPLEMENT, "starter: starter.py"), "part a: the starter passes every check when k = 2")
    ]


def test_a_test_whose_answer_cannot_be_rendered_is_told(tmp_path: Path, local: Local) -> None:
    question = FILL.replace('"return self.start + [= k =] * x"}, score: 3', '"return [= 1/0 =]"}, score: 3')
    _, problems = proved(tmp_path, question, local.run_together, listing=LISTING)
    assert [told.partition(":")[0] for _, told in problems] == ["the test's answer cannot be rendered"]


def test_without_a_runner_nothing_is_wrong_and_nothing_proved(tmp_path: Path) -> None:
    def closed(jobs: Any) -> list[Run]:
        return [Run(key="", status="unavailable", why="no jail works here")]

    with pytest.raises(RunnerError, match="could not be run"):
        proved(tmp_path, HUNT, closed)
    bank, _ = inspect_bank(tmp_path)
    report = try_out(bank.questions["made"], bank, closed)
    assert (report.errors, report.code) == ((), None)
    assert report.unproved is not None
    assert "no jail works here" in report.unproved.hint


def test_the_references_runs_are_made_once(tmp_path: Path, local: Local) -> None:
    made: list[tuple[str, Any, str]] = []

    def counted(jobs: Any) -> list[Run]:
        made.extend((job.files["submission.py"], job.data["seed"], str(job.data["values"])) for job in jobs)
        return local.run_together(jobs)

    found, _ = proved(tmp_path, HUNT, counted)
    reference = [entry for entry in made if "x + 1" not in entry[0] and "frozen = True" in entry[0]]
    # three hidden draws of each code; two threads may both find that one is missing
    assert len(made) <= 3 * found.codes + len(set(reference)) + 20
    assert len(made) - len(set(made)) < 20


def test_check_proves_and_prints_counts(
    tmp_path: Path, tenfold: Callable[..., Ran], local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    proved(tmp_path, HUNT, local.run_together)
    (tmp_path / "exams").mkdir()
    told = tenfold("check", "--bank", tmp_path, "--json")
    assert told.code == 0, told.err
    [question] = told.json()["questions"]
    assert question["code"]["faults"] == 3
    assert 0 < question["code"]["guess"] < 0.5
    assert "guessing" in tenfold("check", "--bank", tmp_path).out


def test_what_has_no_code_is_left_alone(tmp_path: Path) -> None:
    def never(jobs: list[Job]) -> list[Run]:
        raise AssertionError("nothing is to run")

    question = "id: plain\ntitle: P\ntopic: t\nparams: {n: {pick: [1, 2]}}\ntext: x\nparts:\n"
    question += "  - {id: a, text: x, input: number, points: 1, answer: n}\n"
    (tmp_path / "plain.yaml").write_text(question, encoding="utf-8")
    bank, errors = inspect_bank(tmp_path)
    assert not errors
    assert not has_code(bank.questions["plain"])
    assert prove_code(bank.questions["plain"], bank, never) == Proved()


def test_a_bank_without_code_is_checked_without_what_code_needs() -> None:
    code = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(('numpy', 'torch', 'safetensors')))\n"  # which makes their imports fail
        "import autograder.commands.check, autograder.commands.mark, autograder.commands.try_\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=120)

"""A tiny bank and a tiny course, made anew for each test that wants one."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from autograder.cli import main
from autograder.course import Course
from autograder.key import keys_of
from autograder.model import Key, Paper, Question
from autograder.pipeline import Marked, Opened, mark_exam, open_exam, set_exam
from autograder.render import render
from autograder.roster import Person
from autograder.store import read_record
from autograder.variant import with_given

ROOT = Path(__file__).resolve().parents[1]
SHIPPED_BANK = ROOT / "question_bank"

# a loaded machine is no failure; the tests try the same examples each time and everywhere, `make fuzz` tries new ones
settings.register_profile("tenfold", deadline=None, derandomize=True)
settings.register_profile("fuzz", deadline=None, max_examples=int(os.environ.get("EXAMPLES", "1000")))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tenfold"))

ADDER = """\
id: adder
title: A sum
topic: sums
stars: 1
params:
  a: {integer: {low: 10, high: 99}}
  b: {integer: {low: 100, high: 999}}
given: {total: a + b}
text: "Take $a = [= a =]$ and $b = [= b =]$."
parts:
  - id: sum
    text: What is $a + b$?
    input: number
    points: 2
    unit: count
    answer: total
    grader: {numeric: {scale: exact}}
    slips: [{name: difference, answer: b - a, share: 0.5, say: This is the difference.}]
    solution: "[= a =] + [= b =] = [= total =]"
  - id: ratio
    text: What is $b/a$, within 1 %?
    input: number
    points: 2
    answer: b/a
    grader: {numeric: {full: 0.01, zero: 0.05}}
tests:
  - {part: sum, say: "[= total =]", score: 2, reason: right}
  - {part: ratio, say: "[= b/a =]", score: 2}
"""
SMALL = """\
id: small
title: Few variants
topic: sums
stars: 2
params:
  n: {pick: [2, 3, 5, 7, 11, 13]}
text: "Let $n = [= n =]$."
parts:
  - {id: a, text: What is n squared?, input: number, points: 1, answer: n**2, grader: {numeric: {scale: exact}}}
"""
EXAM = """\
exam: tiny
title: Tiny exam
points: 5
sample: true
sections:
  - title: Everything
    questions: [{id: adder}, {id: small}]
"""


def write_bank(folder: Path, *questions: str, **exams: str) -> Path:
    """Write questions and exams as files of a bank; each question's file is named by its id."""
    for text in questions:
        name = text.partition("id: ")[2].split()[0]
        path = folder / "sums" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "exams").mkdir(parents=True, exist_ok=True)
    for name, text in exams.items():
        (folder / "exams" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def question(**fields: Any) -> Question:
    """A question of one numeric part of which only what matters is said."""
    part = {"id": "a", "text": "", "input": "number", "points": 1.0, "answer": "1"} | fields.pop("part", {})
    shared = {"id": "made", "title": "Made", "topic": "made", "text": "", "parts": [part]}
    return Question.model_validate_json(json.dumps(shared | fields))


def key_of(part: Mapping[str, Any], values: Mapping[str, Any] | None = None) -> Key:
    """The key of a part, written as in the bank, for these values."""
    return keys_of(question(part=dict(part)), with_given(question(), values or {}))[0]


def people(*names: str | int) -> tuple[Person, ...]:
    return tuple(Person(f"c{name:03d}" if isinstance(name, int) else name) for name in names)


def bytes_below(folder: Path) -> dict[str, str]:
    """Every file below a folder and the digest of its bytes."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class TinyCourse:
    """A course in a temporary folder and what tests do in it."""

    def __init__(self, root: Path) -> None:
        self.course = Course(root)
        self.bank = root / "question_bank"

    def open(self, exam: str = "tiny") -> Opened:
        return open_exam(self.course, exam)

    def set(self, *names: str | int, exam: str = "tiny", again: Iterable[str] = ()) -> list[str]:
        """Deal to these candidates and return the codes of the papers that were written."""
        return [row.code for row in set_exam(self.open(exam), people(*names), tuple(again))]

    def papers(self, exam: str = "tiny") -> dict[str, Paper]:
        """The latest paper of each candidate."""
        rows = self.open(exam).allocation.rows
        return {row.candidate: read_record(self.course.paper(exam, row.code), Paper) for row in rows}

    def hand_in(
        self, candidate: str, answers: Mapping[str, str], exam: str = "tiny", paper: Paper | None = None
    ) -> Path:
        """Put a candidate's notebook, with code for some refs, where it is collected."""
        folder = self.course.root / "submitted" / candidate / exam
        [path] = render(paper or self.papers(exam)[candidate], "notebook", folder)
        content = json.loads(path.read_text(encoding="utf-8"))
        for cell in content["cells"]:
            ref = cell["metadata"].get("nbgrader", {}).get("grade_id", "").removesuffix("_answer")
            if ref in answers and cell["metadata"]["nbgrader"]["solution"]:
                cell["source"] = answers[ref]
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    def mark(self, exam: str = "tiny") -> list[Marked]:
        return list(mark_exam(self.open(exam)))


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyCourse:
    """A course with a private secret, two questions and one exam."""
    monkeypatch.delenv("TENFOLD_BANK", raising=False)
    monkeypatch.delenv("TENFOLD_SECRET", raising=False)
    root = tmp_path / "course"
    root.mkdir()
    write_bank(root / "question_bank", ADDER, SMALL, tiny=EXAM)
    Course(root).make_secret()
    return TinyCourse(root)


@dataclass(frozen=True)
class Ran:
    """What one call of the command said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def tenfold(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Call the command in this process, as its console script would be called."""

    def call(*arguments: object, stdin: str = "") -> Ran:
        capsys.readouterr()
        monkeypatch.setattr("sys.argv", ["tenfold", *map(str, arguments)])
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture
def bank_copy(tmp_path: Path) -> Path:
    """A copy of the shipped bank, to plant faults in."""
    return Path(shutil.copytree(SHIPPED_BANK, tmp_path / "bank"))


@pytest.fixture
def plant(bank_copy: Path) -> Callable[[str, str, str], int]:
    """Replace a text that stands once in a file of the copied bank, and return its line."""

    def replace(file: str, old: str, new: str) -> int:
        path = bank_copy / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return replace

"""Nothing that only staff may know is in any byte that a candidate gets, or in anything that is printed."""

from __future__ import annotations

import base64
import csv
import importlib.util
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from autograder.pipeline import keys_of_paper, render_exam
from autograder.render import render
from autograder.seeds import seed_of
from tests.conftest import ADDER, ROOT, Ran, TinyCourse, write_bank
from tests.formats.papers import text_of

# Each stands in one place that only staff may see; what they say cannot be computed from the text of the question.
PLANTED = {
    "a solution": ('solution: "[=', 'solution: "SENTINELSOLUTION [='),
    "a slip's name": ("name: difference", "name: SENTINELSLIPNAME"),
    "a slip's words": ("say: This is the difference.", "say: SENTINELSLIPWORDS."),
    "a given of the key": ("total: a + b", "total: a + b, sentinelgiven: 7919*a*b"),
    "a key's formula": ("answer: b/a", "answer: b/a + 0*sentinelgiven"),
    "a convention": ("answer: b - a,", "answer: b - a + 0*sentinelgiven,"),
    "a rubric": ("    unit: count\n", "    unit: count\n    rubric: [{points: 2, say: SENTINELRUBRIC}]\n"),
    "the band": ("full: 0.01, zero: 0.05", "full: 0.0123454321, zero: 0.0567876512"),
    "a test": ("{part: ratio, say", "{part: ratio, say: '[= b/a =] # SENTINELTEST', score: 2}\n  - {part: ratio, say"),
}
WORDS = ("SENTINEL", "sentinel", "0123454321", "0567876512")


@pytest.fixture
def planted(tiny: TinyCourse) -> TinyCourse:
    text = ADDER
    for old, new in PLANTED.values():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    write_bank(tiny.bank, text)
    tiny.set("ada-of-the-roster", "ben-of-the-roster")
    return tiny


def secrets_of(tiny: TinyCourse) -> list[bytes]:
    """The course's secret and the seed of every question on every paper, in each form in which one might print them."""
    secret = tiny.course.secret()
    assert secret is not None
    labels = [row.code for row in tiny.open().allocation.rows] + ["form 0"]
    raw = [secret] + [
        seed_of(secret, "tiny", label, question, 0) for label in labels for question in ("adder", "small")
    ]
    return [
        form
        for value in raw
        for form in (
            value,
            value.hex().encode(),
            base64.b64encode(value),
            base64.b32encode(value),
            repr(value).encode(),
        )
    ]


def leaks(files: Iterable[Path], words: Iterable[bytes]) -> list[tuple[str, bytes]]:
    return [(str(path), word) for path in files if path.is_file() for word in words if word in path.read_bytes()]


def test_the_sentinels_stand_where_staff_look(planted: TinyCourse) -> None:
    keys = "".join(path.read_text() for path in (planted.course.work("tiny") / "keys").iterdir())
    for word in ("sentinelgiven", "0.0123454321"):
        assert word in keys, "the search below would find it if it were there"
    opened = planted.open()
    claims = "".join(
        key.model_dump_json() for paper in planted.papers().values() for key in keys_of_paper(opened, paper)
    )
    for word in ("SENTINELSLIPNAME", "SENTINELSLIPWORDS"):
        assert word in claims, "marking knows it, so it could get out"


def test_handouts_and_papers_hold_nothing_of_staffs(planted: TinyCourse) -> None:
    opened, work = planted.open(), planted.course.work("tiny")
    for paper in planted.papers().values():
        for format in ("notebook", "html"):
            render(paper, format, planted.course.handout("tiny", paper.code))
        # pages are compressed, so their words are searched as well
        [printed] = render(paper, "pdf", planted.course.handout("tiny", paper.code))
        printed.with_suffix(".txt").write_text(text_of(printed.read_bytes()))
        [solved] = render(paper, "pdf", work / "staff", keys_of_paper(opened, paper, solutions=True), "solutions")
        assert "SENTINELSOLUTION" in text_of(solved.read_bytes()), "the search below would find it if it were there"
    given = [*(work / "handout").rglob("*"), *(work / "papers").rglob("*")]
    assert len([path for path in given if path.is_file()]) == 2 * 5
    assert leaks(given, secrets_of(planted)) == []
    assert leaks(given, [word.encode() for word in WORDS]) == []
    assert leaks(given, [b"ada-of-the-roster", b"ben-of-the-roster"]) == [], "a paper names nobody"
    for paper in planted.papers().values():
        values = paper.variants()[0].values
        a, b = values["a"], values["b"]
        assert isinstance(a, int)
        assert isinstance(b, int)
        own = [path for path in given if paper.code in str(path)]
        assert leaks(own, [str(7919 * a * b).encode(), str(b / a)[:8].encode()]) == []


def test_feedback_and_statistics_hold_nothing_of_staffs(planted: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    planted.hand_in("ada-of-the-roster", {"adder-sum": "adder_sum = 3"})
    planted.hand_in("ben-of-the-roster", {})
    planted.mark()
    for verb in ("feedback", "stats"):
        assert tenfold(verb, "tiny", "--course", planted.course.root).code == 0
    work = planted.course.work("tiny")
    pages = sorted((work / "feedback").iterdir())
    told = [*pages, work / "stats.html", work / "stats.json"]
    assert [path.name for path in told if path.is_file()] == [
        "ada-of-the-roster.html", "ben-of-the-roster.html", "stats.html", "stats.json"
    ]  # fmt: skip
    assert leaks(told, [word.encode() for word in WORDS]) == [], "neither answered with that slip"
    assert leaks(told, [b"ada-of-the-roster", b"ben-of-the-roster"]) == []
    assert leaks(told, secrets_of(planted)) == []
    for path, paper in zip(pages, planted.papers().values(), strict=True):
        values = paper.variants()[0].values
        a, b = values["a"], values["b"]
        assert isinstance(a, int)
        assert isinstance(b, int)
        assert leaks([path], [str(b / a)[:8].encode()]) == []


def test_secret_and_seeds_are_in_no_file_at_all(planted: TinyCourse) -> None:
    for paper in planted.papers().values():
        render(paper, "notebook", planted.course.handout("tiny", paper.code))
    planted.hand_in("ada-of-the-roster", {"adder-sum": "adder_sum = 3"})
    planted.mark()
    files = [path for path in planted.course.root.rglob("*") if ".tenfold" not in path.parts]
    assert len([path for path in files if path.is_file()]) > 10
    assert leaks(files, secrets_of(planted)) == []


def test_what_is_printed_holds_no_secret_and_no_answer(planted: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    planted.hand_in("ada-of-the-roster", {"adder-sum": "adder_sum = 3"})
    root = planted.course.root
    (root / "roster.csv").write_text("candidate\nada-of-the-roster\n")
    said = ""
    for call in (["check"], ["set", "tiny"], ["mark", "tiny"], ["post", "tiny", "--to", "csv"], ["doctor"]):
        ran = tenfold(*call, "--course", root)
        assert ran.code == 0, ran.err
        said += ran.out + ran.err
    assert not [word for word in WORDS if word in said]
    assert not [secret for secret in secrets_of(planted) if secret in said.encode()]


def test_the_secret_is_its_owners_alone(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    path = tiny.course.root / ".tenfold" / "secret"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    path.chmod(0o644)
    ran = tenfold("set", "tiny", "--course", tiny.course.root)
    assert (ran.code, "others can read the secret" in ran.err, f"chmod 600 {path}" in ran.err) == (2, True, True)


@pytest.mark.parametrize("written", ["", "short", "A" * 44, "A" * 60, "é" * 32])
def test_a_bad_secret_is_refused(
    tiny: TinyCourse, tenfold: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("TENFOLD_SECRET", written)
    (tiny.course.root / "roster.csv").write_text("candidate\nada\n")
    ran = tenfold("set", "tiny", "--course", tiny.course.root)
    assert ran.code == 2
    assert "not 32 bytes in base64" in ran.err
    assert written not in ran.err or not written


def test_an_exam_that_counts_needs_a_private_secret(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    shutil.rmtree(tiny.course.root / ".tenfold")
    (tiny.course.root / "roster.csv").write_text("candidate\nada\n")
    assert tenfold("set", "tiny", "--course", tiny.course.root).code == 0, "a sample may be set with the public secret"
    path = tiny.bank / "exams" / "tiny.yaml"
    path.write_text(path.read_text().replace("sample: true\n", ""))
    ran = tenfold("set", "tiny", "--course", tiny.course.root)
    assert ran.code == 2
    assert "public sample secret" in ran.err
    assert "tenfold new" in ran.err


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("nbgrader") is None, reason="nbgrader is not installed")
def test_nbgraders_release_holds_nothing_of_staffs(
    planted: TinyCourse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    root = planted.course.root
    shutil.copy(ROOT / "nbgrader_config.py", root)
    list(render_exam(planted.open(), ["notebook"]))
    assert leaks((root / "source").rglob("*"), [b"SENTINELSOLUTION", b"SENTINELSLIPNAME"])
    released = [path for path in (root / "release").rglob("*") if path.is_file()]
    assert [path.name for path in released] == ["tiny.ipynb"]
    given = [*released, *(planted.course.work("tiny") / "handout").rglob("*")]
    assert leaks(given, [word.encode() for word in WORDS]) == []
    assert leaks(given, secrets_of(planted)) == []


def test_whose_is_whose_is_told_to_staff_alone(planted: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    planted.set("ada-of-the-roster", "ben-of-the-roster", again=["ben-of-the-roster"])
    ran = tenfold("render", "tiny", "--course", planted.course.root)
    assert (ran.code, "work/tiny/handout.csv says whose is whose" in " ".join(ran.out.split())) == (0, True), ran.err
    with open(planted.course.handout_list("tiny"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["candidate"], row["attempt"]) for row in rows] == [
        ("ada-of-the-roster", "1"),
        ("ben-of-the-roster", "1"),
        ("ben-of-the-roster", "2"),
    ]
    allocated = {row.code: row.candidate for row in planted.open().allocation.rows}
    assert {row["code"]: row["candidate"] for row in rows} == allocated
    assert all((planted.course.root / row["folder"] / "tiny.ipynb").is_file() for row in rows)
    handed_out = [*(planted.course.work("tiny") / "handout").rglob("*"), *(planted.course.root / "release").rglob("*")]
    assert leaks(handed_out, [b"ada-of-the-roster", b"ben-of-the-roster"]) == []

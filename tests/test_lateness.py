"""A week around an exam: late hand-ins, extra time, several attempts, and which of them counts."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.errors import AutograderError, BankErrors
from autograder.lateness import time_of
from autograder.model import MarkSheet, Paper
from autograder.pipeline import people_of, post_exam, set_exam
from autograder.roster import read_roster
from autograder.store import read_record
from tests.conftest import EXAM, TinyCourse

END = "2026-12-01T11:30+01:00"


@pytest.mark.parametrize(
    "written",
    ["2026-12-01 10:30:00 UTC", "2026-12-01 10:30:00.000000 UTC", "2026-12-01T10:30:00Z", "2026-12-01T11:30+01:00",
     "2026-12-01 11:30:00 +0100", "2026-12-01 10:30", "20261201T103000Z", " 2026-12-01 05:30:00 -0500\n"],
)  # fmt: skip
def test_moments(written: str) -> None:
    assert time_of(written) == datetime(2026, 12, 1, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize("written", ["", "yesterday", "10:30", "2026-13-01", "2026-12-01 10:30 CEST"])
def test_no_moments(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are Python's
        time_of(written)


@pytest.mark.parametrize("due", ["2026-12-01", "2026-12-01T11:30", "soon"])
def test_an_end_without_an_offset_is_refused(tiny: TinyCourse, due: str) -> None:
    (tiny.bank / "exams" / "tiny.yaml").write_text(EXAM + f'due: "{due}"\n')
    with pytest.raises(BankErrors, match="offset"):
        tiny.open()


def roster(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(text)
    return path


def test_the_roster_knows_extra_time_and_attempts(tmp_path: Path) -> None:
    found = read_roster(roster(tmp_path, "candidate,extra_minutes,attempts\nada,15,2\nben,,\ncleo,7.5,1\n"))
    assert [(each.extra_minutes, each.attempts) for each in found] == [(15, 2), (0, 1), (7.5, 1)]
    [ada] = read_roster(roster(tmp_path, "candidate\nada\n"))
    assert (ada.extra_minutes, ada.attempts) == (None, 1)


@pytest.mark.parametrize("row", ["ada,-1,1", "ada,x,1", "ada,nan,1", "ada,1,0", "ada,1,1.5", "ada,inf,1"])
def test_a_number_that_is_none_is_told_by_line(tmp_path: Path, row: str) -> None:
    with pytest.raises(AutograderError) as raised:
        read_roster(roster(tmp_path, f"candidate,extra_minutes,attempts\n{row}\n"))
    assert raised.value.where is not None
    assert raised.value.where.endswith("roster.csv:2")


def test_lateness_counts_extra_time_and_is_told(tiny: TinyCourse) -> None:
    (tiny.bank / "exams" / "tiny.yaml").write_text(EXAM + f'due: "{END}"\n')
    (tiny.course.root / "roster.csv").write_text("candidate,extra_minutes\nada,\nben,30\ncleo,30\ndora,\n")
    tiny.set("ada", "ben", "cleo", "dora", "eve")
    stamps = {"ada": "10:42:00", "ben": "10:59:59", "cleo": "12:01:30", "dora": "noon"}
    for name in ("ada", "ben", "cleo", "dora", "eve"):
        path = tiny.hand_in(name, {})
        if name in stamps:
            path.with_name("timestamp.txt").write_text(f"2026-12-01 {stamps[name]} UTC\n")
    results = {each.candidate: each for each in tiny.mark()}
    late = {name: each.sheet.late for name, each in results.items() if each.sheet is not None}
    assert late == {"ada": 12 * 60, "ben": 0, "cleo": 61 * 60 + 30, "dora": 0, "eve": 0}
    assert results["ada"].problems == ("handed in 12 min late",)
    assert results["cleo"].problems == ("handed in 1 h 1 min late, 30 minutes of extra time counted",)
    assert results["dora"].problems == ("timestamp.txt is no date and time",)
    assert results["ben"].problems == results["eve"].problems == ()
    [(_, path)] = post_exam(tiny.open(), ["csv"])
    with open(path, newline="") as file:
        assert [row["late_minutes"] for row in csv.DictReader(file)] == ["12", "0", "61.5", "0", "0"]


def right(tiny: TinyCourse, code: str, *refs: str) -> dict[str, str]:
    adder, small = (variant.values for variant in papers(tiny)[code].variants())
    answers = {"adder-sum": f"adder_sum = {adder['a']} + {adder['b']}", "small-a": f"small_a = {small['n']}**2"}
    return {ref: answers[ref] for ref in refs}


def papers(tiny: TinyCourse) -> dict[str, Paper]:
    rows = tiny.open().allocation.rows
    return {row.code: read_record(tiny.course.paper("tiny", row.code), Paper) for row in rows}


@pytest.fixture
def two(tiny: TinyCourse) -> tuple[TinyCourse, str, str]:
    """Ada has two papers by the roster: two points on the first, handed in below, and one on the second."""
    (tiny.course.root / "roster.csv").write_text("candidate,attempts\nada,2\nben,1\n")
    list(set_exam(tiny.open(), people_of(tiny.course)))
    first, second = (row.code for row in tiny.open().allocation.of("ada"))
    path = tiny.hand_in("ada", right(tiny, first, "adder-sum"), paper=papers(tiny)[first])
    below = path.parent / "attempt_1" / path.name
    below.parent.mkdir()
    path.rename(below)
    tiny.hand_in("ada", right(tiny, second, "small-a"), paper=papers(tiny)[second])
    return tiny, first, second


def test_the_roster_deals_as_many_papers_and_moves_nobody(two: tuple[TinyCourse, str, str]) -> None:
    tiny, first, second = two
    before = tiny.open().allocation.rows
    assert [(row.candidate, row.attempt) for row in before] == [("ada", 1), ("ben", 1), ("ada", 2)]
    list(set_exam(tiny.open(), people_of(tiny.course)))
    assert tiny.open().allocation.rows == before
    assert first != second


@pytest.mark.parametrize(("rule", "score", "which"), [("best", 2, 0), ("last", 1, 1)])
def test_which_attempt_counts(two: tuple[TinyCourse, str, str], rule: str, score: float, which: int) -> None:
    tiny, *codes = two
    (tiny.bank / "exams" / "tiny.yaml").write_text(EXAM + f"attempts: {rule}\n")
    [ada] = tiny.mark()
    assert ada.sheet is not None
    assert (ada.sheet.score, ada.sheet.code) == (score, codes[which])
    assert any(
        f"2 attempts ({codes[0]} 2 of 5, {codes[1]} 1 of 5): {codes[which]} counts" in each for each in ada.problems
    )
    assert ada.sheet.file == ("attempt_1/tiny.ipynb", "tiny.ipynb")[which]
    other = read_record(tiny.course.attempt("tiny", codes[1 - which]), MarkSheet)
    assert other.score == (1, 2)[which], "nothing is lost"


def test_of_equal_attempts_the_later_counts_and_of_two_files_of_one_the_upper(two: tuple[TinyCourse, str, str]) -> None:
    tiny, first, second = two
    tiny.hand_in("ada", right(tiny, second, "adder-sum"), paper=papers(tiny)[second])
    [ada] = tiny.mark()
    assert ada.sheet is not None
    assert ada.sheet.code == second
    tiny.hand_in("ada", right(tiny, first, "adder-sum", "small-a"), paper=papers(tiny)[first])
    [ada] = tiny.mark()
    assert ada.sheet is not None
    assert (ada.sheet.code, ada.sheet.score) == (first, 3)
    assert any("attempt_1/tiny.ipynb lies beside tiny.ipynb and was not marked" in each for each in ada.problems)

"""The table of marks: a line a candidate, a column a part, nothing at all while a mark is missing."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from autograder import kinds
from autograder.errors import GradebookError
from autograder.model import Mark, MarkSheet


def mark(ref: str, score: float | None, state: Any = "graded") -> Mark:
    return Mark(ref=ref, state=state, score=score, points=2, reason="near")


def sheet(candidate: str, *marks: Mark) -> MarkSheet:
    score = sum(each.score or 0 for each in marks)
    return MarkSheet(
        exam="e", candidate=candidate, code=f"CODE{candidate}", digest="", score=score, points=4, marks=marks
    )


def written(path: Path, *sheets: MarkSheet) -> list[dict[str, str]]:
    kinds.load("gradebooks", "csv")(iter(sheets), path)
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_line_a_candidate_sorted_by_name(tmp_path: Path) -> None:
    rows = written(
        tmp_path / "marks.csv",
        sheet("ben", mark("q-a", 0.5), mark("q-b", 2)),
        sheet("ada", mark("q-a", 1), mark("r-a", 0)),
    )
    assert [row["candidate"] for row in rows] == ["ada", "ben"]
    assert [row["code"] for row in rows] == ["CODEada", "CODEben"]
    assert [(float(row["score"]), float(row["points"])) for row in rows] == [(1, 4), (2.5, 4)]
    assert [row["q-b"] for row in rows] == ["", "2"], "queries aside, another's part stays empty"


def test_a_part_that_waits_for_a_person_is_empty_and_says_so(tmp_path: Path) -> None:
    ada, ben = written(tmp_path / "marks.csv", sheet("ada", mark("q-a", None, "manual")), sheet("ben", mark("q-a", 0)))
    assert (ada["q-a"], ben["q-a"]) == ("", "0"), "not marked is not zero"
    assert [name for name in ada if name not in ben or ada[name] != ben[name]]


@pytest.mark.parametrize(
    "sheets",
    [[sheet("ada", mark("q-a", None, "error"))], [sheet("ada", mark("q-a", 1)), sheet("ada", mark("q-a", 1))]],
    ids=["error", "twice"],
)
def test_nothing_is_written_while_something_is_wrong(tmp_path: Path, sheets: list[MarkSheet]) -> None:
    path = tmp_path / "marks.csv"
    path.write_text("as it was")
    with pytest.raises(GradebookError) as raised:
        written(path, *sheets)
    assert raised.value.where is not None
    assert "ada" in raised.value.where
    assert path.read_text() == "as it was"


def test_no_candidate_can_write_a_formula_into_the_spreadsheet(tmp_path: Path) -> None:
    text = "=cmd|' /C calc'!A0"
    harmful = Mark(ref="q-a", state="graded", score=1, points=2, reason="near", read=text, feedback=text)
    kinds.load("gradebooks", "csv")(iter([sheet("ada", harmful)]), tmp_path / "marks.csv")
    assert "cmd" not in (tmp_path / "marks.csv").read_text()

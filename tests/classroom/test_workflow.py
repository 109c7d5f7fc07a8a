"""The template's workflow, run as Actions would run it, and its totals in every format.

Set TENFOLD_REPORTER to a copy of the real reporter's bundle (`dist/main.js`) to run that too, with node.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from autograder.pipeline import mark_file, runs_of
from tests.classroom.conftest import REPOSITORY, every_sort, handed_in, keys_in, write_answers
from tests.classroom.contracts import CLASSROOM50, GRADESCOPE, check, decoded, reporter
from tests.classroom.workflow import Ran, actions_environment, run_workflow

pytestmark = pytest.mark.slow
REPORTER = "classroom-resources/autograding-grading-reporter"


@pytest.fixture
def environment(tmp_path: Path, interpreter: Path) -> dict[str, str]:
    """A hosted runner's."""
    (tmp_path / "home").mkdir()
    return actions_environment(tmp_path / "home", interpreter, REPOSITORY, "alice")


def pushed(checkout: Path, tmp_path: Path, environment: dict[str, str]) -> Ran:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return run_workflow(checkout, scratch, environment)


def tenfold(checkout: Path, environment: dict[str, str], *arguments: str) -> int:
    done = subprocess.run(["tenfold", *arguments], cwd=checkout, env=environment, check=False, capture_output=True)
    return done.returncode


def test_a_push_is_marked_and_every_format_has_the_same_totals(
    checkout: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    mine = handed_in(checkout)
    write_answers(mine.file, every_sort(keys_in(checkout)))
    ran = pushed(checkout, tmp_path, environment)
    assert set(ran.codes.values()) == {0}, ran.log
    with runs_of(mine.opened) as runs:
        marked = mark_file(mine.opened, mine.candidate, mine.file, runs)
    marks = marked.sheet.marks
    score = sum(mark.score for mark in marks if mark.score is not None)
    points = sum(mark.points for mark in marks if mark.state == "graded")
    assert 0 < score < points < marked.sheet.points, "the answers are of every sort"

    kept, _ = ran.asked["actions/upload-artifact"]
    page = (checkout / kept["path"]).read_text(encoding="utf-8")
    assert marks[0].feedback.split(".")[0] in page
    assert marked.sheet.code in page

    given, values = ran.asked[REPORTER]
    results = decoded(ran.outputs["grade"])
    assert given["runners"].split(",") == list(results) == [mark.ref.replace("-", "_") for mark in marks]
    said = reporter(given["runners"], values)
    assert said.table.score == pytest.approx(said.notice.score, abs=1e-9)
    assert said.notice.points == said.table.points == pytest.approx(points)
    assert said.notice.score == pytest.approx(score, abs=0.02)
    assert said.failed, "not all of it is right"

    assert tenfold(checkout, environment, "grade", "--format", "classroom50,gradescope", "--out", "told") == 0
    theirs = json.loads((checkout / "told" / "result.json").read_text())
    check(theirs, CLASSROOM50)
    assert (theirs["score"] / 100, theirs["max-score"] / 100) == pytest.approx((score, points), abs=0.02)
    gradescope = json.loads((checkout / "told" / "results.json").read_text())
    check(gradescope, GRADESCOPE)
    assert gradescope["score"] == pytest.approx(score)

    waiting = sum(mark.points for mark in marks if mark.state == "manual")
    totals = f"{score:.6g} of {points:g} points; {waiting:g} more to be marked by a person"
    for text in (ran.summary, ran.log, (checkout / "told" / "release-body.md").read_text(), gradescope["output"]):
        assert totals in text
    assert mine.shown in ran.summary


def test_the_first_push_names_the_notebook_and_marks_blanks(
    checkout: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    ran = pushed(checkout, tmp_path, environment)
    assert set(ran.codes.values()) == {0}, ran.log
    assert handed_in(checkout).shown in ran.summary
    said = reporter(ran.asked[REPORTER][0]["runners"], ran.asked[REPORTER][1])
    assert (said.table.score, said.notice.score, said.failed) == (0, 0, True)
    assert "Points 0" not in ran.summary


def test_a_damaged_notebook_could_not_be_checked_and_the_reporter_still_reports(
    checkout: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    handed_in(checkout).file.write_text("")
    ran = pushed(checkout, tmp_path, environment)
    assert ran.codes["Mark"] == 1, ran.log
    given, values = ran.asked[REPORTER]
    said = reporter(given["runners"], values)
    assert (said.table.score, said.table.points, said.notice.points, said.failed) == (0, 0, 0, True)
    assert "could not be checked" in ran.summary
    assert "the file is empty" in ran.summary


@pytest.mark.skipif("TENFOLD_REPORTER" not in os.environ, reason="names no copy of the reporter")
def test_the_real_reporter_says_what_ours_does(checkout: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    write_answers(handed_in(checkout).file, every_sort(keys_in(checkout)))
    ran = pushed(checkout, tmp_path, environment)
    given, values = ran.asked[REPORTER]
    said = reporter(given["runners"], values)
    done = subprocess.run(
        ["node", os.environ["TENFOLD_REPORTER"]], capture_output=True, text=True, check=False, timeout=60,
        env={**environment, **values, "INPUT_RUNNERS": given["runners"]},
    )  # fmt: skip
    assert done.returncode == int(said.failed)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    [total] = re.findall(r"│ Total: +│ ([\d.]+)\S* +│ ([\d.]+) +│", plain)
    [notice] = re.findall(r"complete::Points ([\d.]+)/([\d.]+)", plain)
    assert float(notice[0]) == pytest.approx(said.notice.score)
    assert float(total[0]) == pytest.approx(said.table.score, abs=1e-6)
    assert float(total[1]) == float(notice[1]) == said.notice.points

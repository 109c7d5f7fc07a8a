"""`tenfold grade`: one file, in a practice repository or in a course, marked as `tenfold mark` marks it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.model import Paper
from autograder.pipeline.feedback import feedback_exam
from tests.classroom.contracts import CLASSROOM50, GRADESCOPE, check, decoded, outputs_in
from tests.conftest import Ran, TinyCourse, bytes_below

ANSWERS = {"adder-sum": "adder_sum = {total}", "adder-ratio": "adder_ratio = {ratio}", "small-a": "small_a = input()"}


@pytest.fixture(autouse=True)
def _outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever runs these tests is no runner that students' work is marked on."""
    for name in ("GITHUB_REPOSITORY", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ACTOR", "GITHUB_SHA"):
        monkeypatch.delenv(name, raising=False)


def answers_to(paper: Paper) -> dict[str, str]:
    """A right sum, a ratio that is 3 % off, and an answer that cannot be read without its author."""
    values = paper.variants()[0].values
    a, b = values["a"], values["b"]
    assert isinstance(a, int)
    assert isinstance(b, int)
    return {ref: text.format(total=a + b, ratio=b / a * 1.03) for ref, text in ANSWERS.items()}


@pytest.fixture
def sat(tiny: TinyCourse) -> TinyCourse:
    """A course in which ada has handed in."""
    tiny.set("ada", "ben")
    tiny.hand_in("ada", answers_to(tiny.papers()["ada"]))
    return tiny


def file_of(course: TinyCourse, candidate: str = "ada") -> Path:
    return course.course.root / "submitted" / candidate / "tiny" / "tiny.ipynb"


def test_it_marks_as_mark_does_and_saves_no_mark(sat: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path) -> None:
    before = bytes_below(sat.course.root)
    runs = {str(path.relative_to(sat.course.root)) for path in (sat.course.work("tiny") / "observations").glob("*")}
    formats = "classroom50,gradescope,markdown,actions"
    ran = tenfold("grade", file_of(sat), "--course", sat.course.root, "--format", formats, "--out", tmp_path / "told")
    assert ran.code == 0, ran.err
    after = bytes_below(sat.course.root)
    # only what came of running the one cell that had to be run is kept
    assert {name for name in after if "/observations/" not in name} == set(before) - runs
    assert all(after[name] == content for name, content in before.items())
    [marked] = sat.mark()
    assert marked.sheet is not None
    scores = [mark.score for mark in marked.sheet.marks]
    assert scores == [2.0, pytest.approx(1.0, abs=0.02), None]
    theirs = json.loads((tmp_path / "told" / "result.json").read_text())
    check(theirs, CLASSROOM50)
    assert (theirs["score"], theirs["max-score"]) == (round(100 * marked.sheet.score), 400)
    gradescope = json.loads((tmp_path / "told" / "results.json").read_text())
    check(gradescope, GRADESCOPE)
    assert [test.get("score") for test in gradescope["tests"]] == scores
    said = f"{marked.sheet.score:.6g} of 4 points; 1 more to be marked by a person"
    assert ran.out.count(said) == 2, "in the page and in the notice"


def test_outputs_and_summary_are_added_to_the_files_that_actions_names(
    sat: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "output").write_text("earlier=1\n")
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    ran = tenfold("grade", file_of(sat), "--course", sat.course.root, "--format", "actions,markdown")
    assert (ran.code, len(ran.out.splitlines())) == (0, 1), "only the notice is printed"
    outputs = outputs_in((tmp_path / "output").read_text())
    assert outputs.pop("earlier") == "1"
    assert list(decoded(outputs)) == ["adder_sum", "adder_ratio", "small_a"]
    assert (tmp_path / "summary").read_text().startswith("## Tiny exam:")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"cells": "x"}', b"[" * 100_000])
def test_a_damaged_file_could_not_be_checked(
    sat: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path, content: bytes
) -> None:
    file_of(sat).write_bytes(content)
    formats = "actions,markdown,gradescope,classroom50"
    ran = tenfold("grade", file_of(sat), "--course", sat.course.root, "--format", formats, "--out", tmp_path / "told")
    assert (ran.code, ran.err) == (1, "")
    assert "0 of 0 points; 5 more could not be checked" in ran.out
    gradescope: Any = json.loads((tmp_path / "told" / "results.json").read_text())
    assert not [test for test in gradescope["tests"] if "score" in test]
    assert "\ntiny.ipynb: " in gradescope["output"], "why"
    assert str(sat.course.root) not in gradescope["output"] + ran.out
    check(json.loads((tmp_path / "told" / "result.json").read_text()), CLASSROOM50)


def test_whose_file_it_is_is_said_or_stands_in_its_path(
    sat: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path
) -> None:
    collected = Path(shutil.copy(file_of(sat), tmp_path / "tiny.ipynb"))
    refused = tenfold("grade", collected, "--course", sat.course.root)
    assert (refused.code, "--candidate" in refused.err) == (2, True)
    said = tenfold("grade", collected, "--course", sat.course.root, "--candidate", "ada")
    assert said.out == tenfold("grade", file_of(sat), "--course", sat.course.root).out
    assert "| 2 of 2 |" in said.out
    bens = tenfold("grade", collected, "--course", sat.course.root, "--candidate", "ben", "--exam", "tiny")
    assert "carries the paper code" in bens.out, "a code in the file is flagged, never trusted"
    nobody = tenfold("grade", collected, "--course", sat.course.root, "--candidate", "eve")
    assert (nobody.code, "has no paper" in nobody.err) == (2, True)


def test_keys_that_were_handed_in_are_not_used(sat: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path) -> None:
    honest = tenfold("grade", file_of(sat), "--course", sat.course.root).out
    sat.hand_in("ada", {})
    honest_blank = tenfold("grade", file_of(sat), "--course", sat.course.root).out
    assert honest_blank != honest
    out = tmp_path / "forged"
    assert tenfold("classroom", "tiny", "--course", sat.course.root, "--out", out).code == 0
    shutil.copytree(out / "practice", file_of(sat).parent / "practice")
    assert tenfold("grade", file_of(sat), "--course", sat.course.root).out == honest_blank


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name the file"),
        (("nowhere.ipynb",), "no such file"),
        (("--format", "actionz"), "name the file"),
    ],
)
def test_what_it_cannot_do_it_says(
    tiny: TinyCourse, tenfold: Callable[..., Ran], arguments: tuple[str, ...], words: str
) -> None:
    ran = tenfold("grade", *arguments, "--course", tiny.course.root)
    assert (ran.code, words in ran.err) == (2, True)


def test_a_misspelt_format_is_named(sat: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    ran = tenfold("grade", file_of(sat), "--course", sat.course.root, "--format", "gradescop")
    assert (ran.code, "did you mean 'gradescope'?" in ran.err) == (2, True)


# In a practice repository


@pytest.fixture
def repository(tiny: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A practice repository in which everybody works."""
    out = tmp_path / "practice-alice"
    assert tenfold("classroom", "tiny", "--papers", 4, "--course", tiny.course.root, "--out", out).code == 0
    monkeypatch.chdir(out)
    return out


def test_its_own_paper_is_found_by_its_name(
    repository: Path, tenfold: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = tenfold("grade")
    assert (refused.code, "name a notebook" in refused.err) == (2, True)
    seen = set()
    for number in range(12):
        monkeypatch.setenv("GITHUB_REPOSITORY", f"org/practice-{number}")
        ran = tenfold("grade")
        assert ran.code == 0, ran.err
        seen.add(ran.out.partition("in papers/")[2].partition("/")[0])
    assert len(seen) > 1
    assert seen <= {path.name for path in (repository / "papers").iterdir()}


def test_without_a_name_a_notebook_is_marked_against_the_paper_in_it(
    repository: Path, tenfold: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    for notebook in sorted((repository / "papers").rglob("*.ipynb")):
        paper = Paper.model_validate_json(
            (repository / "practice" / "work" / "tiny" / "papers" / f"{notebook.parent.name}.json").read_text()
        )
        content = json.loads(notebook.read_text())
        for cell in content["cells"]:
            ref = cell["metadata"].get("nbgrader", {}).get("grade_id", "").removesuffix("_answer")
            if cell["metadata"].get("nbgrader", {}).get("solution"):
                cell["source"] = answers_to(paper)[ref]
        notebook.write_text(json.dumps(content))
        ran = tenfold("grade", notebook.relative_to(repository))
        assert (ran.code, "2 of 2" in ran.out, "carries" in ran.out) == (0, True, False)


def test_another_papers_notebook_is_flagged_once_the_name_is_known(
    repository: Path, tenfold: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "org/practice-alice")
    mine = tenfold("grade").out.partition("in papers/")[2].partition("/")[0]
    other = next(path for path in (repository / "papers").rglob("*.ipynb") if path.parent.name != mine)
    ran = tenfold("grade", other)
    assert f"assigned is {mine}" in ran.out


def test_a_missing_paper_is_said(
    repository: Path, tenfold: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "org/practice-alice")
    shutil.rmtree(repository / "papers")
    ran = tenfold("grade")
    assert (ran.code, "your paper is missing" in ran.err) == (2, True)


def test_doctor_shows_only_what_is_asked(tenfold: Callable[..., Ran]) -> None:
    found = tenfold("doctor", "--json", "--only", "jail").json()
    assert found
    assert all("jail" in line["what"] for line in found)


def test_it_writes_the_feedback_page_too(sat: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path) -> None:
    page = tmp_path / "told" / "feedback.html"
    call = ("grade", file_of(sat), "--course", sat.course.root, "--feedback", page)
    assert tenfold(*call).code == 0
    sat.mark()
    list(feedback_exam(sat.open()))
    assert page.read_text(encoding="utf-8") == sat.course.feedback("tiny", "ada").read_text(encoding="utf-8")
    file_of(sat).write_text("")
    assert tenfold(*call).code == 1
    assert not page.exists(), "an unreadable file has no page, and no older one stays"

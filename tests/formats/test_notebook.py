"""A paper as a notebook: valid, the same bytes each time, identical where nbgrader needs it, and without secrets."""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
import types
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.errors import RenderError
from autograder.markup.math import spelt_out
from autograder.model import Claim, Key, Paper, PaperSection, Variant, VariantPart
from autograder.render import render

SENTINEL = "SENTINEL-of-staff"


def part(ref: str = "mixer-a", **given: Any) -> VariantPart:
    """A part of which only what matters is said."""
    shared = {"ref": ref, "id": ref.partition("-")[2], "text": "How *many*?", "input": "number", "points": 10.0}
    return VariantPart(**shared | given)


def paper(*parts: VariantPart, code: str = "ABCDEFGHIJ", text: str = "A text with $n = 3$.") -> Paper:
    """A paper of one question."""
    name = parts[0].ref.partition("-")[0]
    variant = Variant(
        question=name, title="The mixer", text=text, parts=parts, values={"n": 3}, note="", fingerprint=""
    )
    section = PaperSection(title="First", variants=(variant,))
    return Paper(
        exam="small_exam", title="Small exam", exam_code="DL-1", date="2026-12-01", duration=30, fingerprint="",
        instructions="Do well.", code=code, points=15.5, sections=(section,),
    )  # fmt: skip


def key(ref: str = "mixer-a", **given: Any) -> Key:
    """A key full of sentinels."""
    claim = Claim(kind="slip", name=f"{SENTINEL} slip", value=31, formula="31", share=0.5, say=f"{SENTINEL} words")
    shared: dict[str, Any] = {
        "ref": ref, "input": "number", "grader": "numeric", "settings": {"full": 0.777}, "points": 10.0, "unit": "FLOP",
        "whole": False, "answer": 7919, "formula": "7919*1", "claims": (claim,), "solution": f"{SENTINEL}\n\n$7919$",
    }  # fmt: skip
    return Key(**shared | given)


def cells(made: Paper, folder: Path, keys: tuple[Key, ...] | None = None) -> dict[str, dict[str, Any]]:
    """The cells of the notebook by id."""
    [path] = render(made, "notebook", folder, keys)
    content = json.loads(path.read_text())
    found: dict[str, dict[str, Any]] = {cell["id"]: cell for cell in content["cells"]}
    assert len(found) == len(content["cells"]), "cell ids are unique"
    return found


@pytest.mark.parametrize("keys", [None, (key(),)], ids=["candidate", "staff"])
def test_the_notebook_is_valid_and_always_the_same(tmp_path: Path, keys: tuple[Key, ...] | None) -> None:
    [first], [second] = (render(paper(part()), "notebook", tmp_path / name, keys) for name in "ab")
    assert first == tmp_path / "a" / "small_exam.ipynb"
    assert first.read_bytes() == second.read_bytes()
    notebook = nbformat.read(first, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.tenfold == {"exam": "small_exam", "code": "ABCDEFGHIJ"}
    assert notebook.metadata.kernelspec.name == "python3"


def test_what_nbgrader_overwrites_is_the_same_in_every_variant(tmp_path: Path) -> None:
    one = cells(paper(part(unit="GB"), code="ONE", text="$n = 3$"), tmp_path)
    other = cells(paper(part(unit="GB", text="And *how* many?"), code="OTHER", text="$n = 4$"), tmp_path)
    own = {name for name, cell in one.items() if "nbgrader" in cell["metadata"]}
    assert own == {"mixer-a", "mixer-a-answer"}
    assert all(one[name] == other[name] for name in own)
    assert one["mixer--text"] != other["mixer--text"]
    assert one["mixer-a-text"] != other["mixer-a-text"]


def test_cells_carry_what_nbgrader_needs(tmp_path: Path) -> None:
    made = cells(paper(part("mixer-b", points=0.5)), tmp_path)
    assert made["mixer-b"]["metadata"] == {
        "deletable": False, "editable": False,
        "nbgrader": {"schema_version": 3, "grade_id": "mixer-b", "grade": True, "locked": True, "solution": False,
                     "task": False, "points": 0.5},
    }  # fmt: skip
    assert made["mixer-b-answer"]["metadata"] == {
        "deletable": False,
        "nbgrader": {"schema_version": 3, "grade_id": "mixer-b_answer", "grade": False, "locked": False,
                     "solution": True, "task": False},
    }  # fmt: skip


def test_the_title_says_what_the_exam_is(tmp_path: Path) -> None:
    title = cells(paper(part()), tmp_path)["exam--title"]["source"]
    for said in ("# Small exam", "**DL-1**", "2026-12-01", "30 minutes", "15.5 points", "**ABCDEFGHIJ**", "Do well."):
        assert said in title


def test_a_formula_sheet_is_the_last_cell_with_macros_spelt_out(tmp_path: Path) -> None:
    plain = list(cells(paper(part()), tmp_path))
    found = cells(paper(part()).model_copy(update={"formula_sheet": r"$\R$ and $\frac{1}{2}$"}), tmp_path)
    assert list(found) == [*plain, "exam--formulas"]
    assert found["exam--formulas"]["source"] == spelt_out("# Formula sheet\n\n$\\R$ and $\\frac{1}{2}$")
    assert r"\R$" not in found["exam--formulas"]["source"]


@pytest.mark.parametrize(
    ("unit", "whole", "said"),
    [
        (None, False, "# a number"),
        (None, True, "# a whole number"),
        ("count", True, "# a whole number"),
        ("FLOP", False, "# a number, in FLOP"),
        ("%", False, "# a number, in per cent"),
        ("probability", False, "# a number from 0 to 1"),
    ],
)
def test_the_answer_cell_says_what_is_asked(tmp_path: Path, unit: str | None, whole: bool, said: str) -> None:
    made = cells(paper(part(unit=unit, whole=whole)), tmp_path)
    assert made["mixer-a-answer"]["source"] == f"mixer_a = ...  {said}"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["a"], ["_10 points_"]),
        (["a", "c"], ["**(a)** _10", "**(c)** _10"]),
        (["total", "x"], ["**(a)** _10", "**(b)** _10"]),
    ],
    ids=["one part", "letters", "words"],
)
def test_parts_have_letters_where_there_are_several(tmp_path: Path, names: list[str], shown: list[str]) -> None:
    made = cells(paper(*(part(f"mixer-{name}") for name in names)), tmp_path)
    for name, start in zip(names, shown, strict=True):
        assert made[f"mixer-{name}-text"]["source"].startswith(start)
        assert made[f"mixer-{name}-text"]["source"].endswith("\n\nHow *many*?")


def test_nothing_of_a_key_is_outside_nbgraders_markers(tmp_path: Path) -> None:
    staff = (tmp_path / "small_exam.ipynb", cells(paper(part()), tmp_path, (key(),)))[0].read_text()
    assert all(secret in staff for secret in (SENTINEL, "7919", f"{SENTINEL} slip"))
    solved = json.loads(staff)
    region = re.compile("### BEGIN SOLUTION\n.*### END SOLUTION", re.DOTALL)
    for cell in solved["cells"]:
        cell["source"] = region.sub("", cell["source"]).rstrip("\n")
    assert not [secret for secret in (SENTINEL, "7919", "0.777") if secret in json.dumps(solved)]
    assert {cell["id"]: cell for cell in solved["cells"]} == cells(paper(part()), tmp_path / "handout")


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (7919, "mixer_a = 7919  # FLOP"),
        (None, "mixer_a = ...  # FLOP"),
        (float("inf"), 'mixer_a = float("inf")  # FLOP'),
    ],
)
def test_staff_see_the_answer(tmp_path: Path, answer: Any, line: str) -> None:
    made = cells(paper(part(unit="FLOP")), tmp_path, (key(answer=answer),))
    assert line in made["mixer-a-answer"]["source"].splitlines()


@pytest.mark.parametrize(
    ("made", "keys", "problem"),
    [
        (paper(part()), (key(solution="x\n### END SOLUTION\ny"),), "mixer-a: the solution contains one of nbgrader's"),
        (paper(part()), (key("mixer-b"),), "mixer-a: the keys do not belong to this paper"),
        (paper(part(input="smell")), None, "templates/notebook/answer.py.jinja: .*smell"),
    ],
    ids=["marker", "other keys", "unknown input"],
)
def test_what_cannot_be_written_is_refused(tmp_path: Path, made: Paper, keys: Any, problem: str) -> None:
    with pytest.raises(RenderError, match=problem):
        render(made, "notebook", tmp_path, keys)


def test_long_names_keep_valid_ids(tmp_path: Path) -> None:
    names = [f"{'q' * 60}-{'p' * 30}{end}" for end in "ab"]
    [path] = render(paper(*(part(name) for name in names)), "notebook", tmp_path)
    nbformat.validate(nbformat.read(path, as_version=4))


def test_a_course_may_bring_its_own_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_template(tmp_path, "section.md.jinja", "# Part: [= title =]\n")
    monkeypatch.chdir(tmp_path)
    made = cells(paper(part()), tmp_path)
    assert made["section--1"]["source"] == "# Part: First"
    assert made["mixer--text"]["source"].startswith("## 1. The mixer"), "other templates are still ours"


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("section.md.jinja", "# [= titel =]\n", "templates/notebook/section.md.jinja: 'titel' is undefined"),
        ("question.md.jinja", "[= text =]\n", "mixer: the template must give a text for the question and one for each"),
        ("title.md.jinja", "[% if %]\n", r"title\.md\.jinja:1: "),
    ],
)
def test_a_wrong_template_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str, problem: str
) -> None:
    own_template(tmp_path, name, content)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RenderError, match=problem):
        render(paper(part()), "notebook", tmp_path)


def own_template(course: Path, name: str, content: str) -> None:
    """Put a template into a course."""
    folder = course / "templates" / "notebook"
    folder.mkdir(parents=True)
    (folder / name).write_text(content)


def run_check(source: str, **names: Any) -> str:
    """Run a check cell as a kernel would and return what it prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(source, "check", "exec"), names)
    return said.getvalue()


@pytest.fixture
def check(tmp_path: Path) -> str:
    source: str = cells(paper(part(unit="FLOP")), tmp_path)["mixer-a"]["source"]
    return source


@pytest.mark.parametrize("installed", [True, False])
def test_a_check_cell_never_passes_under_autograde(
    check: str, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    if not installed:
        monkeypatch.setitem(sys.modules, "autograder.reading.check", None)
    with pytest.raises(RuntimeError, match="Marks come from `tenfold mark`"):
        run_check(check, mixer_a=7919)


@pytest.mark.parametrize("value", [..., None, "", 5, "garbage"])
def test_without_tenfold_a_notebook_still_runs(check: str, monkeypatch: pytest.MonkeyPatch, value: Any) -> None:
    # another package of the same name, which anybody may have installed
    monkeypatch.setitem(sys.modules, "autograder", types.ModuleType("autograder"))
    monkeypatch.delitem(sys.modules, "autograder.reading", raising=False)
    monkeypatch.delitem(sys.modules, "autograder.reading.check", raising=False)
    assert run_check(check, mixer_a=value).endswith("Hand in as usual.\n")


@pytest.mark.parametrize("value", [178e12, "178 TFLOP", 7, "1.78e14"])
def test_a_check_cell_says_how_the_answer_reads(check: str, value: Any) -> None:
    assert run_check(check, mixer_a=value).startswith("mixer_a reads as ")


@pytest.mark.parametrize("names", [{"mixer_a": ...}, {"mixer_a": None}, {"mixer_a": " "}, {}], ids=str)
def test_a_check_cell_raises_when_the_answer_is_blank(check: str, names: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"mixer_a is blank\.") as caught:
        run_check(check, **names)
    assert caught.value._render_traceback_() == ["mixer_a is blank."]  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", ["see above", [1, 2], object, True, "5 or 6", "3 seconds"], ids=str)
def test_a_check_cell_raises_when_the_answer_does_not_read(check: str, value: Any) -> None:
    with pytest.raises(ValueError, match="mixer_a does not read as an answer"):
        run_check(check, mixer_a=value)


def test_a_course_changes_the_fixed_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "words.yaml").write_text("how: So wird geantwortet\npoints: Punkte\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    [path] = render(paper(part()), "notebook", tmp_path / "out")
    shown = path.read_text(encoding="utf-8")
    assert "## So wird geantwortet" in shown
    assert "_10 Punkte_" in shown

"""A paper that asks for code as a notebook: what is printed, what is edited, and what the check cell says."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.coding.listing import numbered
from autograder.key import keys_of
from autograder.model import Key, Paper
from autograder.render import render
from autograder.variant import show
from tests.coded import LISTING, STARTER, coded_paper, coded_question, drawn, seeded

from .test_notebook import own_template, run_check

ASK = coded_question()
REFS = ("coded-blanks", "coded-whole", "coded-mend", "coded-hunt")


def keys(values: Any = None) -> tuple[Key, ...]:
    return keys_of(ASK, values or drawn(), solutions=True)


def cells(folder: Path, staff: tuple[Key, ...] | None = None, paper: Paper | None = None) -> dict[str, str]:
    """The sources of the notebook's cells by id."""
    [path] = render(paper or coded_paper(), "notebook", folder, staff)
    nbformat.validate(nbformat.read(path, as_version=nbformat.NO_CONVERT))
    return {cell["id"]: cell["source"] for cell in json.loads(path.read_text())["cells"]}


def test_the_answer_cells_hold_what_is_to_be_edited(tmp_path: Path) -> None:
    made, paper = cells(tmp_path), coded_paper()
    printed = {part.ref: part for part in paper.parts()}
    for ref, given in [
        ("coded-blanks", LISTING.replace("model", "net").replace("STEPS", "4").rstrip("\n")),
        ("coded-whole", STARTER),
        ("coded-mend", printed["coded-mend"].listing),
    ]:
        assert made[f"{ref}-answer"] == f"{(given or '').rstrip()}\n\n# End of the answer to {ref}."
    assert made["coded-hunt-answer"].startswith("coded_hunt = []  # ")
    assert made["coded-hunt-repair"].startswith(printed["coded-hunt"].listing or "?")
    for name in REFS:
        ast.parse(re.sub("# BLANK .", "pass", made[f"{name}-answer"]))


def test_a_bug_hunt_prints_numbered_lines_and_lettered_claims(tmp_path: Path) -> None:
    made = cells(tmp_path)["coded-hunt-text"]
    part = coded_paper().parts()[3]
    assert f"```python\n{numbered(part.listing or '')}\n```\n" in made
    for letter, claim in zip("ABCDEF", part.options, strict=True):
        assert f"\n- **{letter}** {claim}" in made
    assert "```" not in cells(tmp_path)["coded-mend-text"], "what is mended stands in its cell"


def test_a_listing_with_a_fence_in_it_has_a_longer_one(tmp_path: Path) -> None:
    files = ASK.files | {"reference.py": ASK.files["reference.py"] + 'TEXT = "```"\n'}
    question = ASK.model_copy(update={"files": files})
    made = cells(tmp_path, paper=coded_paper(show(question, drawn())))
    assert "````python\n" in made["coded-hunt-text"]


def test_locked_cells_are_the_same_in_every_variant(tmp_path: Path) -> None:
    several = [cells(tmp_path, paper=coded_paper(show(ASK, seeded(number)))) for number in range(5)]
    for ref in REFS:
        assert len({made[ref] for made in several}) == 1
    assert len({made["coded-mend-answer"] for made in several}) > 1


def test_cells_carry_what_nbgrader_needs(tmp_path: Path) -> None:
    [path] = render(coded_paper(), "notebook", tmp_path)
    own = [cell["metadata"]["nbgrader"] for cell in json.loads(path.read_text())["cells"] if cell["metadata"]]
    assert [(each["grade_id"], each["locked"], each["solution"], each["grade"]) for each in own] == [
        (f"{ref}{what}", not what, bool(what), not what)
        for ref in REFS
        for what in (("_answer", "_repair", "") if ref.endswith("hunt") else ("_answer", ""))
    ]


def test_the_title_says_how_code_is_handed_in_only_where_there_is_some(tmp_path: Path) -> None:
    assert "Where code is asked" in cells(tmp_path)["exam--title"]
    plain = coded_paper()
    variant = plain.variants()[0].model_copy(update={"parts": ()})
    assert "Where code" not in cells(tmp_path, paper=coded_paper(variant))["exam--title"]


def test_staff_see_the_solution_between_nbgraders_markers(tmp_path: Path) -> None:
    made = cells(tmp_path, keys())
    region = re.compile("\n### BEGIN SOLUTION\n(.*)\n### END SOLUTION", re.DOTALL)
    found = {name: region.search(source) for name, source in made.items() if name.endswith(("-answer", "-repair"))}
    assert all(found.values())
    shown = {name: match[1] for name, match in found.items() if match}
    assert "(loss / 4).backward()" in shown["coded-blanks-answer"]
    assert "return 4 * x" in shown["coded-whole-answer"]
    assert "inner.parameters()" in shown["coded-mend-answer"]
    assert "inner.parameters()" in shown["coded-hunt-repair"]
    claims = ast.literal_eval(shown["coded-hunt-answer"].partition(" = ")[2])
    right = {option.letter for option in keys()[3].code.options if option.on}  # type: ignore[union-attr]
    assert {letter for _, letter in claims} == right
    without = {name: region.sub("", source) for name, source in made.items()}
    assert without == cells(tmp_path / "handout")


def test_a_candidates_copy_holds_nothing_of_the_key(tmp_path: Path) -> None:
    [path] = render(coded_paper(), "notebook", tmp_path)
    written = path.read_text()
    for secret in (
        "parameters()",
        "requires_grad",
        "divided",
        "backward",
        "neutral",
        "It is scaled",
        "def probe",
        "zero_b",
    ):
        assert secret not in written, secret


def test_a_course_may_print_code_in_its_own_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_template(tmp_path, "repair.py.jinja", "# mend it\n[= cell.given =]\n[= cell.end =]\n")
    monkeypatch.chdir(tmp_path)
    assert cells(tmp_path)["coded-hunt-repair"].startswith("# mend it\nclass Layer")


# The check cell


def said_by(source: str, ran: list[Any], **names: Any) -> str:
    return run_check(source, In=["", *ran, source], **names)


@pytest.mark.parametrize("ref", REFS)
def test_a_check_cell_never_passes_under_autograde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ref: str) -> None:
    check = cells(tmp_path)[ref]
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(RuntimeError, match="Marks come from `tenfold mark`"):
        run_check(check)


@pytest.mark.parametrize("ref", REFS)
def test_without_tenfold_a_notebook_still_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ref: str) -> None:
    check = cells(tmp_path)[ref]
    monkeypatch.setitem(sys.modules, "autograder.reading.check", None)
    assert run_check(check).endswith("Hand in as usual.\n")


def test_a_check_cell_says_whether_the_code_is_python_and_runs_none_of_it(tmp_path: Path) -> None:
    made = cells(tmp_path)
    answer, check = made["coded-whole-answer"], made["coded-whole"]
    assert "reads as Python" in said_by(check, [answer])
    assert "reads as Python" in said_by(check, [answer.replace("...", "raise SystemExit"), "x = 1"])
    assert "Run the cell" in said_by(check, [])
    assert "Run the cell" in said_by(check, ["x = 1", 7, None])
    assert "Run the cell" in run_check(check)
    with pytest.raises(ValueError, match=r"not Python yet: .*line 3: return \(") as caught:
        said_by(check, [answer, answer.replace("...", "return (")])
    assert len(caught.value._render_traceback_()) == 1  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="not Python yet"):
        said_by(check, [f"x = '\x00'\n{answer}"])


def test_a_check_cell_shows_claims_as_they_read(tmp_path: Path) -> None:
    made = cells(tmp_path)
    check, repair = made["coded-hunt"], made["coded-hunt-repair"]
    shown = said_by(check, [repair], coded_hunt=[(3, "a"), (7, "C")])
    assert "Line 3 is claimed for A.\nLine 7 is claimed for C.\n" in shown
    assert "reads as Python" in shown
    assert "no claims yet" in said_by(check, [repair], coded_hunt=[])
    with pytest.raises(ValueError, match="Not a claim: 'it is slow'"):
        said_by(check, [repair], coded_hunt=["it is slow"])


def test_the_check_cell_of_a_listing_with_blanks_takes_them_for_comments(tmp_path: Path) -> None:
    made = cells(tmp_path)
    with pytest.raises(ValueError, match="not Python yet"):
        said_by(made["coded-blanks"], [made["coded-blanks-answer"]])
    done = made["coded-blanks-answer"].replace("# BLANK 2", "step()")
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(made["coded-blanks"], "check", "exec"), {"In": [done, made["coded-blanks"]]})
    assert "reads as Python" in said.getvalue()

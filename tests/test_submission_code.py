"""Code that came back, read as text: from the notebook that was handed out, as people edit it, and from YAML."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.model import Response, Submission
from autograder.render import render
from autograder.submission import read_submission
from tests.coded import LISTING, STARTER, coded_paper
from tests.coding.test_printed import FAULTY

PAPER = coded_paper()
PRINTED = LISTING.replace("model", "net").replace("STEPS", "4").rstrip("\n")
Edit = Callable[[dict[str, dict[str, Any]]], None]


def handed_in(folder: Path, edit: Edit | None = None) -> Submission:
    """The paper's own notebook, its cells by grade_id edited, read."""
    [path] = render(PAPER, "notebook", folder)
    content = json.loads(path.read_text())
    if edit is not None:
        edit({cell["metadata"].get("nbgrader", {}).get("grade_id", ""): cell for cell in content["cells"]})
    path.write_text(json.dumps(content))
    return read_submission(path, {PAPER.code: PAPER}, "ada")


def answer(submission: Submission, part: str) -> Response:
    return next(response for response in submission.responses if response.ref == f"coded-{part}")


def changed(grade_id: str, *pairs: tuple[str, str]) -> Edit:
    def edit(cells: dict[str, dict[str, Any]]) -> None:
        for old, new in pairs:
            assert old in cells[grade_id]["source"]
            cells[grade_id]["source"] = cells[grade_id]["source"].replace(old, new)

    return edit


def written(grade_id: str, source: Any) -> Edit:
    def edit(cells: dict[str, dict[str, Any]]) -> None:
        cells[grade_id]["source"] = source

    return edit


def test_an_untouched_paper_is_blank(tmp_path: Path) -> None:
    submission = handed_in(tmp_path)
    assert {response.state for response in submission.responses} == {"blank"}
    assert submission.flags == ()


@pytest.mark.parametrize(
    ("part", "edit", "value"),
    [
        (
            "blanks",
            changed("coded-blanks_answer", ("# BLANK 1", "a()"), ("# BLANK 2", "b()")),
            {"1": "a()", "2": "b()"},
        ),
        ("blanks", changed("coded-blanks_answer", ("# BLANK 1", "# BLANK 1\n        a()")), {"1": "a()", "2": ""}),
        (
            "blanks",
            changed("coded-blanks_answer", ("# BLANK 2", "%%time\n            b()")),
            {"1": "", "2": "pass\nb()"},
        ),
        ("blanks", written("coded-blanks_answer", PRINTED.replace("# BLANK 1", "a()")), {"1": "a()", "2": ""}),
        ("whole", changed("coded-whole_answer", ("...", "return 2*x")), STARTER.replace("...", "return 2*x")),
        (
            "whole",
            written("coded-whole_answer", ["def double(x):\n", "    return 2*x"]),
            "def double(x):\n    return 2*x",
        ),
        ("whole", written("coded-whole_answer", "def double(x:\n  return"), "def double(x:\n  return"),
        ("whole", written("coded-whole_answer", "%load_ext x\ndouble = abs"), "%load_ext x\ndouble = abs"),
        ("mend", changed("coded-mend_answer", ("self.b)", "self.b) * 2")), FAULTY.replace("self.b)", "self.b) * 2")),
        ("hunt", written("coded-hunt_answer", 'coded_hunt = [(3, "A"), (7, "c")]'), [[3, "A"], [7, "C"]]),
        ("hunt", written("coded-hunt_answer", 'coded_hunt = (3, "A")  # one'), [[3, "A"]]),
        ("hunt", written("coded-hunt_answer", 'coded_hunt = []\ncoded_hunt.append((3, "A"))'), [[3, "A"]]),
        ("hunt", written("coded-hunt_answer", '[(3, "A")]'), [[3, "A"]]),
        ("hunt", written("coded-hunt_answer", 'coded_hunt = [(3, "A"), (7, "C"'), [[3, "A"], [7, "C"]]),
        ("hunt", written("coded-blanks_answer", 'coded_hunt = [(3, "A")]\n'), [[3, "A"]]),
    ],
)
def test_what_was_written_is_read(tmp_path: Path, part: str, edit: Edit, value: Any) -> None:
    if part == "hunt" and "blanks" in str(edit.__closure__[0].cell_contents):  # type: ignore[index]

        def edit_both(cells: dict[str, dict[str, Any]]) -> None:
            edit(cells)
            cells["coded-hunt_answer"]["source"] = ""

        submission = handed_in(tmp_path, edit_both)
    else:
        submission = handed_in(tmp_path, edit)
    found = answer(submission, part)
    assert found.state == "given", found
    if part == "hunt":
        assert found.value == {"claims": value, "repair": None}
    elif isinstance(value, str):
        assert isinstance(found.value, str)
        assert found.value.replace("%load_ext x", "pass").rstrip() == value.replace("%load_ext x", "pass").rstrip()
    else:
        assert found.value == value


def test_a_repair_is_read_from_its_own_cell(tmp_path: Path) -> None:
    mended = FAULTY.replace("self.inner(x) +", "self.inner(x) + 0.1 *")

    def edit(cells: dict[str, dict[str, Any]]) -> None:
        cells["coded-hunt_repair"]["source"] = mended
        cells["coded-hunt_answer"]["source"] = "coded_hunt = [(3, 'A')]"

    assert answer(handed_in(tmp_path, edit), "hunt").value == {"claims": [[3, "A"]], "repair": mended}
    assert answer(handed_in(tmp_path, written("coded-hunt_repair", mended)), "hunt").value == {
        "claims": [], "repair": mended,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("part", "source", "state", "hint"),
    [
        ("blanks", "", "blank", ""),
        ("blanks", "# nothing", "blank", ""),
        ("blanks", "loss.backward()", "unreadable", "no longer there"),
        ("blanks", PRINTED.replace("# BLANK 1", "x" * 200_000), "unreadable", "characters"),
        ("blanks", PRINTED.replace("for i", "for j").replace("# BLANK 1", "a()"), "given", "outside the blanks"),
        ("whole", "x" * 200_000, "unreadable", "characters"),
        ("whole", "# Write your code here.\n", "blank", ""),
        ("hunt", "coded_hunt = [(3, 'ABC')]", "unreadable", "claims"),
        ("hunt", "coded_hunt = found()", "run", ""),
        ("hunt", "coded_hunt = None", "blank", ""),
        ("hunt", "", "blank", ""),
    ],
)
def test_what_cannot_be_taken_is_told(tmp_path: Path, part: str, source: str, state: str, hint: str) -> None:
    found = answer(handed_in(tmp_path, written(f"coded-{part}_answer", source)), part)
    assert (found.state, hint in found.hint) == (state, True), found


def test_a_cell_that_lost_its_metadata_is_known_by_its_id(tmp_path: Path) -> None:
    def edit(cells: dict[str, dict[str, Any]]) -> None:
        cell = cells["coded-whole_answer"]
        cell["metadata"], cell["source"] = {}, "double = abs"

    submission = handed_in(tmp_path, edit)
    assert answer(submission, "whole").value == "double = abs"
    assert submission.flags == ()


def test_a_missing_cell_is_blank_and_flagged(tmp_path: Path) -> None:
    def edit(cells: dict[str, dict[str, Any]]) -> None:
        for name in ("coded-whole_answer", "coded-hunt_repair"):
            cells[name] |= {"metadata": {}, "id": "lost", "source": "double = abs"}

    submission = handed_in(tmp_path, edit)
    assert answer(submission, "whole").state == "blank"
    assert submission.flags == ("cells are missing: coded-whole_answer, coded-hunt_repair",)


ANSWERS = """\
paper: PAPERCODE1
answers:
  coded-blanks:
    1: a()
    2: |
      b()
      c()
  coded-whole: |
    def double(x):
        return 2*x
  coded-mend: ""
  coded-hunt:
    claims: [[3, A], [7, c]]
    repair: x = 1
"""


def from_yaml(folder: Path, text: str) -> Submission:
    path = folder / "answers.yaml"
    path.write_text(text)
    return read_submission(path, {PAPER.code: PAPER}, "ada")


def test_an_answers_file_says_the_same(tmp_path: Path) -> None:
    submission = from_yaml(tmp_path, ANSWERS)
    assert [(response.state, response.value) for response in submission.responses] == [
        ("given", {"1": "a()", "2": "b()\nc()\n"}),
        ("given", "def double(x):\n    return 2*x\n"),
        ("blank", None),
        ("given", {"claims": [[3, "A"], [7, "C"]], "repair": "x = 1"}),
    ]
    assert Submission.model_validate_json(submission.model_dump_json()) == submission


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("{1: a(), 2: }", {"1": "a()", "2": ""}),
        ("[a(), b()]", {"1": "a()", "2": "b()"}),
        ("|\n" + textwrap.indent(PRINTED.replace("# BLANK 1", "a()"), "    "), {"1": "a()", "2": ""}),
        ("{3: a()}", None),
        ("a()", None),
        ("{1: {2: a()}}", {"1": "{'2': 'a()'}", "2": ""}),
    ],
)
def test_forms_of_blanks_in_an_answers_file(tmp_path: Path, said: str, value: Any) -> None:
    found = answer(from_yaml(tmp_path, f"paper: PAPERCODE1\nanswers:\n  coded-blanks: {said}\n"), "blanks")
    assert (found.state, found.value) == ("given" if value else "unreadable", value)


@pytest.mark.parametrize(
    ("said", "claims"),
    [
        ("[[3, A]]", [[3, "A"]]),
        ("{3: A, 7: C}", [[3, "A"], [7, "C"]]),
        ("3 A, 7 C", [[3, "A"], [7, "C"]]),
        ("{claims: {3: A}}", [[3, "A"]]),
        ("[3 A, 7 C]", [[3, "A"], [7, "C"]]),
    ],
)
def test_forms_of_claims_in_an_answers_file(tmp_path: Path, said: str, claims: Any) -> None:
    found = answer(from_yaml(tmp_path, f"paper: PAPERCODE1\nanswers:\n  coded-hunt: {said}\n"), "hunt")
    assert found.value == {"claims": claims, "repair": None}


HOSTILE = {
    "parentheses": "(" * 20_000,
    "NUL": "double = '\x00'",
    "surrogate": "double = '\ud800'",
    "deep": "".join(" " * depth + "if x:\n" for depth in range(150)),
    "markers": "# BLANK 1\n" * 3_000,
    "the listing again and again": (PRINTED + "\n") * 40,
    "long line": "x" * 90_000,
    "minus signs": "coded_hunt = " + "-" * 50_000 + "1",
    "nested claims": "coded_hunt = " + "[" * 90 + "3, 'A'" + "]" * 90,
    "many claims": "coded_hunt = [" + "(3, 'A')," * 8_000 + "]",
    "appends": "coded_hunt = []\n" + "coded_hunt.append((3, 'A'))\n" * 3_000,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_whatever_stands_in_the_cells_is_read_in_time_and_can_be_saved(tmp_path: Path, source: str) -> None:
    def edit(cells: dict[str, dict[str, Any]]) -> None:
        for name, cell in cells.items():
            if name.endswith(("_answer", "_repair")):
                cell["source"] = source

    submission = handed_in(tmp_path, edit)
    assert Submission.model_validate_json(submission.model_dump_json()) == submission


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_any_text_is_read(tmp_path: Path, source: str) -> None:
    test_whatever_stands_in_the_cells_is_read_in_time_and_can_be_saved(tmp_path, source)

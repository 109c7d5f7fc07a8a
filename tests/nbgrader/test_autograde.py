"""In our course `nbgrader autograde` records our marks and runs nobody's code; stock nbgrader gives no marks."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from nbconvert.preprocessors import Preprocessor
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.errors import RenderError
from autograder.post import post
from autograder.render import run_nbgrader
from autograder.safe_autograde import SafeAutograde

from .conftest import EXAM, POINTS, Course, digest_of, marks, unmarked

pytestmark = pytest.mark.slow

STOCK = "from pathlib import Path\nc = get_config()\nc.CourseDirectory.root = str(Path(__file__).parent)\n"
READABLE = {ref.replace("-", "_"): f"{ref.replace('-', '_')} = 7" for ref in POINTS}


def scores(course: Course, *candidates: str) -> dict[str, list[tuple[float | None, bool]]]:
    """Automatic score and "needs a person" of every part, by candidate, as the database has them."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as book:
        return {
            candidate: [
                (grade.auto_score, grade.needs_manual_grade)
                for grade in (book.find_grade(ref, EXAM, EXAM, candidate) for ref in POINTS)
            ]
            for candidate in candidates
        }


def exported(course: Course) -> dict[str, tuple[float, float]]:
    """Score and points of every candidate from `nbgrader export`."""
    run_nbgrader(course.root, "export", "--to", "grades.csv")
    with (course.root / "grades.csv").open() as file:
        return {
            row["student_id"]: (round(float(row["score"]), 9), float(row["max_score"])) for row in csv.DictReader(file)
        }


def test_our_preprocessor_cannot_be_left_out_silently() -> None:
    assert issubclass(SafeAutograde, NbGraderPreprocessor)
    assert SafeAutograde().enabled
    assert not Preprocessor().enabled, "this is the trap: one of nbconvert's own kind would be skipped without a word"


def test_autograde_records_our_marks_and_runs_nothing(course: Course) -> None:
    trace = course.root / "ran"
    course.save_marks(ada := marks("ada", course.hand_in("ada", **READABLE)))
    hostile = f"open({str(trace)!r}, 'w').write('x')\nimport os\nos.environ['NBGRADER_EXECUTION'] = ''\nmixer_a = 1"
    course.save_marks(bo := marks("bo", course.hand_in("bo", mixer_a=hostile)))
    course.save_marks(cy := marks("cy", course.hand_in("cy"), lora_total=unmarked("lora-total", "manual")))
    course.hand_in("dee", **READABLE)
    course.save_marks(marks("eve", course.hand_in("eve"), mixer_b=unmarked("mixer-b", "error")))
    course.save_marks(marks("fay", course.hand_in("fay")))
    course.hand_in("fay", **READABLE)
    somebody_else = marks("ada", course.hand_in("hal", **READABLE)).model_dump_json()
    (course.root / "work" / EXAM / "marks" / "hal.json").write_text(somebody_else)
    without_cells(course, "gus", "mixer-b", "mixer-b_answer")
    course.save_marks(gus := marks("gus", digest_of(course.submitted("gus"))))

    with pytest.raises(RenderError, match="nbgrader autograde failed"):  # for those below
        run_nbgrader(course.root, "autograde", EXAM)

    assert not trace.exists(), "a candidate's code was run"
    recorded = scores(course, "ada", "bo", "cy", "dee", "eve", "fay", "gus", "hal")
    for sheet in (ada, bo, cy, gus):
        assert recorded[sheet.candidate] == [(mark.score, mark.score is None) for mark in sheet.marks]
    for nobody in ("dee", "eve", "fay", "hal"):
        assert recorded[nobody] == [(None, True)] * len(POINTS)
        assert not course.autograded(nobody).exists()

    run_nbgrader(course.root, "generate_feedback", EXAM)
    page = (course.root / "feedback" / "ada" / EXAM / f"{EXAM}.html").read_text()
    assert "You earn 3.333333." in page
    assert re.search(r"Score: 5\.17 / 15\.5", page)
    waiting = (course.root / "feedback" / "cy" / EXAM / f"{EXAM}.html").read_text()
    assert "A person marks this part." in waiting

    post([ada, bo, cy, gus], "csv", course.root / "marks.csv")
    with (course.root / "marks.csv").open() as file:
        ours = {row["candidate"]: (float(row["score"]), float(row["points"])) for row in csv.DictReader(file)}
    theirs = exported(course)
    assert {name: theirs[name] for name in ours} == ours
    assert all(theirs[nobody] == (0.0, 15.5) for nobody in ("dee", "eve", "fay", "hal"))


def test_after_posting_feedback_and_export_work(course: Course, dump) -> None:  # type: ignore[no-untyped-def]
    sheets = [marks(name, course.hand_in(name, **READABLE)) for name in ("ada", "bo")]
    for sheet in sheets:
        course.save_marks(sheet)
    post(sheets, "nbgrader", course.root)
    assert exported(course) == {sheet.candidate: (sheet.score, sheet.points) for sheet in sheets}
    run_nbgrader(course.root, "generate_feedback", EXAM)
    page = (course.root / "feedback" / "bo" / EXAM / f"{EXAM}.html").read_text()
    assert page.count("You earn 3.333333.") == 2, "once as comment below the answer, once in the check cell"
    posted = dump(course.root)
    run_nbgrader(course.root, "autograde", EXAM, "--force")
    assert [line for line in dump(course.root) if '"course"' not in line] == [
        line for line in posted if '"course"' not in line
    ], "autograde after posting changes no mark"


@pytest.mark.parametrize(
    "config",
    [STOCK, STOCK + "c.Autograde.autograde_preprocessors = ['not_installed.safe_autograde.SafeAutograde']\n"],
    ids=["stock nbgrader", "our preprocessor cannot be imported"],
)
def test_without_our_preprocessor_nobody_earns_a_mark(course: Course, config: str) -> None:
    (course.root / "nbgrader_config.py").write_text(config)
    course.hand_in("ada", **READABLE)
    course.hand_in("bo", mixer_a="mixer_a = 'see above'")
    try:
        run_nbgrader(course.root, "autograde", EXAM)
    except RenderError:
        assert "not_installed" in config
    else:
        assert set(scores(course, "ada", "bo")["ada"]) == {(0.0, False)}
    assert {score for score, _ in exported(course).values()} == {0.0}


def without_cells(course: Course, candidate: str, *grade_ids: str) -> None:
    """Hand in a notebook from which cells were deleted."""
    course.hand_in(candidate)
    path: Path = course.submitted(candidate)
    content = json.loads(path.read_text())
    content["cells"] = [
        cell for cell in content["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") not in grade_ids
    ]
    path.write_text(json.dumps(content))

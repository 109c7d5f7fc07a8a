"""nbgrader hands out our pages: made by its own command, with what people decided, released by its exchange."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.pipeline import post_exam, render_exam
from autograder.pipeline.feedback import feedback_exam
from autograder.render import run_nbgrader
from tests.conftest import ROOT, TinyCourse

pytestmark = pytest.mark.slow


@pytest.fixture
def posted(tiny: TinyCourse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> TinyCourse:
    """A course of two, collected, marked and posted."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    shutil.copy(ROOT / "nbgrader_config.py", tiny.course.root)
    tiny.set("ada", "ben")
    list(render_exam(tiny.open(), ["notebook"]))
    for name in ("ada", "ben"):
        folder = tiny.hand_in(name, {"adder-sum": "adder_sum = 7", "small-a": f"{'small_a'} = 4"}).parent
        (folder / "timestamp.txt").write_text("2026-12-01 10:00:00 UTC")
        (folder / "submission_secret.txt").write_text(f"secret of {name}")
    tiny.mark()
    list(post_exam(tiny.open(), ["nbgrader"]))
    list(feedback_exam(tiny.open()))
    return tiny


def generated(course: TinyCourse, candidate: str) -> Path:
    return course.course.root / "feedback" / candidate / "tiny" / "tiny.html"


def test_nbgrader_hands_out_our_pages(posted: TinyCourse, tmp_path: Path) -> None:
    root = posted.course.root
    run_nbgrader(root, "generate_feedback", "tiny")
    for name in ("ada", "ben"):
        assert generated(posted, name).read_bytes() == posted.course.feedback("tiny", name).read_bytes()
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    run_nbgrader(root, "release_feedback", "tiny", f"--Exchange.root={exchange}")
    released = [path.read_bytes() for path in exchange.rglob("*.html")]
    assert sorted(released) == sorted(posted.course.feedback("tiny", name).read_bytes() for name in ("ada", "ben"))


def test_what_people_decided_in_formgrader_is_on_the_page(posted: TinyCourse) -> None:
    with Gradebook(f"sqlite:///{posted.course.root / 'gradebook.db'}") as book:
        book.find_grade("adder-sum", "tiny", "tiny", "ada").manual_score = 1.25
        book.find_grade("small-a", "tiny", "tiny", "ada").extra_credit = 0.5
        book.find_comment("adder-sum_answer", "tiny", "tiny", "ada").manual_comment = "Half of it <is> there."
        book.db.commit()
    run_nbgrader(posted.course.root, "generate_feedback", "tiny")
    page = generated(posted, "ada").read_text(encoding="utf-8")
    assert "1.25 of 2 points" in page
    assert "marked by a person" in page
    assert "Half of it &lt;is&gt; there." in page
    assert generated(posted, "ben").read_bytes() == posted.course.feedback("tiny", "ben").read_bytes()
    ours = posted.course.feedback("tiny", "ada").read_text(encoding="utf-8")
    score = float(ours.partition('<p class="total">')[2].partition(" ")[0])
    with Gradebook(f"sqlite:///{posted.course.root / 'gradebook.db'}") as book:
        total = book.find_submission("tiny", "ada").score
    assert total >= score + 0.5, "what was given beside our marks counts"
    assert f'<p class="total">{total:g} of 5 points' in page


def test_another_assignment_keeps_nbgraders_own_page(posted: TinyCourse) -> None:
    (posted.course.marks("tiny", "ada")).unlink()
    run_nbgrader(posted.course.root, "generate_feedback", "tiny", "--student", "ada")
    page = generated(posted, "ada").read_text(encoding="utf-8")
    assert "default-src 'none'" not in page
    assert "(Score:" in page, "nbgrader's own words"

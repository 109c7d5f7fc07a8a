"""What docs/github.md tells people to put into Classroom 50 and Gradescope does what it says there."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.classroom.conftest import EXAM, REPOSITORY, every_sort, handed_in, keys_in, write_answers
from tests.classroom.contracts import CLASSROOM50, GRADESCOPE, check
from tests.classroom.workflow import actions_environment
from tests.conftest import ROOT, TinyCourse

pytestmark = pytest.mark.slow


def snippet(after: str, language: str) -> str:
    """The first block of code below a heading of the page."""
    below = (ROOT / "docs" / "github.md").read_text(encoding="utf-8").partition(f"### {after}\n")[2]
    found = re.search(rf"```{language}\n(.+?)```", below, re.DOTALL)
    assert found is not None
    return found[1]


def test_classroom_50_collects_a_result(checkout: Path, tmp_path: Path, interpreter: Path) -> None:
    write_answers(handed_in(checkout).file, every_sort(keys_in(checkout)))
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "autograder.py").write_text(snippet("Classroom 50", "python"))
    (tmp_path / "home").mkdir()
    environment = actions_environment(tmp_path / "home", interpreter, REPOSITORY, "bob") | {
        "CLASSROOM": "dl-2026", "ASSIGNMENT": EXAM, "USERNAME": "alice", "OWNER": "alice",
        "ASSIGNMENT_TYPE": "individual", "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-0123456",
        "COMMIT_URL": "https://example.org/c", "RELEASE_URL": "https://example.org/r",
        "REVIEW_URL": "https://example.org/v", "CLASSROOM50_BUNDLE_DIR": str(tmp_path / "bundle"),
    }  # fmt: skip
    for name in ("first", "second"):
        done = subprocess.run(
            [interpreter / "python", tmp_path / "bundle" / "autograder.py"], cwd=checkout, env=environment,
            check=False, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        (checkout / "result.json").rename(tmp_path / f"{name}.json")
    result = json.loads((tmp_path / "first.json").read_text())
    check(result, CLASSROOM50)
    assert (result["owner"], result["datetime"]) == ("alice", "2026-06-01T14:32:05Z")
    assert 0 < result["score"] < result["max-score"]
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes(), "a regrade says the same"
    assert "points" in (checkout / "release-body.md").read_text()


def test_gradescope_gets_its_results(tiny: TinyCourse, tmp_path: Path) -> None:
    there = tmp_path / "autograder"
    (there / "source").mkdir(parents=True)
    (there / "submission").mkdir()
    tiny.set("ada@example.org", "ben@example.org")
    handed_in = tiny.hand_in("ada@example.org", {"small-a": "small_a = 0"})
    handed_in.rename(there / "submission" / "tiny.ipynb")
    tiny.course.root.rename(there / "source" / "course")
    (there / "submission_metadata.json").write_text(json.dumps({"users": [{"email": "ada@example.org", "id": 1}]}))
    script = snippet("Gradescope", "").replace("/autograder/", f"{there}/").replace("EXAM", "tiny")
    done = subprocess.run(
        ["bash", "-e", "-c", script], env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False, capture_output=True,
        text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((there / "results" / "results.json").read_text())
    check(results, GRADESCOPE)
    assert [test["score"] for test in results["tests"]] == [0, 0, 0]
    assert "carries" not in results["output"]

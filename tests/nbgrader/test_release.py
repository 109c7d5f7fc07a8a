"""What nbgrader makes from the staff notebook: always the same bytes, nothing that only staff may see; it validates."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from autograder.course import Course as CourseFolder
from autograder.errors import RenderError
from autograder.pipeline import open_exam, staff_form
from autograder.render import release, render, run_nbgrader

from .conftest import EXAM, POINTS, SENTINEL, Course, keys, paper

pytestmark = pytest.mark.slow


def cells(path: Path) -> list[dict[str, object]]:
    """The cells of a notebook file."""
    found: list[dict[str, object]] = json.loads(path.read_text())["cells"]
    return found


def test_made_again_source_and_release_are_the_same_bytes(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        path: path.read_bytes() for name in ("source", "release") for path in (course.root / name).rglob("*.ipynb")
    }
    assert len(files) == 2
    # a new database needs alembic, which stands beside this Python and not on the path
    (course.root / "gradebook.db").unlink()
    monkeypatch.setenv("PATH", "/nowhere")
    assert release(paper(), keys(), course.root) == list(files)
    assert {path: path.read_bytes() for path in files} == files


def test_the_release_has_no_secret(course: Course) -> None:
    [source] = (course.root / "source").rglob("*.*")
    [released] = (course.root / "release").rglob("*.*")
    secrets = [SENTINEL, "7919", str(64 * 7919), str(64 * 31)]
    assert all(secret in source.read_text() for secret in secrets)
    assert not [secret for secret in secrets if secret in released.read_text()]


def test_the_release_is_the_handout_with_check_sums(course: Course, tmp_path: Path) -> None:
    [handout] = render(paper(), "notebook", tmp_path)
    released = cells(course.root / "release" / EXAM / handout.name)
    for ours, theirs in zip(cells(handout), released, strict=True):
        own = theirs["metadata"].get("nbgrader", {})  # type: ignore[attr-defined]
        assert own.pop("checksum", None) or not own
        assert own.pop("cell_type", None) in (None, "code")
        assert "".join(theirs["source"]).rstrip("\n") == ours["source"]  # type: ignore[arg-type]
        assert theirs | {"source": ""} == ours | {"source": ""}


@pytest.mark.parametrize(
    ("said", "failed"),
    [(["...", '"see above"'], 2), (["3 * 2**20", '"178e3"'], 0)],
    ids=["blank and unreadable", "readable"],
)
def test_validate_means_readable(course: Course, said: list[str], failed: int) -> None:
    answers = {ref.replace("-", "_"): "1" for ref in POINTS} | dict(zip(("mixer_a", "mixer_b"), said, strict=True))
    course.hand_in("ada", **{name: f"{name} = {answer}" for name, answer in answers.items()})
    printed = run_nbgrader(course.root, "validate", str(course.submitted("ada")))
    assert ("Success!" in printed) is (failed == 0), printed
    if failed:
        assert f"VALIDATION FAILED ON {failed} CELL(S)!" in printed
        assert "mixer_a is blank." in printed
        assert "mixer_b does not read as an answer" in printed
        assert "Traceback" not in printed


def test_a_failure_of_nbgrader_is_told_with_its_last_lines(course: Course) -> None:
    with pytest.raises(RenderError, match=r"(?s)nbgrader generate_assignment failed:.*no_such_exam"):
        run_nbgrader(course.root, "generate_assignment", "no_such_exam", "--force")


def test_a_broken_configuration_is_not_passed_over(course: Course) -> None:
    (course.root / "nbgrader_config.py").write_text("raise ValueError('the configuration is broken')\n")
    with pytest.raises(RenderError, match=r"(?s)generate_assignment failed:.*the configuration is broken"):
        release(paper(), keys(), course.root)


@pytest.mark.slow
def test_the_committed_source_and_release_are_what_is_made_today(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = Path(__file__).resolve().parents[2]
    monkeypatch.delenv("TENFOLD_SECRET", raising=False)
    shutil.copyfile(root / "nbgrader_config.py", tmp_path / "nbgrader_config.py")
    shutil.copytree(root / "question_bank", tmp_path / "question_bank")
    opened = open_exam(CourseFolder(tmp_path), "practice_exam")
    for path in release(*staff_form(opened), tmp_path):
        committed = root / path.relative_to(tmp_path)
        assert path.read_bytes() == committed.read_bytes(), f"{committed}: run `tenfold render practice_exam`"

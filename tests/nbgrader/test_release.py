"""What nbgrader makes from the staff notebook: always the same bytes, nothing that only staff may see; it validates."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from autograder.errors import RenderError
from autograder.render import release, render, run_nbgrader

from .conftest import EXAM, POINTS, SENTINEL, Course, keys, paper

pytestmark = pytest.mark.slow


def cells(path: Path) -> list[dict[str, object]]:
    """The cells of a notebook file."""
    found: list[dict[str, object]] = json.loads(path.read_text())["cells"]
    return found


def test_made_again_source_and_release_are_the_same_bytes(course: Course) -> None:
    files = {
        path: path.read_bytes() for name in ("source", "release") for path in (course.root / name).rglob("*.ipynb")
    }
    assert len(files) == 2
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
    ("said", "fine"),
    [("...", False), ('"see above"', False), ("3 * 2**20", True), ('"178e3"', True)],
    ids=["blank", "unreadable", "arithmetic", "text"],
)
def test_validate_means_readable(course: Course, said: str, fine: bool) -> None:
    names = [ref.replace("-", "_") for ref in POINTS]
    course.hand_in("ada", **{name: f"{name} = 1" for name in names} | {"mixer_a": f"mixer_a = {said}"})
    # autograder.reading is all that the check cells need
    printed = run_nbgrader(course.root, "validate", str(course.submitted("ada")))
    assert ("Success!" in printed) is fine, printed
    if not fine:
        assert "VALIDATION FAILED ON 1 CELL(S)!" in printed
        assert "mixer_a" in printed
        assert "Traceback" not in printed


def test_a_failure_of_nbgrader_is_told_with_its_last_lines(course: Course) -> None:
    with pytest.raises(RenderError, match=r"(?s)nbgrader generate_assignment failed:.*no_such_exam"):
        run_nbgrader(course.root, "generate_assignment", "no_such_exam", "--force")


def test_a_release_that_fails_is_not_taken_from_an_older_one(course: Course) -> None:
    shutil.copy(course.root / "source" / EXAM / f"{EXAM}.ipynb", course.root / "source" / EXAM / "second.ipynb")
    (course.root / "nbgrader_config.py").write_text("raise ValueError('the configuration is broken')\n")
    with pytest.raises(RenderError, match="generate_assignment failed"):
        release(paper(), keys(), course.root)


def test_the_environment_of_this_python_comes_first_on_the_path(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert re.search(r"\d+\.\d+", run_nbgrader(course.root, "--version"))
    release(paper(), keys(), course.root)  # needs alembic

"""The ladder: what is offered holds, and what holds nothing is not offered."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.errors import RunnerError
from autograder.sandbox import around, modes
from autograder.sandbox.attempts import ATTEMPTS, WRITE
from autograder.sandbox.modes import LADDER, ModeReport, best, probe, try_mode
from autograder.sandbox.view import python_view

ROOT = Path(__file__).parents[2]


def test_every_rung_is_tried_and_explained() -> None:
    reports = list(probe())
    assert [report.mode for report in reports] == list(LADDER)
    assert all(report.says and (report.offered or report.better) for report in reports)
    assert any(report.offered for report in reports)


def test_the_attempts_get_out_where_there_is_no_jail() -> None:
    report = try_mode("unsafe")
    assert not report.offered
    got_out = [name for name in ATTEMPTS if name in report.says]
    assert len(got_out) >= len(ATTEMPTS) - 1  # without /proc of others, or without user namespaces, one may fail


def test_a_folder_of_its_own_is_not_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every jail has a folder for files of its own under this name, and so does the machine."""
    monkeypatch.setattr(tempfile, "tempdir", "/dev/shm")
    report = try_mode("namespaces")
    assert "could" not in report.says
    assert WRITE in try_mode("unsafe").says


def test_a_container_is_given_no_more_than_its_user_has() -> None:
    """An engine that asks for more than the user's hard limits is refused by the kernel."""
    shown = around._bounded(resource.RLIMIT_NOFILE)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert all(0 < int(bound) <= hard or hard == resource.RLIM_INFINITY for bound in shown.split(":"))


def test_unsafe_is_never_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "unsafe" not in LADDER
    monkeypatch.setattr(modes, "try_mode", lambda mode: ModeReport(mode, False, "not here", "change something"))
    with pytest.raises(RunnerError) as caught:
        best()
    assert "change something" in caught.value.hint
    assert "--unsafe" in caught.value.hint


def test_the_first_that_works_is_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modes, "try_mode", lambda mode: ModeReport(mode, mode == "landlock", "…"))
    assert best() == "landlock"


def test_answers_are_not_in_view() -> None:
    view = python_view()
    banks = [ROOT / "question_bank", ROOT / "work", ROOT / ".tenfold", ROOT / "tests"]
    assert not [(bank, path) for bank in banks for path in view.read if bank.is_relative_to(path)]
    data = ROOT / "autograder" / "_data"
    assert not data.exists() or str(data) in view.hide


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_gets_a_jail_too(tmp_path: Path) -> None:
    python = _readable_python()
    package = tmp_path / "package"
    shutil.copytree(ROOT / "autograder", package / "autograder", ignore=shutil.ignore_patterns("__pycache__"))
    packages = [path for path in sys.path if path.endswith("site-packages")]
    for folder in (package, *package.parents):
        if folder.stat().st_uid == os.getuid() and folder.is_relative_to("/tmp/pytest-of-root"):
            folder.chmod(0o755)
    code = "from autograder.sandbox.modes import try_mode; print(try_mode('namespaces'))"
    found = subprocess.run(
        [python, "-c", code],
        env={"PYTHONPATH": os.pathsep.join([str(package), *packages]), "PATH": "/usr/bin:/bin"},
        user=1000, group=1000, extra_groups=[], cwd="/", capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    if "namespace" in found.stderr + found.stdout and "unshare" in found.stdout:
        pytest.skip(f"this machine gives ordinary users no namespaces: {found.stdout}")
    assert "offered=True" in found.stdout, found.stdout + found.stderr


def _readable_python() -> str:
    """Return an interpreter of this version that everybody may run."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (os.path.realpath(sys.executable), f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        if os.path.exists(candidate) and all(folder.stat().st_mode & 1 for folder in Path(candidate).parents):
            return candidate
    pytest.skip("no interpreter that an ordinary user may run")

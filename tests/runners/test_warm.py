"""The runner of warm workers: many at a time, one that hangs or dies, and what is saved of it all."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.model import Job
from autograder.runners.warm import Warm
from autograder.runs import Runs

DECLARED = {"symbols": {"n": {"integer": True, "positive": True}}}

SLOW = '''
"""Work that goes wrong, each time in the way that it is told."""

import os, time
from autograder.kinds import worker

@worker
def slow(data):
    if data["what"] == "hang":
        time.sleep(60)
    if data["what"] == "die":
        os._exit(1)
    if data["what"] == "raise":
        raise ValueError(data)
    if data["what"] == "fill":
        return len(bytearray(64 << 30))
    if data["what"] == "once" and not os.path.exists(data["path"]):
        open(data["path"], "w").close()
        time.sleep(60)
    return data["what"]
'''


def comparison(answer: str, key: str = "n**2") -> Job:
    data = {"declared": DECLARED, "values": {}, "key": key, "answer": answer, "claims": []}
    return Job(ref="made-a", files={}, entry="", worker="formula", data=data)


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with Warm() as opened:
        yield opened


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Warm]:
    """A runner whose workers know a further kind of work, from a package outside."""
    (tmp_path / "strange.py").write_text(SLOW)
    info = tmp_path / "strange-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strange\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[autograder.workers]\nslow = strange\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Warm(wall=1.0) as opened:
        yield opened


def slow(what: str, **more: str) -> Job:
    return Job(ref="made-a", files={}, entry="", worker="slow", data={"what": what, **more})


def test_a_comparison_comes_back_as_data(warm: Warm) -> None:
    assert warm.run(comparison("n*n")).data["key"]["kind"] == "proved"
    assert warm.run(comparison("n+1")).data["key"]["kind"] == "refuted"


def test_many_threads_get_their_own_answers(warm: Warm) -> None:
    answers = [f"n**2 + {number % 3}" for number in range(60)]
    with ThreadPoolExecutor(6) as pool:
        runs = list(pool.map(lambda answer: warm.run(comparison(answer)), answers))
    assert [run.data["key"]["kind"] == "refuted" for run in runs] == [number % 3 > 0 for number in range(60)]


def test_work_that_hangs_is_killed_and_could_not_be_checked(broken: Warm) -> None:
    began = time.monotonic()
    run = broken.run(slow("hang"))
    assert (run.status, run.data) == ("error", None)
    assert "longer than 1 s" in run.why
    assert time.monotonic() - began < 30
    assert broken.run(slow("fine")).data == "fine"


def test_work_is_tried_once_more(broken: Warm, tmp_path: Path) -> None:
    assert broken.run(slow("once", path=str(tmp_path / "tried"))).data == "once"


@pytest.mark.parametrize(("what", "status"), [("die", "error"), ("raise", "failed"), ("fill", "failed")])
def test_what_goes_wrong_costs_only_itself(broken: Warm, what: str, status: str) -> None:
    assert broken.run(slow(what)).status == status
    assert broken.run(slow("fine")).data == "fine"


def test_what_is_not_installed_is_told_and_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flint.py").write_text("raise ModuleNotFoundError('No module named flint', name='flint')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Runs(tmp_path / "runs", "local") as runs:
        [run] = runs.of([comparison("n*n")])
    assert run.status == "unavailable"
    assert "flint, which is not installed" in run.why
    assert not (tmp_path / "runs").exists()


def test_together_ends_with_the_first_that_fails(broken: Warm) -> None:
    assert [run.status for run in broken.run_together([slow("a"), slow("raise"), slow("b")])] == ["ok", "failed"]


def test_leaving_ends_the_workers() -> None:
    with Warm() as opened:
        opened.run(comparison("n"))
        [worker] = opened._idle
    assert worker._process.returncode is not None
    assert threading.active_count() < 50


def test_a_comparison_is_saved_and_not_made_again(tmp_path: Path) -> None:
    for made in (2, 0):
        with Runs(tmp_path, "local") as runs:
            kinds = [runs.of([comparison(answer)])[0].data["key"]["kind"] for answer in ("n*n", "n+1", "n*n")]
            assert kinds == ["proved", "refuted", "proved"]
            assert (runs.made, runs.reused) == (made, 3 - made)
            assert runs.says == ""  # no code was run, so there is nothing to say of a jail


def test_nothing_that_is_inside_ends_the_line_to_a_worker(warm: Warm) -> None:
    run = warm.run(comparison("n\n\u2028\r\x00*n"))
    assert run.status == "failed"  # the grader reads before, so this never comes here; it is told all the same
    assert warm.run(comparison("n*n")).status == "ok"


def test_a_folder_of_our_name_where_the_command_runs_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "autograder").mkdir()
    (tmp_path / "autograder" / "__init__.py").write_text("raise SystemExit('not ours')")
    monkeypatch.chdir(tmp_path)
    with Warm() as opened:
        assert opened.run(comparison("n*n")).status == "ok"
    assert sys.modules["autograder"].__file__ != str(tmp_path / "autograder" / "__init__.py")

"""Looking after children: folders that resist being removed, and processes that multiply."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import watch


@pytest.fixture
def proc() -> Iterator[int]:
    descriptor = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


def test_clear_removes_what_resists(tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").touch()
    (box / "link").symlink_to(tmp_path / "outside")
    (box / "locked").mkdir()
    (box / "locked" / "inner").mkdir()
    (box / "locked" / "0").symlink_to(tmp_path / "outside")
    (box / "locked").chmod(0)
    (box / "0").touch()
    here = os.getcwd()
    try:
        os.chdir(box)
        for _ in range(2000):  # far longer than any path may be
            os.mkdir("ddd")
            os.chdir("ddd")
    finally:
        os.chdir(here)
    watch.clear(str(box))
    assert not box.exists()
    assert (tmp_path / "outside" / "kept").exists()


def test_clear_may_keep_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    watch.clear(str(tmp_path), itself=False)
    assert list(tmp_path.iterdir()) == []


def test_occupied_counts_and_stops(tmp_path: Path) -> None:
    for i in range(10):
        (tmp_path / f"f{i}").write_bytes(b"x" * 8192)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "g").write_bytes(b"x" * 8192)
    entries, size = watch.occupied(str(tmp_path), 100)
    assert entries == 12
    assert size >= 11 * 8192
    assert watch.occupied(str(tmp_path), 5)[0] == 6


def test_a_family_is_seen_and_weighed(proc: int) -> None:
    code = "import os, time\nos.fork(), os.fork()\nheld = bytearray(50 << 20)\nwhile time.process_time() < 30: pass"
    child = subprocess.Popen([sys.executable, "-c", code])
    try:
        deadline = time.monotonic() + 20
        while watch.memory(proc, watch.family(proc, child.pid)) < 200 << 20 and time.monotonic() < deadline:
            time.sleep(0.05)
        family = watch.family(proc, child.pid)
        assert len(family) == 4
        assert 200 << 20 <= watch.memory(proc, family) < 300 << 20
        assert watch.processor(proc, family)[0] > 0
    finally:
        for pid in reversed(watch.family(proc, child.pid)):
            os.kill(pid, 9)
        child.wait()


def test_the_dead_weigh_nothing(proc: int) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    assert watch.family(proc, child.pid) == [child.pid]
    assert watch.memory(proc, [child.pid]) == 0
    assert watch.processor(proc, [child.pid]) == (0, 0)

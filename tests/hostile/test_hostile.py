"""Every hostile file ends as the table says, wins only what it earned, and leaves nothing; its neighbour is right."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from autograder.sandbox import watch
from autograder.sandbox.job import Job, Result
from autograder.sandbox.launch import WALLS, Mode
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.modes import LADDER, try_mode
from autograder.sandbox.session import Session
from autograder.sandbox.values import Values

HERE = Path(__file__).parent
ROWS: list[dict[str, Any]] = yaml.safe_load((HERE / "hostile.yaml").read_text())
PROBE = (HERE / "probe.py").read_text()
SECRET = "forty-two"
LIMITS = Limits(cpu=1, wall=8, memory=256 * MIB, shared=32 * MIB, file_size=16 * MIB, flood=4 * MIB, reply=8 * MIB)
DRAWS = [np.array(draw, "f4") for draw in ([1, -2, 3.5, 0.25], [9, 8, 7, 6], [-1, 1e6, 1e-6, 0])]
FORGED = ("/tmp/evil", "/evil", "/usr/lib/evil", "/etc/evil")


@dataclass
class Class:
    """A session in one mode, beside a file and a listener that are none of a candidate's business."""

    session: Session
    mode: Mode
    port: int
    listener: socket.socket
    processes: int
    own: list[str]

    def run(self, text: str, limits: Limits = LIMITS) -> Result:
        first, *rest = (Values(None, {"x": draw}) for draw in DRAWS)
        files = {"probe.py": PROBE, "submission.py": text, "port.txt": str(self.port)}
        return self.session.run(Job(files, "probe:probe", first, tuple(rest), limits))


@pytest.fixture(scope="module", params=LADDER)
def candidates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    report = try_mode(request.param)
    if not report.offered:
        pytest.skip(f"{report.mode}: {report.says}")
    key = tmp_path_factory.mktemp("keys") / "key.txt"
    key.write_text(f"the key is {SECRET}")
    key.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    os.environ["TENFOLD_SECRET"] = SECRET
    with socket.create_server(("127.0.0.1", 0)) as listener, Session(request.param) as session:
        listener.settimeout(0.01)
        started = session._started
        assert started is not None
        own = os.listdir(started._folder)  # a container's socket and empty root
        yield Class(session, request.param, listener.getsockname()[1], listener, len(_processes()), own)
    del os.environ["TENFOLD_SECRET"]


@pytest.fixture(scope="module")
def second() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_hostile(row: dict[str, Any], candidates: Class, second: ThreadPoolExecutor) -> None:
    text = row.get("text") or (HERE / "submissions" / f"{row['file']}.py").read_text()
    limits = replace(LIMITS, wall=row.get("wall", LIMITS.wall))
    neighbour = second.submit(candidates.run, "def scale(x):\n    return x + x\n")
    result = candidates.run(text, limits)

    assert result.status in _expected(row["status"], candidates.mode), result
    assert _won(result) == _of_walls(row.get("won", False), candidates.mode), result
    assert row.get("says", "") in result.why
    if "line" in row:
        assert result.failure is not None
        assert (result.failure.file, result.failure.line) == ("submission.py", row["line"])
    told = f"{result.output}{result.failure}{result.values.data}"
    assert SECRET not in told
    assert told.replace("\n", "").replace("\t", "").isprintable()
    assert _won(neighbour.result(60)), neighbour.result()
    assert len(_processes()) == candidates.processes, "a process is left"
    _assert_nothing_left(candidates)


def test_every_family_has_its_files() -> None:
    files = {
        str(path.relative_to(HERE / "submissions").with_suffix("")) for path in (HERE / "submissions").glob("*/*.py")
    }
    assert files == {row["file"] for row in ROWS if "text" not in row}
    assert len(ROWS) >= 50


def _expected(status: Any, mode: Mode) -> list[str]:
    status = _of_walls(status, mode)
    return status if isinstance(status, list) else [status]


def _of_walls(value: Any, mode: Mode) -> Any:
    return value[WALLS[mode]] if isinstance(value, dict) else value


def _won(result: Result) -> bool:
    """Mark as a grader would: outside, by comparing plain arrays with what was expected."""
    answers = [report.arrays.get("y") for report in result.reports]
    return (
        result.status == "ok"
        and len(answers) == len(DRAWS)
        and all(
            y is not None and y.dtype == np.float32 and np.array_equal(y, 2 * x)
            for x, y in zip(DRAWS, answers, strict=True)
        )
    )


def _processes() -> list[int]:
    """Return what this test has started, and every warm process that has lost its parent."""
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    try:
        mine = watch.family(proc, os.getpid())[1:]
    finally:
        os.close(proc)
    return mine + [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline") if _is_orphan(path)]


def _is_orphan(cmdline: Path) -> bool:
    try:
        parent = int((cmdline.parent / "stat").read_text().rpartition(")")[2].split()[1])
        return b"autograder.sandbox.warm" in cmdline.read_bytes() and parent == 1
    except OSError:
        return False


def _assert_nothing_left(candidates: Class) -> None:
    assert not any(os.path.lexists(path) for path in FORGED)
    assert "tenfold-hostile" not in Path("/proc/net/unix").read_text()
    with pytest.raises(TimeoutError):
        candidates.listener.accept()
    started = candidates.session._started
    assert started is not None
    assert os.listdir(started._folder) == candidates.own

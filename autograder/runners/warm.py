"""Do work in warm processes of our own: a few workers that have loaded what it takes, each with one piece at a time.

For work that is trusted and may yet be long, such as comparing formulas. A piece that takes too long on the clock is
tried once more in a fresh worker, and then could not be checked: no verdict hangs on how busy the machine is, because
the work counts its own operations and gives up long before.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import autograder
from autograder.kinds import runner
from autograder.model import Job, Run

WALL: Final = 2.0
"""Seconds on the clock that one piece of work may take."""

_START: Final = 60.0
"""Seconds on the clock until a new worker must have answered."""

_SOURCES: Final = ("algebra", "formula", "workers")
"""Folders whose files decide what work comes to."""


class _LostError(Exception):
    """A worker did not answer in time, or is gone."""


@runner
class Warm:
    """Workers on this machine, started as they are needed, at most one for each core. Several threads may use it.

    Args:
        unsafe: unused: no code of a candidate's runs here.
        wall: seconds on the clock that one piece of work may take.
    """

    says = ""

    def __init__(self, *, unsafe: bool = False, wall: float = WALL) -> None:
        self._wall = wall
        self._versions: dict[str, str] = {}
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._places = threading.Semaphore(_cores())

    def __enter__(self) -> Warm:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            for worker in self._idle:
                worker.end()
            self._idle.clear()

    @property
    def versions(self) -> dict[str, str]:
        """What an outcome hangs on beside its job."""
        self._versions = self._versions or {
            "python": ".".join(platform.python_version_tuple()[:2]),
            "flint": _version("python-flint"),
            "sources": _sources(),
        }
        return self._versions

    def run(self, job: Job) -> Run:
        """Do one piece of work and return what came of it. Whatever happens to the worker, this returns."""
        with self._places:
            for _ in range(2):
                try:
                    worker = self._taken(job.worker)
                except (OSError, _LostError) as error:
                    return Run(key="", status="unavailable", why=f"no worker could be started: {error}")
                try:
                    reply = worker.ask({"worker": job.worker, "data": job.data}, self._wall)
                except (OSError, ValueError, _LostError):
                    worker.end()
                    continue
                with self._lock:
                    self._idle.append(worker)
                return _as_run(reply)
        return Run(key="", status="error", why=f"it took longer than {self._wall:g} s")

    def run_together(self, jobs: Sequence[Job]) -> list[Run]:
        """Do several pieces of work, one after the other, up to the first that does not end well."""
        runs: list[Run] = []
        for job in jobs:
            runs.append(self.run(job))
            if runs[-1].status != "ok":
                break
        return runs

    def _taken(self, kind: str) -> _Worker:
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        worker = worker or _Worker()
        try:
            worker.make_ready(kind)
        except BaseException:
            worker.end()
            raise
        return worker


class _Worker:
    """One process, and the line to it."""

    def __init__(self) -> None:
        path = str(Path(autograder.__file__).parent.parent)
        own = os.environ.get("PYTHONPATH")
        # -P: a folder `autograder` where the command runs must not be taken for ours
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "autograder.working"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": f"{path}{os.pathsep}{own}" if own else path},
        )
        self._ready: set[str] = set()
        self._selector = selectors.DefaultSelector()
        assert self._process.stdout is not None
        self._selector.register(self._process.stdout, selectors.EVENT_READ)

    def make_ready(self, kind: str) -> None:
        """Have a kind of work loaded, which may take longer than the work itself; raises as `ask`."""
        if kind not in self._ready:
            self.ask({"load": kind}, _START)
            self._ready.add(kind)

    def ask(self, order: dict[str, Any], wall: float) -> dict[str, Any]:
        """Hand over a piece of work and wait for what comes of it.

        Raises:
            _LostError: nothing came in time, or the process is gone.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        end, reply = time.monotonic() + wall, b""
        while not reply.endswith(b"\n"):
            if not self._selector.select(max(0.0, end - time.monotonic())):
                raise _LostError("it did not answer")
            assert self._process.stdout is not None
            read = os.read(self._process.stdout.fileno(), 1 << 16)
            if not read:
                raise _LostError("it ended")
            reply += read
        answer: dict[str, Any] = json.loads(reply)
        return answer

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._selector.close()
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                assert pipe is not None
                pipe.close()
        self._process.wait()


def _as_run(reply: dict[str, Any]) -> Run:
    if "missing" in reply:
        return Run(key="", status="unavailable", why=reply["missing"])
    if "failure" in reply:
        return Run(key="", status="failed", why=f"it failed: {reply['failure']}")
    return Run(key="", status="ok", data=reply["data"])


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _sources() -> str:
    folder = Path(autograder.__file__).parent
    texts = (path.read_bytes() for name in _SOURCES for path in sorted((folder / name).glob("*.py")))
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]

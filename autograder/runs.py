"""The runs of code: saved under a digest of all that their outcome hangs on, and made by a runner where missing."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from autograder import kinds, store
from autograder.errors import AutograderError, KindError
from autograder.model import Job, Run

_PASSING: Final = frozenset({"unavailable", "error"})  # says something of the machine, not of the code


class Runs:
    """The runs of an exam: those that were saved, and a runner for the others, opened when the first is missing.

    Several threads may ask; the same run is made once.

    Args:
        folder: where runs are saved.
        runner: the word of the kind that makes those that are missing.
        unsafe: it may run code without a jail, where none works.
    """

    def __init__(self, folder: Path, runner: str = "local", *, unsafe: bool = False) -> None:
        self.made = 0
        self.reused = 0
        self._folder, self._word, self._unsafe = folder, runner, unsafe
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._runner: Any = None
        self._missing = ""
        self._pending: dict[str, Future[Run]] = {}

    def __enter__(self) -> Runs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        self._runner = None

    @property
    def says(self) -> str:
        """How code was run, in a few words; empty as long as none was."""
        return self._missing or str(getattr(self._runner, "says", ""))

    def of(self, job: Job) -> Run:
        """Return what comes of a job: saved earlier, or made now and saved. A missing runner gives `unavailable`."""
        try:
            runner = self._opened()
        except KindError as error:
            self._missing = error.problem
            return Run(key="", status="unavailable", why=f"{error.problem}: {error.hint}")
        key = digest(job, runner.versions)
        with self._lock:
            pending, mine = self._pending.get(key), False
            if pending is None:
                pending, mine = self._pending.setdefault(key, Future()), True
        if not mine:
            return pending.result()
        try:
            pending.set_result(self._found(key) or self._make(runner, key, job))
        except BaseException as error:
            pending.set_exception(error)
        finally:
            with self._lock:
                del self._pending[key]
        return pending.result()

    def _opened(self) -> Any:
        with self._lock:
            if self._runner is None:
                made = kinds.load("runners", self._word)(unsafe=self._unsafe)
                self._runner = self._stack.enter_context(made)
            return self._runner

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _found(self, key: str) -> Run | None:
        path = self._path(key)
        if not path.is_file():
            return None
        with suppress(AutograderError):  # half of a record, or another version's: made again
            run = store.read_record(path, Run)
            with self._lock:
                self.reused += 1
            return run
        return None

    def _make(self, runner: Any, key: str, job: Job) -> Run:
        made: Run = runner.run(job).model_copy(update={"key": key})
        with self._lock:
            self.made += 1
        if made.status not in _PASSING:
            store.write_record(self._path(key), made)
        return made


def digest(job: Job, versions: Mapping[str, str]) -> str:
    """Return what a run is saved under: a digest of the job and of what it runs with, the part's name left out.

    Args:
        job: with its draw.
        versions: of the runner; its graphics device counts for jobs that may use one.
    """
    content = job.model_dump(exclude={"ref"})
    # one that needs a device can only have run on one, and may be marked again where there is none
    content["versions"] = {
        name: version for name, version in versions.items() if name != "device" or job.gpu == "prefer"
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

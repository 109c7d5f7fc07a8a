"""The runs of code: saved under a digest of all that their outcome hangs on, and made by a runner where missing."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from autograder import kinds, store
from autograder.errors import AutograderError, KindError
from autograder.model import Job, Run

WARM: Final = "warm"
"""The runner of work that is our own."""

_PASSING: Final = frozenset({"unavailable", "error"})  # says something of the machine, not of the code


class Runs:
    """The runs of an exam: those that were saved, and a runner for the others, opened when the first is missing.

    Several threads may ask; the same run is made once.

    Args:
        folder: where runs are saved.
        runner: the word of the kind that makes those that are missing.
        unsafe: it may run code without a jail, where none works.

    Raises:
        KindError: there is no such runner. One that lacks something to be loaded makes runs `unavailable`.
    """

    def __init__(self, folder: Path, runner: str = "local", *, unsafe: bool = False) -> None:
        if runner not in kinds.available("runners"):
            kinds.module_of("runners", runner)  # which says what there is
        self.made = 0
        self.reused = 0
        self._folder, self._word, self._unsafe = folder, runner, unsafe
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._runners: dict[str, Any] = {}
        self._missing = ""
        self._pending: dict[str, Future[Run | None]] = {}

    def __enter__(self) -> Runs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        self._runners = {}

    @property
    def says(self) -> str:
        """How code was run, in a few words; empty as long as none was."""
        return self._missing or str(getattr(self._runners.get(self._word), "says", ""))

    def of(self, jobs: Sequence[Job]) -> list[Run]:
        """Return what comes of some jobs: saved earlier, or made now, together, and saved.

        Args:
            jobs: they differ in data and steps alone, as an answer's on its hidden draws do. Work for a warm worker
                goes to one, whatever runner was named.

        Returns:
            A run for each job, up to the first that did not end well. A missing runner gives one `unavailable`.
        """
        try:
            runner = self._opened(WARM if jobs and jobs[0].worker else self._word)
        except KindError as error:
            self._missing = error.problem
            return [Run(key="", status="unavailable", why=f"{error.problem}: {error.hint}")]
        wanted = {digest(job, runner.versions): job for job in jobs}
        while (runs := self._asked(runner, wanted)) is None:
            pass  # another thread left out what this one wants, because it came after a run that failed
        return runs

    def _asked(self, runner: Any, wanted: Mapping[str, Job]) -> list[Run] | None:
        """Return the runs up to the first that did not end well; None where one before it is missing."""
        with self._lock:
            mine = [key for key in wanted if key not in self._pending]
            pending = {key: self._pending.setdefault(key, Future()) for key in wanted}
        try:
            settled = self._settled(runner, {key: wanted[key] for key in mine})
            for key in mine:
                pending[key].set_result(settled.get(key))
        except BaseException as error:
            for key in mine:
                pending[key].set_exception(error)
            raise
        finally:
            with self._lock:
                for key in mine:
                    del self._pending[key]
        runs: list[Run] = []
        for key in wanted:
            run = pending[key].result()
            if run is None:
                return None
            runs.append(run)
            if run.status != "ok":
                break
        return runs

    def _settled(self, runner: Any, wanted: Mapping[str, Job]) -> dict[str, Run]:
        """Return these runs, saved or made now, but for those after the first that did not end well."""
        found: dict[str, Run] = {}
        missing: list[str] = []
        for key in wanted:
            run = self._found(key)
            if run is None:
                missing.append(key)
                continue
            found[key] = run
            if run.status != "ok":
                break
        if missing:
            made = runner.run_together([wanted[key] for key in missing])
            found |= {key: self._kept(key, run) for key, run in zip(missing, made, strict=False)}
        return found

    def _opened(self, word: str) -> Any:
        with self._lock:
            if word not in self._runners:
                made = kinds.load("runners", word)(unsafe=self._unsafe)
                self._runners[word] = self._stack.enter_context(made)
            return self._runners[word]

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

    def _kept(self, key: str, made: Run) -> Run:
        run = made.model_copy(update={"key": key})
        with self._lock:
            self.made += 1
        if run.status not in _PASSING:
            store.write_record(self._path(key), run)
        return run


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

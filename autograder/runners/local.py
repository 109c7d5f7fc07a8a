"""Run jobs on this machine: in the best jail it offers, each in a child of one warm process."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import os
import platform
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from autograder.errors import RunnerError
from autograder.kinds import runner
from autograder.model import Job, Run
from autograder.sandbox import graphics
from autograder.sandbox import job as jailed
from autograder.sandbox.draws import apart, together
from autograder.sandbox.launch import Mode
from autograder.sandbox.limits import Limits
from autograder.sandbox.modes import ModeReport, best, probe
from autograder.sandbox.session import TORCH, Session
from autograder.sandbox.values import MalformedError, Values, read_values, write_values

_HARNESS: Final = (
    "channel.py",
    "checks.py",
    "child.py",
    "computing.py",
    "describe.py",
    "draws.py",
    "preload.py",
    "prove.py",
    "values.py",
)
"""Files of the sandbox that decide what a probe reports."""

_SURELY_FEW, _SURELY_SHORT = 500, 200  # arrays, and letters of a name, that need no second look


@runner
class Local:
    """A warm process on this machine, started for the first job. Several threads may run jobs at a time.

    Args:
        unsafe: where no jail works, run without one; each run then says so.
        mode: use this jail, whatever else is offered.
    """

    def __init__(self, *, unsafe: bool = False, mode: Mode | None = None) -> None:
        self._unsafe, self._mode = unsafe, mode
        self._device = _device()
        self._versions: dict[str, str] = {}
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._closed: RunnerError | None = None

    def __enter__(self) -> Local:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            if self._session is not None:
                self._session.__exit__(kind, error, trace)
                self._session = None

    @property
    def versions(self) -> dict[str, str]:
        """What a run's outcome hangs on beside its job. Nothing is started to find out."""
        self._versions = self._versions or {
            "python": ".".join(platform.python_version_tuple()[:2]),
            "torch": _version("torch"),
            "numpy": _version("numpy"),
            "machine": platform.machine(),
            "device": _device_name(self._device),
            "harness": _harness(),
        }
        return self._versions

    @property
    def says(self) -> str:
        """How jobs are kept from the machine, or why none can run; empty as long as none was to run."""
        if self._closed is not None:
            return self._closed.problem
        if self._session is None:
            return ""
        device = f", device {self._device}" if self._device is not None else ""
        return f"jail: {self._session.mode}{device}"

    def run(self, job: Job) -> Run:
        """Run a job and return what came of it; where nothing can be run here, that is `unavailable`.

        Raises:
            TypeError, ValueError: a limit that there is not, or that is not positive.
        """
        return self.run_together([job])[0]

    def run_together(self, jobs: Sequence[Job]) -> list[Run]:
        """Run jobs that differ in their data and steps alone, one after the other in one child, within one's limits.

        Returns:
            What came of each, up to the first that did not come to its end.

        Raises:
            TypeError, ValueError: a limit that there is not, or that is not positive.
        """
        orders = [_as_order(job) for job in jobs]
        try:
            session = self._opened()
            results = [session.run(orders[0])] if len(orders) == 1 else apart(session.run(together(orders)), orders)
        except RunnerError as error:
            why = f"{error.problem}: {error.hint}" if error.hint else error.problem
            return [Run(key="", status="unavailable", why=why)]
        return [_as_run(result, session.mode) for result in results]

    def _opened(self) -> Session:
        with self._lock:
            if self._closed is not None:
                raise self._closed  # it was tried before, and a class of jobs need not try it again each
            if self._session is None:
                try:
                    self._session = Session(self._best(), TORCH, self._device).__enter__()
                except RunnerError as error:
                    self._closed = error
                    raise
            return self._session

    def _best(self) -> Mode:
        if self._mode is not None:
            return self._mode
        try:
            return best()
        except RunnerError:
            if self._unsafe:
                return "unsafe"
            raise


def ladder() -> Iterator[ModeReport]:
    """Try each way of keeping jobs from this machine, best first: what `tenfold doctor` shows."""
    return probe()


def device() -> str:
    """Return the name of the graphics device that jobs here can use, or an empty text."""
    return _device_name(_device())


def _as_order(job: Job) -> jailed.Job:
    return jailed.Job(
        files=job.files, entry=job.entry, inputs=Values(job.data), steps=tuple(Values(step) for step in job.steps),
        limits=Limits(**job.limits), gpu=job.gpu, loopback=job.loopback,
    )  # fmt: skip


def _as_run(result: jailed.Result, mode: Mode) -> Run:
    try:
        blob = _blob(result)
    except MalformedError as error:
        return Run(key="", status="failed", why=str(error), output=result.output, gpu=result.gpu, jail=mode)
    labels = {name: label for part, values in _parts(result) for name, label in _named(part, values.labels)}
    return Run(
        key="",
        status=result.status,
        data=result.values.data,
        reports=tuple(report.data for report in result.reports),
        blob=base64.b64encode(blob).decode(),
        labels=labels,
        output=result.output,
        failure=asdict(result.failure) if result.failure is not None else None,
        cost={name: float(value) for name, value in asdict(result.cost).items()},
        why=result.why,
        gpu=result.gpu,
        jail=mode,
    )


def _parts(result: jailed.Result) -> Iterator[tuple[str, Values]]:
    for number, report in enumerate(result.reports):
        yield str(number), report
    yield "answer", result.values


def _named(part: str, of: Any) -> Iterator[tuple[str, Any]]:
    for name, value in of.items():
        yield f"{part}/{name}", value


def _blob(result: jailed.Result) -> bytes:
    """Return all arrays as one; they were each within bounds, and must be so together, to be read again."""
    arrays = {name: array for part, values in _parts(result) for name, array in _named(part, values.arrays)}
    labels = {name: label for part, values in _parts(result) for name, label in _named(part, values.labels)}
    text, blob = write_values(Values(None, arrays, labels))
    if len(arrays) > _SURELY_FEW or any(len(name) > _SURELY_SHORT for name in arrays):
        read_values(text, blob)
    return blob


def _device() -> str | None:
    """Return the number of the first device that this process may use, as the driver counts its files, or None."""
    if _version("torch").endswith("+cpu"):
        return None
    found = sorted(
        int(path.name.removeprefix("nvidia"))
        for path in Path("/dev").glob("nvidia*")
        if re.fullmatch(r"nvidia\d+", path.name)
    )
    return graphics.assigned(found, os.environ.get("CUDA_VISIBLE_DEVICES"))


def _device_name(number: str | None) -> str:
    return "" if number is None else graphics.model(number) or f"device {number}"


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _harness() -> str:
    folder = Path(jailed.__file__).parent
    texts = ((folder / name).read_bytes() for name in _HARNESS if (folder / name).is_file())
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]

"""Open a warm process, run jobs in it, start it again when it dies."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import TracebackType

from autograder.sandbox.job import Job, Result
from autograder.sandbox.launch import Mode, Started, launch
from autograder.sandbox.orders import Order
from autograder.sandbox.talk import Talk, Told
from autograder.sandbox.verdict import judge

TORCH = "autograder.sandbox.preload:torch_once"
BARE = "autograder.sandbox.bare:nothing"

_TRIES = 3  # with a warm process that was lost, which may have been a neighbour's doing


class Session:
    """A warm process and whoever talks to it. Several threads may run jobs at a time.

    Example:
        with Session("namespaces") as session:
            result = session.run(job)
    """

    def __init__(self, mode: Mode, preload: str = TORCH, gpu: str | None = None) -> None:
        self.mode, self.gpu = mode, gpu
        self._preload = preload
        self._lock = threading.Lock()
        self._device = threading.Lock()  # one child on a device at a time
        self._started: Started | None = None

    def __enter__(self) -> Session:
        self._warm()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            if self._started is not None:
                self._started.end()
                self._started = None

    @property
    def ran(self) -> dict[str, str]:
        """Versions of what jobs run with."""
        return self._warm().ran

    def run(self, job: Job) -> Result:
        """Run a job and return what came of it. What the candidate wrote never raises here.

        A job that was killed by the clock alone runs once more with twice the time: the machine may have been busy.
        When it was waiting, not working, both times, the fault is its own.

        Raises:
            RunnerError: the warm process cannot be started.
        """
        if job.gpu == "require" and self.gpu is None:
            return Result("unavailable", why="it needs a graphics device, and there is none")
        gpu = job.gpu != "none" and self.gpu is not None
        if not gpu:
            return self._judged(job, gpu=False)
        with self._device:
            return self._judged(job, gpu=True)

    def _judged(self, job: Job, *, gpu: bool) -> Result:
        first = self._told(job, gpu=gpu)
        result = judge(first, job.limits, gpu=gpu)
        if result.status != "error":
            return result
        second = self._told(replace(job, limits=replace(job.limits, wall=2 * job.limits.wall)), gpu=gpu)
        again = judge(second, job.limits, gpu=gpu)
        if again.status == "error" and all(told.ending is not None and told.ending.asleep for told in (first, second)):
            return replace(
                again,
                status="timeout",
                why=f"it waited for something that did not come, for {job.limits.wall:g} s and more",
            )
        return again

    def _told(self, job: Job, *, gpu: bool) -> Told:
        """Run a job once, with another warm process if one is lost."""
        told = Told()
        for _ in range(_TRIES):
            told = self._once(job, self._warm(), gpu=gpu)
            if told.ending is not None or told.answer is not None:
                break
        return told

    def _once(self, job: Job, warm: Started, *, gpu: bool) -> Told:
        talk = Talk(job)
        told = Told()
        try:
            talk.hand_over(warm.control, Order(job.limits, job.loopback, gpu).write())
            told = talk.listen()
        except OSError:
            pass
        finally:
            talk.close()
        if told.ending is None:
            self._lose(warm)
        return told

    def _warm(self) -> Started:
        """Return the warm process, started if there is none."""
        with self._lock:
            if self._started is None:
                self._started = launch(self.mode, self._preload, self.gpu)
            return self._started

    def _lose(self, lost: Started) -> None:
        """Give up a warm process that died or does not answer; others who used it come here too, and find it gone."""
        with self._lock:
            if self._started is lost:
                lost.kill()
                lost.end()
                self._started = None

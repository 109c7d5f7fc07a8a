"""Run what was answered in code, and beside it the reference, on the same hidden draws; keep what came of it.

An outcome is saved under a digest of all that it hangs on, so marking again runs nothing. What a candidate hands in
decides which of a part's hidden draws it meets, by a keyed digest: it cannot be foreseen, and is the same each time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, TypeVar

from autograder import kinds
from autograder.computed import computing_job
from autograder.model import Job, Key, Observation, Response, Run, Submission
from autograder.runs import Runs
from autograder.seeds import Rng, seed_of

Thing = TypeVar("Thing")
Made = TypeVar("Made")

SUBMISSION: Final = "submission.py"
"""The file of a job that holds the candidate's code; in the reference's run it holds the reference."""

POOL: Final = 8
"""Hidden draws of a part, from which each submission meets some."""

TAKE: Final = 3
"""Hidden draws that one submission meets."""

RunTogether = Callable[[Sequence[Job]], list[Run]]
"""Runs jobs that differ in data and steps alone, up to the first that does not end well: `Local.run_together`."""

_REPLY: Final = 16 << 20
"""Bytes that the runs of an answer may send together; they are saved. A probe's checks stop short of it."""


@dataclass(frozen=True)
class Draws:
    """The hidden draws of an exam's parts. Whoever runs code is handed seeds, never the secret.

    Attributes:
        secret: the course's.
        exam: its id.
    """

    secret: bytes
    exam: str

    def of(self, ref: str, code: str) -> list[int]:
        """Return the draws that one answer meets, as places in the pool, in order."""
        digest = hashlib.sha256(code.encode(errors="surrogatepass")).hexdigest()
        return sorted(Rng(seed_of(self.secret, "picked", self.exam, ref, digest)).sample(range(POOL), TAKE))

    def seed(self, ref: str, *place: int) -> int:
        """Return the seed of a draw, or of one of its steps: 63 bits, which any generator takes."""
        return int.from_bytes(seed_of(self.secret, "draws", self.exam, ref, *place)[:8], "big") >> 1


def runs_code(key: Key) -> bool:
    """Return whether answers to a part, or to a cell of its table, are run."""
    return hasattr(kinds.module_of("graders", key.grader), "job") or any(
        cell is not None and runs_code(cell) for row in key.cells for cell in row
    )


def observe(keys: Iterable[Key], submission: Submission, draws: Draws, runs: Runs) -> dict[str, Observation]:
    """Run every answer of one submission that must run.

    Args:
        keys: of the paper.
        submission: what came back.
        draws: the hidden draws of the exam.
        runs: saved runs, and the runner for the others.

    Returns:
        By ref, what happened; a part for which nothing is to run is left out.
    """
    responses = {response.ref: response for response in submission.responses}
    seen = (observe_part(key, responses[key.ref], draws, runs) for key in keys if key.ref in responses)
    return {each.ref: each for each in seen if each is not None} | _compute(submission, runs)


def _compute(submission: Submission, runs: Runs) -> dict[str, Observation]:
    """Run a notebook's own code, once, where an answer is to be had by it."""
    job = computing_job(submission)
    if job is None:
        return {}
    made = tuple(runs.of([job]))
    asked = [response.ref for response in submission.responses if response.cell is not None]
    return {ref: Observation(ref=ref, runs=made, reference=()) for ref in asked}


def observe_part(key: Key, response: Response, draws: Draws, runs: Runs) -> Observation | None:
    """Run one answer and the reference on each hidden draw that the answer meets, in order.

    Returns:
        Both runs for each draw, and what happened in the cells of a table; None where nothing is to run.
    """
    if key.cells:
        return _in_cells(key, response, lambda cell, said: observe_part(cell, said, draws, runs))
    try:
        job = _job(key, response)
    except Exception as error:
        # a grader that cannot say what to run has checked nothing: that is neither wrong nor right
        failed = Run(key="", status="error", why=f"the grader {key.grader} failed: {type(error).__name__}")
        return Observation(ref=key.ref, runs=(failed,), reference=(failed,))
    if job is not None and job.worker:
        return Observation(ref=key.ref, runs=tuple(runs.of([job])), reference=())
    return observe_job(key, job, draws, runs.of) if job is not None and key.code is not None else None


def observe_work(key: Key, response: Response) -> Observation | None:
    """Do here what a warm worker would do for an answer; None where there is nothing to do for one.

    For trying out a question, where there is time: nothing ends this before its budget of operations does.
    """
    if key.cells:
        return _in_cells(key, response, observe_work)
    job = _job(key, response)
    if job is None or not job.worker:
        return None
    data = worked_out(job.worker, json.dumps(job.data, sort_keys=True))
    return Observation(ref=key.ref, runs=(Run(key="", status="ok", data=data),), reference=())


def _in_cells(key: Key, response: Response, look: Callable[[Key, Response], Observation | None]) -> Observation | None:
    """Look at each cell of a table as at a part; None where nothing was to run in any."""
    if response.state != "given" or key.problem or not runs_code(key):
        return None
    answers = kinds.module_of("graders", key.grader).answered_cells(key, response)
    found = {cell.ref: look(cell, said) for _, cell, said in answers}
    cells = {ref: seen for ref, seen in found.items() if seen is not None}
    return Observation(ref=key.ref, runs=(), reference=(), cells=cells) if cells else None


@lru_cache(maxsize=4096)
def worked_out(worker: str, data: str) -> Any:
    """Return what comes of some work, done in this process and remembered.

    Args:
        worker: the word of a kind of worker.
        data: as JSON; what comes back must not be changed.
    """
    return kinds.load("workers", worker)(json.loads(data))


def observe_job(key: Key, job: Job, draws: Draws, run_together: RunTogether) -> Observation:
    """Run a job and beside it the reference, on each hidden draw that the job's code meets, in order.

    After a run that does not end well, the job's or the reference's, the draws that are left change nothing: they are
    not run.

    Args:
        key: of a part that asks for code.
        job: as its grader made it; draws and seeds are put in here.
        draws: the hidden draws of the exam.
        run_together: as a runner does it, or the saved runs.
    """
    assert key.code is not None
    reference = job.model_copy(update={"files": job.files | {SUBMISSION: key.code.reference}})
    places = draws.of(key.ref, job.files[SUBMISSION])
    own = run_together([_drawn(job, key, draws, place) for place in places])
    right = run_together([_drawn(reference, key, draws, place) for place in places[: len(own)]])
    return Observation(ref=key.ref, runs=tuple(own[: len(right)]), reference=tuple(right))


def _job(key: Key, response: Response) -> Job | None:
    if response.state != "given" or key.problem or not runs_code(key):
        return None
    job: Job | None = kinds.module_of("graders", key.grader).job(key, response)
    return job


def _drawn(job: Job, key: Key, draws: Draws, place: int) -> Job:
    values = {name: _plain(value) for name, value in key.code.values.items()} if key.code is not None else {}
    return job.model_copy(
        update={
            "data": {"seed": draws.seed(key.ref, place), "values": values},
            "steps": _steps(draws, key.ref, place, len(job.steps)),
            "limits": {"reply": _REPLY} | job.limits,
        }
    )


@lru_cache(maxsize=1024)
def _steps(draws: Draws, ref: str, place: int, count: int) -> tuple[dict[str, int], ...]:
    return tuple({"seed": draws.seed(ref, place, step)} for step in range(count))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return float(value) if isinstance(value, Fraction) else value


def in_order(
    work: Callable[[Thing], Made], things: Iterable[Thing], waits: Callable[[Thing], bool] = lambda thing: True
) -> Iterator[tuple[Thing, Made]]:
    """Work on as many things at a time as there are cores, a few ahead of the one that is wanted next.

    Args:
        work: waits for other processes more than it works itself.
        things: taken one by one, so that a large class does not fill the memory.
        waits: whether it does so for this thing; where it does not, handing it to a thread costs more than the work.

    Yields:
        Each thing with what came of it, in the order they came.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    waiting: deque[tuple[Thing, Future[Made]]] = deque()
    pool = ThreadPoolExecutor(cores)
    try:
        for thing in things:
            waiting.append((thing, pool.submit(work, thing) if waits(thing) else _done(work, thing)))
            while len(waiting) > 2 * cores or (waiting and waiting[0][1].done()):
                first, made = waiting.popleft()
                yield first, made.result()
        for thing, made in waiting:
            yield thing, made.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _done(work: Callable[[Thing], Made], thing: Thing) -> Future[Made]:
    done: Future[Made] = Future()
    try:
        done.set_result(work(thing))
    except Exception as error:
        done.set_exception(error)  # it comes out where the result would
    return done

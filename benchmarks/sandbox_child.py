"""An empty job in the jail, from the order to the answer, beside a bare fork of a process as large as the warm one.

The bare fork happens in a job of its own, whose process is a copy of the warm process: fork, exit, wait, nothing else.
Jobs and forks take turns, so that a busy machine is busy for both.
"""

from __future__ import annotations

import statistics
import time

from autograder.sandbox.job import Job
from autograder.sandbox.modes import best
from autograder.sandbox.session import Session
from benchmarks.result import Result

ROUNDS, JOBS = 15, 20

EMPTY = Job({"probe.py": "def probe(channel): return None"}, "probe:probe")
FORKS = Job({"probe.py": f"""
import os, time

def probe(channel):
    times = []
    for _ in range({JOBS}):
        started = time.perf_counter()
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        times.append(time.perf_counter() - started)
    return times
"""}, "probe:probe")  # fmt: skip


def measure() -> list[Result]:
    jobs: list[float] = []
    forks: list[float] = []
    with Session(best()) as session:
        session.run(EMPTY)
        for _ in range(ROUNDS):
            forked = session.run(FORKS)
            assert forked.status == "ok", forked
            forks += forked.values.data
            for _ in range(JOBS):
                started = time.perf_counter()
                result = session.run(EMPTY)
                jobs.append(time.perf_counter() - started)
                assert result.status == "ok", result
    ours, bare = 1e3 * statistics.median(jobs), 1e3 * statistics.median(forks)
    reached = ours <= 15 and ours / bare <= 1.8
    want = "<= 15 and ratio <= 1.8"
    return [Result("sandbox_child", ours, "ms", len(jobs), want, reached, "bare fork", bare, ours / bare)]

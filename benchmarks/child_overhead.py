"""CPU time of a job, in all processes together, beyond the bare call of the same code in a warm process."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace

from autograder.sandbox.job import Job
from autograder.sandbox.modes import best
from autograder.sandbox.session import Session
from autograder.sandbox.values import Values
from benchmarks.processes import cpu_below
from benchmarks.result import Result

ROUNDS, JOBS, CALLS = 10, 20, 20

SUBMISSION = """
import torch

def train(steps):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(16, 32), torch.nn.ReLU(), torch.nn.Linear(32, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(steps):
        loss = torch.nn.functional.cross_entropy(model(torch.randn(8, 16)), torch.randint(4, (8,)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {name: value for name, value in model.state_dict().items()}
"""
PROBE = """
import time

def probe(channel):
    times = []
    for _ in range(channel.inputs.data):
        started = time.process_time()
        found = channel.load("submission.py").train(8)
        times.append(time.process_time() - started)
    return times, found
"""


def measure() -> list[Result]:
    once = Job({"submission.py": SUBMISSION, "probe.py": PROBE}, "probe:probe", Values(1))
    often = replace(once, inputs=Values(CALLS))
    jobs: list[float] = []
    calls: list[float] = []
    with Session(best()) as session:
        session.run(once)
        assert session._started is not None
        warm = session._started.process.pid
        for _ in range(ROUNDS):
            bare = session.run(often)
            assert bare.status == "ok", bare
            calls += bare.values.data[1:]
            before = cpu_below(warm) + time.process_time()
            for _ in range(JOBS):
                assert session.run(once).status == "ok"
            jobs.append((cpu_below(warm) + time.process_time() - before) / JOBS)
    job, call = 1e3 * statistics.median(jobs), 1e3 * statistics.median(calls)
    over = job - call
    return [
        Result("child_overhead", over, "CPU ms/job", ROUNDS * JOBS, "<= 25", over <= 25, "bare call", call, job / call)
    ]

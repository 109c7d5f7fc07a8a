"""Jobs in a warm process: what comes back, in order, and what is not lost when the process is."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from autograder.errors import RunnerError
from autograder.sandbox import watch
from autograder.sandbox.job import Job
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.modes import LADDER, best, try_mode
from autograder.sandbox.session import BARE, Session
from autograder.sandbox.values import Values


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(best()) as opened:
        yield opened


@pytest.fixture(scope="module")
def bare() -> Iterator[Session]:
    with Session(best(), BARE) as opened:
        yield opened


def job(probe: str, submission: str = "", **more: object) -> Job:
    return Job({"probe.py": probe, "submission.py": submission}, "probe:probe", **more)  # type: ignore[arg-type]


def test_values_come_back_as_plain_arrays(session: Session) -> None:
    probe = """
import torch
def probe(channel):
    x = torch.tensor(channel.inputs.arrays["x"])
    return {"gpu": channel.gpu}, {
        "twice": 2 * x, "half": x.bfloat16(), "numpy": x.numpy(), "bool": x > 0, "sparse": torch.eye(2).to_sparse(),
        "grown": x.requires_grad_(), "turned": torch.ones(2, 3).T,
    }
"""
    result = session.run(job(probe, inputs=Values(None, {"x": np.array([1.0, np.inf], "f4")})))
    assert (result.status, result.values.data) == ("ok", {"gpu": False}), result
    arrays = result.values.arrays
    np.testing.assert_array_equal(arrays["twice"], np.array([2, np.inf], "f4"))
    np.testing.assert_array_equal(arrays["sparse"], np.eye(2))
    assert arrays["half"].dtype == np.float32
    assert arrays["bool"].dtype == np.bool_
    assert arrays["turned"].shape == (3, 2)
    assert result.values.labels == {"half": "bfloat16"}
    assert set(result.values.nonfinite) == {"twice", "half", "numpy", "grown"}


def test_a_step_is_revealed_only_after_its_report(bare: Session) -> None:
    probe = """
import os, select
def probe(channel):
    early, told = [], []
    for i in range(3):
        early.append(bool(select.select([3], [], [], 0.05)[0]))
        step = channel.step({"report": i})
        told.append(step and step.data)
    return {"early": early, "told": told}
"""
    result = bare.run(job(probe, steps=(Values("first"), Values("second"))))
    assert result.values.data == {"early": [False] * 3, "told": ["first", "second", None]}
    assert [report.data["report"] for report in result.reports] == [0, 1, 2]


def test_large_inputs_and_answers_cross(bare: Session) -> None:
    probe = "def probe(channel):\n    return None, dict(channel.inputs.arrays)"
    big = np.arange(1 << 21, dtype="f8")
    result = bare.run(job(probe, inputs=Values(None, {"big": big})))
    np.testing.assert_array_equal(result.values.arrays["big"], big)


def test_children_do_not_share_state(bare: Session) -> None:
    probe = """
import os, sys
def probe(channel):
    before = [hasattr(sys, "seen"), sorted(os.listdir("."))]
    sys.seen = True
    open("left", "w").close()
    return before
"""
    first, second = bare.run(job(probe)), bare.run(job(probe))
    assert first.values.data[0] is False
    assert first.values == second.values


def test_random_numbers_start_alike(session: Session) -> None:
    probe = "import torch, random\ndef probe(channel):\n    return [torch.rand(()).item(), hash('x')]"
    assert session.run(job(probe)).values == session.run(job(probe)).values


def test_the_candidates_line_is_named(bare: Session) -> None:
    probe = "def probe(channel):\n    return channel.load('submission.py').f()"
    result = bare.run(job(probe, "def g():\n    return {}['key']\n\ndef f():\n    return g()\n"))
    assert result.failure is not None
    assert (result.failure.type, result.failure.file, result.failure.line) == ("KeyError", "submission.py", 2)
    assert result.failure.source.strip() == "return {}['key']"


def test_the_harness_does_not_lend_its_future(bare: Session) -> None:
    probe = "def probe(channel):\n    return channel.load('submission.py').f.__annotations__['x'] is int"
    assert bare.run(job(probe, "def f(x: int): ...")).values.data is True


def test_seeding_without_a_device_gives_the_numbers_of_seeding_with_one(session: Session) -> None:
    probe = """
import torch
from autograder.sandbox.draws import reseed
def probe(channel):
    found = []
    for seed in (torch.manual_seed, reseed):
        seed(5)
        found.append([*torch.rand(3).tolist(), *torch.randn(3).tolist()])
    return [found[0] == found[1], len(set(found[0]))]
"""
    assert session.run(job(probe)).values.data == [True, 6]


def test_many_at_a_time(bare: Session) -> None:
    probe = "def probe(channel):\n    return channel.inputs.data"
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: bare.run(job(probe, inputs=Values(n))), range(64)))
    assert [result.values.data for result in results] == list(range(64))


@pytest.mark.parametrize("mode", LADDER)
def test_nothing_is_lost_with_the_warm_process(mode: str) -> None:
    if not try_mode(mode).offered:  # type: ignore[arg-type]
        pytest.skip(f"{mode} is not offered here")
    slow = "import time\ndef probe(channel):\n    time.sleep(0.8)\n    return channel.inputs.data"
    with Session(mode, BARE) as session, ThreadPoolExecutor(3) as pool:  # type: ignore[arg-type]
        running = [pool.submit(session.run, job(slow, inputs=Values(n))) for n in range(3)]
        time.sleep(0.3)
        started = session._started
        assert started is not None
        started.kill()
        assert [result.result(30).values.data for result in running] == [0, 1, 2]
        assert session._started is not started


def test_a_child_that_waits_may_be_lost() -> None:
    """It was killed, by the machine perhaps, before it had a job: the job that would have had it runs all the same."""
    probe = "def probe(channel):\n    return channel.inputs.data"
    with Session(best(), BARE) as session:
        waiting = _below(session)[-1]
        os.kill(waiting, signal.SIGKILL)
        assert [session.run(job(probe, inputs=Values(n))).values.data for n in range(3)] == [0, 1, 2]
        assert waiting not in _below(session)


def test_jobs_of_many_kinds_take_turns() -> None:
    """A child waits with the limits of one kind of job; each job has its own limits, and one child waits at the end."""
    probe = "import resource\ndef probe(channel):\n    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]"
    with Session(best(), BARE) as session:
        before = len(_below(session))
        for many in (64, 64, 64, 65, 64, 66, 66, 65, 65):
            assert session.run(job(probe, limits=Limits(open_files=many))).values.data == many
            assert len(_below(session)) == before


def _below(session: Session) -> list[int]:
    proc = os.open("/proc", os.O_PATH)
    try:
        assert session._started is not None
        return watch.family(proc, session._started.process.pid)
    finally:
        os.close(proc)


def test_closing_ends_everything() -> None:
    forever = "import time\ndef probe(channel):\n    time.sleep(100)"
    before = _processes()
    with ThreadPoolExecutor(1) as pool:
        with Session(best(), BARE) as session:
            waiting = pool.submit(session._once, job(forever), session._warm(), gpu=False)
            time.sleep(0.3)
        assert waiting.result(10).answer is None
    assert _processes() == before


def _processes() -> list[int]:
    proc = os.open("/proc", os.O_PATH)
    try:
        return watch.family(proc, os.getpid())
    finally:
        os.close(proc)


@pytest.mark.parametrize("name", ["", ".", "..", "../x.py", "a/b.py", "x\0.py", ".hidden"])
def test_file_names_are_plain(name: str) -> None:
    with pytest.raises(ValueError, match="plain"):
        Job({name: ""}, "probe:probe")


def test_a_device_that_is_not_there(bare: Session) -> None:
    probe = "def probe(channel):\n    return channel.gpu"
    assert bare.run(job(probe, gpu="require")).status == "unavailable"
    assert bare.run(job(probe, gpu="prefer")).values.data is False


def test_work_that_waits_is_tried_again_and_then_judged(bare: Session) -> None:
    probe = "import time\ndef probe(channel):\n    time.sleep(100)"
    began = time.monotonic()
    result = bare.run(job(probe, limits=Limits(wall=0.5)))
    assert (result.status, time.monotonic() - began > 1.4) == ("timeout", True), result
    assert "waited" in result.why


def test_memory_counts_from_what_is_there(session: Session) -> None:
    """The limit is what a job may add: the size of torch itself is not the candidate's."""
    probe = "def probe(channel):\n    return len(bytearray(channel.inputs.data << 20))"
    limits = Limits(memory=256 * MIB)
    assert session.run(job(probe, inputs=Values(128), limits=limits)).status == "ok"
    assert session.run(job(probe, inputs=Values(300), limits=limits)).status == "memory"


def test_processes_may_talk_over_a_loopback_of_their_own(session: Session) -> None:
    if session.mode != "namespaces":
        pytest.skip("only namespaces give a job a network of its own")
    probe = """
import os, torch, torch.distributed as dist, torch.multiprocessing as mp
def work(rank, size, port):
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=size)
    x = torch.full((3,), float(rank + 1))
    dist.all_reduce(x)
    if rank == 0:
        torch.save(x, "sum.pt")
    dist.destroy_process_group()
def probe(channel):
    mp.start_processes(work, (2, 29511), nprocs=2, start_method="fork")
    return None, {"sum": torch.load("sum.pt")}
"""
    result = session.run(job(probe, loopback=True, limits=Limits(cpu=20, wall=60)))
    assert result.status == "ok", result
    np.testing.assert_array_equal(result.values.arrays["sum"], [3, 3, 3])
    assert session.run(job(probe)).status == "failed"


def test_loader_workers(session: Session) -> None:
    if session.mode != "namespaces":
        pytest.skip("elsewhere no new processes are allowed")
    probe = """
import torch
def probe(channel):
    loader = torch.utils.data.DataLoader(torch.arange(8.0), batch_size=2, num_workers=2)
    return None, {"all": torch.cat(list(loader))}
"""
    result = session.run(job(probe))
    assert result.status == "ok", result
    np.testing.assert_array_equal(result.values.arrays["all"], np.arange(8))


def test_imports_that_fail_are_said() -> None:
    with pytest.raises(RunnerError) as caught, Session(best(), "no.such:module"):
        pass
    assert "no" in caught.value.hint


def test_what_ran_is_told(session: Session) -> None:
    assert set(session.ran) == {"torch", "numpy"}

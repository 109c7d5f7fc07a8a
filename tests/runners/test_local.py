"""Jobs on this machine: a record in, a record out, whatever happens to the process that runs them."""

from __future__ import annotations

import base64
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from autograder import kinds
from autograder.errors import KindError, RunnerError
from autograder.model import Job, Run
from autograder.runners import local as module
from autograder.runners.local import Local
from autograder.sandbox.modes import LADDER
from autograder.sandbox.values import read_values
from tests.conftest import Ran


@pytest.fixture(scope="module")
def local() -> Iterator[Local]:
    with Local() as opened:
        yield opened


def job(probe: str, submission: str = "", **more: object) -> Job:
    return Job(ref="q-a", files={"probe.py": probe, "submission.py": submission}, entry="probe:probe", **more)  # type: ignore[arg-type]


REPORTING = """
import torch
def probe(channel):
    seed = channel.inputs.data["seed"]
    while True:
        values = channel.step({"seed": seed}, {"x": torch.full((2,), float(seed), dtype=torch.bfloat16)})
        if values is None:
            return "over", {"last": torch.tensor(seed)}
        seed = values.data["seed"]
"""


def test_the_word_in_yaml_finds_the_class() -> None:
    assert kinds.load("runners", "local") is Local
    with pytest.raises(KindError, match="there is no runner 'locale'"):
        kinds.load("runners", "locale")


def test_reports_and_answer_come_back_as_one_record_that_can_be_saved(local: Local) -> None:
    run = local.run(job(REPORTING, data={"seed": 3}, steps=({"seed": 4}, {"seed": 5})))
    assert (run.status, run.data, run.failure) == ("ok", "over", None), run
    assert run.reports == ({"seed": 3}, {"seed": 4}, {"seed": 5})
    assert run == Run.model_validate_json(run.model_dump_json())
    arrays = read_values(b"null", base64.b64decode(run.blob)).arrays
    assert sorted(arrays) == ["0/x", "1/x", "2/x", "answer/last"]
    np.testing.assert_array_equal(arrays["2/x"], np.array([5.0, 5.0], "f4"))
    assert run.labels == {"0/x": "bfloat16", "1/x": "bfloat16", "2/x": "bfloat16"}
    assert run.cost["cpu"] > 0
    assert run.jail in {"namespaces", "bubblewrap", "container", "landlock"}


@pytest.mark.parametrize(
    ("submission", "status", "failure"),
    [
        ("x = (", "failed", "SyntaxError"),
        ("1 / 0", "failed", "ZeroDivisionError"),
        ("import os\nos._exit(0)", "ended", None),
        ("while True: pass", "timeout", None),
    ],
)
def test_what_goes_wrong_is_told(local: Local, submission: str, status: str, failure: str | None) -> None:
    loads = "def probe(channel):\n    channel.load('submission.py')"
    run = local.run(job(loads, submission, limits={"cpu": 1, "wall": 20.0}))
    assert run.status == status, run
    assert (run.failure or {}).get("type") == failure
    assert run.why


def test_arrays_that_are_too_many_together_are_the_codes_own_failure(local: Local) -> None:
    many = """
import torch
def probe(channel):
    for _ in range(2):
        channel.step(None, {f"a{n}": torch.zeros(1) for n in range(3000)})
"""
    run = local.run(job(many, steps=(None, None)))
    assert (run.status, run.blob) == ("failed", "")
    assert "arrays" in run.why


def test_a_device_that_is_not_there_makes_it_unavailable(local: Local) -> None:
    if local.versions["device"]:
        pytest.skip("this machine has one")
    answers = "def probe(channel): return channel.gpu"
    assert local.run(job(answers, gpu="require")).status == "unavailable"
    assert local.run(job(answers, gpu="prefer")).data is False


@pytest.mark.gpu
def test_a_job_that_requires_a_device_runs_on_the_assigned_one(local: Local) -> None:
    if not local.versions["device"]:
        pytest.skip("there is no CUDA device here")
    probe = """
import torch
def probe(channel):
    x = torch.ones(4, device="cuda", dtype=torch.bfloat16)
    return [channel.gpu, torch.cuda.device_count(), torch.cuda.get_device_name(0)], {"y": x + x}
"""
    run = local.run(job(probe, gpu="require"))
    assert (run.status, run.gpu) == ("ok", True), run
    assert run.data == [True, 1, local.versions["device"]]
    assert run.labels == {"answer/y": "bfloat16"}
    assert local.run(job(probe, gpu="prefer")).gpu


def test_nothing_is_started_to_tell_versions() -> None:
    with Local() as unopened:
        versions = unopened.versions
        assert unopened.says == ""
    assert versions["torch"].startswith("2.")
    assert versions["machine"]


def test_two_threads_and_a_warm_process_that_dies_lose_nothing(local: Local) -> None:
    slow = """
import time
def probe(channel):
    time.sleep(0.2)
    return channel.inputs.data
"""
    local.run(job(slow))
    session = local._session
    assert session is not None
    assert session._started is not None
    victim = session._started.process.pid

    def kill() -> None:
        time.sleep(0.1)
        os.kill(victim, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda number: local.run(job(slow, data=number)), range(6)))
    killer.join()
    assert [(run.status, run.data) for run in runs] == [("ok", number) for number in range(6)]
    assert session._started.process.pid != victim


def test_where_no_jail_works_nothing_runs_unless_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def nothing_works() -> str:
        tried.append(1)
        raise RunnerError("no way to run untrusted code safely works here", hint="install one")

    monkeypatch.setattr(module, "best", nothing_works)
    answers = job("def probe(channel): return 7")
    with Local() as refusing:
        runs = [refusing.run(answers) for _ in range(3)]
        assert "no way to run" in refusing.says
    assert [run.status for run in runs] == ["unavailable"] * 3
    assert "install one" in runs[0].why
    assert len(tried) == 1
    with Local(unsafe=True) as daring:
        run = daring.run(answers)
    assert (run.status, run.data, run.jail) == ("ok", 7, "unsafe")


@pytest.mark.parametrize(
    ("visible", "torch", "number"),
    [
        (None, "2.13.0", "0"),
        ("1", "2.13.0", "3"),
        ("7", "2.13.0", None),
        ("", "2.13.0", None),
        (None, "2.13.0+cpu", None),
    ],
)
def test_the_assigned_device_is_the_one_that_is_visible(
    monkeypatch: pytest.MonkeyPatch, visible: str | None, torch: str, number: str | None
) -> None:
    monkeypatch.setattr(module, "_version", lambda package: torch)
    monkeypatch.setattr(
        module.Path,
        "glob",
        lambda self, pattern: (module.Path("/dev") / name for name in ("nvidia3", "nvidia0", "nvidiactl")),
    )
    if visible is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert module._device() == number


def drawn(probe: str, submission: str, *seeds: int, **more: object) -> list[Job]:
    """One job for each seed, with two steps each."""
    return [
        job(probe, submission, data={"seed": seed}, steps=({"seed": 10 * seed}, {"seed": 10 * seed + 1}), **more)
        for seed in seeds
    ]


def alike(runs: list[Run]) -> list[Run]:
    return [run.model_copy(update={"cost": {}}) for run in runs]


TEACHING = """
import torch
def probe(channel):
    taught = channel.load("submission.py")
    seed, given = channel.inputs.data["seed"], []
    for _ in range(taught.MOST):
        given.append(seed)
        values = channel.step({"given": list(given)}, {"x": torch.full((2,), float(seed))})
        if values is None:
            break
        seed = values.data["seed"]
    return {"sum": taught.add(given), "gpu": channel.gpu}, {"x": torch.tensor(given)}
"""


@pytest.mark.parametrize("most", [0, 1, 3])
def test_jobs_run_together_tell_what_each_would_tell_alone(local: Local, most: int) -> None:
    submission = f"MOST = {most}\nseen = []\ndef add(given):\n    seen.extend(given)\n    return sum(seen)"
    jobs = drawn(TEACHING, submission, 3, 1, 2)
    together = local.run_together(jobs)
    assert [run.status for run in together] == ["ok"] * 3, together[0]
    assert alike(together) == alike([local.run(each) for each in jobs])
    assert [len(run.reports) for run in together] == [most] * 3
    assert [run.data["sum"] for run in together] == [sum([seed, 10 * seed, 10 * seed + 1][:most]) for seed in (3, 1, 2)]


def test_the_first_that_fails_is_the_last(local: Local) -> None:
    submission = """
MOST = 2
def add(given):
    print("adding", given)
    return sum(given) if given[0] != 1 else given[5]
"""
    together = local.run_together(drawn(TEACHING, submission, 3, 1, 2))
    assert [run.status for run in together] == ["ok", "failed"]
    assert together[0].reports == ({"given": [3]}, {"given": [3, 30]})
    assert together[1].reports == ({"given": [1]}, {"given": [1, 10]})
    failure = together[1].failure
    assert failure is not None
    assert (failure["type"], failure["file"], failure["line"]) == ("IndexError", "submission.py", 5)
    assert "adding [3, 30]" in together[0].output


def test_a_draw_does_not_hang_on_what_the_one_before_it_left_set(local: Local) -> None:
    probe = """
import torch
def probe(channel):
    told = [str(torch.get_default_dtype()), torch.is_grad_enabled(), torch.rand(1).item()]
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    return told
"""
    first, second = local.run_together([job(probe, data=1), job(probe, data=2)])
    assert first.data == second.data


@pytest.mark.parametrize(
    ("lie", "statuses"),
    [
        ("channel._channel.finish({'seed': 1})", ["failed"]),  # an answer before the last draw was revealed
        ("channel._channel.step('anything')", ["failed"]),
        ("[channel._channel.step() for _ in range(50)]", ["ok", "failed"]),
        ("__import__('os')._exit(0)", ["ended"]),
    ],
)
def test_code_that_talks_on_the_wire_itself_gets_no_further(local: Local, lie: str, statuses: list[str]) -> None:
    runs = local.run_together(drawn(f"def probe(channel):\n    {lie}\n    return channel.inputs.data", "", 1, 2))
    assert [run.status for run in runs] == statuses, runs
    assert {"seed": 1} not in [run.data for run in runs]


def test_the_doctor_says_which_jail_is_used_and_how_to_get_another(tenfold: Callable[..., Ran], tmp_path: Path) -> None:
    rungs = [
        found for found in tenfold("doctor", "--json", "--course", tmp_path).json() if found["what"][:5] == "jail "
    ]
    assert [found["what"] for found in rungs] == [f"jail {mode}" for mode in LADDER]
    assert all(found["says"] for found in rungs)
    assert all(found["fine"] or found["hint"] for found in rungs)
    offered = [found["says"] for found in rungs if found["fine"]]
    assert [says.startswith("in use: ") for says in offered] == [True] + [False] * (len(offered) - 1)

"""What is run, on which hidden draws, and what is not run again. The runner here only counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from autograder import kinds
from autograder.errors import KindError
from autograder.kinds import grader, runner
from autograder.model import CodeKey, Job, Key, Mark, Observation, Response, Run, Submission
from autograder.observe import POOL, TAKE, Draws, in_order, observe, observe_part
from autograder.runs import Runs, digest

SECRET = b"s" * 32
DRAWS = Draws(SECRET, "tiny")
VERSIONS = {"torch": "2.13.0", "machine": "x86_64", "device": ""}
SAYS: dict[str, str] = {}
"""By the code in `submission.py`, the status of its run, where that is not `ok`."""


def job(key: Key, response: Response) -> Job | None:
    """What the grader of this file runs."""
    if response.value == "nothing":
        return None
    if response.value == "break":
        raise RuntimeError("the grader is broken")
    files = {"submission.py": str(response.value), "probe.py": "probe"}
    return Job(ref=key.ref, files=files, entry="probe:probe", steps=(None,) * 2)


@grader
def echo(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Never called here."""
    raise AssertionError


@runner
class Counting:
    """A runner that runs nothing and keeps what it was asked."""

    asked: list[Job] = []
    opened = 0
    says = "counted"
    versions = VERSIONS

    def __init__(self, *, unsafe: bool = False) -> None:
        self.unsafe = unsafe

    def __enter__(self) -> Counting:
        Counting.opened += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        Counting.opened -= 1

    def run_together(self, jobs: Sequence[Job]) -> list[Run]:
        assert len({job.model_copy(update={"data": None, "steps": ()}).model_dump_json() for job in jobs}) == 1
        made: list[Run] = []
        time.sleep(0.01)  # so that threads meet
        for job in jobs:
            Counting.asked.append(job)
            status: Any = SAYS.get(job.files["submission.py"], "ok")
            made.append(Run(key="", status=status, data=job.data))
            if status != "ok":
                break
        return made


@pytest.fixture(autouse=True)
def _kinds_of_this_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds.available("graders"), "echo", __name__)
    monkeypatch.setitem(kinds.available("runners"), "counting", __name__)
    monkeypatch.setattr(Counting, "asked", [])
    monkeypatch.setattr(Counting, "opened", 0)
    SAYS.clear()


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    with Runs(tmp_path / "observations", "counting") as opened:
        yield opened


def key_of(ref: str = "q-a", **values: Any) -> Key:
    code = CodeKey(
        listing="", reference="the reference", starter="", probe="probe", checks=(), options=(), values=values
    )
    return Key(
        ref=ref, input="code", grader="echo", settings={}, points=1.0, unit=None, whole=False, answer=None, formula="",
        claims=(), code=code,
    )  # fmt: skip


def given(code: str, ref: str = "q-a") -> Response:
    return Response(ref=ref, state="given", value=code)


def seen(runs: Runs, code: str, key: Key | None = None) -> Observation:
    observed = observe_part(key or key_of(), given(code), DRAWS, runs)
    assert observed is not None
    return observed


def own(asked: list[Job]) -> list[Job]:
    return [job for job in asked if job.files["submission.py"] != "the reference"]


def seeds(observed: Observation) -> list[int]:
    return [run.data["seed"] for run in observed.runs]


def test_answer_and_reference_meet_the_same_draws(runs: Runs) -> None:
    observed = seen(runs, "an answer", key_of(n=4, share=Fraction(1, 4), on=("a", "b")))
    assert len(set(seeds(observed))) == TAKE == len(observed.reference)
    assert [run.data for run in observed.runs] == [run.data for run in observed.reference]
    assert observed.runs[0].data["values"] == {"n": 4, "share": 0.25, "on": ["a", "b"]}
    for one, other in zip(Counting.asked[:TAKE], Counting.asked[TAKE:], strict=True):
        assert one.model_copy(update={"files": other.files}) == other
        assert one.files == {"submission.py": "an answer", "probe.py": "probe"}
        assert len({step["seed"] for step in one.steps} | {one.data["seed"]}) == 3


def test_draws_hang_on_secret_part_and_code_and_on_nothing_else(runs: Runs) -> None:
    assert DRAWS.of("q-a", "x") == DRAWS.of("q-a", "x")
    assert all(len(set(DRAWS.of("q-a", code))) == TAKE for code in "abc")
    met = {tuple(DRAWS.of("q-a", f"answer {number}")) for number in range(300)}
    assert len(met) > 40  # of the 56 that there are
    assert {place for places in met for place in places} == set(range(POOL))
    assert any(DRAWS.of("q-a", code) != Draws(b"t" * 32, "tiny").of("q-a", code) for code in "abc")
    all_seeds = {draws.seed(ref, place, *step) for draws in (DRAWS, Draws(SECRET, "other"), Draws(b"t" * 32, "tiny"))
                 for ref in ("q-a", "q-b") for place in range(POOL) for step in ((), (0,), (1,))}  # fmt: skip
    assert len(all_seeds) == 3 * 2 * POOL * 3
    assert all(0 <= seed < 1 << 63 for seed in all_seeds)


def test_different_answers_meet_different_draws_and_share_the_references_runs(runs: Runs) -> None:
    met = [tuple(seeds(seen(runs, f"answer {number}"))) for number in range(20)]
    assert len(set(met)) > 10
    assert len(own(Counting.asked)) == 20 * TAKE
    assert len(Counting.asked) - 20 * TAKE == POOL  # the pool is all that the reference ever meets


def test_what_was_run_is_not_run_again(runs: Runs, tmp_path: Path) -> None:
    first = seen(runs, "an answer")
    assert (runs.made, runs.reused) == (2 * TAKE, 0)
    with Runs(tmp_path / "observations", "counting") as again:
        assert seen(again, "an answer") == first
        assert (again.made, again.reused) == (0, 2 * TAKE)
    assert len(Counting.asked) == 2 * TAKE
    assert {path.stem for path in (tmp_path / "observations").iterdir()} == {
        run.key for run in (*first.runs, *first.reference)
    }


def test_the_secret_is_in_no_job_and_no_saved_run(runs: Runs, tmp_path: Path) -> None:
    seen(runs, "an answer")
    told = "".join(job.model_dump_json() for job in Counting.asked)
    told += "".join(path.read_text() for path in tmp_path.rglob("*.json"))
    assert SECRET.decode() not in told
    assert SECRET.hex() not in told


@pytest.mark.parametrize("status", ["failed", "crashed", "ended", "timeout", "memory", "output"])
def test_after_a_run_that_ends_badly_the_other_draws_are_left(runs: Runs, status: str) -> None:
    SAYS["bad"] = status
    observed = seen(runs, "bad")
    assert [run.status for run in observed.runs] == [status]
    assert [run.status for run in observed.reference] == ["ok"]
    seen(runs, "bad")
    assert runs.made == 2


@pytest.mark.parametrize("status", ["unavailable", "error"])
def test_what_could_not_be_judged_is_tried_again(runs: Runs, status: str) -> None:
    SAYS["an answer"] = status
    assert seen(runs, "an answer").runs[0].status == status
    SAYS.clear()
    assert {run.status for run in seen(runs, "an answer").runs} == {"ok"}


def test_one_thread_does_not_wait_for_what_another_left_out(runs: Runs) -> None:
    SAYS["the reference"] = "failed"  # after its first draw, so that who began with another draw must run that itself
    observed = [made for _, made in in_order(lambda number: seen(runs, f"answer {number}"), range(24))]
    assert all([run.status for run in each.reference] == ["failed"] for each in observed)
    assert all(each.runs[0].data == each.reference[0].data for each in observed)


def test_a_reference_that_fails_is_told_with_the_answers_run(runs: Runs) -> None:
    SAYS["the reference"] = "failed"
    observed = seen(runs, "an answer")
    assert [run.status for run in observed.reference] == ["failed"]
    assert len(observed.runs) == 1


def test_half_a_saved_run_is_made_again(runs: Runs, tmp_path: Path) -> None:
    first = seen(runs, "an answer")
    for path in (tmp_path / "observations").iterdir():
        path.write_bytes(path.read_bytes()[:40])
    assert seen(runs, "an answer") == first
    assert runs.made == 4 * TAKE


def test_a_runner_that_lacks_something_makes_runs_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds.available("runners"), "distant", "a_cluster.that_is_not_installed")
    with Runs(tmp_path, "distant") as runs:
        observed = seen(runs, "an answer")
        assert "needs a_cluster, which is not installed" in runs.says
    assert [run.status for run in observed.runs] == ["unavailable"]
    assert not list(tmp_path.iterdir())


def test_a_misspelt_runner_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(KindError, match="there is no runner 'locale'"):
        Runs(tmp_path, "locale")


def test_the_runner_is_opened_for_the_first_run_and_closed(tmp_path: Path) -> None:
    with Runs(tmp_path, "counting") as runs:
        assert observe_part(key_of(), Response(ref="q-a", state="blank"), DRAWS, runs) is None
        assert observe_part(key_of(), given("nothing"), DRAWS, runs) is None
        assert Counting.opened == 0
        seen(runs, "one")
        seen(runs, "two")
        assert Counting.opened == 1
    assert Counting.opened == 0


def test_a_grader_that_breaks_has_checked_nothing(runs: Runs) -> None:
    observed = seen(runs, "break")
    assert [run.status for run in observed.runs] == ["error"]
    assert "RuntimeError" in observed.runs[0].why


def test_a_submission_is_observed_where_its_parts_run(runs: Runs) -> None:
    number = key_of("q-n").model_copy(update={"grader": "numeric", "input": "number"})
    responses = (given("an answer"), given("12", "q-n"), Response(ref="q-b", state="blank"))
    submission = Submission(exam="tiny", candidate="c1", code="X", found=None, file="", digest="", responses=responses)
    observed = observe((key_of(), number, key_of("q-b"), key_of("q-c")), submission, DRAWS, runs)
    assert list(observed) == ["q-a"]


def test_threads_that_want_the_same_run_make_it_once(runs: Runs) -> None:
    observed = [made for _, made in in_order(lambda _: seen(runs, "an answer"), range(16))]
    assert all(each == observed[0] for each in observed)
    assert runs.made == 2 * TAKE


JOB = Job(ref="q-a", files={"submission.py": "x", "probe.py": "p"}, entry="probe:probe", data={"seed": 1})
CHANGES: list[dict[str, Any]] = [
    {"files": {"submission.py": "y", "probe.py": "p"}},
    {"files": {"submission.py": "x", "probe.py": "q"}},
    {"entry": "probe:other"},
    {"data": {"seed": 2}},
    {"steps": (None,)},
    {"limits": {"cpu": 1}},
    {"gpu": "prefer"},
    {"loopback": True},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_the_digest_hangs_on_all_that_a_run_hangs_on(change: dict[str, Any]) -> None:
    assert digest(JOB.model_copy(update=change), VERSIONS) != digest(JOB, VERSIONS)


def test_the_digest_hangs_on_versions_and_not_on_whose_job_it_is() -> None:
    assert digest(JOB.model_copy(update={"ref": "q-b"}), VERSIONS) == digest(JOB, VERSIONS)
    assert digest(JOB, VERSIONS | {"torch": "2.14.0"}) != digest(JOB, VERSIONS)
    assert digest(JOB, VERSIONS | {"machine": "aarch64"}) != digest(JOB, VERSIONS)
    # a device counts for those that may use one, but not for those that must: they can only have run on one
    on_one = VERSIONS | {"device": "H100"}
    for gpu, same in (("none", True), ("prefer", False), ("require", True)):
        job = JOB.model_copy(update={"gpu": gpu})
        assert (digest(job, on_one) == digest(job, VERSIONS)) is same


def test_work_comes_back_in_order_and_is_never_far_ahead() -> None:
    started: list[int] = []
    lock = threading.Lock()

    def work(number: int) -> int:
        with lock:
            started.append(number)
        time.sleep(0.02 if number % 3 == 0 else 0.001)
        return number * number

    taken = in_order(work, iter(range(1000)))
    assert [next(taken) for _ in range(20)] == [(number, number * number) for number in range(20)]
    assert max(started) < 200
    taken.close()  # type: ignore[attr-defined]


def test_work_that_does_not_wait_stays_in_its_place_among_work_that_does() -> None:
    threads: dict[int, int] = {}

    def work(number: int) -> int:
        threads[number] = threading.get_ident()
        time.sleep(0.002 if number % 3 == 0 else 0)
        return number

    assert [made for _, made in in_order(work, range(30), lambda number: number % 3 == 0)] == list(range(30))
    here = threading.get_ident()
    assert all((threads[number] == here) == bool(number % 3) for number in range(30))


@pytest.mark.parametrize("waits", [True, False])
def test_an_error_of_the_work_comes_out_where_its_result_would(waits: bool) -> None:
    def work(number: int) -> int:
        if number == 3:
            raise OSError("the disk is full")
        return number

    taken = in_order(work, range(10), lambda _: waits)
    assert [next(taken) for _ in range(3)] == [(0, 0), (1, 1), (2, 2)]
    with pytest.raises(OSError, match="disk"):
        next(taken)

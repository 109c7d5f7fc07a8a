"""One harness on several inputs, one after the other in one child: the fork and the first use of everything cost once.

Inside, `each` calls the harness for each draw. Outside, `together` makes the job and `apart` takes its result apart.
What is revealed to a draw is revealed only when the draw before it has answered.
"""

from __future__ import annotations

import os
import pkgutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from autograder.sandbox.channel import Channel
from autograder.sandbox.job import Cost, Job, Result
from autograder.sandbox.values import Values

ENTRY: Final = "autograder.sandbox.draws:each"


def together(jobs: Sequence[Job]) -> Job:
    """Return one job that does what several do that differ in their data and steps alone. Their limits hold for all.

    Args:
        jobs: at least one; what they may see is data, without arrays.
    """
    first = jobs[0]
    steps: list[Values] = []
    for place, job in enumerate(jobs):
        # after as many reports as there are steps, one more finds that there is nothing left
        steps += [*(Values({"step": step.data}) for step in job.steps), Values()]
        if place + 1 < len(jobs):
            steps.append(Values({"data": jobs[place + 1].inputs.data}))
    start = {"entry": first.entry, "steps": [len(job.steps) for job in jobs], "data": first.inputs.data}
    return replace(first, entry=ENTRY, inputs=Values(start), steps=tuple(steps))


def each(channel: Channel) -> tuple[Any, Mapping[str, Any] | None]:
    """Call the harness for each draw, and return what it answers to the last.

    Args:
        channel: as `together` fills it.

    Raises:
        BaseException: whatever the harness raises.
    """
    start = channel.inputs.data
    channel.entry = start["entry"]  # whose lines are not the candidate's
    harness = pkgutil.resolve_name(channel.entry)
    data, last = start["data"], len(start["steps"]) - 1
    answer: tuple[Any, Mapping[str, Any] | None] = (None, None)
    for place, steps in enumerate(start["steps"]):
        _as_at_the_start()
        draw = Draw(channel, data, steps)
        given = harness(draw)
        answer = given if isinstance(given, tuple) else (given, None)
        draw.pass_over()
        if place < last:
            revealed = channel.step(*answer)
            data = revealed.data["data"] if revealed is not None else None
    return answer


class Draw:
    """The channel of one draw: it has inputs and steps of its own, and all else in common with the others.

    Attributes:
        inputs: what the harness may see from the start.
    """

    def __init__(self, channel: Channel, data: Any, steps: int) -> None:
        self._channel, self._left = channel, steps + 1
        self.inputs = Values(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def step(self, data: Any = None, arrays: Mapping[str, Any] | None = None) -> Values | None:
        """Send a report and return what is revealed for it; None where there is nothing more."""
        if not self._left:
            raise RuntimeError("it reported more often than there were steps")
        self._left -= 1
        revealed = self._channel.step({"report": data}, arrays)
        return None if revealed is None or revealed.data is None else Values(revealed.data["step"])

    def pass_over(self) -> None:
        """Leave the steps that are left."""
        self._channel.skip(self._left)
        self._left = 0


def _as_at_the_start() -> None:
    """Undo what code often sets for the whole process, so that a draw does not hang on the one before it."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)
        reseed(0)


def reseed(seed: int) -> None:
    """Do what `torch.manual_seed` does, in a hundredth of the time where there is no graphics device.

    For devices that have not been started it writes down the whole call stack, for each, in case they ever are.
    """
    torch = sys.modules["torch"]
    if os.environ.get("CUDA_VISIBLE_DEVICES"):
        torch.manual_seed(seed)
    else:
        torch.default_generator.manual_seed(seed)


def apart(result: Result, jobs: Sequence[Job]) -> list[Result]:
    """Return what came of each job that was run together, up to the first that did not come to its end.

    Args:
        result: of the job that `together` made.
        jobs: as they were given to it.
    """
    found: list[Result] = []
    begin = 0
    for place, job in enumerate(jobs):
        end = begin + len(job.steps) + 1
        told = {at: report for at, report in zip(result.places, result.reports, strict=True) if begin <= at <= end}
        answer = told.pop(end, None) if place + 1 < len(jobs) else result.values if result.status == "ok" else None
        reports = tuple(
            Values(report.data["report"], report.arrays, report.labels, report.nonfinite)
            for report in told.values()
            if isinstance(report.data, dict) and "report" in report.data
        )
        begin = end + 1
        if answer is not None:
            found.append(Result("ok", answer, reports, gpu=result.gpu))
            continue
        status, why = result.status, result.why
        if status == "ok":
            status, why = "failed", "it answered before it was asked the last"
        found.append(replace(result, status=status, why=why, values=Values(), reports=reports, places=(), output=""))
        break
    cost = Cost(result.cost.cpu / len(found), result.cost.wall / len(found), result.cost.peak)
    found = [replace(each, cost=cost) for each in found]
    return [replace(found[0], output=result.output), *found[1:]]

"""What is run, and what came of it."""

from __future__ import annotations

from typing import Any, Literal

from autograder.model.record import Record


class Job(Record):
    """Something to run: one answer of one candidate, or the reference, on one hidden draw.

    Attributes:
        files: texts by file name.
        entry: `module:function` that is called.
        data: what it may see from the start; `steps`: what it gets later, each after a report.
        limits: names and values of the limits that differ from the usual ones.
        gpu: `prefer` falls back to the processor; `require` without a device is `unavailable`.
        loopback: it may use a network of its own that reaches nobody.
        worker: the kind of warm worker that does it, on `data` alone; else it is code, for a jail.
    """

    ref: str
    files: dict[str, str]
    entry: str
    data: Any = None
    steps: tuple[Any, ...] = ()
    limits: dict[str, Any] = {}
    gpu: Literal["none", "prefer", "require"] = "none"
    loopback: bool = False
    worker: str = ""


class Run(Record):
    """What came of one job. Nothing that the code itself told is to be believed.

    Attributes:
        key: digest of everything that the outcome hangs on.
        data: the answer, where there is one; `reports`: what was sent at each step, in order.
        blob: arrays of answer and reports as safetensors in base64, named `answer/<name>` or `<report>/<name>`.
        labels: what a dtype was, by the array's name, where safetensors cannot say so.
        output: the beginning of what it printed, escaped.
        failure: where it stopped: type, message, file, line, source.
        cost: seconds of processor time `cpu` and on the clock `wall`, bytes of memory `peak`.
        why: one sentence on any status but `ok`.
        gpu: it ran on a graphics device.
        jail: the way in which it was kept from the machine; `unsafe` is none.
    """

    key: str
    status: Literal["ok", "failed", "crashed", "ended", "timeout", "memory", "output", "unavailable", "error"]
    data: Any = None
    reports: tuple[Any, ...] = ()
    blob: str = ""
    labels: dict[str, str] = {}
    output: str = ""
    failure: dict[str, Any] | None = None
    cost: dict[str, float] = {}
    why: str = ""
    gpu: bool = False
    jail: str = ""


class Observation(Record):
    """What happened when an answer was run, and beside it the reference: one run a hidden draw, in the same order.

    Attributes:
        cells: of a table, by the refs of its cells, what happened for those that had to be run.
    """

    ref: str
    runs: tuple[Run, ...]
    reference: tuple[Run, ...]
    cells: dict[str, Observation] = {}

    def all_runs(self) -> tuple[Run, ...]:
        """Return every run of the answer and of the reference, those of a table's cells among them."""
        return (*self.runs, *self.reference, *(run for cell in self.cells.values() for run in cell.all_runs()))

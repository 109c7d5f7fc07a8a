"""What to run, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from autograder.sandbox.limits import Limits
from autograder.sandbox.values import Values

Status = Literal["ok", "failed", "crashed", "ended", "timeout", "memory", "output", "unavailable", "error"]
Gpu = Literal["none", "prefer", "require"]

_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class Job:
    """One run of some code in a child of its own.

    Attributes:
        files: texts by file name; the candidate's code and the harness that calls it. Names are plain, without folders.
        entry: `module:function` of the harness; a module of `files`, or one that is installed. It is called with a
            `Channel`.
        inputs: what the harness may see from the start.
        steps: what it gets later, each only after it has sent a report.
        limits: what it may use.
        gpu: `prefer` falls back to the processor; `require` without a device is `unavailable`.
        loopback: it may use a network of its own that reaches nobody, for processes that talk to each other.
    """

    files: Mapping[str, str]
    entry: str
    inputs: Values = field(default_factory=Values)
    steps: tuple[Values, ...] = ()
    limits: Limits = field(default_factory=Limits)
    gpu: Gpu = "none"
    loopback: bool = False

    def __post_init__(self) -> None:
        for name in self.files:
            if not _FILE_NAME.fullmatch(name):
                raise ValueError(f"{name!r} is not a plain file name")


@dataclass(frozen=True, slots=True)
class Failure:
    """Where and how the code stopped, as the child tells it: escaped, cut, and not to be believed.

    Attributes:
        type: the exception's name, or `malformed`.
        message: its text.
        file: the job's file in which it arose, or an empty text.
        line: the line of that file, from 1; 0 where there is none.
        source: the text of that line.
    """

    type: str
    message: str
    file: str = ""
    line: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run used.

    Attributes:
        cpu: seconds of processor time, all processes together.
        wall: seconds on the clock.
        peak: bytes of memory of its largest process, with what it shares with the warm process.
    """

    cpu: float = 0.0
    wall: float = 0.0
    peak: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job.

    Attributes:
        status: `ok`: it answered. `failed`: it raised, or answered something malformed. `crashed`: a signal ended it.
            `ended`: it ended itself without an answer. `timeout`, `memory`, `output`: it went past that limit.
            `unavailable`: it needs what this machine lacks. `error`: it could not be judged, and only that.
        values: the answer, where there is one.
        reports: what it sent at each step that it did not pass over, in order; `places` are the numbers of these steps.
        output: the beginning of stdout and stderr, escaped.
        failure: where it stopped, if it stopped.
        cost: what it used.
        why: one sentence on any status but `ok`.
        gpu: it ran on a graphics device.
    """

    status: Status
    values: Values = field(default_factory=Values)
    reports: tuple[Values, ...] = ()
    places: tuple[int, ...] = ()
    output: str = ""
    failure: Failure | None = None
    cost: Cost = field(default_factory=Cost)
    why: str = ""
    gpu: bool = False

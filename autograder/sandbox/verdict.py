"""What happened? From what was heard of a child to a status, with one sentence of why. Pure."""

from __future__ import annotations

import signal
from typing import Any

from autograder.sandbox.describe import OUT_OF_MEMORY_TYPES, OUT_OF_MEMORY_WORDS
from autograder.sandbox.job import Cost, Failure, Result, Status
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.orders import Ending
from autograder.sandbox.printable import printable
from autograder.sandbox.talk import Told
from autograder.sandbox.values import Values


def judge(told: Told, limits: Limits, *, gpu: bool = False) -> Result:
    """Return the result that what was heard amounts to.

    Args:
        told: what was heard.
        limits: what the job was allowed.
        gpu: it ran on a graphics device.
    """
    failure = _failure(told)
    status, why = _status(told, failure, limits)
    ending = told.ending or Ending()
    return Result(
        status=status,
        values=told.answer if status == "ok" and told.answer else Values(),
        reports=tuple(told.reports),
        places=tuple(told.places),
        output=printable(told.output[: limits.output], limits.output)
        + ("…" if len(told.output) > limits.output else ""),
        failure=failure,
        cost=Cost(ending.cpu, ending.wall, ending.peak),
        why=why,
        gpu=gpu,
    )


def _status(told: Told, failure: Failure | None, limits: Limits) -> tuple[Status, str]:
    if told.malformed:
        return "failed", told.malformed
    if told.flooded:
        return "output", f"more than {limits.flood // MIB} MiB was printed"
    if told.answer is not None:
        return "ok", ""
    if failure is not None:
        return _raised(failure)
    if told.ending is None:
        return "error", "the process that runs jobs was lost"
    return _ended(told.ending, limits)


def _raised(failure: Failure) -> tuple[Status, str]:
    said = f"{failure.type}: {failure.message}" if failure.message else failure.type
    if failure.type == "SystemExit":
        return "ended", "it ended itself without an answer"
    if failure.type in OUT_OF_MEMORY_TYPES or any(words in failure.message.lower() for words in OUT_OF_MEMORY_WORDS):
        return "memory", said
    return "failed", said


def _ended(ending: Ending, limits: Limits) -> tuple[Status, str]:
    """Judge by the end alone. Processor time is the code's own; time on the clock may be the machine's."""
    too_long: tuple[Status, str] = "timeout", f"more than {limits.cpu} s of processor time"
    spent = ending.cpu >= 0.95 * limits.cpu
    if ending.problem:
        return "error", f"its jail could not be built: {ending.problem}"
    match ending.killed:
        case "cpu":
            return too_long
        case "memory":
            return "memory", f"more than {limits.memory // MIB} MiB of memory, all processes together"
        case "files":
            return "memory", f"more than {limits.files} files or {limits.shared // MIB} MiB in them"
        case "wall":
            return too_long if spent else ("error", f"no answer within {limits.wall:g} s on the clock")
        case "asked":
            return "error", "it was given up"
        case _ if ending.code == -signal.SIGXCPU or (ending.code == -signal.SIGKILL and spent):
            return too_long
        case _ if ending.code == -signal.SIGKILL:
            return "error", "the machine killed it; perhaps its memory ran out"
        case _ if ending.code < 0:
            return "crashed", f"signal {_name(-ending.code)} ended it"
        case _:
            return "ended", "it ended itself without an answer"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _failure(told: Told) -> Failure | None:
    if told.malformed:
        return Failure("malformed", told.malformed)
    if told.failure is None or told.answer is not None:
        return None
    said = told.failure if isinstance(told.failure, dict) else {}
    line = said.get("line")
    return Failure(
        type=_text(said, "type", 100) or "unknown",
        message=_text(said, "message", 2000),
        file=_text(said, "file", 100),
        line=line if type(line) is int and 0 < line < 1_000_000 else 0,
        source=_text(said, "source", 200),
    )


def _text(said: dict[str, Any], name: str, most: int) -> str:
    value = said.get(name)
    return printable(value, most) if isinstance(value, str) else ""

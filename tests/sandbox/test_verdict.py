"""From what was heard to a status."""

from __future__ import annotations

import pytest

from autograder.sandbox.limits import Limits
from autograder.sandbox.orders import Ending
from autograder.sandbox.talk import Told
from autograder.sandbox.values import Values
from autograder.sandbox.verdict import judge

LIMITS = Limits(cpu=10, wall=30)
ANSWER = Values({"x": 1})


def failed(kind: str, message: str = "") -> dict[str, object]:
    return {"type": kind, "message": message, "file": "submission.py", "line": 3, "source": "x"}


TABLE = [
    ("answered", Told(answer=ANSWER, ending=Ending(code=-9, killed="asked")), "ok"),
    ("answered, then the machine was lost", Told(answer=ANSWER), "ok"),
    ("raised", Told(failure=failed("ValueError", "no"), ending=Ending()), "failed"),
    ("left by sys.exit", Told(failure=failed("SystemExit"), ending=Ending()), "ended"),
    ("MemoryError", Told(failure=failed("MemoryError"), ending=Ending()), "memory"),
    (
        "torch's words",
        Told(failure=failed("RuntimeError", "DefaultCPUAllocator: can't allocate memory"), ending=Ending()),
        "memory",
    ),
    ("malformed", Told(malformed="not in frames", ending=Ending()), "failed"),
    ("malformed after the answer", Told(answer=ANSWER, malformed="not in frames", ending=Ending()), "failed"),
    ("printed too much", Told(flooded=True, ending=Ending()), "output"),
    ("printed too much, then answered", Told(flooded=True, answer=ANSWER, ending=Ending()), "output"),
    ("left", Told(ending=Ending(code=0)), "ended"),
    ("left with a code", Told(ending=Ending(code=70)), "ended"),
    ("segmentation fault", Told(ending=Ending(code=-11)), "crashed"),
    ("the kernel's limit on time", Told(ending=Ending(code=-9, cpu=10.01)), "timeout"),
    ("SIGXCPU", Told(ending=Ending(code=-24, cpu=3)), "timeout"),
    ("killed by the machine", Told(ending=Ending(code=-9, cpu=3)), "error"),
    ("many processes' time", Told(ending=Ending(code=-9, killed="cpu", cpu=10)), "timeout"),
    ("wall with the processor used", Told(ending=Ending(code=-9, killed="wall", cpu=9.9)), "timeout"),
    ("wall alone", Told(ending=Ending(code=-9, killed="wall", cpu=2)), "error"),
    ("memory of all", Told(ending=Ending(code=-9, killed="memory")), "memory"),
    ("too many files", Told(ending=Ending(code=-9, killed="files")), "memory"),
    ("no jail", Told(ending=Ending(problem="OSError: no")), "error"),
    ("lost", Told(), "error"),
]


@pytest.mark.parametrize(("told", "status"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_status(told: Told, status: str) -> None:
    result = judge(told, LIMITS)
    assert result.status == status
    assert bool(result.why) == (status != "ok")
    assert (result.values == ANSWER) == (status == "ok")


@pytest.mark.parametrize(
    "said", [None, 3, [], {}, {"type": 3, "line": -1}, {"line": True}, {"line": 10**9, "message": ["x"]}]
)
def test_a_failure_is_only_text(said: object) -> None:
    failure = judge(Told(failure=said if said is not None else {}, ending=Ending()), LIMITS).failure
    assert failure is not None
    assert (failure.type, failure.line, failure.message) == ("unknown", 0, "")


def test_output_is_cut_and_escaped() -> None:
    result = judge(Told(answer=ANSWER, output=b"\x1b[2J" + b"x" * 100), Limits(output=10))
    assert result.output == "\\x1b[2Jxxxxxx…"

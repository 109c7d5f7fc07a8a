"""What code earns: from what was observed of it to checks that passed, and to a mark. Shared by the graders of code.

A check passes when the candidate's run agrees with the reference's in every hidden draw. A run that did not come to its
end passes nothing. Where the reference's own run failed, nothing was checked: that is neither wrong nor right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from autograder.coding.accounts import accounts, said
from autograder.coding.parity import Difference, UnusableError, difference
from autograder.model import Check, Job, Key, Mark, Observation, Record, Response, Run
from autograder.sandbox.printable import printable

REASONS: Final = (
    "passed",
    "partial",
    "failed",
    "crashed",
    "timeout",
    "memory",
    "output",
    "ended",
    "blank",
    "unreadable",
)
"""Every reason of a mark for code; what is `unavailable` gives the reason `error`."""

SUBMISSION: Final = "submission.py"
PROBE: Final = "probe.py"

_MOST_OUTPUT: Final = 4_000
_MIB: Final = 1 << 20

_STOPPED: Final[Mapping[str, str]] = {
    "failed": "Your code stopped",
    "crashed": "Your code crashed",
    "timeout": "Your code took too long",
    "memory": "Your code used too much memory",
    "output": "Your code printed too much",
    "ended": "Your code ended the process",
}


class CodeSettings(Record):
    """What every grader of code can be set to."""

    cpu: Annotated[int, Field(gt=0, le=600)] = 10
    """Seconds of processor time of one run."""

    wall: Annotated[float, Field(gt=0, le=3600)] = 60.0
    """Seconds on the clock, past which a run could not be judged."""

    memory: Annotated[int, Field(gt=0)] = 2048
    """MiB beyond what is used before the code is loaded."""

    steps: Annotated[int, Field(ge=0, le=4096)] = 0
    """Seeds that are revealed on the way, each only for a report."""

    gpu: Literal["none", "prefer", "require"] = "none"
    """`prefer` falls back to the processor; `require` without a device cannot be marked."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One check of one answer.

    Attributes:
        check: as the author wrote it.
        passed: it agrees with the reference in every draw.
        why: where it does not, in a sentence; empty where nothing was compared.
    """

    check: Check
    passed: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was observed of one answer, judged.

    Attributes:
        checks: all of the part's, in its order.
        status: `ok`, or how the first run ended that did not come to its end.
        why: what stopped it, in a sentence.
        output: what was printed.
        problem: why nothing could be checked, else empty.
    """

    checks: tuple[Judgement, ...]
    status: str = "ok"
    why: str = ""
    output: str = ""
    problem: str = ""

    @property
    def share(self) -> float:
        """The share of the checks' points that was earned."""
        total = sum(each.check.points or 0.0 for each in self.checks)
        if total:
            return sum(each.check.points for each in self.checks if each.passed) / total
        return sum(each.passed for each in self.checks) / len(self.checks) if self.checks else 0.0


def job_for(key: Key, source: str, settings: CodeSettings) -> Job | None:
    """Return what must run to check some code, but for the hidden draw; None where there is nothing to check it with.

    Args:
        key: of a part that asks for code.
        source: the candidate's.
        settings: the part's. The job has as many empty steps as it may have; whoever draws fills in their seeds.
    """
    if key.code is None or not key.code.probe:
        return None
    return Job(
        ref=key.ref,
        files=key.code.shared | {SUBMISSION: source, PROBE: key.code.probe},
        entry="probe:probe",
        steps=({},) * settings.steps,
        limits={"cpu": settings.cpu, "wall": settings.wall, "memory": settings.memory * _MIB},
        gpu=settings.gpu,
    )


def judge(checks: Sequence[Check], seen: Observation | None) -> Judged:
    """Return which checks an answer passes. Whatever was observed, this returns.

    Args:
        checks: of the part.
        seen: what was observed; None where nothing was.
    """
    none = tuple(Judgement(check, False) for check in checks)
    if seen is None or not seen.runs or len(seen.runs) != len(seen.reference):
        return Judged(none, problem="it was not run")
    output = next((run.output for run in seen.runs if run.output.strip()), "")
    output = printable(output, _MOST_OUTPUT)
    problem = next(filter(None, map(_unjudged, seen.runs, seen.reference)), "")
    if problem:
        return Judged(none, output=output, problem=problem)
    stopped = next((run for run in seen.runs if run.status != "ok"), None)
    if stopped is not None:
        return Judged(none, stopped.status, _stop(stopped), output)
    try:
        return Judged(_compared(checks, seen), output=output)
    except UnusableError as error:
        return Judged(none, output=output, problem=str(error))


def mark_code(key: Key, response: Response, seen: Observation | None, written: bool) -> Mark:
    """Return the mark of an answer that is code and nothing else.

    Args:
        key: of the part.
        response: the answer.
        seen: what was observed of it.
        written: there is code in it, in the form that the part asks for.

    Returns:
        A graded mark; `detail` has `checks` and `output`. State `error` where it could not be checked.
    """
    if not written:
        return unanswered(key, response)
    judged = judge(checks_of(key), seen)
    if judged.problem:
        return could_not_check(key, response, judged)
    return key.mark(
        judged.share,
        reason_of(judged),
        read=response.value,
        feedback="\n".join(filter(None, (response.hint, checks_said(judged)))),
        detail=detail_of(judged, key.points),
    )


def checks_of(key: Key) -> tuple[Check, ...]:
    """Return the checks of a part."""
    return key.code.checks if key.code is not None else ()


def unanswered(key: Key, response: Response) -> Mark:
    """Return the mark of an answer in which there is nothing, or nothing that could be read."""
    value = response.value.values() if isinstance(response.value, dict) else [response.value]
    empty = response.state != "unreadable" and not any(
        each.strip() if isinstance(each, str) else each for each in value
    )
    words = "There is no answer." if empty else response.hint or "This could not be read."
    judged = Judged(tuple(Judgement(check, False) for check in checks_of(key)))
    detail = detail_of(judged, key.points)
    return key.mark(0, "blank" if empty else "unreadable", feedback=words, detail=detail)


def could_not_check(key: Key, response: Response, judged: Judged) -> Mark:
    """Return the mark of an answer that nobody could check: neither wrong nor right."""
    mark = key.unmarked("error", f"This could not be checked: {judged.problem}.", response.value)
    return mark.model_copy(update={"detail": detail_of(judged, 0.0)})


def reason_of(judged: Judged) -> str:
    """Return the reason of a mark that its checks alone decide."""
    if judged.status != "ok":
        return judged.status
    return "passed" if judged.share == 1 else "partial" if judged.share > 0 else "failed"


def detail_of(judged: Judged, points: float) -> dict[str, Any]:
    """Return what a mark tells of its checks, each with the points that it earned out of these."""
    total = sum(each.check.points for each in judged.checks)
    return {
        "checks": [
            {
                "id": each.check.id,
                "passed": each.passed,
                "points": round(points * each.check.points / total, 6) if each.passed and total else 0.0,
                "why": each.why,
            }
            for each in judged.checks
        ],
        "output": judged.output,
    }


def checks_said(judged: Judged) -> str:
    """Return the words for the candidate: a line a check, or what stopped the code."""
    if judged.problem:
        return f"This could not be checked: {judged.problem}."
    if judged.status != "ok":
        began = _STOPPED.get(judged.status, "Your code stopped")
        return f"{began}: {judged.why}. No check was passed." if judged.why else f"{began}. No check was passed."
    return "\n".join(map(_line, judged.checks))


def _line(each: Judgement) -> str:
    say = " ".join(each.check.say.split())
    if each.passed:
        return f"✓ {say}"
    return " ".join(filter(None, ("✗", say, each.why, " ".join(each.check.why.split()))))


def _unjudged(run: Run, reference: Run) -> str:
    """Return why a draw says nothing of the candidate's code, or an empty text."""
    if reference.status in ("unavailable", "error"):
        return _plain(reference.why) or "it could not be run"
    if reference.status != "ok":
        return f"the reference itself did not run ({reference.status}: {_stop(reference) or 'no reason is known'})"
    if run.status in ("unavailable", "error"):
        return _plain(run.why) or "it could not be run"
    return ""


def _stop(run: Run) -> str:
    """Return what stopped a run: what was raised, with the candidate's line, or the sandbox's sentence."""
    if run.failure is not None and run.failure.get("type") != "malformed":
        return _plain(said(run.failure))
    return _plain(run.why)


def _plain(text: str) -> str:
    return printable(" ".join(text.split()), 600).rstrip(".")


def _compared(checks: Sequence[Check], seen: Observation) -> tuple[Judgement, ...]:
    pairs = [(accounts(run), accounts(reference)) for run, reference in zip(seen.runs, seen.reference, strict=True)]
    found = []
    for check in checks:
        partings = [difference(check.id, own, reference) for own, reference in pairs]
        found.append(Judgement(check, not any(partings), _why(partings)))
    return tuple(found)


def _why(partings: Sequence[Difference | None]) -> str:
    first = next(filter(None, partings), None)
    if first is None:
        return ""
    count = sum(parting is not None for parting in partings)
    where = f" (in {count} of {len(partings)} hidden draws)" if count < len(partings) else ""
    why = first.why[:1].upper() + first.why[1:]
    return " ".join((f"{why}{where}.", *first.remarks))

"""Have answers that only running gives: what to run of a notebook, and what its values are as responses.

One run serves all such answers of a notebook: cells run in order, and each answer is told as soon as its cell has run,
so that nothing that comes later can change it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from autograder.model import Job, Mark, Observation, Response, Submission

ENTRY: Final = "autograder.sandbox.computing:answers"

MAX_CELLS: Final = 200
MAX_CODE: Final = 400_000
"""Cells of a notebook that are run, and characters of all of them; a larger one waits for a person."""

_WHOLE: Final = re.compile(r"-?\d{1,1000}\Z")
_QUOTIENT: Final = re.compile(r"-?\d{1,1000}/\d{1,1000}\Z")
_LIMITS: Final = {"reply": 1 << 20}


def computing_job(submission: Submission) -> Job | None:
    """Return what is to be run of a submission, or None where nothing is."""
    wanted = [response for response in submission.responses if response.state == "run" and response.cell is not None]
    if not wanted or len(submission.cells) > MAX_CELLS or sum(map(len, submission.cells)) > MAX_CODE:
        return None
    last = max(response.cell for response in wanted if response.cell is not None)
    asked = [
        {"ref": response.ref, "variable": response.ref.replace("-", "_"), "file": _file(response.cell or 0)}
        for response in wanted
    ]
    return Job(
        ref=wanted[0].ref,
        files={_file(number): source for number, source in enumerate(submission.cells[: last + 1])},
        entry=ENTRY,
        data={"wanted": asked},
        steps=tuple({} for _ in asked),
        limits=dict(_LIMITS),
    )


Take = Callable[[Any], Response]
"""Takes a value of Python as the response to a part."""


def with_computed(
    submission: Submission, seen: Mapping[str, Observation], takes: Mapping[str, Take]
) -> tuple[Submission, frozenset[str]]:
    """Return a submission with the values that running gave in the place of what had to be run.

    Args:
        submission: as read.
        seen: by ref, what happened when it was run.
        takes: by ref, how parts take values that are neither numbers nor texts.

    Returns:
        The submission, and the refs that now have a value. What has none says why, and stays for a person.
    """
    responses = [
        _computed(each, seen[each.ref], takes.get(each.ref)) if each.state == "run" and each.ref in seen else each
        for each in submission.responses
    ]
    pairs = zip(submission.responses, responses, strict=True)
    had = frozenset(now.ref for was, now in pairs if was.state == "run" and now.state != "run")
    return submission.model_copy(update={"responses": tuple(responses)}), had


def told(marks: Iterable[Mark], had: frozenset[str]) -> list[Mark]:
    """Return marks that say where an answer was had by running the notebook."""
    words = "Your answer was had by running the notebook's cells up to it."
    return [
        mark.model_copy(
            update={"feedback": f"{words} {mark.feedback}".rstrip(), "detail": mark.detail | {"computed": True}}
        )
        if mark.ref in had
        else mark
        for mark in marks
    ]


def _file(number: int) -> str:
    return f"cell_{number:03}.py"


def _computed(response: Response, seen: Observation, take: Take | None) -> Response:
    [run] = seen.runs
    reports = [each for each in run.reports if isinstance(each, dict) and each.get("ref") == response.ref]
    why = run.why or "it ended before"
    if reports:
        said = reports[0]
        try:
            value = _value(said["value"])
            return _given(response, value) if take is None else take(value)
        except (AttributeError, KeyError, TypeError, ValueError, ZeroDivisionError, RecursionError):
            why = str(said.get("failed", "its value is no answer to this part"))
    hint = f"Running the notebook up to this answer gave no value ({why[:300]}); a person will look at it."
    return response.model_copy(update={"hint": hint})


def _given(response: Response, value: Any) -> Response:
    if value is ...:
        return Response(ref=response.ref, state="blank")
    if value is None or isinstance(value, dict):
        raise ValueError("its value is no number, text or list")
    # as if it had been written: a truth value and a list are read from their text
    said = value if isinstance(value, int | float | Fraction | str) and not isinstance(value, bool) else str(value)
    return response.model_copy(update={"state": "given", "value": said})


def _value(told: Any) -> Any:
    """Return the value that data from the jail stands for. Nothing in it is believed.

    Raises:
        Exception: it is no such data.
    """
    [(kind, said)] = told.items()
    if kind == "list":
        return [_value(item) for item in said]
    if kind == "pairs":
        return {_value(name): _value(each) for name, each in said}
    if not isinstance(said, str):
        raise TypeError("neither a list nor a text")
    match kind:
        case "text":
            return said
        case "constant":
            return {"...": ..., "None": None, "True": True, "False": False}[said]
        case "number" if _WHOLE.match(said):
            return int(said)
        case "number" if _QUOTIENT.match(said):
            return Fraction(said)
        case "number" if len(said) <= 40:
            return float(said)
    raise ValueError("no value that is known here")

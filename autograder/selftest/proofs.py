"""Prove keys by running: a question's `proof.py` gets drawn values and finds the answers without the key's formula.

A proof runs in the sandbox, like all code that comes with a question; what it gives is compared here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from autograder import kinds
from autograder.bank import Bank
from autograder.choosing.offers import without_orders
from autograder.course import SAMPLE_SECRET
from autograder.errors import BankError, RunnerError
from autograder.formula.arithmetic import to_float
from autograder.key import keys_of
from autograder.model import Job, Key, Part, Question, Run
from autograder.seeds import seed_of
from autograder.variant import draw_values, is_small, space, with_given
from autograder.yamlsrc import Source

DRAWS: Final = 20
"""Variants on which a proof is run, or all where there are fewer."""

_TRIES: Final = 10 * DRAWS
_CPU: Final = 2 * DRAWS  # a second for each variant; the rest is for what is imported, and for slow machines
_WALL: Final = 8.0 * DRAWS
_MODULE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\.py")

Drawn = Mapping[str, Any]


def is_proved(question: Question) -> bool:
    """Return whether some part of a question has a proof that can be run."""
    return any(part.proof in question.files for part in question.parts)


def prove(question: Question, bank: Bank, run: Callable[[Job], Run]) -> list[BankError]:
    """Run a question's proofs on many variants, all in one job, and return where they contradict its keys.

    Args:
        question: one in which nothing else is wrong.
        bank: for the places of errors.
        run: of a runner.

    Returns:
        At most one error a part, at its `proof:`; or a single one where a proof failed, at the proof's own line.

    Raises:
        RunnerError: nothing could be run, so nothing was found out.
    """
    source = bank.sources[question.id]
    proved = [(place, part) for place, part in enumerate(question.parts) if part.proof in question.files]
    errors = [_unprovable(part, source, place) for place, part in proved if _judge(part) is None]
    if errors or not proved:
        return errors
    draws = proof_draws(question)
    told = [", ".join(f"{name} = {_plain(values[name])}" for name in question.params) for values in draws]
    done = run(_job(question, draws))
    if done.status in ("unavailable", "error"):
        raise RunnerError("the proofs could not be run", where=question.id, hint=done.why)
    if done.status != "ok" or len(done.reports) != len(draws):
        return [_failed(done, source, proved[0], told)]
    keys = [keys_of(question, values) for values in draws]
    found = [
        _disagreement(part, source.place("parts", place, "proof"), [row[place] for row in keys], done.reports, told)
        for place, part in proved
    ]
    return [error for error in found if error is not None]


def proof_draws(question: Question) -> list[Drawn]:
    """Return the variants on which a question is proved, givens included: different ones, the same at every call."""
    if is_small(question) and len(space(question)) <= DRAWS:
        return [with_given(question, values) for values in space(question)]
    draws: list[Drawn] = []
    for number in range(_TRIES):
        values = without_orders(draw_values(question, seed_of(SAMPLE_SECRET, "proof", question.id, number)))
        if values not in draws:
            draws.append(values)
        if len(draws) == DRAWS:
            break
    return draws


def _job(question: Question, draws: Sequence[Drawn]) -> Job:
    first, *others = ({name: _plain(value) for name, value in values.items()} for values in draws)
    return Job(
        ref=question.id,
        # what else a proof imports; a file of another name is no module
        files={name: text for name, text in question.files.items() if _MODULE.fullmatch(name)},
        entry="autograder.sandbox.prove:prove",
        data={
            "proofs": sorted({part.proof for part in question.parts if part.proof in question.files}),
            "values": first,
        },
        steps=tuple(others),
        limits={"cpu": _CPU, "wall": _WALL},
    )


def _plain(value: Any) -> Any:
    """Return a drawn value as a proof gets it: numbers that are not whole as float, a tuple as a list."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return to_float(value) if isinstance(value, Fraction) else value


def _judge(part: Part) -> Callable[[Key, Any], bool] | None:
    """Return how a part's grader tells whether a number confirms the key; None where it does not ask for one."""
    confirms: Callable[[Key, Any], bool] | None = getattr(
        kinds.module_of("graders", part.marking()[0]), "confirms", None
    )
    return confirms


def _disagreement(
    part: Part, where: str, keys: Sequence[Key], reports: Sequence[Any], told: Sequence[str]
) -> BankError | None:
    """Return an error with the first variant on which the proof does not confirm the key, or None."""
    assert part.proof is not None
    judge = _judge(part)
    wrong = []
    for key, report, values in zip(keys, reports, told, strict=True):
        given = report.get(part.proof) if isinstance(report, dict) else None
        if not isinstance(given, dict) or part.id not in given:
            shown = ", ".join(given) if isinstance(given, dict) else ""
            return BankError(
                f"part {part.id}: {part.proof} gives nothing for it",
                where=where,
                hint=f"it gives: {shown or 'nothing'}",
            )
        found = given[part.id]
        if not _is_number(found) or judge is None or not judge(key, found):
            wrong.append(f"the key is {_number(key.answer)}, but {part.proof} finds {_number(found)} when {values}")
    if not wrong:
        return None
    return BankError(
        f"part {part.id}: {wrong[0]}",
        where=where,
        hint=f"{len(wrong)} of {len(told)} draws disagree; mend `answer:`, or the proof",
    )


def _is_number(found: Any) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found)


def _failed(done: Run, source: Source, first: tuple[int, Part], told: Sequence[str]) -> BankError:
    """Return an error for a proof that did not come to its end: at its line, with the values it had."""
    place, part = first
    failure = done.failure or {}
    where = source.place("parts", place, "proof")
    if failure.get("file") and failure.get("line"):
        where = f"{Path(source.file).with_name(failure['file'])}:{failure['line']}"
    at = len(done.reports)
    values = f" when {told[at]}" if at < len(told) else ""
    why = done.why or "it did not report on every draw"
    return BankError(f"{part.proof} did not come to its end{values}: {why}", where=where)


def _unprovable(part: Part, source: Source, place: int) -> BankError:
    return BankError(
        f"part {part.id}: only an answer that is a number can be proved",
        where=source.place("parts", place, "proof"),
        hint="leave `proof:` out",
    )


def _number(value: Any) -> str:
    if isinstance(value, Fraction):
        value = to_float(value)
    return f"{value:.12g}" if isinstance(value, float) else str(value)

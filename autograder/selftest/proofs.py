"""Prove keys by running: a question's `proof.py` gets drawn values and finds the answers without the key's formula.

A proof runs in the sandbox, like all code that comes with a question; what it gives is compared here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Final

from autograder import kinds
from autograder.bank import Bank
from autograder.choosing.offers import without_orders
from autograder.course import SAMPLE_SECRET
from autograder.errors import BankError, RunnerError
from autograder.formula.arithmetic import to_float
from autograder.key import keys_of
from autograder.kinds import FORMULAS, LETTERED
from autograder.model import Job, Key, Part, Question, Run
from autograder.seeds import seed_of
from autograder.selftest.formulas import points_of
from autograder.tabled import asks_formulas
from autograder.variant import draw_values, is_small, space, with_given
from autograder.yamlsrc import Source

DRAWS: Final = 20
"""Variants on which a proof is run, or all where there are fewer."""

_NEAR: Final = 1e-6
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
    errors = [
        _unprovable(part, source, place)
        for place, part in proved
        if not part.cells and _confirms(part.marking()[0]) is None and part.input not in FORMULAS
    ]
    if errors or not proved:
        return errors
    draws = proof_draws(question)
    keys = [keys_of(question, values) for values in draws]
    spoken = [part for part in question.parts if asks_formulas(part)]
    points = list(_points(keys)) if spoken else [(n, {}, {}) for n in range(len(draws))]
    if len(points) < len(draws):
        return [_pointless(spoken[0], source, question)]
    draws, keys = [{**draws[n], **names} for n, names, _ in points], [keys[n] for n, _, _ in points]
    told = [_told(question, values, names) for values, (_, names, _) in zip(draws, points, strict=True)]
    done = run(_job(question, draws))
    if done.status in ("unavailable", "error"):
        raise RunnerError("the proofs could not be run", where=question.id, hint=done.why)
    if done.status != "ok" or len(done.reports) != len(draws):
        return [_failed(done, source, proved[0], told)]
    found = [
        _disagreement(
            part, source.place("parts", place, "proof"), _judges(part, place, keys, points), done.reports, told
        )
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
        files={name: text for name, text in (question.shared | question.files).items() if _MODULE.fullmatch(name)},
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


def _confirms(grader: str) -> Callable[[Key, Any], bool] | None:
    """Return how a grader tells whether a number confirms a key; None where it does not ask for one."""
    confirms: Callable[[Key, Any], bool] | None = getattr(kinds.module_of("graders", grader), "confirms", None)
    return confirms


def _judges(
    part: Part, place: int, keys: Sequence[tuple[Key, ...]], points: Sequence[_Point]
) -> list[tuple[Any, Callable[[Any], bool]]]:
    """Return, for each draw, the key's value and whether what a proof found confirms it."""
    judges = []
    for row, (_, _, formulas) in zip(keys, points, strict=True):
        key = row[place]
        rows = [[_judge_in(cell, formulas) for cell in cells] for cells in key.cells]
        shown = [[None if each is None else each[0] for each in cells] for cells in rows]
        judges.append((shown, partial(_rows_confirmed, rows)) if part.cells else _judge_of(key, formulas))
    return judges


_Judged = tuple[Any, Callable[[Any], bool]]
"""A key's value, and whether what a proof found confirms it."""


def _judge_in(cell: Key | None, formulas: Mapping[str, Any]) -> _Judged | None:
    """Return a cell's judge; None where nothing is asked, or a choice that no running could find."""
    return None if cell is None or cell.input in LETTERED else _judge_of(cell, formulas)


def _judge_of(key: Key, formulas: Mapping[str, Any]) -> _Judged:
    if key.declared is not None:
        return formulas[key.ref], partial(agrees, formulas[key.ref])
    confirms = _confirms(key.grader)
    return key.answer, lambda found: confirms is not None and _is_number(found) and confirms(key, found)


def _rows_confirmed(rows: Sequence[Sequence[_Judged | None]], found: Any) -> bool:
    """Return whether rows that a proof found are those of a table; what stands in given cells is not looked at."""
    return _is_shaped(found, rows) and all(
        judged is None or judged[1](value)
        for cells, values in zip(rows, found, strict=True)
        for judged, value in zip(cells, values, strict=True)
    )


def _is_shaped(found: Any, rows: Sequence[Sequence[Any]]) -> bool:
    return (
        isinstance(found, list)
        and all(isinstance(values, list) for values in found)
        and list(map(len, found)) == list(map(len, rows))
    )


def _disagreement(
    part: Part,
    where: str,
    judges: Sequence[tuple[Any, Callable[[Any], bool]]],
    reports: Sequence[Any],
    told: Sequence[str],
) -> BankError | None:
    """Return an error with the first variant on which the proof does not confirm the key, or None."""
    assert part.proof is not None
    wrong = []
    for (answer, confirms), report, values in zip(judges, reports, told, strict=True):
        given = report.get(part.proof) if isinstance(report, dict) else None
        if not isinstance(given, dict) or part.id not in given:
            shown = ", ".join(given) if isinstance(given, dict) else ""
            return BankError(
                f"part {part.id}: {part.proof} gives nothing for it",
                where=where,
                hint=f"it gives: {shown or 'nothing'}",
            )
        found = given[part.id]
        if not confirms(found):
            wrong.append(f"the key is {_number(answer)}, but {part.proof} finds {_number(found)} when {values}")
    if not wrong:
        return None
    return BankError(
        f"part {part.id}: {wrong[0]}",
        where=where,
        hint=f"{len(wrong)} of {len(told)} draws disagree; mend `answer:`, or the proof",
    )


_Point = tuple[int, dict[str, Any], dict[str, Any]]
"""Which draw, values for the symbols of formulas, and the values of keys that are formulas, by ref."""


def _points(keys: Sequence[tuple[Key, ...]]) -> Iterator[_Point]:
    """Yield points for the symbols of the formulas, at least as many as draws are wanted, for each draw some."""
    for number, row in enumerate(keys):
        every = [*row, *(cell for key in row for cells in key.cells for cell in cells if cell is not None)]
        asked = {key.ref: key for key in every if key.declared is not None}
        for point in points_of(asked, -(-DRAWS // len(keys))):
            yield number, point["names"], point["keys"]


def agrees(key: Any, found: Any) -> bool:
    """Return whether what a proof found is a key's value: a number, or a list or rows of them, to a millionth."""
    if isinstance(key, list):
        return isinstance(found, list) and len(found) == len(key) and all(map(agrees, key, found))
    return key is not None and _is_number(found) and math.isclose(key, found, rel_tol=_NEAR, abs_tol=_NEAR**2)


def _told(question: Question, values: Drawn, names: Mapping[str, Any]) -> str:
    shown = {name: _plain(values[name]) for name in question.params} | dict(names)
    return ", ".join(f"{name} = {_number(value)}" for name, value in shown.items())


def _pointless(part: Part, source: Source, question: Question) -> BankError:
    place = question.parts.index(part)
    return BankError(
        f"part {part.id}: no points within bounds and constraints were found at which the keys have values",
        where=source.place("parts", place, "answer"),
        hint="loosen a constraint, or leave `proof:` out",
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
        f"part {part.id}: only an answer that is a number, a formula or a table of them can be proved",
        where=source.place("parts", place, "proof"),
        hint="leave `proof:` out",
    )


def _number(value: Any) -> str:
    if isinstance(value, Fraction):
        value = to_float(value)
    if isinstance(value, list):
        return f"[{', '.join('…' if item is None else _number(item) for item in value)}]"
    return f"{value:.12g}" if isinstance(value, float) else str(value)

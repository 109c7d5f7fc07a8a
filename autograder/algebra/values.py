"""Compare two formulas of numbers, vectors or matrices at many exact points: one that differs refutes.

A point at which the key has no value says nothing. One at which only the answer has none refutes if that is no accident
of the point: a division by zero may be one where a factor was cancelled, the logarithm of a negative number is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, Literal

from flint import arb, ctx, fmpq

from autograder.algebra import linear
from autograder.algebra.boundary import boundary
from autograder.algebra.edges import names_in
from autograder.algebra.frames import Program, SpentError
from autograder.algebra.linear import Value
from autograder.algebra.machine import compiled
from autograder.algebra.operations import CONSTANTS, FUNCTIONS
from autograder.algebra.points import Unseen, written
from autograder.algebra.reals import NoValueError
from autograder.algebra.sampling import Point, Space
from autograder.algebra.verdicts import Verdict, Witness
from autograder.formula.tree import Node

POINTS: Final = 26
"""Generic points at which two formulas must agree to be taken for equal."""

_SMALL: Final = 10
"""Small points that are tried for a witness."""

_ENOUGH: Final = 12
"""Fewer do where the declared bounds and constraints leave no more, or the formulas lack a value at many."""

_PRECISIONS: Final = (112, 336, 1_008)
"""Binary digits, more where fewer do not tell; the last is the one at which a very small ball counts as zero."""

_MOST_BEFORE: Final = 20_000
"""Binary digits before the point up to which those behind it are compared."""

Outcome = Literal["same", "differ", "keyless", "lacking", "vague"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What showed at one point.

    Attributes:
        outcome: `keyless`: the key has no value; `lacking`: only the answer has none; `vague`: no digits told.
        lack: what kept a formula from a value.
        emptied: a sum or product had no terms, where conventions differ.
        far_out: they have so many first digits in common that a witness shows two numbers that look the same.
    """

    point: Point
    outcome: Outcome
    key: Value | None = None
    answer: Value | None = None
    lack: NoValueError | None = None
    emptied: bool = False
    unseen: Unseen | None = None
    far_out: bool = False


def compare_values(key: Node, answer: Node, space: Space) -> Verdict:
    """Compare two formulas.

    Args:
        key: a formula of declared names.
        answer: another one.
        space: where points come from.

    Returns:
        `probable`, `refuted` or `undecided`.
    """
    try:
        programs = compiled(key), compiled(answer)
    except NoValueError as error:
        return Verdict("undecided", why=f"This cannot be evaluated: {error.why}.")
    tally: Counter[str] = Counter()
    lacking: list[Seen] = []
    agreed: list[Point] = []
    beyond: dict[int, bool] = {}
    try:
        for first in _looked_at(programs, space, agreed):
            alone = first.point.generic and not agreed
            seen = _far_out(programs, space, first) if alone or first.point.edge is not None else first
            refuted = _refutes(seen, programs, space)
            if refuted is not None:
                return refuted
            tally[_label(seen)] += 1
            if seen.point.edge is not None:
                beyond[seen.point.edge] = beyond.get(seen.point.edge, True) and _is_beyond(seen)
            if seen.outcome == "lacking":
                lacking.append(seen)
            if seen.outcome == "same" and seen.point.generic:
                agreed.append(seen.point)
    except SpentError:
        return Verdict("undecided", tally["same"], why="This takes too many operations to compare.")
    if _is_constant(answer) and len({str(seen.key) for seen in lacking if type(seen.key) is fmpq}) > 1:
        # too large to be worked out, and yet: the key has different values, and this can have one only
        return Verdict("refuted", why="Your formula is a fixed number, and the key is not.")
    if any(beyond.values()):
        return Verdict("undecided", tally["same"], why="A case of it begins beyond what is computed.")
    return _summed_up(tally, lacking, space)


def _is_beyond(seen: Seen) -> bool:
    """Return whether values are too large there to be worked out, or to be told apart."""
    return seen.outcome == "vague" or (seen.lack is not None and seen.lack.kind == "large")


def _far_out(programs: tuple[Program, Program], space: Space, seen: Seen) -> Seen:
    """Return what shows of values that seemed the same when the digits behind the point are compared as well.

    Done until one point was seen so, and where a case of only one formula begins: e^1000 and e^1000 + 1 have their
    first 434 digits in common.
    """
    if seen.outcome != "same":
        return seen
    values = [value for value in (seen.key, seen.answer) if value is not None]
    balls = [entry for value in values for entry in linear.entries(value) if isinstance(entry, arb)]
    if not balls:
        return seen
    before = max(_digits(ball) for ball in balls)
    if before > _MOST_BEFORE:
        return replace(seen, outcome="vague")
    with ctx.workprec(_PRECISIONS[-1] + before):
        found = _once(programs, space, seen.point, lenient=True)
    return replace(seen, outcome="differ", far_out=True) if found.outcome == "differ" else seen


def _digits(ball: arb) -> int:
    """Return how many binary digits a number has before the point."""
    mantissa, exponent = abs(ball).upper().man_exp()
    return max(0, int(mantissa).bit_length() + int(exponent))


def _is_constant(node: Node) -> bool:
    return not any(name not in FUNCTIONS and name not in CONSTANTS for name in names_in(node))


def _looked_at(programs: tuple[Program, Program], space: Space, agreed: list[Point]) -> Iterator[Seen]:
    """Yield what shows at generic points until enough agree, and then at boundary points."""
    wanted = _ENOUGH if space.tiny else POINTS
    for point in space.generic(2 * wanted):
        yield look_at(programs, space, point)
        if len(agreed) >= wanted:
            break
    for point in boundary(space, agreed):
        yield look_at(programs, space, point)


def look_at(programs: tuple[Program, Program], space: Space, point: Point) -> Seen:
    """Evaluate key and answer at a point, with more digits as long as fewer do not tell."""
    seen = Seen(point, "vague")
    for precision in _PRECISIONS:
        with ctx.workprec(precision):
            seen = _once(programs, space, point, lenient=precision == _PRECISIONS[-1])
        if seen.outcome != "vague":
            return seen
    return seen


def _once(programs: tuple[Program, Program], space: Space, point: Point, *, lenient: bool) -> Seen:
    unseen = space.unseen(point)
    frames = [space.frame(point, unseen, lenient=lenient) for _ in programs]
    for frame in frames:
        frame.cost = 1 + ctx.prec // 256
    key: Value | None = None
    try:
        key = programs[0](frames[0])
    except NoValueError as error:
        return Seen(point, "vague" if error.kind == "vague" else "keyless", lack=error)
    try:
        answer = programs[1](frames[1])
    except NoValueError as error:
        outcome: Outcome = "vague" if error.kind == "vague" else "lacking"
        emptied = frames[0].emptied or frames[1].emptied
        return Seen(point, outcome, key, lack=error, emptied=emptied, unseen=unseen)
    same = linear.agree(key, answer, lenient=lenient)
    if same is None:
        return Seen(point, "vague", key, answer)
    emptied = frames[0].emptied != frames[1].emptied
    return Seen(point, "same" if same else "differ", key, answer, emptied=emptied, unseen=unseen)


def _refutes(seen: Seen, programs: tuple[Program, Program], space: Space) -> Verdict | None:
    """Return the verdict if one point is enough for it."""
    if seen.far_out:
        return Verdict("refuted", witness=witness_of(seen), why="They differ after many digits.")
    if seen.outcome == "differ" and not seen.emptied:
        return Verdict("refuted", witness=witness_of(min([seen, *_small(programs, space)], key=_size)))
    if seen.outcome == "lacking" and seen.lack is not None and seen.lack.kind == "shape":
        return Verdict("refuted", witness=None, why=f"The shapes do not fit: {seen.lack.why}.")
    return None


def _small(programs: tuple[Program, Program], space: Space) -> Iterator[Seen]:
    """Yield further small points at which two formulas differ, to choose one that is easily followed."""
    with suppress(SpentError):
        for point in space.small(_SMALL):
            seen = look_at(programs, space, point)
            if seen.outcome == "differ" and not seen.emptied:
                yield seen


def _size(seen: Seen) -> int:
    """Return how many digits somebody has to follow."""
    values = [*seen.point.names.values(), seen.key, seen.answer]
    entries = [entry for value in values if value is not None for entry in linear.entries(value)]
    return sum(int(entry.height_bits()) + 3 * (entry.q != 1) if type(entry) is fmpq else 16 for entry in entries)


def _label(seen: Seen) -> str:
    if not seen.point.generic:
        return "boundary"
    if seen.outcome == "lacking" and seen.lack is not None:
        return f"lacking {seen.lack.kind}"
    if seen.outcome == "differ":
        return "emptied"
    return seen.outcome


def _summed_up(tally: Counter[str], lacking: list[Seen], space: Space) -> Verdict:
    same = tally["same"]
    worst = _no_accident(lacking, same)
    if worst is not None and worst.lack is not None:
        return Verdict("refuted", same, witness_of(worst), f"Your formula has no value there: {worst.lack.why}.")
    if tally["emptied"] and not same:
        return Verdict("undecided", same, why="The sums or products are empty wherever they were compared.")
    alone = not space.symbols and not space.varies
    if same >= POINTS or (same and (alone or (same >= _ENOUGH or _exhausted(tally, space)))):
        return Verdict("probable", same)
    why = "The formulas could be evaluated at too few points."
    if tally["keyless"] and not same:
        why = "The key has no value at the points that were tried."
    elif tally["lacking large"] or tally["vague"]:
        why = "Its values are beyond what is computed exactly."
    return Verdict("undecided", same, why=why)


def _no_accident(lacking: list[Seen], same: int) -> Seen | None:
    """Return a point at which an answer lacks a value, if that is no accident of the points."""
    kinds = [(seen, seen.lack.kind) for seen in lacking if seen.lack is not None]
    beside = [seen for seen, kind in kinds if kind == "domain" and not seen.point.generic]
    real = [seen for seen, kind in kinds if kind == "domain" and seen.point.generic and not seen.emptied]
    poles = [seen for seen, kind in kinds if kind in ("pole", "index") and seen.point.generic]
    if real and (len(real) + len(beside) > 1 or same < POINTS):
        return real[0]
    return poles[0] if len(poles) > 2 and 3 * len(poles) > same else None


def _exhausted(tally: Counter[str], space: Space) -> bool:
    """Return whether so few points are left by bounds and constraints that all of them were seen."""
    return not space.varies and sum(tally.values()) - tally["boundary"] == tally["same"]


def witness_of(seen: Seen) -> Witness:
    """Return a point as it is shown: the names that the formulas hang on, and the members of families they met."""
    at = {name: written(value) for name, value in seen.point.names.items()}
    if seen.unseen is not None:
        members = sorted(seen.unseen.met.items())[:12]
        at |= {f"{name}[{','.join(map(str, place))}]": written(value) for (name, place), value in members}
    return Witness(
        at,
        written(seen.answer) if seen.answer is not None else None,
        written(seen.key) if seen.key is not None else None,
    )

"""Compare orders of growth: O(…) of one formula against another, as all variables grow, each at its own pace.

Along a ray each variable is a power of one T. Two formulas are of the same class when their ratio settles between
bounds on every ray, and these bounds do not drift apart as the paces of the variables do. Powers are told from
logarithms by letting T itself grow from square to square.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from flint import arb, ctx, fmpq

from autograder.algebra import linear, reals
from autograder.algebra.frames import Program, SpentError
from autograder.algebra.linear import Value
from autograder.algebra.machine import compiled
from autograder.algebra.points import rng_for
from autograder.algebra.reals import NoValueError
from autograder.algebra.sampling import Point, Space
from autograder.algebra.symbols import Symbol
from autograder.algebra.verdicts import Verdict
from autograder.formula.tree import Node

_RAYS: Final = 12
_SKEW: Final = 400
"""How much faster one variable grows than another on the most uneven rays."""

_DRIFT: Final = 20.0
"""Factor by which the ratio may still move; what grows as a logarithm moves further on these rays."""

_SCALES: Final = ((1_000, 10**6, 10**12), (4_000, 64_000, 1_024_000), (60, 240, 960), (6, 9, 12))
"""Binary digits of T, tried in turn: exponentials are within reach only of the smaller ones."""


def compare_growth(key: Node, answer: Node, space: Space) -> Verdict:
    """Compare the classes of two formulas.

    Returns:
        `probable` if the ratio stays between bounds on every ray, `refuted` if it leaves them on one, else `undecided`.
    """
    try:
        programs = compiled(key), compiled(answer)
        for scale in _SCALES:
            verdict = _on_rays(programs, space, scale)
            if verdict is not None:
                return verdict
    except NoValueError as error:
        return Verdict("undecided", why=f"This cannot be evaluated: {error.why}.")
    except SpentError:
        return Verdict("undecided", why="This takes too many operations to compare.")
    return Verdict("undecided", why="The growth of this could not be told.")


def _on_rays(programs: tuple[Program, Program], space: Space, scale: tuple[int, ...]) -> Verdict | None:
    growing = [symbol for symbol in space.symbols if _grows(symbol)]
    spans: list[tuple[float, float]] = []
    rays = list(_rays(growing, space.seed))
    for paces in rays:
        logs = [_log_ratio(programs, space, growing, paces, digits) for digits in scale]
        if None in logs:
            return None
        found = [value for value in logs if value is not None]
        if abs(found[-1] - found[-2]) > 0.7 * abs(found[1] - found[0]) + 0.05 and abs(found[-1] - found[0]) > 0.3:
            return Verdict("refuted", why=_faster(found[-1] - found[0], growing, paces))
        spans.append((found[-1], float(max(paces.values(), default=1))))
    logs_seen = [span[0] for span in spans]
    if logs_seen and max(logs_seen) - min(logs_seen) > _DRIFT:
        return None
    uneven = [log for log, pace in spans if pace >= _SKEW]
    even = [log for log, pace in spans if pace < _SKEW]
    if uneven and even and max(abs(log - even[0]) for log in uneven) > 3.5:
        place = max(range(len(spans)), key=lambda n: abs(spans[n][0] - even[0]))
        return Verdict("refuted", why=_faster(spans[place][0] - even[0], growing, rays[place]))
    return Verdict("probable", len(spans) * len(scale))


def _grows(symbol: Symbol) -> bool:
    return symbol.high is None and symbol.shape is None


def _rays(growing: list[Symbol], seed: bytes) -> Iterator[Mapping[str, fmpq]]:
    """Yield the paces of the variables: all alike, each far ahead of or far behind the others, and drawn ones."""
    yield {symbol.name: fmpq(1) for symbol in growing}
    for ahead in growing if len(growing) > 1 else ():
        yield {symbol.name: fmpq(_SKEW if symbol is ahead else 1) for symbol in growing}
        yield {symbol.name: fmpq(1 if symbol is ahead else _SKEW) for symbol in growing}
    rng = rng_for(seed, "rays")
    for _ in range(_RAYS if len(growing) > 1 else 0):
        yield {symbol.name: fmpq(1 + rng.below(30), 1 + rng.below(12)) for symbol in growing}


def _log_ratio(
    programs: tuple[Program, Program], space: Space, growing: list[Symbol], paces: Mapping[str, fmpq], digits: int
) -> float | None:
    """Return the logarithm of answer over key, or None where one is not a positive number within reach."""
    base = next(iter(space.generic(1)), None)
    if base is None:
        return None
    names: dict[str, Value] = dict(base.names)
    with ctx.workprec(128):
        for symbol in growing:
            exponent = digits * paces[symbol.name]
            size = reals.floor(exponent, lenient=True)
            names[symbol.name] = arb(2) ** int(reals.whole(size, lenient=True) or 1)
        point = Point(names, 0, "wide")
        try:
            key, answer = (linear.scalar(program(space.frame(point, lenient=True))) for program in programs)
            if not (key > 0 and answer > 0):
                return None
            return float((reals.ball(answer) / reals.ball(key)).log().mid())
        except (NoValueError, OverflowError):
            return None


def _faster(change: float, growing: list[Symbol], paces: Mapping[str, fmpq]) -> str:
    word = "faster" if change > 0 else "more slowly"
    if len(growing) < 2 or len(set(paces.values())) == 1:
        return f"Yours grows {word} than the key."
    ahead = max(paces, key=lambda name: paces[name])
    return f"Yours grows {word} than the key, for example where {ahead} grows much faster than the rest."

"""Judge one step of a derivation: does a relation hold between two formulas wherever their symbols may be?

Equality is decided as for any formula. An inequality is tried at generic points, on boundaries, and where a descent
from them makes it tightest. ≈ means that both behave alike as names go to their limits, ∝ that their ratio is constant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import pairwise
from typing import Final

from flint import ctx, fmpq

from autograder.algebra import linear, reals
from autograder.algebra.boundary import boundary
from autograder.algebra.compare import compared
from autograder.algebra.frames import Budget, Program, SpentError
from autograder.algebra.linear import Value
from autograder.algebra.machine import compiled
from autograder.algebra.points import within
from autograder.algebra.reals import NoValueError, Scalar
from autograder.algebra.sampling import Point, Space
from autograder.algebra.structure import same_structure
from autograder.algebra.symbols import Declared
from autograder.algebra.values import Seen, witness_of
from autograder.algebra.verdicts import Verdict, Witness
from autograder.formula import Value as Number
from autograder.formula.tree import Call, Comparison, Node, Operation, Series, children

STEP: Final = 400_000
"""Operations that judging one step may take; the first try, with sums of any length, takes at most `_FIRST`."""

_FIRST: Final = 150_000

_POINTS: Final = 26
_ENOUGH: Final = 8
_DESCENTS: Final = 4
_PRECISION: Final = 200


@dataclass
class Flag:
    """Something that shows on the way."""

    is_set: bool = False


@dataclass(frozen=True)
class Ground:
    """What a derivation stands on.

    Attributes:
        declared: its names.
        values: drawn numbers by name.
        budget: operations left for all of it.
        limits: names that go to 0 or to `oo` where ≈ is used.
        constant: names that ∝ may leave out.
        dear: sums of any length took too many operations, so that short ones are looked at.
    """

    declared: Declared
    values: Mapping[str, Number]
    budget: Budget
    limits: Mapping[str, str] = field(default_factory=dict)
    constant: Sequence[str] = ()
    dear: Flag = field(default_factory=Flag)

    @cached_property
    def shaped(self) -> frozenset[str]:
        """Names that may be vectors or matrices."""
        symbols = {symbol.name for symbol in self.declared.symbols if symbol.shape}
        if not symbols:
            return frozenset()
        return frozenset(
            symbols | {each.name for each in self.declared.functions} | {each.name for each in self.declared.givens}
        )

    def space(self, *trees: Node) -> Space:
        """Return what points for some formulas are drawn from."""
        digest = hashlib.sha256(repr(trees).encode()).digest()
        fixed: dict[str, Value] = {name: reals.real(value) for name, value in self.values.items()}
        return Space(self.declared, trees, digest, Budget(min(STEP, self.budget.left)), fixed=fixed)


def judge(left: Node, sign: str, right: Node, ground: Ground) -> Verdict:
    """Judge whether `left sign right` holds.

    Args:
        left: a formula.
        sign: `= < <= > >= ≈ ∝`.
        right: another one.
        ground: what they speak of; its budget pays.
    """
    flipped = sign in (">", ">=")
    if flipped:
        left, right, sign = right, left, sign.replace(">", "<")
    # moments are dear, and small sizes tell as much
    tiny = ground.dear.is_set or has_moments(left) or has_moments(right)
    verdict = _tried(left, sign, right, ground, tiny=tiny)
    if verdict.kind == "undecided" and not tiny and _has_sums(ground, left, right):
        verdict = _tried(left, sign, right, ground, tiny=True)
        ground.dear.is_set = ground.dear.is_set or verdict.kind != "undecided"
    if verdict.witness is not None and ground.declared.random:
        verdict = replace(verdict, witness=_without_random(verdict.witness, ground))
    return _turned(verdict) if flipped else verdict


def _tried(left: Node, sign: str, right: Node, ground: Ground, *, tiny: bool) -> Verdict:
    if ground.budget.left <= 0:
        return Verdict("undecided", why="This derivation takes too many operations to check.")
    space = replace(ground.space(left, right), tiny=tiny)
    if not tiny and _has_sums(ground, left, right):
        space = replace(space, budget=Budget(min(_FIRST, space.budget.left)))
    before = space.budget.left
    try:
        verdict = _JUDGES[sign](left, right, space, ground)
    except SpentError:
        verdict = Verdict("undecided", why="This step takes too many operations to check.")
    except NoValueError as error:
        verdict = Verdict("undecided", why=f"This step cannot be evaluated: {error.why}.")
    ground.budget.left -= before - max(0, space.budget.left)
    return verdict


def _equal(left: Node, right: Node, space: Space, ground: Ground) -> Verdict:
    return compared(left, right, space)


def _has_sums(ground: Ground, *trees: Node) -> bool:
    bodies = [given.body for given in ground.declared.givens]
    bodies += [each.body for each in ground.declared.functions if each.body is not None]
    return any(isinstance(each, Series) for each in parts_of(*trees, *bodies))


def has_value(tree: Node, ground: Ground) -> bool:
    """Return whether a formula has a value at any of some points."""
    space = ground.space(tree)
    program = compiled(tree)
    for point in space.generic(_ENOUGH):
        try:
            program(space.frame(point, lenient=True))
        except (NoValueError, SpentError):
            continue
        return True
    return False


def parts_of(*trees: Node) -> Iterator[Node]:
    """Yield every node of some trees."""
    for tree in trees:
        yield tree
        yield from parts_of(*children(tree))


def has_moments(tree: Node) -> bool:
    """Return whether a formula has an expectation, variance or covariance in it."""
    return any(isinstance(each, Call) and each.function in _MOMENTS for each in parts_of(tree))


_MOMENTS: Final = frozenset({"Ev", "Var", "Cov"})


def _without_random(witness: Witness, ground: Ground) -> Witness:
    """Leave out what random variables happened to be."""
    names = {each.name for each in ground.declared.random}
    return replace(
        witness, at={name: value for name, value in witness.at.items() if name.partition("[")[0] not in names}
    )


def _turned(verdict: Verdict) -> Verdict:
    witness = verdict.witness
    return replace(verdict, witness=replace(witness, yours=witness.key, key=witness.yours)) if witness else verdict


def _below(left: Node, right: Node, space: Space, ground: Ground, strict: bool = False) -> Verdict:
    if same_structure(left, right, ground.declared):
        why = "Both sides are the same, so one is not less than the other."
        return Verdict("refuted", why=why) if strict else Verdict("proved")
    programs = compiled(left), compiled(right)
    held = 0
    tight: list[tuple[float, Point]] = []
    points = list(space.generic(_POINTS))
    for point in (*points, *boundary(space, points[:4])):
        seen, gap = _gap(programs, space, point)
        if seen is None or gap is None:
            continue
        if gap < 0 or (strict and gap == 0):
            return Verdict("refuted", witness=witness_of(seen))
        held += point.generic
        tight.append((gap, point))
    for _, point in sorted(tight, key=lambda each: each[0])[:_DESCENTS]:
        for moved in _descent(programs, space, point):
            seen, gap = _gap(programs, space, moved)
            if seen is not None and gap is not None and (gap < 0 or (strict and gap == 0)):
                return Verdict("refuted", witness=witness_of(seen))
    if held >= min(_ENOUGH, max(1, len(points))):
        return Verdict("probable", held)
    return Verdict("undecided", held, why="Its sides have values at too few points.")


def _gap(programs: tuple[Program, Program], space: Space, point: Point) -> tuple[Seen | None, float | None]:
    """Return what showed at a point, and the gap between the sides by their size, below 0 where they are wrong."""
    unseen = space.unseen(point)
    with ctx.workprec(_PRECISION):
        try:
            low, high = (linear.scalar(program(space.frame(point, unseen, lenient=True))) for program in programs)
            sign = reals.sign_of(reals.subtract(high, low), lenient=True)
        except NoValueError:
            return None, None
        size = float(abs(reals.ball(low)).mid()) + float(abs(reals.ball(high)).mid())
        gap = float(reals.ball(reals.subtract(high, low)).mid()) / size if 0 < size < 1e300 else float(sign)
    seen = Seen(point, "differ" if sign < 0 else "same", low, high, unseen=unseen)
    return seen, abs(gap) * sign if sign else 0.0


def _descent(programs: tuple[Program, Program], space: Space, point: Point) -> Iterator[Point]:
    """Yield points on the way down from one, in steps of one name at a time, to where the gap is least."""
    free = [each for each in space.symbols if each.shape is None and each.name not in space.declared.sizes]
    _, best = _gap(programs, space, point)
    if best is None:
        return
    for factor in (fmpq(1, 2), fmpq(1, 8), fmpq(1, 32)):
        for symbol in free:
            base = linear.scalar(point.names[symbol.name])
            for value in _beside(base, factor, symbol.integer):
                moved = replace(point, names={**point.names, symbol.name: value}, generic=False)
                if not within(symbol, value) or not space.allowed(moved):
                    continue
                _, gap = _gap(programs, space, moved)
                if gap is not None and gap < best:
                    best, point = gap, moved
                    yield moved


def _beside(base: Scalar, factor: fmpq, whole: bool) -> tuple[Scalar, ...]:
    if whole:
        return base + 1, base - 1
    step = reals.multiply(base, factor) if base != 0 else factor
    return base + step, base - step


def _about(left: Node, right: Node, space: Space, ground: Ground) -> Verdict:
    """Judge ≈: the relative difference shrinks as the declared names go to their limits."""
    if same_structure(left, right, ground.declared):
        return Verdict("proved")
    there = {symbol.name for symbol in space.symbols}
    limits = {name: end for name, end in ground.limits.items() if name in there}
    if not limits:
        verdict = compared(left, right, space)
        return verdict if verdict.same else Verdict("undecided", why="Whether this is close enough, a person says.")
    programs = compiled(left), compiled(right)
    held = 0
    for point in space.generic(_POINTS):
        gaps = [_gap(programs, space, _towards(point, limits, digits)) for digits in (3, 6, 9)]
        if any(gap is None for _, gap in gaps):
            continue
        sizes = [abs(gap or 0.0) for _, gap in gaps]
        shrinks = all(after <= before / 10 or after < 1e-25 for before, after in pairwise(sizes))
        if not shrinks and sizes[-1] > 1e-25:
            seen = gaps[1][0]
            assert seen is not None
            return Verdict("refuted", witness=witness_of(seen))
        held += 1
    return (
        Verdict("probable", held)
        if held >= _ENOUGH
        else Verdict("undecided", held, why="Too few points could be tried.")
    )


def _towards(point: Point, limits: Mapping[str, str], digits: int) -> Point:
    far = {name: fmpq(10) ** digits if str(end) == "oo" else fmpq(1, 10**digits) for name, end in limits.items()}
    return replace(point, names={**point.names, **far}, generic=False)


def _in_proportion(left: Node, right: Node, space: Space, ground: Ground) -> Verdict:
    """Judge ∝: the ratio stays the same while every name moves but those that are constant."""
    constant = set(ground.constant) & {symbol.name for symbol in space.symbols}
    ratio = Operation("/", (left, right))
    fixed = next(iter(space.generic(1)), None)
    if fixed is None:
        return Verdict("undecided", why="No point could be drawn.")
    held = {name: fixed.names[name] for name in constant}
    program = compiled(ratio)
    ratios: list[Scalar] = []
    with ctx.workprec(_PRECISION):
        for point in space.generic(2 * _POINTS):
            moved = replace(point, names={**point.names, **held})
            try:
                ratios.append(linear.scalar(program(space.frame(moved, lenient=True))))
            except NoValueError:
                continue
            if reals.agree(ratios[0], ratios[-1], lenient=True) is False:
                seen = Seen(moved, "differ", ratios[0], ratios[-1])
                why = "The ratio of both sides is not constant: it is another at another point."
                return Verdict("refuted", witness=witness_of(seen), why=why)
    return (
        Verdict("probable", len(ratios))
        if len(ratios) >= _ENOUGH
        else Verdict("undecided", why="Too few points could be tried.")
    )


_JUDGES: Final[dict[str, Callable[[Node, Node, Space, Ground], Verdict]]] = {
    "=": _equal,
    "<=": _below,
    "<": partial(_below, strict=True),
    "≈": _about,
    "∝": _in_proportion,
}


def judge_statement(tree: Comparison, ground: Ground) -> Verdict:
    """Judge a relation that stands for itself, step by step; the first that does not hold decides."""
    worst = Verdict("proved")
    for sign, left, right in zip(tree.operators, tree.operands, tree.operands[1:], strict=False):
        verdict = judge(left, "=" if sign == "==" else sign, right, ground)
        if verdict.kind == "refuted":
            return verdict
        if verdict.kind == "undecided" or (verdict.kind == "probable" and worst.kind == "proved"):
            worst = verdict if worst.kind != "undecided" else worst
    return worst

"""Judge one step of a derivation: does a relation hold between two formulas wherever their symbols may be?

Equality is decided as for any formula. An inequality is tried at generic points, on boundaries, and where a descent
from them makes it tightest. ≈ means that both behave alike as names go to their limits, ∝ that their ratio is constant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from autograder.algebra.approximations import about, in_proportion
from autograder.algebra.compare import compared
from autograder.algebra.frames import Budget, SpentError
from autograder.algebra.ground import Ground
from autograder.algebra.inequalities import never_above
from autograder.algebra.laws import RUNS
from autograder.algebra.machine import compiled
from autograder.algebra.reals import NoValueError
from autograder.algebra.sampling import Space
from autograder.algebra.verdicts import Verdict, Witness
from autograder.formula.tree import Call, Comparison, Node, Series, children

_FIRST: Final = 150_000
"""Operations of the first try, with sums of any length."""


_VALUES: Final = 8
"""Points at which a formula may have a value."""


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
    space = replace(ground.space(left, right), tiny=tiny)
    if not tiny and _has_sums(ground, left, right):
        space = replace(space, budget=Budget(min(_FIRST, space.budget.left)))
    moments = has_moments(left) or has_moments(right)
    verdict = Verdict("undecided")
    if not (moments and ground.unsure.is_set):
        verdict = _tried(left, sign, right, ground, space)
    if verdict.kind == "undecided" and not tiny and _has_sums(ground, left, right):
        verdict = _tried(left, sign, right, ground, replace(ground.space(left, right), tiny=True))
        ground.dear.is_set = ground.dear.is_set or verdict.kind != "undecided"
    if verdict.kind == "undecided" and moments:
        verdict = _for_any_law(left, sign, right, ground, verdict)
    if verdict.witness is not None and ground.declared.random:
        verdict = replace(verdict, witness=_without_random(verdict.witness, ground))
    return _turned(verdict) if flipped else verdict


def _for_any_law(left: Node, sign: str, right: Node, ground: Ground, before: Verdict) -> Verdict:
    """Judge what declared moments do not decide: it must hold for any law with these moments.

    Where all is known of a law, the points that stand for it tell that both sides are the same, and not that they
    differ, because they are right for polynomials only.
    """
    found: list[Verdict] = []
    known = any(each.normal or each.third or each.fourth for each in ground.declared.random)
    ground.unsure.is_set = not known
    for law in RUNS:
        found.append(_tried(left, sign, right, ground, replace(ground.space(left, right), tiny=True, law=law)))
        if not found[-1].same:
            break
    if all(verdict.same for verdict in found):
        return found[0]
    refuted = next((verdict for verdict in found if verdict.kind == "refuted"), None)
    return replace(refuted, why=_ANY_LAW) if refuted is not None and ground.any_law and not known else before


_ANY_LAW: Final = "This does not follow from the moments that are declared."


def _tried(left: Node, sign: str, right: Node, ground: Ground, space: Space) -> Verdict:
    if ground.budget.left <= 0:
        return Verdict("undecided", why="This derivation takes too many operations to check.")
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
    for point in space.generic(_VALUES):
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


_JUDGES: Final[dict[str, Callable[[Node, Node, Space, Ground], Verdict]]] = {
    "=": _equal,
    "<=": never_above,
    "<": partial(never_above, strict=True),
    "≈": about,
    "∝": in_proportion,
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

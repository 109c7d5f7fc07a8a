"""Walk through a chain: each line is judged against the one before it, and the end apart from the way.

A line may go on from the line before, begin again with an earlier side, or state something beside the chain, which then
must hold by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from autograder.algebra.ground import Ground
from autograder.algebra.holding import has_value, judge, judge_statement
from autograder.algebra.statements import ReadLine, Statement, steps_of
from autograder.algebra.structure import same_structure
from autograder.algebra.verdicts import Verdict
from autograder.algebra.written import Written, written_form
from autograder.formula.tree import Comparison, Node

_WAYS: Final = {"<": "less", "<=": "less", ">": "greater", ">=": "greater", "≈": "≈", "∝": "∝", "=": "="}


@dataclass(frozen=True)
class Judged:
    """One line, judged.

    Attributes:
        verdict: on what it claims; None where it could not be read.
        new: how many of its sides did not stand in the chain before.
    """

    verdict: Verdict | None
    new: int = 0

    @property
    def word(self) -> str:
        """`ok`, `broken`, `unreadable` or `undecided`."""
        if self.verdict is None:
            return "unreadable"
        return {"refuted": "broken", "undecided": "undecided"}.get(self.verdict.kind, "ok")


@dataclass(frozen=True)
class Walked:
    """What came of a chain.

    Attributes:
        lines: prose left out.
        last: what the chain ends with.
        way: how it lies to the start: `=`, `<`, `<=`, …, `≈`, `∝`, or empty where ≤ and ≥ were mixed.
        sides: every side on a line that is ok, with the line's place.
    """

    lines: tuple[Judged, ...]
    last: Node
    way: str
    sides: tuple[tuple[int, Node], ...]


@dataclass
class _Chain:
    """Where a chain stands: its main sides, each with its relation to the start, and what stands beside it."""

    ground: Ground
    rewritten: Callable[[Node], Node]
    main: list[tuple[Node, str]]
    beside: Node | None = None
    seen: set[Written] = field(default_factory=set)

    @property
    def current(self) -> Node:
        return self.main[-1][0]

    def judge(self, left: Node, sign: str, right: Node) -> Verdict:
        return judge(self.rewritten(left), sign, self.rewritten(right), self.ground)


def walk(
    lines: Sequence[ReadLine], start: Node, ground: Ground, rewritten: Callable[[Node], Node] = lambda tree: tree
) -> Walked:
    """Judge every line of a chain.

    Args:
        lines: as read; prose is left out.
        start: what the first line goes on from.
        ground: what it stands on.
        rewritten: what is done to every side before it is judged, such as using a hypothesis.
    """
    chain = _Chain(ground, rewritten, [(start, "=")])
    chain.seen.add(written_form(start, ground.shaped))
    judged: list[Judged] = []
    sides: list[tuple[int, Node]] = []
    for line in (line for line in lines if line.kind != "prose"):
        if line.kind != "step":
            judged.append(unjudged(line))
            continue
        before = chain.current
        verdicts = [
            _statement(chain, statement, line.restart and place == 0) for place, statement in enumerate(line.statements)
        ]
        own = [side for _, tree in line.statements for side in steps_of(tree)[1]]
        forms = {written_form(side, ground.shaped) for side in own}
        verdict = worst(verdicts)
        if verdict.kind == "undecided" and judged and judged[-1].word == "broken" and not has_value(before, ground):
            verdict = Verdict("refuted", why="The line before has no value.")
        judged.append(Judged(verdict, new=len(forms - chain.seen)))
        chain.seen |= forms
        if judged[-1].word == "ok":
            sides += [(len(judged), side) for side in own]
            sides += [(len(judged), tree) for _, tree in line.statements if isinstance(tree, Comparison)]
    last, way = chain.main[-1]
    return Walked(tuple(judged), last, way, tuple(sides))


def unjudged(line: ReadLine) -> Judged:
    """Return what is said of a line that is no step: it cannot be read, or nothing can be what it says.

    Either way the next line is judged against the last one that was a step.
    """
    words = line.problem.partition("\n")[0]
    return Judged(Verdict("refuted", why=words[:1].upper() + words[1:]) if line.kind == "mismatch" else None)


def worst(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict on a line of several steps."""
    order = ("refuted", "undecided", "probable", "proved")
    return min(verdicts, key=lambda verdict: order.index(verdict.kind))


def _statement(chain: _Chain, statement: Statement, restart: bool) -> Verdict:
    sign, tree = statement
    signs, sides = steps_of(tree)
    if restart:
        return _from(chain, 0, (sign, *signs), sides)
    if sign in _WAYS:
        return _further(chain, (sign, *signs), sides, None)
    if not signs:
        shaped = chain.ground.shaped
        if written_form(sides[0], shaped) == written_form(chain.main[0][0], shaped):
            return _begin_again(chain, 0)
        return _further(chain, ("=",), sides, None)
    place = _place_of(chain, sides[0])
    if place is not None:
        return _from(chain, place, signs, sides[1:])
    if set(signs) == {"="} and _place_of(chain, sides[-1]) is not None:
        return _from(chain, _place_of(chain, sides[-1]) or 0, signs, tuple(reversed(sides[:-1])))
    whole = judge_statement(Comparison(signs, tuple(map(chain.rewritten, sides))), chain.ground)
    if chain.judge(chain.current, "=", sides[0]).same:
        return _from(chain, len(chain.main) - 1, signs, sides[1:])
    chain.beside = sides[-1]
    return whole


def _begin_again(chain: _Chain, place: int) -> Verdict:
    if place != len(chain.main) - 1:
        chain.main.append(chain.main[place])
    chain.beside = None
    return Verdict("proved")


def _place_of(chain: _Chain, side: Node) -> int | None:
    """Return where a side stands in the chain already, the last such place."""
    for place in range(len(chain.main) - 1, -1, -1):
        if same_structure(chain.main[place][0], side, chain.ground.declared):
            return place
    return None


def _from(chain: _Chain, place: int, signs: Sequence[str], sides: Sequence[Node]) -> Verdict:
    """Go on from an earlier side. What follows from the last line instead is right as well, whatever that line was."""
    begun = chain.main[place]
    if place == len(chain.main) - 1:
        return _further(chain, signs, sides, None)
    verdict = chain.judge(begun[0], signs[0], sides[0])
    if verdict.kind == "refuted" and signs[0] == "=" and chain.judge(chain.current, "=", sides[0]).same:
        return _further(chain, signs, sides, None)
    return _further(chain, signs, sides, begun)


def _further(chain: _Chain, signs: Sequence[str], sides: Sequence[Node], begun: tuple[Node, str] | None) -> Verdict:
    """Judge steps that go on from the last side, or from another one that the line names."""
    verdicts: list[Verdict] = []
    before, way = begun or chain.main[-1]
    if begun is None and chain.beside is not None:
        beside = chain.judge(chain.beside, signs[0], sides[0])
        if beside.same and not chain.judge(before, signs[0], sides[0]).same:
            return _beside(chain, signs, sides)
        chain.beside = None
    for sign, side in zip(signs, sides, strict=True):
        verdict = chain.judge(before, sign, side)
        together = _together(way, sign)
        if verdict.kind != "refuted" and not together and way:
            verdict = Verdict("refuted", why="≤ and ≥ in one chain say nothing of its ends.")
        verdicts.append(verdict)
        before, way = side, together
        chain.main.append((side, way))
    return worst(verdicts)


def _beside(chain: _Chain, signs: Sequence[str], sides: Sequence[Node]) -> Verdict:
    verdicts = []
    for sign, side in zip(signs, sides, strict=True):
        assert chain.beside is not None
        verdicts.append(chain.judge(chain.beside, sign, side))
        chain.beside = side
    return worst(verdicts)


def _together(way: str, sign: str) -> str:
    """Return how the ends of two steps lie to each other; empty where nothing is known."""
    if not way or way == "=" or sign == "=":
        return sign if way == "=" else way
    if way in ("≈", "∝") or sign in ("≈", "∝"):
        return "∝" if "∝" in (way, sign) else "≈"
    if _WAYS[way] != _WAYS[sign]:
        return ""
    return way if len(way) == 1 else sign

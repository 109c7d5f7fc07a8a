"""Walk through equations in several unknowns: each line holds wherever all that was given does.

The solution is known from the goal. Where it is the only one, what holds there follows from the equations, however it
was got. A line that does not hold there may still follow from a wrong line before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from flint import ctx, fmpq

from autograder.algebra.abbreviations import substituted
from autograder.algebra.aside import Aside
from autograder.algebra.derivation import Judged, Walked, unjudged, worst
from autograder.algebra.edges import names_in
from autograder.algebra.ends import End, Task, is_worked_out
from autograder.algebra.equations import equations_of, same_equation, solution_in
from autograder.algebra.frames import SpentError
from autograder.algebra.ground import Ground
from autograder.algebra.holding import judge, judge_statement
from autograder.algebra.linear import Matrix, Value, agree
from autograder.algebra.machine import compiled
from autograder.algebra.points import within, written
from autograder.algebra.reals import NoValueError, real
from autograder.algebra.relations import vanishes
from autograder.algebra.sampling import Point, Space
from autograder.algebra.statements import ReadLine
from autograder.algebra.symbols import Symbol
from autograder.algebra.verdicts import Verdict, Witness
from autograder.algebra.written import written_form
from autograder.formula.tree import Comparison, Name, Node, Operation

_POINTS: Final = 30
_ENOUGH: Final = 6


def walk_system(
    lines: Sequence[ReadLine], start: Sequence[Comparison], goals: Mapping[str, Node], ground: Ground
) -> Walked:
    """Judge every line of a solution.

    Args:
        lines: as read; prose is left out.
        start: the equations that are to be solved.
        goals: each unknown, and what it is.
        ground: what it stands on.
    """
    seen = {written_form(tree, ground.shaped) for tree in start}
    judged: list[Judged] = []
    sides: list[tuple[int, Node]] = []
    wrong: list[Comparison] = []
    aside = Aside(ground)
    before = start[-1]
    for line in (line for line in lines if line.kind != "prose"):
        if line.kind != "step":
            judged.append(unjudged(line))
            continue
        beside = aside.judge(line)
        if beside is not None:
            judged.append(Judged(beside))
            continue
        own = [tree for _, tree in equations_of(line.statements, before)]
        verdicts = [_judged(tree, start, goals, wrong, ground) for tree in own]
        before = own[-1] if own else before
        forms = {written_form(tree, ground.shaped) for tree in own}
        none = Verdict("refuted", why="An equation was expected here.")
        judged.append(Judged(worst(verdicts or [none]), new=len(forms - seen)))
        seen |= forms
        if judged[-1].word == "ok":
            sides += [(len(judged), each) for tree in own for each in (tree, *tree.operands)]
        wrong += [tree for tree, verdict in zip(own, verdicts, strict=True) if verdict.kind == "refuted"]
    return Walked(tuple(judged), before, "=", tuple(sides))


def end_of_system(walked: Walked, goals: Mapping[str, Node], ground: Ground) -> End:
    """Judge how a solution ends: every unknown stands alone somewhere, as far worked out as the goal.

    Args:
        walked: the lines.
        goals: the unknowns that are asked for, and what each is.
        ground: what they stand on.
    """
    missing = []
    worst_yet = Verdict("probable")
    for name, goal in goals.items():
        found = [
            solution
            for _, side in walked.sides
            if isinstance(side, Comparison)
            and (solution := solution_in(side, name)) is not None
            and not set(names_in(solution)) & goals.keys()
        ]
        verdicts = [
            judge(goal, "=", solution, ground)
            for solution in found
            if is_worked_out(solution, Task(Name(""), goal, frozenset()), ground)
        ]
        if any(verdict.same for verdict in verdicts):
            continue
        missing.append(name)
        if any(verdict.kind == "undecided" for verdict in verdicts):
            worst_yet = next(verdict for verdict in verdicts if verdict.kind == "undecided")
    if not missing:
        return End(Verdict("probable"), True)
    verdict = worst_yet if worst_yet.kind == "undecided" else Verdict("refuted")
    return End(verdict, False, f"The lines do not end with {' and '.join(missing)}.")


def _judged(
    tree: Comparison,
    start: Sequence[Comparison],
    goals: Mapping[str, Node],
    wrong: Sequence[Comparison],
    ground: Ground,
) -> Verdict:
    if not set(names_in(tree)) & goals.keys():
        alone = judge_statement(tree, ground)
        if alone.kind != "refuted":
            return alone
    space = ground.space(tree, *start, *goals.values(), *(Name(name) for name in goals))
    left = space.budget.left
    try:
        verdict = _at_solutions(tree, start, goals, space)
    except SpentError:
        verdict = Verdict("undecided", why="These equations take too many operations to compare.")
    ground.budget.left -= left - max(0, space.budget.left)
    return Verdict("probable") if verdict.kind == "refuted" and _follows(tree, start, goals, wrong, ground) else verdict


def _follows(
    tree: Comparison,
    start: Sequence[Comparison],
    goals: Mapping[str, Node],
    wrong: Sequence[Comparison],
    ground: Ground,
) -> bool:
    """Return whether an equation is a wrong one in another form, or what was given with a wrong solution put in."""
    sources = list(wrong)
    for each in wrong:
        for name in goals:
            value = solution_in(each, name)
            if value is not None:
                put_in = [substituted(given, {name: value}) for given in start]
                sources += [given for given in put_in if isinstance(given, Comparison)]
    return any(
        name in names_in(source) and name in names_in(tree) and same_equation(source, tree, name, None, ground).same
        for source in sources
        for name in goals
    )


def _at_solutions(tree: Comparison, start: Sequence[Comparison], goals: Mapping[str, Node], space: Space) -> Verdict:
    held = 0
    for point in _solved(start, goals, space):
        holds = _holds(tree, point, goals, space)
        if holds is False:
            at = {name: written(value) for name, value in point.names.items()}
            return Verdict("refuted", witness=Witness(at, "does not hold", "holds"), why=_WHY)
        held += holds is True
        if held >= 2 * _ENOUGH:
            break
    # without any name beside the unknowns, there is one point only
    if held >= (_ENOUGH if len(space.symbols) > len(goals) else 1):
        return Verdict("probable", held)
    return Verdict("undecided", held, why="Too few solutions of the equations were found.")


_WHY: Final = "There all equations hold that were given, and this one does not."


def _solved(start: Sequence[Comparison], goals: Mapping[str, Node], space: Space) -> Iterator[Point]:
    """Yield points at which the unknowns are what the goal says, and the equations hold."""
    programs = {name: compiled(goal) for name, goal in goals.items()}
    symbols = {symbol.name: symbol for symbol in space.symbols}
    for point in space.generic(_POINTS):
        found: dict[str, Value] = {}
        try:
            with ctx.workprec(400):
                for name, program in programs.items():
                    found[name] = program(space.frame(replace(point, names={**point.names, **found}), lenient=True))
        except NoValueError:
            continue
        there = replace(point, names={**point.names, **found}, generic=False)
        inside = all(name not in symbols or _inside(symbols[name], value) for name, value in found.items())
        if inside and all(_holds(each, there, goals, space) is not False for each in start):
            yield there


def _inside(symbol: Symbol, value: Value) -> bool:
    return not isinstance(value, fmpq) or within(symbol, value)


def _holds(tree: Comparison, point: Point, goals: Mapping[str, Node], space: Space) -> bool | None:
    if set(tree.operators) <= {"=", "=="} and len(tree.operands) == 2:
        gap = compiled(Operation("-", tree.operands))
        name = next(
            (name for name in names_in(tree) if name in goals and not isinstance(point.names[name], Matrix)), None
        )
        if name is not None:
            return vanishes(gap, space, point, name)
    try:
        value = compiled(tree)(space.frame(point, lenient=True))
    except NoValueError:
        return None
    return agree(value, real(1), lenient=True)

"""Is the end of a chain its goal: the same, as strong a relation as was asked for, and as far worked out?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from autograder.algebra.equations import as_equation, same_equation, solution_in
from autograder.algebra.form import used
from autograder.algebra.ground import Ground
from autograder.algebra.holding import judge
from autograder.algebra.machine import weight_of
from autograder.algebra.structure import same_structure
from autograder.algebra.verdicts import Verdict
from autograder.algebra.written import written_form
from autograder.formula.tree import Comparison, Name, Node, Operation

_STRONGER: Final = {
    "=": {"="}, "<=": {"=", "<", "<="}, ">=": {"=", ">", ">="}, "<": {"<"}, ">": {">"}, "≈": {"=", "≈"},
    "∝": {"=", "≈", "∝"},
}  # fmt: skip
_UNDONE: Final = frozenset({"Ev", "Var", "Cov", "grad", "jac"})
"""What is worked out on the way, unless the goal has it."""

_LOOPS: Final = frozenset({"Sum", "Product", "norm", "dot", "trace", "hadamard", "T", "diag", "ones", "Max", "Min"})
"""What goes through many numbers: a goal that has any of these may be written with others of them."""


_SLACK: Final = 4
"""Operations by which even a short goal may be written longer: a sign taken out, a fraction turned."""


@dataclass(frozen=True)
class End:
    """How a chain ends.

    Attributes:
        verdict: on its last side against the goal.
        reached: it is the goal, by a relation that is strong enough, and worked out as far.
        why: what is missing, in a sentence, or an empty text.
    """

    verdict: Verdict
    reached: bool
    why: str = ""


@dataclass(frozen=True)
class Task:
    """What a chain is to show.

    Attributes:
        start: what it begins with; `goal`: what it is to end with.
        asked: relations between these that are strong enough.
        holds: one of these holds, as far as what is declared decides it.
    """

    start: Node
    goal: Node
    asked: frozenset[str]
    holds: bool = False


def task_of(start: Node, goal: Node, relations: Collection[str], ground: Ground) -> Task:
    """Return what a chain is to show between start and goal: the relations that the author names, else what holds."""
    named = [sign for sign in relations if sign in _STRONGER and sign != "="]
    if judge(start, "=", goal, ground).same:
        return Task(start, goal, frozenset({"="}), holds=True)
    found = [sign for sign in named or ("<=", ">=") if judge(start, sign, goal, ground).same]
    asked = frozenset(strong for sign in named or found for strong in _STRONGER[sign])
    return Task(start, goal, asked or frozenset({"="}), holds=bool(found))


def end_of(last: Node, way: str, task: Task, ground: Ground) -> End:
    """Judge how a chain ends.

    Args:
        last: its last side.
        way: how that lies to the start.
        task: what was to be shown.
        ground: what it stands on.
    """
    verdict = judge(task.goal, "=", last, ground)
    if not verdict.same:
        return End(verdict, False, "The last line is not what was to be shown." if verdict.kind == "refuted" else "")
    if way not in task.asked:
        return End(
            verdict,
            False,
            f"The chain ends where it should, but shows no more than {way or 'nothing'} between its ends.",
        )
    if way not in ("<=", ">=") and task.asked != {"="} and judge(task.start, way, task.goal, ground).kind == "refuted":
        return End(verdict, False, f"The chain ends where it should, but its ends are not related by {way}.")
    if not is_worked_out(last, task, ground):
        return End(verdict, False, "The chain stops before its goal.")
    return End(verdict, True)


def end_of_equations(last: Node, said: Node | None, goal: Node, name: str, ground: Ground) -> End:
    """Judge how a solution ends: with an equation that has the same solutions as the goal, solved as far.

    Args:
        last: the last equation.
        said: as it stands in the last line.
        goal: what was to be shown.
        name: what is solved for.
        ground: what it stands on.
    """
    several = isinstance(goal, Operation)
    goal = as_equation(goal)
    if not isinstance(goal, Comparison):
        goal = Comparison(("=",), (Name(name), goal))
    known = solution_in(goal, name)
    if not isinstance(last, Comparison):
        return End(Verdict("refuted"), False, "The last line is no equation.")
    verdict = same_equation(goal, last, name, known, ground)
    if not verdict.same:
        return End(verdict, False, "The last line does not have the solution that was to be found.")
    if several:
        solved = isinstance(said, Operation) and all(solution_in(each, name) is not None for each in said.operands)
        return End(verdict, solved, "" if solved else f"The last line is not solved for {name}.")
    if known is not None and solution_in(last, name) is None:
        return End(verdict, False, f"The last line is not solved for {name}.")
    task = Task(Name(""), known if known is not None else goal, frozenset())
    found = solution_in(last, name) if known is not None else last
    if not is_worked_out(found if found is not None else last, task, ground):
        return End(verdict, False, "The last line could be worked out further.")
    return End(verdict, True)


def is_worked_out(last: Node, task: Task, ground: Ground) -> bool:
    """Return whether something equal to the goal is also as simple: no more kinds of operations, about as short."""
    shaped = ground.shaped
    own_form = written_form(last, shaped)
    if own_form == written_form(task.goal, shaped):
        return True
    if own_form == written_form(task.start, shaped):
        return False
    if weight_of(last) > weight_of(task.goal) and same_structure(last, task.start, ground.declared):
        return False  # the start with its factors in other places
    functions = {each.name for each in ground.declared.functions}
    marks, own = (used(tree, ground.declared.by_name)[1] for tree in (task.goal, last))
    undone = (own - marks) & (_UNDONE | functions) or (own & _LOOPS and not marks & _LOOPS)
    return not undone and weight_of(last) <= max(1.6 * weight_of(task.goal), weight_of(task.goal) + _SLACK)

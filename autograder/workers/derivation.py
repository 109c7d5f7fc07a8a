"""Judge a derivation line by line: one piece of work, under one budget of operations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from autograder.algebra.derivation import Walked, walk
from autograder.algebra.ends import End, Task, end_of, end_of_equations, task_of
from autograder.algebra.equations import walk_equations
from autograder.algebra.form import used
from autograder.algebra.frames import Budget
from autograder.algebra.ground import Ground
from autograder.algebra.induction import AMOUNT, Rule, first_case, rules_of, using
from autograder.algebra.scope import in_scope, read_key
from autograder.algebra.statements import ReadLine, read_lines
from autograder.algebra.structure import same_structure
from autograder.algebra.symbols import Declared, Symbol
from autograder.algebra.systems import end_of_system, walk_system
from autograder.algebra.verdicts import Verdict
from autograder.formula.tree import Comparison, Group, Name, Node, children
from autograder.kinds import worker

BUDGET: Final = 1_500_000
"""Operations that one derivation may take: about a second."""


@worker
def derivation(data: dict[str, Any]) -> dict[str, Any]:
    """Judge one derivation.

    Args:
        data: `declared` as the author wrote it, `values` drawn for the variant, `start`, `goal` and `settings` of the
            part, `said`: a text or a list of texts.

    Returns:
        `lines`: verdict, witness, why and how much of it is new, prose left out; `goal`: `verdict`, `reached`, `why`;
        `required`: for each required result the line where it stands, or None, then the same for the first case of an
        induction; `names` and `marks` of the last side.
    """
    scope = json.dumps([data["declared"], data["values"]])
    declared, values = in_scope(scope)
    settings = data["settings"]
    ground = Ground(
        declared, values, Budget(BUDGET), settings.get("limits") or {}, tuple(settings.get("constant") or ())
    )
    facts = _facts(settings)
    task = _task((data["start"], data["goal"], *facts), tuple(settings.get("relations") or ()), scope)
    ground = replace(ground, any_law=task.holds)
    lines = read_lines(data["said"], declared, settings.get("relations") or (), task.start)
    walked, end = _walked(lines, task, settings, ground, scope)
    required = [_found(form["form"], walked, scope) for form in settings.get("require") or ()]
    if settings.get("base"):
        required.append(first_case(walked, read_key(settings["base"], scope), declared))
    names, marks = used(walked.last, declared.by_name)
    return {
        "lines": [
            {
                "verdict": each.word,
                "witness": _witness(each.verdict),
                "why": each.verdict.why if each.verdict else "",
                "new": each.new,
            }
            for each in walked.lines
        ],
        "goal": {"verdict": end.verdict.plain(), "reached": end.reached, "why": end.why},
        "required": required,
        "names": sorted(names),
        "marks": sorted(marks),
    }


def _witness(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None or verdict.witness is None:
        return None
    plain = verdict.witness.plain()
    return plain | {"at": {name: value for name, value in plain["at"].items() if not name.startswith(AMOUNT)}}


def _walked(
    lines: Sequence[ReadLine], task: Task, settings: dict[str, Any], ground: Ground, scope: str
) -> tuple[Walked, End]:
    name = settings.get("solve_for")
    if settings.get("kind") == "equations" and isinstance(name, list):
        asked = _solutions([task.goal])
        goals = asked | _solutions([read_key(text, scope) for text in settings.get("on_the_way") or ()])
        start = [each for each in _members(task.start) if isinstance(each, Comparison)]
        walked = walk_system(lines, start, goals, ground)
        return walked, end_of_system(walked, asked, ground)
    if settings.get("kind") == "equations" and isinstance(task.start, Comparison) and name is not None:
        walked = walk_equations(lines, task.start, name, task.goal, ground)
        return walked, end_of_equations(walked.last, _said_last(lines), task.goal, name, ground)
    rules, amounts = _rules(_facts(settings), scope)
    ground = replace(ground, declared=replace(ground.declared, symbols=(*ground.declared.symbols, *amounts)))
    rewritten = using(rules, ground.declared)
    walked = walk(lines, task.start, ground, rewritten)
    return walked, end_of(rewritten(walked.last), walked.way, task, ground)


def _said_last(lines: Sequence[ReadLine]) -> Node | None:
    statements = [line.statements for line in lines if line.kind == "step"]
    return statements[-1][-1][1] if statements else None


def _members(tree: Node) -> tuple[Node, ...]:
    return tree.items if isinstance(tree, Group) else (tree,)


def _solutions(trees: Sequence[Node]) -> dict[str, Node]:
    """Return what equations `name = …` say."""
    found: dict[str, Node] = {}
    for member in (each for tree in trees for each in _members(tree)):
        match member:
            case Comparison(("=" | "==",), (Name(name), value)):
                found[name] = value
    return found


def _facts(settings: dict[str, Any]) -> tuple[str, ...]:
    """Return what an induction may use, the recurrence first, because the hypothesis is put into what it leaves."""
    return tuple(settings[field] for field in ("step", "hypothesis", "base") if settings.get(field))


@lru_cache(maxsize=256)
def _rules(facts: tuple[str, ...], scope: str) -> tuple[tuple[Rule, ...], tuple[Symbol, ...]]:
    return rules_of(read_key(text, scope) for text in facts)


def _found(form: str | list[str], walked: Walked, scope: str) -> int | None:
    """Return the line in which a required result stands, in any of the ways in which it may be written."""
    forms = [read_key(text, scope) for text in ([form] if isinstance(form, str) else form)]
    declared, _ = in_scope(scope)
    for place, side in walked.sides:
        if any(_has(side, form, declared) for form in forms):
            return place
    return None


def _has(tree: Node, form: Node, declared: Declared) -> bool:
    return same_structure(tree, form, declared) or (
        not isinstance(form, Comparison) and any(_has(child, form, declared) for child in children(tree))
    )


@lru_cache(maxsize=256)
def _task(texts: tuple[str, ...], relations: tuple[str, ...], scope: str) -> Task:
    """Return what is to be shown; where an induction has no start, it begins with the left side of its recurrence."""
    start, goal, *facts = texts
    declared, values = in_scope(scope)
    rules, amounts = _rules(tuple(facts), scope)
    ground = Ground(replace(declared, symbols=(*declared.symbols, *amounts)), values, Budget(BUDGET))
    step = read_key(facts[0], scope) if facts else None
    first = read_key(start, scope) if start or not isinstance(step, Comparison) else step.operands[0]
    last = read_key(goal, scope)
    if isinstance(first, Comparison | Group):
        return Task(first, last, frozenset({"="}))
    rewritten = using(rules, declared)
    return replace(task_of(rewritten(first), rewritten(last), relations, ground), start=first, goal=last)

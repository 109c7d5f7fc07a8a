"""What is wrong with how a question's parts use each other's answers."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from autograder.errors import BankError
from autograder.following import name_of, names_of
from autograder.formula import Cycle, FormulaError, dependency_order, names
from autograder.model import Part, Question
from autograder.proofread.question import formula_problems
from autograder.yamlsrc import Source

NUMBERS = ("number",)
"""Inputs whose answers can be carried on."""


def following_problems(question: Question, source: Source) -> Iterator[BankError]:
    """Yield everything wrong with `uses` and `plausible`, each with its file and line.

    Args:
        question: as validated.
        source: the file it was read from.
    """
    parts = {part.id: part for part in question.parts}
    declared = question.params.keys() | question.given.keys()
    for place, part in enumerate(question.parts):
        here = ("parts", place)
        for used in part.uses:
            problem, hint = _unusable(part, used, parts)
            if not problem and name_of(used) in declared:
                problem, hint = f"{name_of(used)!r} is also a param or a given", "give that another name"
            if not problem and not any(name_of(used) in _names(formula) for formula in _formulas(part)):
                problem, hint = f"no formula uses {name_of(used)!r}", "leave it out, or write formulas with it"
            if problem:
                yield BankError(f"part {part.id}: {problem}", where=source.place(*here, "uses", used), hint=hint)
        if part.plausible is not None and not part.uses:
            yield BankError(
                f"part {part.id}: `plausible` bounds earlier answers, but none is used",
                where=source.place(*here, "plausible"),
                hint="say `uses: {part: share}`, or leave it out",
            )
        elif part.plausible is not None:
            yield from formula_problems(part.plausible, declared | names_of(part), source, *here, "plausible")
    yield from _circle(question, source)


def _unusable(part: Part, used: str, parts: dict[str, Part]) -> tuple[str, str]:
    if used == part.id:
        return "it uses itself", "name another part"
    if used not in parts:
        near = difflib.get_close_matches(used, parts, n=1)
        return f"there is no part {used!r}", f"did you mean {near[0]!r}?" if near else f"the parts: {', '.join(parts)}"
    if parts[used].input not in NUMBERS or parts[used].answer is None:
        return f"the answer to part {used!r} is no number that could be carried on", "use a part with `input: number`"
    return "", ""


def _formulas(part: Part) -> Iterator[str]:
    if part.answer is not None:
        yield part.answer
    for _, claims in part.claims():
        for claim in claims:
            yield claim.answer
    for row in part.cells:
        for cell in row:
            if not isinstance(cell, str):
                yield from _formulas(cell)


def _names(formula: str) -> frozenset[str]:
    try:
        return names(formula)
    except FormulaError:
        return frozenset()  # told where it stands


def _circle(question: Question, source: Source) -> Iterator[BankError]:
    """Yield an error where parts use each other in a circle."""
    places = {part.id: place for place, part in enumerate(question.parts)}
    uses = {
        name_of(part.id): " + ".join(name_of(used) for used in part.uses if used != part.id) or "0"
        for part in question.parts
    }
    try:
        dependency_order(uses)
    except Cycle as cycle:
        members = [member.removeprefix("part_") for member in cycle.members]
        yield BankError(
            f"parts use each other in a circle: {' → '.join(members)}",
            where=source.place("parts", places[members[0]], "uses"),
            hint="a part may use those that can be answered without it",
        )

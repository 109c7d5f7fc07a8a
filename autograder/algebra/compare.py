"""Decide whether an answer says the same as the key: structure first, then exact points.

Expressions are compared by value, equations by their solutions, inequalities by where they hold, tuples and sets member
by member, O(…) by growth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from autograder.algebra.frames import Budget
from autograder.algebra.growth import compare_growth
from autograder.algebra.linear import Value
from autograder.algebra.reals import real
from autograder.algebra.relations import compare_relations, compare_truth
from autograder.algebra.sampling import Space
from autograder.algebra.shapes import shaped
from autograder.algebra.sizes import Shape, described
from autograder.algebra.structure import same_structure
from autograder.algebra.symbols import Declared
from autograder.algebra.values import compare_values
from autograder.algebra.verdicts import Verdict, weakest
from autograder.formula import FormulaError
from autograder.formula import Value as Number
from autograder.formula.tree import Call, Comparison, Group, Node, Operation
from autograder.formula.tree import Number as Literal

BUDGET: Final = 600_000
"""Operations of one comparison; past them it is `undecided`. Some tenths of a second."""

GROWTH: Final = ("O", "Theta", "Omega")


def compare(
    key: Node,
    answer: Node,
    declared: Declared,
    values: Mapping[str, Number] | None = None,
    *,
    budget: int = BUDGET,
) -> Verdict:
    """Compare an answer with a key.

    Args:
        key: as the author wrote it, read.
        answer: as the candidate wrote it, read.
        declared: what the names stand for.
        values: drawn numbers by name, of which definitions and constraints may speak.
        budget: operations that may be spent.

    Returns:
        The verdict; the same for the same arguments on every machine, since a digest of the formulas draws the points.
    """
    if same_structure(key, answer, declared):
        return Verdict("proved")
    digest = hashlib.sha256(repr((key, answer)).encode()).digest()
    fixed: dict[str, Value] = {name: real(value) for name, value in (values or {}).items()}
    return compared(key, answer, Space(declared, (key, answer), digest, Budget(budget), fixed=fixed))


def compared(key: Node, answer: Node, space: Space) -> Verdict:
    """Compare an answer with a key at the points of a space, which pays from its budget."""
    if same_structure(key, answer, space.declared):
        return Verdict("proved")
    match key, answer:
        case Call("set", wanted), (Call("set", given) | Group(given)):
            # without braces it is a set as well
            return _sets(wanted, given, space)
        case Group(wanted), Group(given):
            if len(wanted) != len(given):
                return Verdict("refuted", why=f"There are {len(wanted)} parts to give, you gave {len(given)}.")
            return _each(list(zip(wanted, given, strict=True)), space)
        case (Call("set") | Group(), _) | (_, Call("set") | Group()):
            return Verdict("refuted", why=f"{_what(key)} was asked for, this is {_what(answer).lower()}.")
        case Call(function, (wanted,)), _ if function in GROWTH:
            return _growth(function, wanted, answer, space)
        case _, Call(function, _) if function in GROWTH:
            return Verdict("refuted", why="An exact formula was asked for, this is an order of growth.")
        case Comparison(), Comparison():
            return compare_relations(key, answer, space)
        case ((Comparison() | Operation("and" | "or" | "not")), (Comparison() | Operation("and" | "or" | "not"))):
            return compare_truth(key, answer, space)
        case Comparison(), _:
            return Verdict("refuted", why="An equation or inequality was asked for, this is an expression.")
        case _, Comparison(signs, sides) if set(signs) <= {"=", "=="}:
            return weakest([compared(key, side, space) for side in sides])
        case _, Comparison():
            return Verdict("refuted", why="An expression was asked for, this is an inequality.")
    misfit = _misfit(key, answer, space.declared)
    if misfit:
        return Verdict("refuted", why=misfit)
    verdict = compare_values(key, answer, space)
    if verdict.kind == "undecided" and not verdict.points and not space.loose:
        # the key may use members with index 0, which are only then members at all
        loose = replace(space, trees=(key, answer), loose=True)
        return compare_values(key, answer, loose)
    return verdict


def _each(pairs: Sequence[tuple[Node, Node]], space: Space) -> Verdict:
    verdicts = [compared(key, answer, _within(space, key, answer)) for key, answer in pairs]
    found = weakest(verdicts)
    if found.kind == "refuted" and len(pairs) > 1:
        place = verdicts.index(found) + 1
        return Verdict(found.kind, found.points, found.witness, f"Part {place} differs. {found.why}".strip())
    return found


def _sets(wanted: Sequence[Node], given: Sequence[Node], space: Space) -> Verdict:
    """Compare without regard to order and repetition."""
    table = [[compared(key, answer, _within(space, key, answer)) for answer in given] for key in wanted]
    rows = [_best(row) for row in table] + [_best(list(column)) for column in zip(*table, strict=True)]
    found = weakest(rows)
    if found.kind == "refuted":
        extra = next((n for n, row in enumerate(rows[len(wanted) :], 1) if row.kind == "refuted"), None)
        why = f"Member {extra} of your set is in no place of the key." if extra else "A member is missing."
        return Verdict("refuted", why=why)
    return found


def _best(verdicts: list[Verdict]) -> Verdict:
    order = ("proved", "probable", "undecided", "refuted")
    return min(verdicts, key=lambda verdict: order.index(verdict.kind))


def _growth(function: str, wanted: Node, answer: Node, space: Space) -> Verdict:
    match answer:
        case Call(other, (given,)) if other in GROWTH:
            if other != function and not (function == "O" and other == "Theta"):
                return Verdict("refuted", why=f"{function}(…) was asked for, this is {other}(…).")
        case Comparison(("=",), (_, Call(other, (given,)))) if other == function:
            pass
        case Comparison() | Group() | Call("set"):
            return Verdict("refuted", why=f"{function}(…) was asked for.")
        case _:
            given = answer
    return compare_growth(wanted, given, _within(space, wanted, given))


def _within(space: Space, key: Node, answer: Node) -> Space:
    return replace(space, trees=(key, answer))


def _misfit(key: Node, answer: Node, declared: Declared) -> str:
    """Return in which way the shapes differ, or an empty text."""
    wanted, given = (_shape(node, declared) for node in (key, answer))
    if wanted is None or given is None or wanted == given:
        return ""
    words = described(wanted)
    return f"{words[:1].upper()}{words[1:]} was asked for, this is {described(given)}."


def _shape(node: Node, declared: Declared) -> Shape | None:
    """Return the rows and columns of a formula, None where they are not known."""
    if not any(symbol.shape for symbol in declared.symbols):
        return None
    try:
        return shaped(node, declared)[1]
    except FormulaError:
        return None


def _what(node: Node) -> str:
    match node:
        case Call("set"):
            return "A set"
        case Group():
            return "A list"
        case Comparison():
            return "An equation or inequality"
        case Literal():
            return "A number"
    return "An expression"

"""Carry a candidate's own earlier answer on: is a later answer right for what they had found before?

A part says `uses: {a: share}` and its formulas name the earlier answer `part_a`. Its key is computed with the key of a;
where a candidate's own a was another number, it is computed again with that, and the better of the two marks counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from autograder import kinds
from autograder.formula import Cycle, FormulaError, Value, compiled, dependency_order
from autograder.model import Claim, Key, Mark, Part, Question

Drawn = Mapping[str, Any]


def name_of(part: str) -> str:
    """Return the name under which formulas know a part's answer."""
    return f"part_{part}"


def names_of(part: Part) -> frozenset[str]:
    """Return the names of other parts' answers that a part's formulas may use."""
    return frozenset(map(name_of, part.uses))


@lru_cache(maxsize=1024)
def _used(question: Question) -> tuple[tuple[str, str], ...]:
    """Return name and formula of each answer that another part uses, each after those that it uses itself."""
    parts = {part.id: part for part in question.parts}
    waiting = [name for part in question.parts for name in part.uses]
    formulas: dict[str, str] = {}
    while waiting:
        part = parts.get(waiting.pop())
        if part is not None and part.answer is not None and name_of(part.id) not in formulas:
            formulas[name_of(part.id)] = part.answer
            waiting += part.uses
    try:
        return tuple((name, formulas[name]) for name in dependency_order(formulas))
    except Cycle:
        return ()  # told when the bank loads


def with_used(question: Question, values: Drawn) -> Drawn:
    """Return the values and, by name, the right answers of those parts that other parts use.

    An answer that has no value for these values is left out; a formula that needs it has none either.
    """
    used = _used(question)
    if not used:
        return values
    known = dict(values)
    for name, formula in used:
        try:
            known[name] = compiled(formula)(known)
        except FormulaError:
            known.pop(name, None)
    return known


def without(question: Question, parts: tuple[Part, ...]) -> Question:
    """Return a question with some of its parts; answers of the others that these use become givens."""
    kept = {part.id for part in parts}
    by_id = {part.id: part for part in question.parts}
    waiting = [name for part in parts for name in part.uses if name not in kept]
    given = dict(question.given)
    while waiting:
        part = by_id.get(waiting.pop())
        if part is not None and part.answer is not None and name_of(part.id) not in given:
            given[name_of(part.id)] = part.answer
            waiting += part.uses
    return question.model_copy(update={"parts": parts, "given": given})


def in_order(keys: Iterable[Key]) -> Iterator[Key]:
    """Yield keys so that each comes after those that it uses."""
    by_ref = {key.ref: key for key in keys}
    done: set[str] = set()
    for key in by_ref.values():
        stack = [key]
        while stack:
            top = stack[-1]
            uses = top.follow.uses if top.follow is not None else ()
            missing = [by_ref[ref] for _, ref, _ in uses if ref in by_ref and ref not in done]
            if missing and len(stack) <= len(by_ref):
                stack.append(missing[0])
                continue
            stack.pop()
            if top.ref not in done:
                done.add(top.ref)
                yield top


def follow_through(key: Key, own: Mark, earlier: Mapping[str, Mark], again: Callable[[Key], Mark]) -> Mark:
    """Return the better of a part's own mark and the one that follows from the candidate's own earlier answers.

    Args:
        key: of a part that uses others.
        own: its mark against the right key.
        earlier: by ref, marks of parts before it.
        again: marks the same answer with another key.

    Returns:
        A mark whose `detail.followed` says whether it follows from earlier answers. Where one of those could not be
        checked and this answer is not right by itself, it could not be checked either.
    """
    assert key.follow is not None
    plain = own.model_copy(update={"detail": {**own.detail, "followed": False}})
    if own.score is None or own.score >= own.points or own.read is None:
        return plain
    carried: dict[str, Value] = {}
    share = 1.0
    for name, ref, part_share in key.follow.uses:
        mark = earlier.get(ref)
        if mark is None:
            continue
        if mark.score is None:
            problem = f"This may follow from the answer to {ref}, which could not be checked."
            return key.unmarked(mark.state if mark.state != "graded" else "error", problem, own.read)
        value = _number(mark.read)
        if value is None or value == key.follow.values.get(name):
            continue
        carried[name] = value
        share *= 1.0 if mark.score >= mark.points else part_share
    bound = rebound(key, carried) if carried else None
    if bound is None:
        return plain
    mark = again(bound)
    if key.cells:
        return _better_cells(key, own, mark, share)
    better = _better(own.__dict__, mark.__dict__, share)
    return plain if better is None else Mark.model_construct(**better)


def _better(own: Mapping[str, Any], mark: Mapping[str, Any], share: float) -> dict[str, Any] | None:
    """Return what a mark with the own earlier answers is worth, or None where that is not more."""
    if mark["score"] is None or own["score"] is None:
        return None
    score = round(mark["score"] * share, 6)
    if score <= own["score"]:
        return None
    sentences = ["With your own earlier answer carried on:", mark["feedback"]]
    sentences += [f"Because that one was not right, this earns {share:.0%} of it."] if share < 1 else []
    return {
        **mark, "score": score, "feedback": " ".join(sentences), "detail": {**mark["detail"], "followed": True}
    }  # fmt: skip


def _better_cells(key: Key, own: Mark, mark: Mark, share: float) -> Mark:
    """Return the mark of a table each of whose cells is marked by the better of its two keys."""
    pairs = [list(zip(*rows, strict=True)) for rows in zip(own.detail["cells"], mark.detail["cells"], strict=True)]
    better = [[None if one is None else _better(one, two, share) for one, two in row] for row in pairs]
    chosen = [[two or one for (one, _), two in zip(*rows, strict=True)] for rows in zip(pairs, better, strict=True)]
    combined: Mark = kinds.module_of("graders", key.grader).combined(key, chosen)
    followed = any(cell is not None for row in better for cell in row)
    return combined.model_copy(update={"detail": {**combined.detail, "followed": followed}})


def rebound(key: Key, carried: Mapping[str, Value]) -> Key | None:
    """Return a key whose formulas are computed anew with other earlier answers.

    Returns:
        The key with its answer, conventions and slips; None where those answers are implausible or the key has then no
        finite value.
    """
    assert key.follow is not None
    values: dict[str, Any] = {**key.follow.values, **carried}
    try:
        if key.follow.plausible and not compiled(key.follow.plausible)(values):
            return None
        if key.cells:
            # a formula speaks of no earlier answer
            rows = (
                tuple(cell and ((cell.follow and rebound(cell, carried)) or cell) for cell in row) for row in key.cells
            )
            return key.model_copy(update={"cells": tuple(rows)})
        answer = compiled(key.formula)(values)
    except FormulaError:
        return None
    if isinstance(answer, float) and not math.isfinite(answer):
        return None
    claims = tuple(_rebound_claims(key.follow.claims, values))
    return key.model_copy(update={"answer": answer, "claims": tuple(standing(claims, answer))})


def _rebound_claims(claims: Iterable[Claim], values: Drawn) -> Iterator[Claim]:
    for claim in claims:
        try:
            yield replace(claim, value=compiled(claim.formula)(values))
        except FormulaError:
            continue  # a slip that has no value here cannot have been made


def standing(claims: Iterable[Claim], answer: Value | None) -> Iterator[Claim]:
    """Yield the claims that are not the answer itself."""
    return (claim for claim in claims if not same(claim.value, answer))


def same(a: Value | None, b: Value | None) -> bool:
    """Return whether two values are equal: exactly, or to a float's precision where either is a float."""
    if a is None or b is None:
        return a is b
    if isinstance(a, float) or isinstance(b, float):
        return a == b or math.isclose(a, b, rel_tol=1e-12)
    return a == b


def _number(read: Any) -> Value | None:
    if isinstance(read, bool) or not isinstance(read, int | float):
        return None
    return read if isinstance(read, int) or math.isfinite(read) else None

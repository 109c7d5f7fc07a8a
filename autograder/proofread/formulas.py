"""What is wrong with a part that asks for a formula: its declarations, its key, its conventions and slips."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator

from autograder.algebra.declare import declare
from autograder.algebra.malformed import Malformed
from autograder.algebra.read import read
from autograder.algebra.symbols import DeclarationError, Declared
from autograder.errors import BankError
from autograder.model import Part
from autograder.yamlsrc import Source

_SOME_NUMBER = 2  # what a drawn number may be, where only the reading matters


def spoken_problems(part: Part, known: Collection[str], source: Source, *here: str | int) -> Iterator[BankError]:
    """Yield what is wrong with the formulas of a part, by the place where it is written.

    Args:
        part: one whose answer is a formula.
        known: the question's params and givens.
        source: the file it was read from.
        here: the path of the part in it.
    """
    yield from declaration_problems(part, known, source, *here)
    try:
        declared = declare(part.declared().model_dump(exclude={"only"}), known=known)
    except DeclarationError:
        return
    yield from _unread(part.answer, declared, known, source, *here, "answer")
    yield from _unread(part.start, declared, known, source, *here, "start")
    for field, claims in part.claims():
        for number, claim in enumerate(claims):
            yield from _unread(claim.answer, declared, known, source, *here, field, number, "answer")


def declaration_problems(part: Part, known: Collection[str], source: Source, *here: str | int) -> Iterator[BankError]:
    """Yield what is wrong with what a part, or a table for its cells, declares; arguments as for `spoken_problems`."""
    taken = sorted(part.symbols.keys() & set(known))
    for name in taken:
        yield BankError(
            f"part {part.id}: {name!r} is both a symbol and a param or given",
            where=source.place(*here, "symbols", name),
            hint="a symbol stays a letter, a param becomes a number: give one of them another name",
        )
    if taken:
        return
    try:
        declared = declare(part.declared().model_dump(exclude={"only"}), known=known)
    except DeclarationError as error:
        where = source.place(*here, *error.path)
        yield BankError(f"part {part.id}: {error.problem}", where=where, hint=error.hint)
        return
    for name in part.only:
        if name not in declared.by_name:
            near = difflib.get_close_matches(name, declared.by_name, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "declare it under `symbols`"
            yield BankError(
                f"part {part.id}: only: {name!r} is not declared", where=source.place(*here, "only"), hint=hint
            )


def answer_problems(
    part: Part, text: str, known: Collection[str], source: Source, *path: str | int
) -> Iterator[BankError]:
    """Yield what is wrong with a further answer to a part, written elsewhere.

    Args:
        part: whose declarations are sound, or told where they stand.
        text: the answer.
        known: the question's params and givens.
        source: the file that it stands in.
        path: its own.
    """
    try:
        declared = declare(part.declared().model_dump(exclude={"only"}), known=known)
    except DeclarationError:
        return
    yield from _unread(text, declared, known, source, *path)


def _unread(
    text: str | None, declared: Declared, known: Collection[str], source: Source, *path: str | int
) -> Iterator[BankError]:
    if text is None:
        return
    try:
        read(text, declared, dict.fromkeys(known, _SOME_NUMBER))
    except Malformed as error:
        near = f" near {text[error.at : error.at + 20]!r}" if error.at is not None else ""
        problem = f"{path[-1]}: {text!r} is no formula{near}: {error.problem}"
        yield BankError(problem, where=source.place(*path), hint=error.hint)

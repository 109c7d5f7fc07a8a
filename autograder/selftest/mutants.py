"""Make the wrong code that checks must tell from right: what is unfinished, and the reference with its faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autograder.coding.fills import fills_from
from autograder.coding.listing import ListingError, filled
from autograder.coding.printed import code_of, faults_on
from autograder.model import Fault, Key, Part, Question

MOST_SETS: Final = 40
"""Sets of faults that are tried, of those that can be drawn."""

Drawn = Mapping[str, Any]
Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """Some code that is tried on a variant.

    Attributes:
        what: in words, different for each.
        path: where its author wrote it, below the part.
        source: the code, or None where it cannot be made.
        faults: the ids of those it has.
        problem: why it cannot be made.
    """

    what: str
    path: Path_
    source: str | None
    faults: tuple[str, ...] = ()
    problem: str = ""


def unfinished(part: Part, key: Key) -> Iterator[Trial]:
    """Yield what a candidate would hand in who did nothing, or not all."""
    code = key.code
    if code is None:
        return
    if key.grader == "implement" and code.starter.strip():
        yield Trial("the starter", ("starter",), code.starter)
    if key.grader == "fix" and part.listing is not None:
        yield Trial("the listing as printed", ("listing",), code.listing)
    if key.grader != "fill":
        return
    yield Trial("the listing with its blanks empty", ("listing",), code.listing)
    found = fills_from(code.listing, code.reference)
    if found is None or found.altered or not all(found.fills.values()):
        problem = "the reference is not the listing with its blanks filled"
        yield Trial("the reference's blanks", ("reference",), None, problem=problem)
        return
    for number in found.fills if len(found.fills) > 1 else ():
        fills = {other: text for other, text in found.fills.items() if other != number}
        yield Trial(f"the listing with blank {number} empty", ("listing",), filled(code.listing, fills))


def mutants(question: Question, part: Part, values: Drawn, sets: Sequence[tuple[str, ...]]) -> Iterator[Trial]:
    """Yield the reference with each fault alone, and with each of these sets of faults.

    Args:
        question: with its files.
        part: of it.
        values: a variant's, whose names and constants are put in.
        sets: ids of faults.
    """
    patched = patched_faults(part)
    for on in dict.fromkeys([*((name,) for name in patched), *(sets if patched else ())]):
        path: Path_ = ("faults", _place(part, on[0])) if len(on) == 1 else ("faults_on",)
        what = f"the listing with {', '.join(on)}"
        try:
            yield Trial(what, path, _listing(question, part, values, [patched[name] for name in on]), on)
        except ListingError as error:
            yield Trial(what, path, None, on, f"the faults {', '.join(on)} cannot be made: {error.problem}")


def drawn_sets(part: Part, draws: Sequence[Drawn]) -> list[tuple[str, ...]]:
    """Return the different sets of several faults that these draws switch on, the first of them."""
    patched = patched_faults(part)
    found = (tuple(name for name in faults_on(part, values) if name in patched) for values in draws if patched)
    return [on for on in dict.fromkeys(found) if len(on) > 1][:MOST_SETS]


def patched_faults(part: Part) -> dict[str, Fault]:
    """Return the faults that can be made in the reference, by id; none where the listing was written whole."""
    return {fault.id: fault for fault in part.faults if fault.patch} if part.listing is None else {}


def _listing(question: Question, part: Part, values: Drawn, faults: Sequence[Fault]) -> str:
    # all faults of this copy are on, whatever is drawn
    alone = part.model_copy(update={"faults": tuple(faults), "faults_on": None})
    return code_of(question.model_copy(update={"parts": (alone,)}), alone, values).listing


def _place(part: Part, fault: str) -> int:
    return next(place for place, each in enumerate(part.faults) if each.id == fault)

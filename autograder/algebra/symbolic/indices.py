"""The indices of sums and products: where they begin, which way they run, what is added to them in their terms."""

from __future__ import annotations

from autograder.algebra.symbolic.case import Case
from autograder.algebra.symbolic.functions import shift_of
from autograder.algebra.symbolic.ratios import ONE, Ratio, number, used, variable
from autograder.algebra.symbolic.replacing import replaced, spoken
from autograder.algebra.symbolic.things import Thing


def from_one(case: Case, body: Ratio, index: int, ends: tuple[Ratio, Ratio]) -> tuple[Ratio, int, tuple[Ratio, Ratio]]:
    """Return a series with its index shifted: members of families without a number added, else from 1 on."""
    shifts = shifts_of(case, body, index)
    return shifted(case, body, index, ends, number(-min(shifts)) if shifts else ends[0] - ONE)


def shifted(
    case: Case, body: Ratio, index: int, ends: tuple[Ratio, Ratio], step: Ratio
) -> tuple[Ratio, int, tuple[Ratio, Ratio]]:
    """Return the same series with another index, which is less by a step."""
    if not step:
        return body, index, ends
    low, high = ends[0] - step, ends[1] - step
    place = bound(case, case.table.things[index].name, low)
    return replaced(case, body, {index: variable(place) + step}), place, (low, high)


def bound(case: Case, name: str, low: Ratio) -> int:
    """Return the variable of an index; it is known to be 1 at least where it begins with such a number."""
    first = low.whole()
    word = name.partition(" ")[0]
    return case.table.place(Thing("bound", f"{word} 1" if first is not None and first >= 1 else word))


def shifts_of(case: Case, body: Ratio, index: int) -> list[int]:
    """Return what is added to the index where it says which member of a family is meant."""
    found = []
    for place in used(body.top, body.bottom):
        thing = case.table.things[place]
        if thing.kind == "radical":
            found += shifts_of(case, thing.arguments[0], index)
        elif thing.kind == "member":
            for at in thing.arguments:
                if index in used(at.top) and at.bottom.is_one() and at - variable(index) == number(shift_of(at)):
                    found.append(shift_of(at))
        elif thing.kind in ("log", "exp", "root", "formal log"):
            for argument in thing.arguments:
                found += shifts_of(case, argument, index)
    return found


def runs_back(case: Case, body: Ratio, index: int) -> bool:
    """Return whether it is what is taken off from something that says which member of a family is meant."""
    places = [case.table.things[place] for place in spoken(case, body)]
    members = [at for thing in places if thing.kind == "member" for at in thing.arguments if index in used(at.top)]
    return bool(members) and all(index not in used((at + variable(index)).top) for at in members)

"""Replace variables in fractions, within the things that these speak of too."""

from __future__ import annotations

from collections.abc import Mapping

from autograder.algebra.symbolic.case import Case
from autograder.algebra.symbolic.ratios import ZERO, Poly, Ratio, by_powers, ratio, used, variable


def hangs(case: Case, place: int, index: int) -> bool:
    """Return whether a variable speaks of another, within its things too."""
    return place == index or index in spoken(case, variable(place))


def replaced(case: Case, a: Ratio, by: Mapping[int, Ratio]) -> Ratio:
    """Return a fraction with variables replaced, within its things too."""
    values: dict[int, Ratio] = {}
    for place in used(a.top, a.bottom):
        if place in by:
            values[place] = by[place]
        elif any(hangs(case, place, each) for each in by):
            thing = case.table.things[place]
            case.table.spend()
            arguments = tuple(replaced(case, argument, by) for argument in thing.arguments)
            values[place] = case.build(thing.kind, thing.name, *arguments)
    if not values:
        return a
    return _composed(case, a.top, values) / _composed(case, a.bottom, values)


def _composed(case: Case, a: Poly, values: Mapping[int, Ratio]) -> Ratio:
    changed = used(a) & values.keys()
    if not changed:
        return ratio(a)
    place = max(changed)
    total = ZERO
    for times, part in by_powers(a, place).items():
        case.table.spend()
        total = total + _composed(case, part, values) * values[place] ** times
    return total


def spoken(case: Case, a: Ratio) -> set[int]:
    """Return every variable that a fraction speaks of, within its things too."""
    found: set[int] = set()
    waiting = list(used(a.top, a.bottom))
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            for argument in case.table.things[place].arguments:
                waiting += used(argument.top, argument.bottom)
    return found

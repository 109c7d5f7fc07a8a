"""Put formulas that use each other in the order in which they can be computed."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from autograder.formula.arithmetic import FormulaError
from autograder.formula.evaluate import names


class Cycle(FormulaError):
    """Formulas use each other in a circle; `members` are those in it, the first one repeated at the end."""

    def __init__(self, members: tuple[str, ...]) -> None:
        super().__init__(f"these use each other in a circle: {' → '.join(members)}")
        self.members = members


def dependency_order(formulas: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names so that each comes after those its formula uses.

    Raises:
        Cycle: they use each other in a circle.
        FormulaError: one is no formula.
    """
    graph = {name: sorted(names(formula) & formulas.keys()) for name, formula in formulas.items()}
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise Cycle(tuple(error.args[1])) from None

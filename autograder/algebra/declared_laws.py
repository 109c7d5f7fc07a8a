"""Compile what is declared of random variables."""

from __future__ import annotations

from autograder.algebra.frames import Law, Program
from autograder.algebra.machine import compiled
from autograder.algebra.symbols import Random
from autograder.formula.tree import Node


def law_of(variable: Random) -> Law:
    """Return what is declared of a random variable, compiled."""

    def own(node: Node | None) -> Program | None:
        return compiled(node) if node is not None else None

    values = tuple(map(compiled, variable.values))
    return Law(
        own(variable.mean), own(variable.var), own(variable.third), own(variable.fourth),
        (values[0], values[1]) if values else None, variable.normal,
        {name: compiled(body) for name, body in variable.cov}, variable.shape is not None,
    )  # fmt: skip

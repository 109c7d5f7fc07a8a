"""What the variables of a proof stand for: symbols, and functions that are not taken apart further."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import lcm
from typing import TYPE_CHECKING, Final

from autograder.algebra.symbolic.ratios import VARIABLES, LostError, Poly, Ratio
from autograder.algebra.symbolic.signs import Range

if TYPE_CHECKING:
    from autograder.algebra.symbolic.case import Case

_MOST_STEPS: Final = 2_500

Build = Callable[["Case", str, tuple[Ratio, ...]], Ratio]


class AgainError(Exception):
    """A root was met for which a variable has to be the power of another: the formulas are to be gone through again."""


class SplitError(Exception):
    """The sign of a polynomial has to be known."""

    def __init__(self, gap: Poly) -> None:
        super().__init__()
        self.gap = gap


@dataclass(frozen=True, slots=True)
class Thing:
    """What a variable stands for: a symbol, or a function of fractions that is not taken apart.

    Attributes:
        kind: `symbol`, `log`, `root`, `exp`, `floor`, `Sum`, … `builders` has a function for each but symbols.
    """

    kind: str
    name: str
    arguments: tuple[Ratio, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """What is the same for the same thing."""
        return self.kind, self.name, *(argument.key for argument in self.arguments)


@dataclass
class Table:
    """The things of one proof, in the order in which they were met; they keep their places in all its cases.

    Attributes:
        builders: by kind, what makes a fraction of a name and arguments.
        families: by name, the range of members and whether they are whole.
        roots: by place, which root of a thing has a variable of its own; the thing is then written as its power.
        steps: how much was done; a proof ends when that is too much.
    """

    builders: Mapping[str, Build]
    families: Mapping[str, tuple[Range, bool]] = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)
    places: dict[tuple[str, ...], int] = field(default_factory=dict)
    roots: dict[int, int] = field(default_factory=dict)
    steps: int = 0

    def place(self, thing: Thing) -> int:
        """Return the variable that stands for a thing."""
        found = self.places.get(thing.key)
        if found is not None:
            return found
        if len(self.things) == VARIABLES:
            raise LostError("too many things")
        self.things.append(thing)
        self.places[thing.key] = len(self.things) - 1
        return len(self.things) - 1

    def spend(self, steps: int = 1) -> None:
        """Count steps.

        Raises:
            LostError: there were too many.
        """
        self.steps += steps
        if self.steps > _MOST_STEPS:
            raise LostError("too many steps")

    def with_root(self, place: int, bottom: int) -> int:
        """Return which root of a thing has a variable; a new one has everything begin again.

        Raises:
            AgainError: so that the thing is written as a power of its root everywhere.
        """
        known = self.roots.get(place, 1)
        if known % bottom:
            self.roots[place] = lcm(known, bottom)
            if self.roots[place] > 24:
                raise LostError("high roots")
            raise AgainError
        return known

"""A point while formulas are evaluated there, and the budget of operations that this may take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from autograder.algebra.linear import Value
from autograder.algebra.reals import NoValueError, Scalar

Member = Callable[[str, tuple[int, ...]], Scalar]
"""A family's name and some indices → that member's value at the point."""

Unknown = Callable[[str, tuple[Value, ...]], Value]
"""The name of a function that is only declared, and its arguments → its value at the point."""


class SpentError(Exception):
    """The budget of operations is used up."""


@dataclass(slots=True)
class Budget:
    """Operations that are left; a count, so that a verdict never hangs on how busy the machine is."""

    left: int

    def spend(self, count: int) -> None:
        """Take so many operations.

        Raises:
            SpentError: fewer were left.
        """
        self.left -= count
        if self.left < 0:
            raise SpentError


@dataclass(frozen=True, slots=True)
class Law:
    """What is declared of a random variable, compiled.

    Attributes:
        mean, var: as far as they are declared; of a vector the mean is one too.
        third, fourth: further moments about the mean.
        values: its only two values.
        normal: it is a normal variable.
        cov: with other variables of the same indices, by name; under its own name that of two different members of a
            family, or the matrix of a vector.
        is_vector: its members are the entries of one vector.
    """

    mean: Program | None = None
    var: Program | None = None
    third: Program | None = None
    fourth: Program | None = None
    values: tuple[Program, Program] | None = None
    normal: bool = False
    cov: Mapping[str, Program] = field(default_factory=dict)
    is_vector: bool = False


@dataclass(slots=True)
class Frame:
    """A point while a formula is evaluated there.

    Attributes:
        names: values of symbols, bound variables and definitions.
        member, unknown: values of families and of functions without a body.
        definitions: names that stand for formulas, worked out when first needed.
        bodies: declared functions: the names of the arguments, and the body.
        random: random variables by name.
        law: which points stand for laws where what is declared does not decide an expectation; None to say so.
        most: operations that one evaluation may take; each counts as `cost` of the budget, more with more digits.
        lenient: take very small balls around zero for zero.
        emptied: a sum or product that stands in no other had no terms.
        inside: how many sums and products are being worked out around what is evaluated.
    """

    names: dict[str, Value]
    member: Member
    unknown: Unknown
    budget: Budget
    definitions: Mapping[str, Program] = field(default_factory=dict)
    bodies: Mapping[str, tuple[tuple[str, ...], Program]] = field(default_factory=dict)
    random: Mapping[str, Law] = field(default_factory=dict)
    most: int = 20_000
    cost: int = 1
    lenient: bool = False
    emptied: bool = False
    inside: int = 0
    depth: int = 0
    law: int | None = None

    def spend(self, count: int) -> None:
        """Take operations from the budget and from what this evaluation may take."""
        self.budget.spend(count * self.cost)
        self.most -= count
        if self.most < 0:
            raise NoValueError("large", "too many terms")


Program = Callable[[Frame], Value]

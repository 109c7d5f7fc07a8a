"""What the lines of one derivation stand on: names, drawn numbers, limits, and the operations that are left."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from autograder.algebra import reals
from autograder.algebra.frames import Budget
from autograder.algebra.linear import Value
from autograder.algebra.sampling import Space
from autograder.algebra.symbols import Declared
from autograder.formula import Value as Number
from autograder.formula.tree import Node

STEP: Final = 400_000
"""Operations that judging one step may take."""


@dataclass
class Flag:
    """Something that shows on the way."""

    is_set: bool = False


@dataclass(frozen=True)
class Ground:
    """What a derivation stands on.

    Attributes:
        declared: its names.
        values: drawn numbers by name.
        budget: operations left for all of it.
        limits: names that go to 0 or to `oo` where ≈ is used.
        constant: names that ∝ may leave out.
        dear: sums of any length took too many operations, so that short ones are looked at.
        unsure: an expectation came up that declared moments do not decide, so that further ones are held against laws.
        any_law: what is to be shown follows from the moments that are declared, so that whatever does not is wrong.
    """

    declared: Declared
    values: Mapping[str, Number]
    budget: Budget
    limits: Mapping[str, str] = field(default_factory=dict)
    constant: Sequence[str] = ()
    dear: Flag = field(default_factory=Flag)
    unsure: Flag = field(default_factory=Flag)
    any_law: bool = False

    @cached_property
    def shaped(self) -> frozenset[str]:
        """Names that may be vectors or matrices."""
        symbols = {symbol.name for symbol in self.declared.symbols if symbol.shape}
        if not symbols:
            return frozenset()
        return frozenset(
            symbols | {each.name for each in self.declared.functions} | {each.name for each in self.declared.givens}
        )

    def space(self, *trees: Node) -> Space:
        """Return what points for some formulas are drawn from."""
        digest = hashlib.sha256(repr(trees).encode()).digest()
        fixed: dict[str, Value] = {name: reals.real(value) for name, value in self.values.items()}
        return Space(self.declared, trees, digest, Budget(min(STEP, self.budget.left)), fixed=fixed)

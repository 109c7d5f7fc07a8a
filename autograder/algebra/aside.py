"""What stands beside equations that are being solved: a function with a name of its own, worked out line by line."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.algebra.ground import Ground
from autograder.algebra.holding import judge
from autograder.algebra.statements import ReadLine
from autograder.algebra.verdicts import Verdict
from autograder.formula.tree import Comparison, Node


@dataclass
class Aside:
    """What a candidate works out beside the equations: `f(x) = …`, and lines that go on from it with `=`."""

    ground: Ground
    last: Node | None = None

    def judge(self, line: ReadLine) -> Verdict | None:
        """Return the verdict on a line that stands beside the equations, None for any other."""
        (sign, tree), *more = line.statements
        alone = sign == "=" and not more and not isinstance(tree, Comparison) and self.ground.declared.left is None
        before, self.last = self.last, tree if alone and (line.restart or self.last is not None) else None
        if self.last is None:
            return None
        # what it begins with is a name that only the candidate knows
        return Verdict("probable") if line.restart or before is None else judge(before, "=", tree, self.ground)

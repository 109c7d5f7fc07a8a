"""What an author declares about the names in a part's formulas, as it stands in YAML.

Here it is only kept; `algebra.declare` says what it means and what is wrong with it.
"""

from __future__ import annotations

from typing import Any

from autograder.model.record import Record

Declaration = dict[str, Any]
"""What is said of one name: `{positive: true}`, `{indexed: 1, gt: 0}`, `{matrix: [m, n]}`; nothing: a real number."""


class Declarations(Record):
    """The names of a part's formulas.

    Attributes:
        symbols: name → what it is.
        constraints: relations that hold between them.
        left: what an answer may begin with before `=`.
        givens: definitions, `name = expression` each, which formulas may use.
        functions: name → `{of: argument, is: expression}`.
        random: name → `{mean: …, var: …}` of a random variable.
        only: the names that an answer may use; all of them when empty.
    """

    symbols: dict[str, Declaration | None] = {}
    constraints: tuple[str, ...] = ()
    left: str | None = None
    givens: tuple[str, ...] = ()
    functions: dict[str, Declaration] = {}
    random: dict[str, Declaration] = {}
    only: tuple[str, ...] = ()

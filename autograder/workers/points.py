"""Draw points for the symbols of a question's formulas, and evaluate its keys there: what a proof is held against."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from flint import ctx

from autograder.algebra import linear, reals
from autograder.algebra.declare import declare
from autograder.algebra.frames import Budget
from autograder.algebra.linear import Matrix, Value
from autograder.algebra.machine import compiled
from autograder.algebra.read import read
from autograder.algebra.reals import NoValueError
from autograder.algebra.sampling import Point, Space
from autograder.algebra.symbols import Declared, Symbol
from autograder.formula.tree import Call, Comparison, Group, Name, Node
from autograder.kinds import worker
from autograder.model import written_values

MEMBERS: Final = 8
"""Members of a family that a proof is given, the first of them with index 1."""

_BUDGET: Final = 2_000_000
_DIGITS: Final = 160
_HELD: Final = 1e150


@worker
def points(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return points at which every key has a value.

    Args:
        data: `declared` of the question's parts taken together, `values` drawn for the variant, `keys`: formulas by
            part, and `count`, how many points are wanted.

    Returns:
        For each point `names`, a plain value for every symbol; and `keys`: the value of each key, None where it has no
        number to hold against, such as an equation.
    """
    values = {name: value for name, value in written_values(data["values"]).items() if not isinstance(value, tuple)}
    declared = declare(data["declared"], known=data["values"])
    trees = {part: read(text, declared, values) for part, text in data["keys"].items()}
    everything = tuple(Name(symbol.name) for symbol in declared.symbols)
    seed = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).digest()
    fixed: dict[str, Value] = {name: reals.real(value) for name, value in values.items()}
    space = Space(declared, (*trees.values(), *everything), seed, Budget(_BUDGET), fixed=fixed)
    found: list[dict[str, Any]] = []
    for point in space.generic(4 * data["count"]):
        shown = _at(point, space, declared, trees)
        if shown is not None:
            found.append(shown)
        if len(found) == data["count"]:
            break
    return found


def _at(point: Point, space: Space, declared: Declared, trees: dict[str, Node]) -> dict[str, Any] | None:
    families = [symbol for symbol in declared.symbols if symbol.indices]
    if families and any(_is_beyond(symbol, point) for symbol in declared.symbols):
        return None
    unseen = space.unseen(point)
    try:
        names = {name: _plain(value) for name, value in point.names.items()}
        names |= {symbol.name: _members(symbol, unseen.member, ()) for symbol in families}
        with ctx.workprec(_DIGITS):
            keys = {part: _value(tree, space, point) for part, tree in trees.items()}
    except NoValueError:
        return None
    # a proof computes in floats: what they do not hold says nothing about the key
    return {"names": names, "keys": keys} if all(map(_is_held, keys.values())) else None


def _is_held(value: Any) -> bool:
    """Return whether floats hold a key's value, and some room around it for what is computed on the way."""
    if isinstance(value, list):
        return all(map(_is_held, value))
    return value is None or (abs(value) < _HELD and (value == 0 or abs(value) > 1 / _HELD))


def _is_beyond(symbol: Symbol, point: Point) -> bool:
    """Return whether a symbol may be an index, and is one that the members given do not reach."""
    value = point.names.get(symbol.name)
    return symbol.integer and value is not None and not isinstance(value, Matrix) and bool(value > MEMBERS)


def _members(symbol: Symbol, member: Any, before: tuple[int, ...]) -> Any:
    if len(before) == symbol.indices:
        return _plain(member(symbol.name, before))
    return [_members(symbol, member, (*before, place)) for place in range(1, MEMBERS + 1)]


def _value(tree: Node, space: Space, point: Point) -> Any:
    match tree:
        case Comparison() | Call("O" | "Theta" | "Omega" | "set"):
            return None
        case Group(items):
            return [_value(item, space, point) for item in items]
    return _plain(compiled(tree)(space.frame(point, lenient=True)))


def _plain(value: Value) -> Any:
    if isinstance(value, Matrix):
        rows = [[_plain(entry) for entry in row] for row in value.rows]
        return [row[0] for row in rows] if value.shape[1] == 1 else rows
    exact = reals.whole(value, lenient=True) if reals.is_exact(value) else None
    return int(exact) if exact is not None else float(reals.ball(linear.scalar(value)).mid())

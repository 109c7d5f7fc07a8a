r"""From where to where the indices of families run, told from a formula's sums: so that `\sum_i x_i` can be read."""

from __future__ import annotations

from collections.abc import Mapping

from autograder.algebra.symbols import Declared, Random, Size, Symbol
from autograder.formula.tree import Index, Name, Node, Number, Series, children

_Found = dict[str, tuple[Size, ...] | None]


def ranges_in(tree: Node, declared: Declared) -> tuple[tuple[str, tuple[Size, ...]], ...]:
    """Return families whose indices all run from 1 to one size each, wherever they stand in sums of a formula."""
    found: _Found = {}
    _look(tree, {}, declared, found)
    return tuple((name, sizes) for name, sizes in found.items() if sizes is not None)


def _look(tree: Node, running: Mapping[str, Size], declared: Declared, found: _Found) -> None:
    match tree:
        case Series(_, body, variable, low, high):
            size = high.name if isinstance(high, Name) else high.value if isinstance(high, Number) else None
            own = {name: one for name, one in running.items() if name != variable}
            if low == Number(1) and isinstance(size, str | int):
                own[variable] = size
            _look(body, own, declared, found)
            return
        case Index(Name(name), indices) if (
            isinstance(entry := declared.by_name.get(name), Symbol | Random) and entry.indices
        ):
            sizes = tuple(running[index.name] for index in indices if isinstance(index, Name) and index.name in running)
            if len(sizes) == len(indices):
                found[name] = sizes if found.get(name, sizes) == sizes else None
    for child in children(tree):
        _look(child, running, declared, found)


def _is_family(name: str, declared: Declared) -> bool:
    entry = declared.by_name.get(name)
    return isinstance(entry, Symbol | Random) and entry.indices > 0

"""Products of entries of vectors and matrices, summed over shared indices, in one form for all that are the same.

A W x with rows free is `A[-1, 1] W[1, 2] x[2]`, summed over 1 and 2. A transpose exchanges indices, a product entry by
entry shares them, the identity makes two of them one, a vector of ones has nothing at its index.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, permutations, product
from typing import Final

from autograder.algebra.symbolic.ratios import LostError
from autograder.algebra.symbols import Size

OVER: Final = "over "
"""What the name of an index begins with that is summed over further out."""

ROW: Final = -1
COLUMN: Final = -2
SAME: Final = "="
"""The letter of the identity: its two indices are one."""

_MOST_FACTORS: Final = 14
_MOST_ORDERS: Final = 720

Place = int | str
"""A free index, `ROW` or `COLUMN`, a summed one, a number from 1, or a text that says which entry is meant."""


@dataclass(frozen=True, slots=True)
class Factor:
    """An entry of a vector or matrix.

    Attributes:
        kind: of a matrix, what it is promised to be: `symmetric`, `orthogonal`, or an empty text.
        of: of an inverse, the letter of the matrix.
    """

    letter: str
    places: tuple[Place, ...]
    kind: str = ""
    of: str = ""

    def moved(self, to: Mapping[Place, Place]) -> Factor:
        """Return the entry at other indices."""
        return Factor(self.letter, tuple(to.get(place, place) for place in self.places), self.kind, self.of)


@dataclass(frozen=True, slots=True)
class Network:
    """A product of entries, summed over the indices in `sizes` from 1 to their sizes."""

    factors: tuple[Factor, ...]
    sizes: tuple[tuple[int, Size], ...] = ()

    def moved(self, to: Mapping[Place, Place]) -> Network:
        """Return the network with other indices."""
        sizes = {_number(to.get(place, place)): size for place, size in self.sizes}
        return Network(tuple(factor.moved(to) for factor in self.factors), tuple(sizes.items()))

    def apart(self, above: int) -> Network:
        """Return it with summed indices that are all above a number."""
        return self.moved({place: above + number for number, (place, _) in enumerate(self.sizes, 1)})

    @property
    def highest(self) -> int:
        """The highest summed index."""
        return max((place for place, _ in self.sizes), default=0)


def _number(place: Place) -> int:
    assert isinstance(place, int)
    return place


def joined(a: Network, b: Network) -> Network:
    """Return the product of two networks; free indices of the same name are shared."""
    other = b.apart(a.highest)
    if len(a.factors) + len(other.factors) > _MOST_FACTORS:
        raise LostError("a long product of matrices")
    return Network(a.factors + other.factors, a.sizes + other.sizes)


def summed(network: Network, places: tuple[Place, ...], size: Size) -> Network:
    """Return a network summed over free indices, which become one."""
    fresh = network.highest + 1
    found = network.moved(dict.fromkeys(places, fresh))
    return Network(found.factors, (*found.sizes, (fresh, size)))


def simplified(network: Network) -> Network:
    """Return a network without identities, inverses beside their matrices, and orthogonal ones beside themselves."""
    for _ in range(4 * _MOST_FACTORS):
        after = _without_same(network) or _without_pair(network)
        if after is None:
            return network
        network = after
    return network


def _without_same(network: Network) -> Network | None:
    sizes = dict(network.sizes)
    for at, factor in enumerate(network.factors):
        if factor.letter != SAME:
            continue
        a, b = factor.places
        others = network.factors[:at] + network.factors[at + 1 :]
        if a == b:
            return Network(others, network.sizes)
        for gone, kept in ((a, b), (b, a)):
            if gone in sizes:
                left = tuple((place, size) for place, size in network.sizes if place != gone)
                return Network(tuple(other.moved({gone: kept}) for other in others), left)
    return None


def _without_pair(network: Network) -> Network | None:
    uses = Counter(place for factor in network.factors for place in factor.places)
    for place, _ in network.sizes:
        pair = [factor for factor in network.factors if place in factor.places]
        if uses[place] != 2 or len(pair) != 2 or not all(len(factor.places) == 2 for factor in pair):
            continue
        ends = _cancelled(pair[0], pair[1], place) or _cancelled(pair[1], pair[0], place)
        if ends is not None:
            rest = list(network.factors)
            for factor in pair:
                rest.remove(factor)
            left = tuple(each for each in network.sizes if each[0] != place)
            return Network((*rest, Factor(SAME, ends)), left)
    return None


def _cancelled(a: Factor, b: Factor, place: Place) -> tuple[Place, Place] | None:
    """Return the indices that two matrices leave which are each other's inverse, None where they are not."""
    if b.of == a.letter and (b.places[0] == place) == (a.places[1] == place):
        ends = (a.places[0], b.places[1]) if a.places[1] == place else (a.places[1], b.places[0])
        return ends if place not in ends else None
    if a.letter == b.letter and a.kind == "orthogonal" and a.places.index(place) == b.places.index(place):
        side = 1 - a.places.index(place)
        return a.places[side], b.places[side]
    return None


def parts(network: Network) -> tuple[Network, list[Network]]:
    """Return what hangs together with free indices, and the numbers beside it: what hangs together by itself."""
    groups: list[tuple[set[Place], list[Factor]]] = []
    summed_over = {place for place, _ in network.sizes}
    for factor in network.factors:
        places: set[Place] = {place for place in factor.places if place in summed_over or place in (ROW, COLUMN)}
        own = [factor]
        for group in [group for group in groups if group[0] & places]:
            places, own = places | group[0], group[1] + own
            groups.remove(group)
        groups.append((places, own))
    open_factors = [factor for places, own in groups if places & {ROW, COLUMN} for factor in own]
    closed = [Network(tuple(own), _own(network, own)) for places, own in groups if not places & {ROW, COLUMN}]
    met = {place for factor in network.factors for place in factor.places}
    empty = [Network((), ((place, size),)) for place, size in network.sizes if place not in met]
    return Network(tuple(open_factors), _own(network, open_factors)), closed + empty


def _own(network: Network, factors: list[Factor]) -> tuple[tuple[int, Size], ...]:
    met = {place for factor in factors for place in factor.places}
    return tuple(each for each in network.sizes if each[0] in met)


def named(network: Network) -> tuple[str, Network]:
    """Return a text that is the same for the same network, and the network with its indices in that order."""
    found = min((_written(order) for order in _orders(network)), key=lambda pair: pair[0])
    return found


def _written(network: Network) -> tuple[str, Network]:
    factors = []
    for factor in network.factors:
        places = factor.places
        if factor.kind == "symmetric" or factor.letter == SAME:
            places = tuple(sorted(places, key=str))
        factors.append(Factor(factor.letter, places, factor.kind, factor.of))
    ordered = Network(tuple(sorted(factors, key=str)), tuple(sorted(network.sizes)))
    text = " ".join(f"{factor.letter}{list(factor.places)}" for factor in ordered.factors)
    return f"{text} over {list(ordered.sizes)}", ordered


def _orders(network: Network) -> Iterator[Network]:
    """Yield the network with its summed indices numbered in every way that their surroundings do not tell apart."""
    signs = {place: str(size) for place, size in network.sizes}
    for _ in range(3):
        signs = {place: _surroundings(network, place, signs) for place in signs}
    groups: dict[str, list[int]] = {}
    for place in sorted(signs):
        groups.setdefault(signs[place], []).append(place)
    choices = product(*(permutations(groups[sign]) for sign in sorted(groups)))
    for choice in islice(choices, _MOST_ORDERS):
        order = [place for group in choice for place in group]
        yield network.moved({place: number for number, place in enumerate(order, 1)})


def _surroundings(network: Network, place: int, signs: Mapping[int, str]) -> str:
    found = []
    for factor in network.factors:
        if place in factor.places:
            shown = ["here" if each == place else signs.get(_as_number(each), str(each)) for each in factor.places]
            found.append(f"{factor.letter}{sorted(shown) if factor.kind == 'symmetric' else shown}")
    return hashlib.sha256(f"{signs[place]}{sorted(found)}".encode()).hexdigest()


def _as_number(place: Place) -> int:
    return place if isinstance(place, int) else 0


def is_square(network: Network) -> bool:
    """Return whether every entry stands in it an even number of times, so that it is not negative."""
    return all(count % 2 == 0 for count in Counter(network.factors).values())

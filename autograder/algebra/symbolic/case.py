"""What a proof knows in the case at hand: ranges, signs, what is whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Final

from flint import fmpq

from autograder.algebra.symbolic.ratios import (
    GENERATORS,
    Poly,
    Ratio,
    by_powers,
    constant,
    degree,
    factors,
    ratio,
    terms,
    used,
    variable,
)
from autograder.algebra.symbolic.signs import Least, Range, least
from autograder.algebra.symbolic.things import SplitError, Table, Thing

_MOST_PAIRED: Final = 6
_WHOLE: Final = ("bound", "floor", "factorial", "sign")


@dataclass
class Case:
    """One case of a proof.

    Attributes:
        symbols: by place, the range of a symbol and whether it is whole.
        facts: polynomials that are not negative here; positive where `True` stands beside them.
        zeros: polynomials that vanish here.
        swapped: symbols that are something else here.
        needs: what must hold for the formula at hand to have a value, beyond denominators that do not vanish.
    """

    table: Table
    symbols: Mapping[int, tuple[Range, bool]]
    facts: tuple[tuple[Poly, bool], ...] = ()
    zeros: tuple[Poly, ...] = ()
    swapped: Mapping[int, Ratio] = field(default_factory=dict)
    needs: set[str] = field(default_factory=set)
    ranges: dict[int, Range] = field(default_factory=dict)
    known: dict[str, Least] = field(default_factory=dict)

    def thing(self, kind: str, name: str, *arguments: Ratio) -> Ratio:
        """Return a thing that is not taken apart as a fraction."""
        self.table.spend()
        return self.powered(self.table.place(Thing(kind, name, arguments)))

    def powered(self, place: int) -> Ratio:
        """Return a thing as the power of its root, if that has a variable and there is one in this case."""
        root = self.table.roots.get(place, 1)
        return variable(place) if root == 1 or self.range_of(place).below_zero else self.radical(place) ** root

    def radical(self, place: int) -> Ratio:
        """Return the root of a thing that has a variable of its own."""
        root = self.table.roots[place]
        return variable(self.table.place(Thing("radical", str(root), (variable(place),))))

    def build(self, kind: str, name: str, *arguments: Ratio) -> Ratio:
        """Return a function of fractions, taken apart as far as is known."""
        self.table.spend()
        return self.table.builders[kind](self, name, arguments)

    def need(self, *what: str) -> None:
        """Note what must hold for the formula at hand to have a value."""
        self.needs.add(" ".join(what))

    def range_of(self, place: int) -> Range:
        """Return between which numbers a variable lies."""
        found = self.ranges.get(place)
        if found is None:
            self.ranges[place] = Range()  # for what hangs on itself
            found = self.ranges[place] = self._range(place)
        return found

    def _range(self, place: int) -> Range:
        return self.symbols[place][0] if place in self.symbols else range_of(self.table.things[place], self)

    def least(self, a: Poly) -> Least:
        """Return what is known of a polynomial from below: 2 it is positive, 1 it is not negative, 0 nothing."""
        if a.is_constant():
            return least(a, self.range_of)
        found = self.known.get(str(a))
        if found is None:
            self.table.spend()
            found = self.known[str(a)] = self._least(a)
        return found

    def _least(self, a: Poly) -> Least:
        found = least(a, self.range_of)
        if found == 2 or not self.facts:
            return found
        facts = [(self._rooted(fact), strict) for fact, strict in self.facts]
        together = [*((fact * weight, strict) for fact, strict in facts for weight in (1, 2))]
        if len(facts) <= _MOST_PAIRED:
            together += [(one + other, strict or also) for (one, strict), (other, also) in combinations(facts, 2)]
        for fact, strict in together:
            self.table.spend()
            rest = least(a - fact, self.range_of)
            if rest:
                found = max(found, 2 if strict or rest == 2 else 1)
        return found

    def _rooted(self, a: Poly) -> Poly:
        """Return a polynomial with the roots that have variables of their own."""
        for place in used(a) & self.table.roots.keys():
            root = self.powered(place).top
            a = sum((part * root**power for power, part in by_powers(a, place).items()), constant(0))
        return a

    def sign(self, a: Poly) -> int | None:
        """Return the sign of a polynomial, None where it is not known."""
        if not a or any(a in (zero, -zero) for zero in self.zeros):
            return 0
        return 1 if self.least(a) == 2 else -1 if self.least(-a) == 2 else None

    def decided(self, a: Ratio) -> int:
        """Return the sign of a fraction.

        Raises:
            SplitError: it is not known, and hangs on that of this polynomial.
        """
        if not a:
            return 0
        sign = 1
        for polynomial in (a.top, a.bottom):
            lead, parts = factors(polynomial)
            sign = sign if lead > 0 else -sign
            for part, power in parts:
                own = self.sign(part)
                if own is None:
                    if power % 2 == 0 and polynomial is a.bottom:
                        continue
                    raise SplitError(part)
                sign *= own**power if own else 0
        return sign

    def whole(self, a: Ratio) -> bool:
        """Return whether a fraction is known to be a whole number."""
        if not a.bottom.is_one():
            return False
        for coefficient, powers in terms(a.top):
            if coefficient.q != 1:
                return self._binomial(a)
            if not all(self._whole_power(place, power) for place, power in powers.items()):
                return False
        return True

    def _whole_power(self, place: int, power: int) -> bool:
        thing = self.table.things[place]
        if place in self.symbols:
            return self.symbols[place][1]
        if thing.kind == "radical":
            [inner] = used(thing.arguments[0].top)
            return power % int(thing.name) == 0 and self._whole_power(inner, power // int(thing.name))
        if thing.kind == "exp":
            return self._whole_base(thing.arguments[0])
        if thing.kind == "member":
            return self.table.families[thing.name][1]
        return thing.kind in _WHOLE

    def _whole_base(self, exponent: Ratio) -> bool:
        """Return whether e to this is something like 2^n: to n times the logarithm of a whole number."""
        if not exponent.bottom.is_one() or len(exponent.top) != 1:
            return False
        for place in used(exponent.top):
            thing = self.table.things[place]
            value = thing.arguments[0].whole() if thing.kind == "log" else None
            if value is not None and value > 0:
                times = ratio(exponent.top, GENERATORS[place])
                return self.whole(times) and self.least(times.top) > 0
        return False

    def _binomial(self, a: Ratio) -> bool:
        # n(n + 1)/2 is whole though its terms are not
        places = used(a.top)
        if len(places) != 1 or degree(a.top) > 4:
            return False
        [place] = places
        if not self._whole_power(place, 1):
            return False
        parts = by_powers(a.top, place)
        values = []
        for at in range(degree(a.top) + 1):
            total = sum((part * at**power for power, part in parts.items()), constant(0))
            values.append(total.leading_coefficient() if total else fmpq(0))
        # whole at as many neighbours as its degree and one more: whole everywhere
        return all(value.q == 1 for value in values)

    def vanishes(self, a: Poly) -> bool:
        """Return whether a polynomial is zero here."""
        return not a or any(not divmod(a, zero)[1] for zero in self.zeros)


def _rooted(span: Range) -> Range:
    """Return the range of a root of something in a range."""
    one, zero = Fraction(1), Fraction(0)
    low = (one, span.low_open and span.low == 1) if span.low is not None and span.low >= 1 else (
        zero, span.low is not None and (span.low > 0 or span.low_open)
    )  # fmt: skip
    if span.high is not None and span.high <= 1:
        return Range(*low, one, span.high_open or span.high < 1)
    return Range(*low)


def range_of(thing: Thing, case: Case) -> Range:
    """Return between which numbers a function of fractions lies."""
    arguments = thing.arguments
    match thing.kind:
        case "bound":
            return Range(Fraction(1)) if thing.name.endswith(" 1") else Range()
        case "member":
            return case.table.families[thing.name][0]
        case "log":
            value = arguments[0]
            gap = value.top - value.bottom
            known = case.least(gap)
            if known and case.least(value.bottom) == 2:
                return Range(Fraction(0), known == 2)
            return Range()
        case "exp":
            return _of_exp(thing, case)
        case "radical":
            [inner] = used(arguments[0].top)
            return _rooted(case.range_of(inner))
        case "root":
            return Range(Fraction(0), case.least(arguments[0].top) == 2)
        case "pi":
            return Range(Fraction(3), True, Fraction(4), True)
        case "sin" | "cos" | "erf":
            return Range(Fraction(-1), False, Fraction(1), False)
        case "factorial":
            return Range(Fraction(1))
        case "square":
            return Range(Fraction(0))
        case "floor":
            bottom = case.least(arguments[0].bottom) == 2
            return Range(Fraction(0)) if bottom and case.least(arguments[0].top) else Range()
        case "Sum" | "Product" | "Largest" | "Least":
            own = case.least(arguments[0].top) if case.least(arguments[0].bottom) == 2 else 0
            if thing.kind == "Sum" and own:
                return Range(Fraction(0), own == 2 and case.least((arguments[2] - arguments[1]).top) > 0)
            return Range(Fraction(0), own == 2) if own else Range()
    return Range()


def _of_exp(thing: Thing, case: Case) -> Range:
    """Return the range of e to something."""
    if thing.name == "formal":
        return Range()
    value = thing.arguments[0]
    if case.least(value.bottom) == 2:
        if case.least(value.top):
            return Range(Fraction(1), case.least(value.top) == 2)
        if case.least(-value.top):
            return Range(Fraction(0), True, Fraction(1), case.least(-value.top) == 2)
    return Range(Fraction(0), True)

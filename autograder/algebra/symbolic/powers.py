"""Powers, roots, exponentials and logarithms of fractions, taken apart under what is known of signs.

Every power is e to a sum of multiples of logarithms. A multiple of one logarithm alone is a root again; e to anything
else is a thing of its own, to the power of the number before it. Whole powers of what may be negative go the same way
with a logarithm that is only a name: a complex one, of which nothing is used but that e to it is the number.
"""

from __future__ import annotations

from typing import Final

from flint import fmpq, fmpz

from autograder.algebra.symbolic.case import Case
from autograder.algebra.symbolic.ratios import (
    GENERATORS,
    ONE,
    ZERO,
    LostError,
    NoValueError,
    Poly,
    Ratio,
    by_powers,
    constant,
    factors,
    monomial,
    multiplied,
    number,
    ratio,
    terms,
    used,
)
from autograder.algebra.symbolic.things import SplitError, Thing

_MOST_BITS: Final = 64


def power(case: Case, base: Ratio, exponent: Ratio) -> Ratio:
    """Return a power, where it has a value."""
    whole = exponent.whole()
    if whole is not None:
        return base**whole
    if not base:
        return _power_of_zero(exponent)
    found, rest = _logarithm(case, base, formal=case.whole(exponent))
    if rest != ONE:
        if rest.number is not None or exponent.number is None or not rest.bottom.is_one():
            raise LostError("a power of what may be negative")
        case.need("not negative", rest.key)
        return exp(case, exponent * found) * _root(case, rest.top, exponent.number)
    return exp(case, exponent * found)


def _power_of_zero(exponent: Ratio) -> Ratio:
    value = exponent.number
    if value is None:
        raise LostError("a power of zero")
    if value < 0:
        raise NoValueError("zero to a negative power")
    return ZERO


def log(case: Case, value: Ratio) -> Ratio:
    """Return a natural logarithm, where it has a value."""
    if not value:
        raise NoValueError("the logarithm of zero")
    found, rest = _logarithm(case, value, formal=False)
    if rest == ONE:
        return found
    if rest.number is not None:
        raise NoValueError("the logarithm of a negative number")
    case.need("positive", rest.key)
    return found + case.thing("log", "", rest)


def _logarithm(case: Case, value: Ratio, *, formal: bool) -> tuple[Ratio, Ratio]:
    """Return a logarithm as far as signs are known, and the fraction whose logarithm is missing."""
    total, rest, negative = ZERO, ONE, False
    for polynomial, direction in ((value.top, 1), (value.bottom, -1)):
        lead, parts = factors(polynomial)
        negative ^= lead < 0
        total = total + _of_number(case, abs(lead)) * number(direction)
        for part, times in parts:
            if case.least(part):
                total = total + _of_positive(case, part) * number(direction * times)
            elif case.least(-part):
                negative ^= bool(times % 2)
                total = total + _of_positive(case, -part) * number(direction * times)
            elif times % 2 == 0:
                total = total + _of_positive(case, absolute(case, part)) * number(direction * times)
            elif formal:
                total = total + case.thing("formal log", "", ratio(part)) * number(direction * times)
            else:
                rest = rest * ratio(part) ** (direction * times)
    if negative and formal:
        total = total + case.thing("formal log", "", number(-1))
    elif negative:
        rest = -rest
    return total, rest


def absolute(case: Case, a: Poly) -> Poly:
    """Return the absolute value of a polynomial; it must be known where it is negative."""
    if case.least(a):
        return a
    if case.least(-a):
        return -a
    raise SplitError(a)


def _of_number(case: Case, value: fmpq) -> Ratio:
    """Return the logarithm of a positive number by its prime factors."""
    total = ZERO
    for whole, direction in ((fmpz(value.p), 1), (fmpz(value.q), -1)):
        if whole == 1:
            continue
        parts = whole.factor() if whole.bit_length() <= _MOST_BITS else [(whole, 1)]
        for prime, times in parts:
            total = total + case.thing("log", "", number(fmpq(prime))) * number(direction * int(times))
    return total


def _of_positive(case: Case, a: Poly) -> Ratio:
    """Return the logarithm of a factor that is positive."""
    place = _alone(a)
    if place is not None:
        thing = case.table.things[place]
        match thing.kind:
            case "radical":
                return _of_positive(case, thing.arguments[0].top) / number(int(thing.name))
            case "root":
                return _of_positive(case, thing.arguments[0].top) / number(int(thing.name))
            case "exp":
                return thing.arguments[0]
    return case.thing("log", "", ratio(a))


def _alone(a: Poly) -> int | None:
    """Return the variable that a polynomial is, if it is one."""
    places = used(a)
    if len(places) == 1:
        [place] = places
        if a == GENERATORS[place]:
            return place
    return None


def exp(case: Case, exponent: Ratio) -> Ratio:
    """Return e to a fraction."""
    quotient, rest = divmod(exponent.top, exponent.bottom) if not exponent.bottom.is_one() else (exponent.top, None)
    found = ONE
    for coefficient, powers in terms(quotient):
        found = found * _exp_of(case, coefficient, ratio(monomial(powers)))
    if rest:
        for coefficient, powers in terms(rest):
            found = found * _exp_of(case, coefficient, ratio(monomial(powers), exponent.bottom))
    return found


def _exp_of(case: Case, times: fmpq, unit: Ratio) -> Ratio:
    """Return e to so many times something."""
    place = _alone(unit.top) if unit.bottom.is_one() else None
    if place is not None:
        thing = case.table.things[place]
        if thing.kind == "log":
            [value] = thing.arguments
            if value.bottom.is_one():
                return _root(case, value.top, times)
            if times.q == 1:
                return value ** int(times.p)
        if thing.kind == "formal log" and times.q == 1:
            return thing.arguments[0] ** int(times.p)
    if any(case.table.things[each].kind == "formal log" for each in used(unit.top)):
        if times.q != 1:
            raise LostError("a root of what may be negative")
        return case.thing("exp", "formal", unit) ** int(times.p)
    case.table.spend()
    value = case.thing("exp", "", unit)
    if times.q == 1:
        return value ** int(times.p)
    return _fraction_of(case, _place_of(case, unit), times)


def _place_of(case: Case, unit: Ratio) -> int:
    return case.table.places["exp", "", unit.key]


def _fraction_of(case: Case, place: int, times: fmpq) -> Ratio:
    """Return a thing to a power that is no whole number, by the variable that stands for its root."""
    root = case.table.with_root(place, int(times.q))
    return case.radical(place) ** int(times.p * root / times.q)


def _root(case: Case, a: Poly, times: fmpq) -> Ratio:
    """Return a polynomial that is not negative to a rational power."""
    if times.q == 1:
        return ratio(a) ** int(times.p)
    place = _alone(a)
    if place is not None:
        thing = case.table.things[place]
        if thing.kind in ("radical", "root"):
            return _root(case, thing.arguments[0].top, times / int(thing.name))
        if not case.range_of(place).below_zero:
            return _fraction_of(case, place, times)
    base = case.table.place(_base(a))
    root = case.table.with_root(base, int(times.q))
    steps = int(times.p * root / times.q)
    whole, left = divmod(steps, root)
    return ratio(a) ** whole * case.thing("root", str(root), ratio(a)) ** left


def _base(a: Poly) -> Thing:
    return Thing("base", "", (ratio(a),))


def reduced(case: Case, a: Ratio) -> Ratio:
    """Return a fraction in which roots stand to less than their power, and simple ones not in the denominator."""
    for _ in range(8):
        before = a
        a = ratio(folded(case, a.top), folded(case, a.bottom))
        a = _rationalised(case, a)
        if a == before:
            break
    return a


def folded(case: Case, a: Poly) -> Poly:
    """Return a polynomial after what is known of powers of its things: of roots, signs and sines."""
    for place in sorted(used(a), reverse=True):
        thing = case.table.things[place]
        rule = _rule(case, thing)
        if rule is not None:
            a = _with_power(a, place, *rule)
    return a


def _rule(case: Case, thing: Thing) -> tuple[int, Poly] | None:
    """Return the power of a thing that is something else, and what."""
    match thing.kind:
        case "root":
            return int(thing.name), thing.arguments[0].top
        case "sin":
            return 2, constant(1) - (case.thing("cos", "", *thing.arguments) ** 2).top
        case "exp" if thing.name == "formal":
            [unit] = thing.arguments
            for place in used(unit.top):
                inner = case.table.things[place]
                if inner.kind == "formal log" and inner.arguments[0] == number(-1):
                    times = ratio(unit.top, GENERATORS[place])
                    return (2, constant(1)) if case.whole(times) and unit.bottom.is_one() else None
    return None


def _with_power(a: Poly, place: int, power: int, value: Poly) -> Poly:
    parts = by_powers(a, place)
    if max(parts) < power:
        return a
    total = constant(0)
    for own, part in parts.items():
        times, left = divmod(own, power)
        total = total + multiplied(part, value**times) * GENERATORS[place] ** left
    return total


def _rationalised(case: Case, a: Ratio) -> Ratio:
    for place in used(a.bottom):
        thing = case.table.things[place]
        if thing.kind != "root":
            continue
        root, parts = int(thing.name), by_powers(a.bottom, place)
        if len(parts) == 1:
            [own] = parts
            more = GENERATORS[place] ** (root - own) if own < root else None
        elif root == 2 and set(parts) == {0, 1}:
            more = parts[0] - parts[1] * GENERATORS[place]
        else:
            more = None
        if more is not None:
            top, bottom = (folded(case, multiplied(part, more)) for part in (a.top, a.bottom))
            return ratio(top, bottom) if bottom else a
    return a

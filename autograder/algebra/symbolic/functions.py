"""Functions of fractions: absolute values, steps, sines, factorials, by what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from math import factorial as exact_factorial
from typing import Final

from flint import fmpq

from autograder.algebra.symbolic.case import Case
from autograder.algebra.symbolic.powers import exp, log, power, reduced
from autograder.algebra.symbolic.ratios import (
    ONE,
    ZERO,
    Ratio,
    by_powers,
    monomial,
    number,
    ratio,
    terms,
    used,
)
from autograder.algebra.symbolic.things import Build, Thing

_MOST_TIMES: Final = 6
_MOST_FACTORS: Final = 12


def _absolute(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    [a] = arguments
    return a * number(case.decided(a))


def _sign(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    return number(case.decided(arguments[0]))


def _largest(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    found, *others = arguments
    for other in others:
        found = other if case.decided(other - found) > 0 else found
    return found


def _smallest(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    found, *others = arguments
    for other in others:
        found = other if case.decided(other - found) < 0 else found
    return found


def _delta(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    return ZERO if case.decided(arguments[0] - arguments[1]) else ONE


def _floor(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    """Take out whole terms; of a fraction of whole numbers keep a numerator without multiples of the denominator."""
    [a] = arguments
    value = a.number
    if value is not None:
        return number(fmpq(value.p // value.q))
    if case.least(a.bottom) == 2 and case.least(a.top) and case.least(a.bottom - a.top) == 2:
        return ZERO
    if a.bottom.is_one():
        kept, out = _without_whole(case, a)
        if not kept:
            return out
        left = kept.number
        if left is not None:
            return out + number(fmpq(left.p // left.q))
        scale = _common(kept)
        top, bottom = kept * number(scale), number(scale)
    else:
        quotient, rest = divmod(a.top, a.bottom)
        kept, out = _without_whole(case, ratio(quotient))
        top, bottom = kept * ratio(a.bottom) + ratio(rest), ratio(a.bottom)
        scale = _common(bottom)
        top, bottom = top * number(scale), bottom * number(scale)
        if case.least(bottom.top) != 2:
            return out + case.thing("floor", "", reduced(case, top / bottom))
    if case.whole(top) and case.whole(bottom) and top.top.leading_coefficient() < 0:
        # floor(-p/n) = -ceiling(p/n) = -1 - floor((p - 1)/n)
        return out - ONE - _floor(case, name, ((-top - ONE) / bottom,))
    return out + case.thing("floor", "", top / bottom)


def _without_whole(case: Case, a: Ratio) -> tuple[Ratio, Ratio]:
    """Return what of a polynomial is not known to be whole, and what is."""
    if case.whole(a):
        return ZERO, a
    kept = out = ZERO
    for coefficient, powers in terms(a.top):
        unit = ratio(monomial(powers))
        times = fmpq(coefficient.p // coefficient.q) if case.whole(unit) else fmpq(0)
        out = out + unit * number(times)
        kept = kept + unit * number(coefficient - times)
    return kept, out


def _common(a: Ratio) -> int:
    """Return what makes the coefficients of a polynomial whole."""
    found = 1
    for coefficient, _ in terms(a.top):
        found = found * int(coefficient.q) // _divisor(found, int(coefficient.q))
    return found


def _divisor(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


def _ceiling(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    return -_floor(case, name, (-arguments[0],))


def _remainder(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    a, b = arguments
    return a - b * _floor(case, name, (a / b,))


def _cos(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    return _turned(case, arguments[0])[0]


def _sin(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    return _turned(case, arguments[0])[1]


def _turned(case: Case, angle: Ratio) -> tuple[Ratio, Ratio]:
    """Return cosine and sine of an angle, from those of its terms."""
    cos, sin = ONE, ZERO
    for coefficient, powers in terms(angle.top):
        c, s = _of_term(case, coefficient, ratio(monomial(powers), angle.bottom))
        cos, sin = cos * c - sin * s, sin * c + cos * s
    return cos, sin


def _of_term(case: Case, times: fmpq, unit: Ratio) -> tuple[Ratio, Ratio]:
    if unit.bottom.is_one():
        places = [place for place in used(unit.top) if case.table.things[place].kind == "pi"]
        turns = ratio(unit.top, _pi(case).top) * number(times) if places else None
        if turns is not None and case.whole(turns):
            return power(case, number(-1), turns), ZERO
        if turns is not None and turns.number == fmpq(1, 2):
            return ZERO, ONE
    base = case.table.place(Thing("angle", "", (unit,)))
    bottom = case.table.with_root(base, int(times.q))
    steps = int(times.p * bottom / times.q)
    if abs(steps) > _MOST_TIMES:
        return case.thing("cos", "", unit * number(times)), case.thing("sin", "", unit * number(times))
    part = unit / number(bottom)
    c, s = case.thing("cos", "", part), case.thing("sin", "", part)
    cos, sin = ONE, ZERO
    for _ in range(abs(steps)):
        cos, sin = cos * c - sin * s, sin * c + cos * s
    return cos, (sin if steps > 0 else -sin)


def _pi(case: Case) -> Ratio:
    return case.thing("pi", "")


def _factorial(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    """Return a factorial as one of a number without a constant, times what lies between."""
    [a] = arguments
    value = a.whole()
    if value is not None and 0 <= value <= 40:
        return number(exact_factorial(value))
    if not (case.whole(a) and case.least(a.top)):
        case.need("factorial", a.key)
        return case.thing("factorial", "", a)
    shift = shift_of(a)
    base = a - number(shift)
    if shift == 0 or abs(shift) > _MOST_FACTORS or not case.least(base.top):
        return case.thing("factorial", "", a)
    between = ONE
    for step in range(1, abs(shift) + 1):
        between = between * (base + number(step) if shift > 0 else base - number(step - 1))
    found = case.thing("factorial", "", base)
    return found * between if shift > 0 else found / between


def shift_of(a: Ratio) -> int:
    """Return the whole number that stands as a term of a polynomial."""
    found = by_powers(a.top, 0).get(0) if a.top else None
    for place in used(a.top):
        found = by_powers(found, place).get(0) if found is not None else None
    if not found or not a.bottom.is_one():
        return 0
    value = found.leading_coefficient()
    return int(value.p // value.q)


def _binomial(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    n, k = arguments
    few = k.whole()
    if few is not None and 0 <= few <= _MOST_FACTORS and case.whole(n) and case.least(n.top):
        found = ONE
        for step in range(few):
            found = found * (n - number(step)) / number(step + 1)
        return found
    if all(case.whole(a) and case.least(a.top) for a in (n, k, n - k)):
        top, one, other = (_factorial(case, "", (a,)) for a in (n, k, n - k))
        return top / (one * other)
    case.need("binomial", n.key, k.key)
    return case.thing("binomial", "", n, k)


def _tanh(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    square = exp(case, arguments[0] * number(2))
    return (square - ONE) / (square + ONE)


def _sinh(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    value = exp(case, arguments[0])
    return (value - ONE / value) / number(2)


def _cosh(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    value = exp(case, arguments[0])
    return (value + ONE / value) / number(2)


def _odd(kind: str, need: str = "") -> Build:
    """Return a builder for a function of which only is known that it changes sign with its argument."""

    def build(case: Case, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
        [a] = arguments
        if not a:
            return ZERO
        if a.top.leading_coefficient() < 0:
            return -build(case, name, (-a,))
        if need:
            case.need(need, a.key)
        return case.thing(kind, "", a)

    return build


def _opaque(kind: str) -> Build:
    return lambda case, name, arguments: case.thing(kind, name, *arguments)


FUNCTIONS: Final[Mapping[str, Build]] = {
    "Abs": _absolute, "sign": _sign, "Max": _largest, "Min": _smallest, "KroneckerDelta": _delta, "floor": _floor,
    "ceiling": _ceiling, "Mod": _remainder, "cos": _cos, "sin": _sin, "factorial": _factorial, "binomial": _binomial,
    "tan": lambda case, name, arguments: _sin(case, name, arguments) / _cos(case, name, arguments),
    "tanh": _tanh, "sinh": _sinh, "cosh": _cosh, "erf": _odd("erf"), "atan": _odd("atan"),
    "asin": _odd("asin", "within one"), "acos": lambda case, name, arguments: (
        _pi(case) / number(2) - FUNCTIONS["asin"](case, name, arguments)
    ),
    "exp": lambda case, name, arguments: exp(case, *arguments),
    "log": lambda case, name, arguments: log(case, *arguments),
    "sqrt": lambda case, name, arguments: power(case, arguments[0], number(fmpq(1, 2))),
    "log2": lambda case, name, arguments: log(case, *arguments) / log(case, number(2)),
    "log10": lambda case, name, arguments: log(case, *arguments) / log(case, number(10)),
}  # fmt: skip
"""Functions of the formula language → what makes a fraction of their arguments."""

AGAIN: Final[Mapping[str, Build]] = {
    **FUNCTIONS,
    "power": lambda case, name, arguments: power(case, *arguments),
    "root": lambda case, name, arguments: power(case, arguments[0], number(fmpq(1, int(name)))),
    "radical": lambda case, name, arguments: power(case, arguments[0], number(fmpq(1, int(name)))),
    "formal log": _opaque("formal log"), "pi": _opaque("pi"), "member": _opaque("member"), "call": _opaque("call"),
    "bound": _opaque("bound"), "network": _opaque("network"), "square": _opaque("square"), "random": _opaque("random"),
}  # fmt: skip
"""By kind, what makes a thing again when something in it is replaced."""

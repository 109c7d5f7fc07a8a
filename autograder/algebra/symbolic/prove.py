"""Prove that two formulas are equal wherever both have a value. What is not proved may be so all the same.

Both become fractions of polynomials, whose difference has to vanish: in every case where the sign of something matters,
and else by induction on a whole number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from autograder.algebra.symbolic.assume import assuming, not_negative, solved, swapping
from autograder.algebra.symbolic.case import Case
from autograder.algebra.symbolic.evaluate import Scope, evaluated
from autograder.algebra.symbolic.orders import GROWTH, same_class
from autograder.algebra.symbolic.powers import folded
from autograder.algebra.symbolic.ratios import ONE, ZERO, LostError, NoValueError, Ratio, number, used, variable
from autograder.algebra.symbolic.signs import Range
from autograder.algebra.symbolic.sums import BUILDERS, SERIES
from autograder.algebra.symbolic.tensors import gathered, is_shaped, shaped_number, tensor
from autograder.algebra.symbolic.things import AgainError, SplitError, Table, Thing
from autograder.algebra.symbols import Declared, Symbol
from autograder.formula import Value
from autograder.formula.tree import Call, Comparison, Group, Name, Node, Number, Operation

_MOST_ROUNDS: Final = 8
_MOST_CASES: Final = 60

Values = Mapping[str, Value] | None
Rule = Callable[[Node, Node, Scope], bool]
"""Whether a proof goes through in one case."""


def proved(key: Node, answer: Node, declared: Declared, values: Mapping[str, Value] | None = None) -> bool:
    """Return whether an answer is proved to say the same as the key.

    Args:
        key: as the author wrote it, read.
        answer: another formula.
        declared: what the names stand for.
        values: drawn numbers by name.
    """
    match key, answer:
        case Call("set", wanted), Call("set", given):
            return _covered(wanted, given, declared, values) and _covered(given, wanted, declared, values)
        case Group(wanted), Group(given):
            pairs = zip(wanted, given, strict=False)
            return len(wanted) == len(given) and all(proved(a, b, declared, values) for a, b in pairs)
        case (Call("set") | Group(), _) | (_, Call("set") | Group()):
            return False
        case Call(function, (wanted,)), Call(other, (given,)) if function in GROWTH and other in GROWTH:
            return (other in (function, "Theta")) and _proved(wanted, given, declared, values, same_class)
        case Call(function, (wanted,)), _ if function in GROWTH:
            return not isinstance(answer, Comparison) and _proved(wanted, answer, declared, values, same_class)
        case Comparison(), Comparison():
            return _is_equation(key) == _is_equation(answer) and _proved(key, answer, declared, values, _vanishes)
        case Comparison(), _:
            return False
        case _, Comparison(_, sides):
            return _is_equation(answer) and all(proved(key, side, declared, values) for side in sides)
    return _proved(key, answer, declared, values, _vanishes)


def _is_equation(relation: Comparison) -> bool:
    return set(relation.operators) <= {"=", "=="}


def _covered(some: Sequence[Node], others: Sequence[Node], declared: Declared, values: Values) -> bool:
    return all(any(proved(each, other, declared, values) for other in others) for each in some)


def _proved(key: Node, answer: Node, declared: Declared, values: Values, rule: Rule) -> bool:
    table = _table(declared)
    for _ in range(_MOST_ROUNDS):
        try:
            shaped = shaped_number if any(symbol.shape for symbol in declared.symbols) else None
            scope = Scope(_beginning(table, declared, values or {}), declared, values or {}, shaped=shaped)
            return _in_all_cases(key, answer, scope, rule, [_MOST_CASES])
        except AgainError:
            continue
        except LostError:
            return False
    return False


def _table(declared: Declared) -> Table:
    families = {each.name: (_range(each), each.integer) for each in declared.symbols if each.indices}
    table = Table(BUILDERS, families)
    for symbol in declared.symbols:
        if not symbol.indices and symbol.shape is None:
            table.place(Thing("symbol", symbol.name))
    return table


def _range(symbol: Symbol) -> Range:
    low, low_open, high, high_open = symbol.low, symbol.low_open, symbol.high, symbol.high_open
    if symbol.integer and low is not None:
        low, low_open = Fraction(low.__floor__() + 1 if low_open or low.denominator != 1 else low), False
    if symbol.integer and high is not None:
        high, high_open = Fraction(high.__ceil__() - 1 if high_open or high.denominator != 1 else high), False
    return Range(low, low_open, high, high_open)


def _beginning(table: Table, declared: Declared, values: Mapping[str, Value]) -> Case:
    symbols = {
        table.places["symbol", each.name]: (_range(each), each.integer)
        for each in declared.symbols
        if ("symbol", each.name) in table.places
    }
    case = Case(table, symbols)
    for relation in declared.constraints:
        try:
            case = _with(case, relation, Scope(case, declared, values))
        except (LostError, SplitError):
            continue  # less is assumed than could be
    return case


def _with(case: Case, relation: Node, scope: Scope) -> Case:
    """Return the case in which a constraint holds."""
    match relation:
        case Comparison(("==" | "=",), (Operation("%", (Name(name), step)), Number(0))) | Comparison(
            ("==" | "=",), (Call("Mod", (Name(name), step)), Number(0))
        ):
            return _multiple(case, name, evaluated(step, scope))
        case Comparison(("==" | "=",), (left, right)):
            gap = (evaluated(left, scope) - evaluated(right, scope)).top
            found = [(place, solved(case, gap, place, loose=True)) for place in sorted(used(gap))]
            kept = [(place, value) for place, value in found if value is not None]
            kept.sort(key=lambda pair: not pair[1].bottom.is_one())
            if kept:
                return swapping(case, *kept[0])
        case Comparison(("<" | "<=" | ">" | ">=" as sign,), (left, right)):
            gap_of = evaluated(right, scope) - evaluated(left, scope)
            gap_of = gap_of if sign in ("<", "<=") else -gap_of
            if case.least(gap_of.bottom) == 2:
                if sign in ("<", ">"):
                    return assuming(case, gap_of.top, 1) or case
                return not_negative(case, gap_of.top)
    return case


def _multiple(case: Case, name: str, step: Ratio) -> Case:
    """Return the case in which a symbol is a whole number of times something."""
    place = case.table.places.get(("symbol", name))
    if place is None or place in case.swapped or not case.symbols[place][1]:
        return case
    times = case.table.place(Thing("symbol", f"{name} by {step.key}"))
    span = case.symbols[place][0]
    positive = case.least(step.top) == 2 and step.bottom.is_one() and span.low is not None and span.low > 0
    symbols = {**case.symbols, times: (Range(Fraction(1)) if positive else Range(), True)}
    return swapping(replace(case, symbols=symbols), place, variable(times) * step)


def _in_all_cases(key: Node, answer: Node, scope: Scope, rule: Rule, left: list[int]) -> bool:
    left[0] -= 1
    if left[0] < 0:
        raise LostError("too many cases")
    try:
        return _has_no_value(key, scope) or rule(key, answer, scope)
    except SplitError as split:
        for sign in (1, 0, -1):
            inner = assuming(scope.case, split.gap, sign)
            if inner is not None and not _in_all_cases(key, answer, replace(scope, case=inner), rule, left):
                return False
        return True


def _vanishes(key: Node, answer: Node, scope: Scope) -> bool:
    """Return whether the difference of two formulas is zero."""
    if scope.shaped is not None and is_shaped(key, scope.declared) and not isinstance(key, Comparison):
        alike = _same_entries(key, answer, scope)
        if alike is not None:
            return alike
    gap, enough = _gap(key, answer, scope)
    if not enough:
        return False
    return scope.case.vanishes(folded(scope.case, gap.top)) or _by_induction(key, answer, scope, gap)


def _has_no_value(key: Node, scope: Scope) -> bool:
    """Return whether there is nothing to compare with here."""
    if scope.shaped is not None and is_shaped(key, scope.declared):
        return False
    try:
        evaluated(key, scope)
    except NoValueError:
        return True
    return False


def _same_entries(key: Node, answer: Node, scope: Scope) -> bool | None:
    """Return whether two vectors or matrices have the same entries, None where the key is a number."""
    case = scope.case
    case.needs.clear()
    wanted = tensor(key, scope)
    if wanted.shape == (1, 1):
        return None
    needs = set(case.needs)
    given = tensor(answer, scope)
    if wanted.shape != given.shape or not case.needs <= needs:
        return False
    sides = [gathered(each, case) for each in (wanted, given)]
    gaps = [sides[0].get(name, ZERO) - sides[1].get(name, ZERO) for name in {**sides[0], **sides[1]}]
    return all(case.vanishes(folded(case, gap.top)) for gap in gaps)


def _gap(key: Node, answer: Node, scope: Scope) -> tuple[Ratio, bool]:
    """Return key minus answer, and whether the answer has values wherever the key has."""
    case = scope.case
    case.needs.clear()
    wanted = evaluated(key, scope)
    needs = set(case.needs)
    case.needs.clear()
    given = evaluated(answer, scope)
    return wanted - given, case.needs <= needs


def _by_induction(key: Node, answer: Node, scope: Scope, gap: Ratio) -> bool:
    """Return whether the difference vanishes for the least value of a whole number, and with each for the next."""
    case = scope.case
    for place in _counts(case, gap):
        low = case.symbols[place][0].low
        if low is None or not _safe(case, gap) or any(place in used(fact) for fact, _ in case.facts) or case.zeros:
            continue
        first = swapping(case, place, number(low))
        base, _ = _gap(key, answer, replace(scope, case=first))
        if not first.vanishes(folded(first, base.top)):
            continue
        after = swapping(case, place, variable(place) + ONE)
        following, _ = _gap(key, answer, replace(scope, case=after))
        if not following or not divmod(folded(after, following.top), folded(case, gap.top))[1]:
            return True
    return False


def _counts(case: Case, gap: Ratio) -> Iterator[int]:
    """Yield the whole numbers up to which a sum or product in a difference runs."""
    for place in sorted(used(gap.top)):
        thing = case.table.things[place]
        if thing.kind in (*SERIES, "factorial"):
            for each in sorted(used(*(argument.top for argument in thing.arguments[-1:]))):
                if each in case.symbols and case.symbols[each][1] and each not in case.swapped:
                    yield each


def _safe(case: Case, gap: Ratio) -> bool:
    """Return whether a denominator cannot vanish for one value of a whole number and leave the next without a proof."""
    if case.least(gap.bottom) == 2 or case.least(-gap.bottom) == 2:
        return True
    return all(not _is_count(case, place) for place in used(gap.bottom))


def _is_count(case: Case, place: int) -> bool:
    return place in case.symbols and case.symbols[place][1]

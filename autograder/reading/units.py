"""How much of one unit is another? A pint registry of our own, and what a field asks for.

Only names from the table in `names.py` reach pint: its own definitions give bytes no dimension and take T for tesla.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

import pint

from autograder.formula.arithmetic import Value, divide, multiply
from autograder.reading import compound, names
from autograder.reading.compound import NOUN, Unit
from autograder.reading.fields import Field
from autograder.reading.names import DEFINITIONS

PERCENT: Final[Unit] = (("%", 1),)
PERMILLE: Final[Unit] = (("permille", 1),)
_SHARES: Final = {PERCENT: Fraction(1, 100), PERMILLE: Fraction(1, 1000)}
_COUNTED_BY: Final = frozenset({("gpu", -1), ("token", -1)})
_MONEY: Final = frozenset({"USD", "EUR", "GBP", "cent", "eurocent"})

Dimensions = frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A field, worked out once.

    Attributes:
        kind: `bare` (no unit), `count`, `percent`, `probability` or `unit`.
        unit: what is asked; empty for all kinds but `unit`.
        name: the unit as the author wrote it.
        factor: how many base units it is.
        dimensions: of the unit.
        whole: whether the answer is a whole number.
        rule: `required`, `optional` or `none`.
        counts: whether k, M, B and T after a figure are powers of a thousand.
        money: whether the field asks for money.
    """

    kind: str
    unit: Unit
    name: str
    factor: Fraction
    dimensions: Dimensions
    whole: bool
    rule: str
    counts: bool
    money: bool

    @property
    def roots(self) -> frozenset[str]:
        """The names of the unit's parts."""
        return frozenset(name for name, _ in self.unit)

    @property
    def in_bits(self) -> bool:
        """Whether information is asked in bits."""
        return any(name.endswith("bit") for name, _ in self.unit)


@lru_cache(maxsize=256)
def asked(field: Field) -> Asked:
    """Return what a field asks for.

    Raises:
        ValueError: its unit is none that a part may declare, or its rule is unknown.
    """
    if field.unit_rule not in ("required", "optional", "none"):
        raise ValueError(f"unknown unit rule {field.unit_rule!r}")
    kind = {None: "bare", "": "bare", "count": "count", "%": "percent", "probability": "probability"}.get(
        field.unit, "unit"
    )
    if kind != "unit":
        whole = field.whole or kind == "count"
        counts = kind in ("count", "bare")
        return Asked(kind, (), field.unit or "", Fraction(1), frozenset(), whole, field.unit_rule, counts, False)
    assert field.unit is not None
    unit = declared(field.unit)
    if unit is None:
        raise ValueError(check_unit(field.unit))
    factor, dimensions = scale(unit)
    roots = {name for name, _ in unit}
    money = bool(roots & _MONEY)
    counts = money or unit == (("token", 1),)
    return Asked(kind, unit, field.unit, factor, dimensions, field.whole, field.unit_rule, counts, money)


@lru_cache(maxsize=4096)
def scale(unit: Unit) -> tuple[Fraction, Dimensions]:
    """Return how many base units a unit is, and its dimensions. Counted things have none."""
    factor, powers = Fraction(1), dict[str, int]()
    for name, power in unit:
        if name != "count":
            one, dimensions = _scale_of_one(name)
            factor *= one**power
            for dimension, size in dimensions:
                powers[dimension] = powers.get(dimension, 0) + size * power
    return factor, frozenset((dimension, size) for dimension, size in powers.items() if size)


@lru_cache(maxsize=1024)
def _scale_of_one(name: str) -> tuple[Fraction, Dimensions]:
    # one name at a time, so that no answer can ask pint for products it hasn't seen
    container = _registry().UnitsContainer({name: 1})
    factor, _ = _registry().get_base_units(container)
    dimensions: Mapping[str, Any] = _registry().get_dimensionality(container)
    return Fraction(factor), frozenset((root.strip("[]"), int(size)) for root, size in dimensions.items())


def convert(value: Value, unit: Unit | None, field: Asked) -> Value | None:
    """Return a value in the field's unit, exactly where it is exact; None where its unit does not fit.

    Args:
        value: as written.
        unit: as written; None for a bare number, which is in the field's unit already.
        field: what is asked.
    """
    if unit is None or (unit == field.unit and unit):
        return value
    if not unit:
        return None if field.kind == "unit" else value
    if unit in _SHARES:
        share = multiply(value, _SHARES[unit])
        return {"percent": multiply(share, 100), "bare": share, "probability": share}.get(field.kind)
    if any(name == "?" or name in ("%", "permille") for name, _ in unit):
        return None
    if field.kind != "unit":
        fits = field.kind in ("count", "bare") and unit in (NOUN, (("token", 1),), (("gpu", 1),))
        return value if fits else None
    factor = _factor(unit, field)
    return None if factor is None else multiply(value, factor)


@lru_cache(maxsize=4096)
def _factor(unit: Unit, field: Asked) -> int | Fraction | None:
    """Return what one of a unit is in the field's, or None.

    GPUs and tokens below the line are what the question counts by: `28 GB/GPU` is 28 GB, and `B/token` may be written
    as B. The thing that a rate counts may be left out: `1500/s` are tokens where tokens per second are asked.
    """
    factor, dimensions = scale(unit)
    wanted = field.dimensions
    if dimensions != wanted:
        if ("token", 1) in wanted and ("token", 1) not in dimensions and ("time", -1) in dimensions:
            wanted = wanted - {("token", 1)}
        dimensions, wanted = dimensions - _COUNTED_BY, wanted - _COUNTED_BY
        if field.money and all(power > 0 for _, power in unit):
            wanted = frozenset(part for part in wanted if part[1] > 0)
        if dimensions != wanted or (("count", 1) in unit and ("token", 1) in field.dimensions):
            return None
    elif unit[0][0] == "count" and len(unit) == 1:
        return None
    divisor = field.factor
    if field.money and all(power > 0 for _, power in unit):
        # a price below a line that the question has drawn
        divisor, _ = scale(tuple(part for part in field.unit if part[1] > 0))
    ratio = factor / divisor
    return ratio.numerator if ratio.denominator == 1 else ratio


def in_base(value: Value, field: Asked) -> Value | None:
    """Return a bare value in the field's unit as if it had been meant in the base unit; None if that is the same."""
    if field.kind == "percent":
        return multiply(value, 100)
    if field.factor == 1:
        return None
    if isinstance(value, int) and field.factor.denominator == 1:
        return Fraction(value, field.factor.numerator)
    return divide(value, field.factor)


def check_unit(name: str) -> str | None:
    """Say what is wrong with a unit that a part declares.

    Args:
        name: as in `unit: GB/s`.

    Returns:
        None when a part may declare it; else the problem, with a suggestion where one is near.
    """
    if name in ("count", "%", "probability"):
        return None
    if names.is_noun(name):
        return f"{name!r} is a counted thing, not a unit: write unit: count"
    if declared(name) is not None:
        return None
    known = [*DEFINITIONS, "count", "%", "probability", "GPU-hour", "FLOPS", "GB/s", "FLOP/s", "token/s"]
    same = [unit for unit in known if unit.lower() == name.lower()]
    same = same or [unit[0][0] for unit in names.lookup(name) if len(unit) == 1 and unit[0][1] == 1]
    near = same or difflib.get_close_matches(name[:40], known, n=1, cutoff=0.5)
    return f"no unit is called {name[:40]!r}" + (f": did you mean {near[0]!r}?" if near else "")


@lru_cache(maxsize=256)
def declared(name: str) -> Unit | None:
    """Return the unit that an author's spelling declares, letter case and all, or None.

    Grammar: names joined by `*` or `·`, then at most one `/` and the names below the line; a name may have a power.
    """
    top, slash, bottom = name.replace("(", "").replace(")", "").partition("/")
    if len(name) > 60 or "/" in bottom or (slash and not bottom):
        return None
    below = [_declared_one(part) for part in _parts(bottom)] if slash else []
    above = [] if slash and top.strip() == "1" else [_declared_one(part) for part in _parts(top)]
    found = [unit for unit in above if unit is not None] + [
        compound.inverse(unit) for unit in below if unit is not None
    ]
    if len(found) != len(above) + len(below) or not found:
        return None
    unit = compound.product(*found)
    bare = tuple(part for part in unit if part[0] not in ("count", "%"))
    return unit if bare and not any(part[0] in ("%", "permille") for part in unit) else None


def _parts(text: str) -> list[str]:
    return text.replace("·", "*").split("*")


def _declared_one(text: str) -> Unit | None:
    name, caret, power = text.strip().partition("^")
    unit = names.exactly(name)
    if unit is None and name in (
        "sample",
        "samples",
        "step",
        "steps",
        "parameter",
        "layer",
        "image",
        "iteration",
        "request",
        "element",
    ):
        unit = NOUN
    if unit is None or (caret and power not in ("2", "3")):
        return None
    return tuple((part, size * int(power)) for part, size in unit) if caret else unit


@lru_cache(maxsize=1)
def _registry() -> Any:
    """Return the registry, made when a unit is first converted."""
    registry = pint.UnitRegistry(None, non_int_type=Fraction)
    for name, (root, factor) in DEFINITIONS.items():
        amount = root if factor == 1 else f"{factor.numerator} * {root} / {factor.denominator}"
        registry.define(f"{name} = {amount}")
    return registry

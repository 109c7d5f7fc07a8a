"""Did the candidate's code do what the reference did? Compare two runs of a probe, check by check. Pure.

What a run tells is only data that somebody may have made up: anything missing or misshapen is a difference. What is
asked for (which checks, names, moments) is taken from the reference's run alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from autograder.coding.accounts import Account, Seen, said
from autograder.sandbox.printable import printable
from autograder.sandbox.values import Array


class Tolerance(NamedTuple):
    """How far apart two numbers may be: `absolute + relative * |reference|`."""

    relative: float
    absolute: float


TOLERANCES: Final[Mapping[str, Tolerance]] = {
    "float64": Tolerance(1e-6, 1e-9),
    "float32": Tolerance(1e-4, 1e-6),
    "float16": Tolerance(2e-2, 1e-3),
    "bfloat16": Tolerance(2e-2, 1e-3),
}
"""By element type; a type of 8 bits is as coarse as its two bits of fraction, and all others are exact."""

_COARSE: Final = Tolerance(0.25, 1e-2)
_EXACT: Final = Tolerance(0.0, 0.0)
_MOST_SHOWN: Final = 60
_DEEPEST: Final = 32


class UnusableError(Exception):
    """The reference's own run shows that nobody's code can be judged by a check. The message says why."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two runs part.

    Attributes:
        why: one sentence, without its full stop.
        remarks: what the probe wrote down about the candidate's code.
    """

    why: str
    remarks: tuple[str, ...] = ()


def difference(check: str, candidate: Mapping[str, Account], reference: Mapping[str, Account]) -> Difference | None:
    """Return where two runs part in one check, or None where they agree.

    Args:
        check: its id.
        candidate: the accounts of a run that ended well.
        reference: those of the reference's on the same draw.

    Raises:
        UnusableError: the reference failed the check itself, or the probe looked at nothing.
    """
    wanted = reference.get(check)
    if wanted is None or (wanted.empty and wanted.raised is None):
        raise UnusableError(f"the probe looked at nothing for the check {check!r}")
    if wanted.raised is not None:
        raise UnusableError(f"the reference fails the check {check!r}: {said(wanted.raised)}")
    own = candidate.get(check, Account())
    if own.raised is not None:
        return Difference(said(own.raised), own.remarks)
    why = next(_partings(own, wanted), None)
    if why is None:
        return None
    if (amiss := next(_partings(wanted, wanted), None)) is not None:
        raise UnusableError(f"the reference differs from itself in the check {check!r}: {amiss}")
    return Difference(why, own.remarks)


def _partings(own: Account, wanted: Account) -> Iterator[str]:
    if not (wanted.whole and _read_whole(own, wanted)):
        yield from _reports_part(own.reports, wanted.reports)
    yield from _seen_part(own.end, wanted.end)
    for name, (amount, most) in wanted.spent.items():
        if name not in own.spent:
            yield f"`{name}` was not measured"
        elif not own.spent[name][0] <= most * amount:
            yield f"`{name}` is {own.spent[name][0]:.4g}: expected at most {most * amount:.4g}"


def _read_whole(own: Account, wanted: Account) -> bool:
    """Whether nothing was done before all was given: everything reported is still as it was at the first moment."""
    first = next(iter(wanted.reports), None)
    return (
        first is not None
        and len(own.reports) == len(wanted.reports)
        and all(next(_seen_part(report, first), None) is None for report in own.reports)
    )


def _reports_part(own: Sequence[Seen], wanted: Sequence[Seen]) -> Iterator[str]:
    for place, (now, right) in enumerate(zip(own, wanted, strict=False)):
        at = f"after {right.after}, " if right.after else ""
        for name, why in _named_partings(now, right):
            yield f"{at}{why}{_moment(name, own, wanted, place)}"
    if len(own) < len(wanted):
        after = wanted[len(own)].after
        yield f"it stopped before {after}" if after else f"it came to {len(own)} of {len(wanted)} steps"
    if len(own) > len(wanted):
        yield f"it went on after the last of {len(wanted)} steps"


def _moment(name: str, own: Sequence[Seen], wanted: Sequence[Seen], place: int) -> str:
    """Say whether a change came at the wrong moment, as far as the reports tell."""
    if place == 0 or name not in wanted[place].arrays:
        return ""
    changed, due = _changed(name, own, place), _changed(name, wanted, place)
    if changed == due:
        return ""
    if due:
        return ": expected an update here"
    later = next((at for at in range(place + 1, len(wanted)) if _changed(name, wanted, at)), None)
    return f": expected no update before {wanted[later].after}" if later is not None else ": expected no update here"


def _changed(name: str, reports: Sequence[Seen], place: int) -> bool:
    before, now = reports[place - 1].arrays.get(name), reports[place].arrays.get(name)
    return before is not None and now is not None and not np.array_equal(before, now)


def _seen_part(own: Seen, wanted: Seen) -> Iterator[str]:
    for _, why in _named_partings(own, wanted):
        yield why


def _named_partings(own: Seen, wanted: Seen) -> Iterator[tuple[str, str]]:
    for name in wanted.names():
        why = _array_parts(name, own, wanted) if name in wanted.arrays else _datum_parts(name, own, wanted)
        if why:
            yield name, f"`{name}` {why}"
    unknown = [name for name in own.names() if name not in wanted.data and name not in wanted.arrays]
    if unknown:
        name = _shown_name(unknown[0])
        yield unknown[0], f"there is `{name}`, which should not be there"


def _datum_parts(name: str, own: Seen, wanted: Seen) -> str:
    if name in own.arrays:
        return f"is an array: expected {_shown(wanted.data[name])}"
    if name not in own.data:
        return "is missing"
    if _same_data(own.data[name], wanted.data[name], 0):
        return ""
    return f"is {_shown(own.data[name])}: expected {_shown(wanted.data[name])}"


def _same_data(own: Any, wanted: Any, depth: int) -> bool:
    if isinstance(own, bool) or isinstance(wanted, bool) or depth > _DEEPEST:
        return own is wanted
    if isinstance(own, int) and isinstance(wanted, int):
        return own == wanted
    if isinstance(own, int | float) and isinstance(wanted, int | float):
        try:
            relative, absolute = TOLERANCES["float64"]
            return own == wanted or abs(float(own) - float(wanted)) <= absolute + relative * abs(float(wanted))
        except OverflowError:
            return False
    if isinstance(own, list | tuple) and isinstance(wanted, list | tuple):
        return len(own) == len(wanted) and all(_same_data(a, b, depth + 1) for a, b in zip(own, wanted, strict=True))
    if isinstance(own, dict) and isinstance(wanted, dict):
        if wanted.get("float") == "nan":  # how a probe writes down what is not a number, which equals nothing
            return False
        return own.keys() == wanted.keys() and all(_same_data(own[key], wanted[key], depth + 1) for key in wanted)
    return type(own) is type(wanted) and bool(own == wanted)


def _array_parts(name: str, own: Seen, wanted: Seen) -> str:
    right = wanted.arrays[name]
    if name not in own.arrays:
        return f"is {_shown(own.data[name])}: expected an array" if name in own.data else "is missing"
    found = own.arrays[name]
    label, wanted_label = own.labels.get(name), wanted.labels.get(name)
    if found.shape != right.shape:
        return f"has shape {tuple(found.shape)}: expected {tuple(right.shape)}"
    if found.dtype != right.dtype or label != wanted_label:
        return f"is {_kind(found, label)}: expected {_kind(right, wanted_label)}"
    # a NaN does not equal itself
    return "" if (found == right).all() else _numbers_part(found, right, _kind(right, wanted_label))


def _numbers_part(found: Array, right: Array, kind: str) -> str:
    if found.dtype.kind != "f":
        wrong = int(np.count_nonzero(found != right))
        return f"differs in {wrong} of {right.size} elements" if wrong else ""
    if np.isnan(found).any():
        return "holds NaN"
    relative, absolute = TOLERANCES.get(kind, _COARSE if kind.startswith("float8") else _EXACT)
    a, b = found.astype(np.float64), right.astype(np.float64)
    with np.errstate(all="ignore"):
        away = np.abs(a - b)
        near = (a == b) | (np.isfinite(b) & (away <= absolute + relative * np.abs(b)))
    if near.all():
        return ""
    worst = float(np.max(np.where(near, 0.0, away)))
    return f"differs by {worst:.2g}" if np.isfinite(worst) else "differs without bound"


def _kind(array: Array, label: str | None) -> str:
    return label or array.dtype.name


def _shown(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"float"}:
        value = value["float"]
    try:
        text = f"{value:.6g}" if isinstance(value, float) else str(value)
    except (RecursionError, ValueError):  # nested without end, or a whole number of too many digits
        text = "something too large to be shown"
    text = printable(" ".join(text.split()), _MOST_SHOWN * 4)
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"


def _shown_name(name: str) -> str:
    return printable(name, _MOST_SHOWN)

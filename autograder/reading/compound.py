"""What is a product of units? A tuple of (canonical name, power), sorted by name; the empty one is a pure number."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Final

Unit = tuple[tuple[str, int], ...]
"""A product of powers of canonical units."""

NOUN: Final[Unit] = (("count", 1),)
"""What a counted thing is measured in: layers, steps, parameters."""


def product(*units: Unit) -> Unit:
    """Return the product of units."""
    powers: dict[str, int] = defaultdict(int)
    for unit in units:
        for name, power in unit:
            powers[name] += power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def inverse(unit: Unit) -> Unit:
    """Return one over a unit."""
    return tuple((name, -power) for name, power in unit)


@lru_cache(maxsize=1024)
def show(unit: Unit) -> str:
    """Return the canonical spelling: `GB/s`, `USD/GPU-hour`, `FLOP`."""
    if not unit:
        return "1"
    top = _joined({name: power for name, power in unit if power > 0})
    bottom = _joined({name: -power for name, power in unit if power < 0})
    return f"{top or '1'}/{bottom}" if bottom else top


def _joined(powers: dict[str, int]) -> str:
    rest, names = dict(powers), []
    for time, shown in (
        ("h", "hour"),
        ("s", "second"),
        ("day", "day"),
        ("year", "year"),
        ("min", "minute"),
        ("week", "week"),
    ):
        if rest.get("gpu") == 1 and rest.get(time) == 1:
            names.append(f"GPU-{shown}")
            del rest["gpu"], rest[time]
    names += [
        ("GPU" if name == "gpu" else name) + (f"^{power}" if power > 1 else "") for name, power in sorted(rest.items())
    ]
    return "·".join(names)

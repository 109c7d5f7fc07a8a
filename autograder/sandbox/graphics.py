"""Which graphics device is which? The driver counts device files by minor numbers, CUDA counts what it may open.

Where a process may open one device only, CUDA calls that one 0, whatever its minor number is. An identifier means the
same everywhere, so it is what a child is given. Source: the driver's README, chapter on `/proc/driver/nvidia`, and
CUDA_VISIBLE_DEVICES in the CUDA programming guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

_DRIVER: Final = Path("/proc/driver/nvidia/gpus")


def cuda_name(minor: str, visible: str = "", driver: Path = _DRIVER) -> str:
    """Return what CUDA_VISIBLE_DEVICES says in a process that may open one device file.

    Args:
        minor: the number of that file, as in `/dev/nvidia3`.
        visible: CUDA_VISIBLE_DEVICES outside: a slice of a device (MIG) has a name of its own there.
        driver: where the driver tells of its devices.
    """
    first = _first(visible)
    if first.startswith("MIG-"):
        return first
    identifier = next((said["GPU UUID"] for said in _told(driver) if said["Device Minor"] == minor), "")
    return "0" if "?" in identifier or not identifier else identifier  # the driver writes ? before a device is started


def assigned(minors: list[int], visible: str | None, driver: Path = _DRIVER) -> str | None:
    """Return the minor number of the first device that this process may use, or None where it is not known.

    Args:
        minors: of the device files that there are, in order.
        visible: CUDA_VISIBLE_DEVICES, or None where it is not set.
        driver: where the driver tells of its devices.
    """
    if visible is None:
        return str(minors[0]) if minors else None
    first = _first(visible)
    if first.isdecimal():
        return str(minors[int(first)]) if int(first) < len(minors) else None
    if first.startswith("GPU-"):  # the beginning of an identifier is enough for CUDA
        named = {said["Device Minor"] for said in _told(driver) if said["GPU UUID"].startswith(first)}
        if len(named) == 1 and named <= set(map(str, minors)):
            return named.pop()
    return str(minors[0]) if first.startswith(("GPU-", "MIG-")) and len(minors) == 1 else None


def model(minor: str, driver: Path = _DRIVER) -> str:
    """Return the name of a device's model; empty where the driver does not tell."""
    return next((said["Model"] for said in _told(driver) if said["Device Minor"] == minor), "")


def _first(visible: str) -> str:
    return visible.partition(",")[0].strip()


def _told(driver: Path) -> Iterator[dict[str, str]]:
    for path in sorted(driver.glob("*/information")):
        try:
            text = path.read_text(errors="replace")
        except OSError:
            continue
        pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line)
        yield dict.fromkeys(("Device Minor", "GPU UUID", "Model"), "") | {
            name.strip(): value.strip() for name, value in pairs
        }

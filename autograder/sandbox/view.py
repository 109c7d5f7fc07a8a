"""What of the machine does a jailed process see? The interpreter, its packages, the libraries below; nothing else."""

from __future__ import annotations

import glob
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/alternatives",
)
_FOR_TORCH = ("/proc/cpuinfo", "/sys/devices/system/cpu")  # without them its CPU detection fails
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class View:
    """Paths that are seen inside, at the same place as outside.

    Attributes:
        read: files and folders, read-only.
        hide: folders below those that are shown empty.
        devices: device files.
        path: where modules are imported from, beside the standard library.
    """

    read: tuple[str, ...]
    hide: tuple[str, ...]
    devices: tuple[str, ...]
    path: tuple[str, ...]

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> View:
        """Return the view that JSON carried."""
        return cls(**{name: tuple(paths) for name, paths in data.items()})


def python_view(gpu: str | None = None) -> View:
    """Return what this interpreter needs, found from the running one.

    The package itself is seen, its data are not: they hold a question bank with its answers.

    Args:
        gpu: the number of the one graphics device that may be used, as the driver counts, or None.
    """
    packages = [
        entry for entry in sys.path if Path(entry).name in {"site-packages", "dist-packages"} and Path(entry).is_dir()
    ]
    read = [*_SYSTEM, *_FOR_TORCH, sys.base_prefix, sys.base_exec_prefix, sys.prefix, *packages, str(_PACKAGE)]
    devices = [*_DEVICES]
    if gpu is not None:
        devices += [
            f"/dev/nvidia{gpu}",
            "/dev/nvidiactl",
            "/dev/nvidia-uvm",
            "/dev/nvidia-uvm-tools",
            *glob.glob("/dev/nvidia-caps/*"),
        ]
        read += ["/proc/driver/nvidia", "/sys/module/nvidia", "/sys/bus/pci", "/sys/devices"]
    return View(
        read=_outermost(path for path in read if os.path.exists(path)),
        hide=tuple(str(folder) for folder in (_PACKAGE / "_data",) if folder.is_dir()),
        devices=tuple(path for path in devices if os.path.exists(path)),
        path=(str(_PACKAGE.parent), *packages),
    )


def _outermost(paths: Any) -> tuple[str, ...]:
    """Drop what lies below another folder of the list; a link is a thing of its own."""
    kept: list[str] = []
    for path in sorted({os.path.abspath(path) for path in paths}, key=lambda path: (len(Path(path).parts), path)):
        if not any(path.startswith(above.rstrip("/") + "/") and not os.path.islink(above) for above in kept):
            kept.append(path)
    return tuple(kept)

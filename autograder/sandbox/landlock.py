"""Which files may a child open? Landlock: the kernel's own access control, which needs no privilege.

Numbers and the meaning of each version: the kernel's `Documentation/userspace-api/landlock.rst`.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable
from functools import cache

from autograder.sandbox.syscalls import call

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_READ = _EXECUTE | _READ_FILE | _READ_DIR


@cache
def version() -> int:
    """Return the version of Landlock that the kernel offers; 0 where there is none."""
    try:
        return call("landlock_create_ruleset", None, 0, 1)
    except OSError:
        return 0


def confine(read: Iterable[str], write: Iterable[str], *, loopback: bool) -> int:
    """Take away every right to files but those named, for this process and all it will start, for good.

    Args:
        read: files and folders (with all below) that may be read and executed; those that do not exist are left out.
        write: files and folders that may be written, too.
        loopback: leave TCP alone; otherwise it is refused where the version can.

    Returns:
        The version that was used; 0 where the kernel has none, and nothing was done.

    Raises:
        OSError: the kernel refused a rule.
    """
    found = version()
    if found < 1:
        return 0
    rights = (
        (1 << 13) - 1
        | (_REFER if found >= 2 else 0)
        | (_TRUNCATE if found >= 3 else 0)
        | (_IOCTL_DEV if found >= 5 else 0)
    )
    network = 3 if found >= 4 and not loopback else 0
    scoped = 3 if found >= 6 else 0  # abstract sockets and signals stay among those who share the rules
    size = 8 if found < 4 else 16 if found < 6 else 24
    rules = call("landlock_create_ruleset", struct.pack("QQQ", rights, network, scoped), size, 0)
    for path in read:
        _allow(rules, path, _READ & rights)
    for path in write:
        _allow(rules, path, rights)
    call("prctl", 38, 1, 0, 0, 0)
    call("landlock_restrict_self", rules, 0)
    os.close(rules)
    return found


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _ON_FILES
        call("landlock_add_rule", rules, 1, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)

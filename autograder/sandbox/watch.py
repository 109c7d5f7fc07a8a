"""What do a child and its own children use? Read from `/proc`, by the warm process."""

from __future__ import annotations

import os
from collections.abc import Iterable


def address_space(proc: int) -> int:
    """Return the bytes of address space of this process."""
    return int(_read(proc, "self/statm").split()[0]) * os.sysconf("SC_PAGE_SIZE")


def resident(proc: int) -> int:
    """Return the bytes of memory of this process that are not files: what it shares with its children."""
    return 1024 * _kilobytes(_read(proc, "self/smaps_rollup"))


def threads(proc: int) -> int:
    """Return how many threads this process has."""
    return len(_list(proc, "self/task"))


def outer_number(proc: int, pidfd: int) -> int:
    """Return the number that a process has in the namespace of `proc`; 0 where it has ended."""
    fields = dict(line.split(":", 1) for line in _read(proc, f"self/fdinfo/{pidfd}").splitlines() if ":" in line)
    return max(int(fields.get("Pid", "0")), 0)


def family(proc: int, pid: int, most: int = 512) -> list[int]:
    """Return a process and its descendants; stops near `most`, for they may multiply while they are counted."""
    found = [pid]
    for member in found:
        if len(found) >= most:
            break
        for thread in _list(proc, f"{member}/task"):
            found += (int(child) for child in _read(proc, f"{member}/task/{thread}/children").split())
    return found


def memory(proc: int, pids: Iterable[int]) -> int:
    """Return the bytes of memory of some processes together; what they share counts once, files do not count."""
    return 1024 * sum(_kilobytes(_read(proc, f"{pid}/smaps_rollup")) for pid in pids)


def processor(proc: int, pids: Iterable[int]) -> tuple[float, float]:
    """Return the seconds in which some processes ran, and those in which they stood in the queue for a processor."""
    ran = queued = 0
    for pid in pids:
        for thread in _list(proc, f"{pid}/task"):
            fields = _read(proc, f"{pid}/task/{thread}/schedstat").split()
            if len(fields) >= 2:
                ran, queued = ran + int(fields[0]), queued + int(fields[1])
    return ran / 1e9, queued / 1e9


def occupied(folder: str, most: int) -> tuple[int, int]:
    """Return the entries below a folder and the bytes of its files; looks at `most` entries, then stops."""
    entries, size, waiting = 0, 0, [folder]
    while waiting and entries <= most:
        try:
            with os.scandir(waiting.pop()) as found:
                for entry in found:
                    entries += 1
                    if entries > most:
                        break
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
        except OSError:
            continue
    return entries, size


def clear(folder: str, *, itself: bool = True) -> None:
    """Remove all that is in a folder, however deep and whatever its permissions: what is nested is first moved up.

    Args:
        folder: where.
        itself: remove the folder, too.
    """
    fresh = 0
    while names := os.listdir(folder):
        for name in names:
            path = f"{folder}/{name}"
            if os.path.islink(path) or not os.path.isdir(path):
                os.unlink(path)
                continue
            os.chmod(path, 0o700)
            for inner in os.listdir(path):
                deeper = f"{path}/{inner}"
                if os.path.islink(deeper) or not os.path.isdir(deeper):
                    os.unlink(deeper)
                    continue
                while os.path.lexists(f"{folder}/{fresh}"):
                    fresh += 1
                os.chmod(deeper, 0o700)
                os.rename(deeper, f"{folder}/{fresh}")
            os.rmdir(path)
    if itself:
        os.rmdir(folder)


def _kilobytes(text: str) -> int:
    wanted = ("Pss_Anon:", "Pss_Shmem:")
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(wanted))


def _read(proc: int, path: str) -> str:
    """Return a file of `/proc`; empty where the process has ended."""
    try:
        file = os.open(path, os.O_RDONLY, dir_fd=proc)
    except OSError:
        return ""
    try:
        pieces = []
        while piece := os.read(file, 1 << 16):
            pieces.append(piece)
        return b"".join(pieces).decode(errors="replace")
    except OSError:
        return ""
    finally:
        os.close(file)


def _list(proc: int, path: str) -> list[str]:
    try:
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY, dir_fd=proc)
    except OSError:
        return []
    try:
        return os.listdir(folder)
    finally:
        os.close(folder)

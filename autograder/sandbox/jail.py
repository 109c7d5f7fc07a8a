"""The walls: namespaces, a root of its own, no capabilities, resource limits.

Order matters. The warm process calls `enter` before it imports anything large; each child calls `withdraw`, `limit`
and `give_up_rights` before it reads a byte of the job.
"""

from __future__ import annotations

import fcntl
import os
import resource
import socket
import struct
from collections.abc import Iterable
from pathlib import Path

from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.syscalls import call
from autograder.sandbox.view import View

BOX = "/box"
"""The one folder that a child may write to, in a root of its own."""

INSIDE = 1000
"""The user and group that a jailed process is, as it sees itself."""

_NOBODY = 65534
_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (
    0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
_AT_FDCWD, _AT_RECURSIVE, _MNT_DETACH = -100, 0x8000, 2
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_SIGKILL = 9
_NO_CAPABILITIES = struct.pack("Ii", 0x20080522, 0)


def enter(view: View, proc: int) -> None:
    """Enter a root and namespaces of one's own; processes started from now on live in a new process namespace.

    Started by root, the process first becomes nobody: root is exempt from the limit on processes.

    Args:
        view: what is seen in the new root.
        proc: a descriptor of the machine's `/proc`, which the new root does not have.

    Raises:
        OSError: the kernel or its settings refuse; the message says which step.
    """
    spaces = _NEWUSER | _NEWNS | _NEWPID | _NEWNET | _NEWIPC | _NEWUTS | _NEWCGROUP
    if os.getuid() == 0:
        call("unshare", _NEWNS)
        _build_root(view)
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
        call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)  # lost with the user; without it the maps below cannot be written
        _unshare_as(spaces, INSIDE, proc)
    else:
        _unshare_as(spaces, INSIDE, proc)
        _build_root(view)
    os.chdir("/")


def keep_returning(proc: int) -> int:
    """Return a descriptor of this process's own process namespace, for `return_home`."""
    return os.open("self/ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)


def next_child_apart() -> None:
    """Make the next child the first process of a new process namespace: when it ends, everything in it ends."""
    call("unshare", _NEWPID)


def return_home(home: int) -> None:
    """Take back `next_child_apart`, so that the next child can have a namespace of its own, too."""
    call("setns", home, _NEWPID)


def withdraw(limits: Limits, proc: int, *, loopback: bool) -> None:
    """Separate a forked child from its siblings: its own mounts, a small file system in memory, if asked a network.

    Args:
        limits: `shared` and `files` bound the file system.
        proc: a descriptor of the machine's `/proc`.
        loopback: bring up a network that has only this machine's loopback address and nobody else on it.
    """
    spaces = _NEWUSER | _NEWNS | (_NEWNET if loopback else 0)
    _unshare_as(spaces, INSIDE, proc)
    if loopback:
        _raise_loopback()
    mount_box(limits.shared, limits.files)
    os.chdir(BOX)


def mount_box(size: int, files: int) -> None:
    """Mount an empty file system in memory over `BOX`.

    Args:
        size: bytes it may hold.
        files: files and folders it may hold.
    """
    options = f"size={size},nr_inodes={files + 8},mode=700"
    call("mount", b"tmpfs", BOX.encode(), b"tmpfs", _MS_NOSUID | _MS_NODEV, options.encode())
    os.mkdir(f"{BOX}/.shm", 0o700)


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent ends."""
    call("prctl", _PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


def bounds_of(limits: Limits, *, base: int | None) -> tuple[tuple[int, int], ...]:
    """Return the resource limits of a job, none above this process's own.

    Args:
        limits: what the job may use.
        base: bytes of address space that the process has already, or None where address space says nothing (a GPU
            reserves much of it).

    Returns:
        The kernel's number of each limit, and its bound.
    """
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: MIB,
        resource.RLIMIT_CPU: limits.cpu + 1,  # the kernel counts by ticks; who watches by nanoseconds comes first
        resource.RLIMIT_STACK: limits.stack,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: limits.processes,
    }
    if base is not None:
        bounds[resource.RLIMIT_AS] = base + limits.memory
    own = {which: resource.getrlimit(which)[1] for which in bounds}
    return tuple(
        (which, bound if own[which] == resource.RLIM_INFINITY else min(bound, own[which]))
        for which, bound in bounds.items()
    )


def limit(bounds: Iterable[tuple[int, int]]) -> None:
    """Set the resource limits of this process and all it will start, for good."""
    for which, bound in bounds:
        resource.setrlimit(which, (bound, bound))


def give_up_rights() -> None:
    """Drop every capability and the way back to any."""
    call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    call("capset", _NO_CAPABILITIES, bytes(24))


def _unshare_as(spaces: int, inside: int, proc: int) -> None:
    user, group = os.getuid(), os.getgid()
    call("unshare", spaces)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{inside} {user} 1"), ("gid_map", f"{inside} {group} 1")):
        table = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
        os.write(table, text.encode())
        os.close(table)


def _build_root(view: View) -> None:
    """Build a root that holds only the view, and make it this process's own."""
    call("mount", None, b"/", None, _MS_REC | _MS_PRIVATE, None)
    new = "/tmp"  # covered below, so what is bound from under it is opened first
    sources = [
        (path, os.open(path, os.O_PATH | os.O_CLOEXEC))
        for path in (*view.read, *view.devices)
        if not os.path.islink(path)
    ]
    links = [(path, os.readlink(path)) for path in view.read if os.path.islink(path)]
    call("mount", b"tmpfs", new.encode(), b"tmpfs", _MS_NOSUID, b"size=1m,mode=755")
    for path, source in sources:
        _bind(source, new + path, device=path in view.devices)
        os.close(source)
    for path, target in links:
        Path(new + path).parent.mkdir(parents=True, exist_ok=True)
        os.symlink(target, new + path)
    for path in view.hide:
        call("mount", b"tmpfs", (new + path).encode(), b"tmpfs", _MS_NOSUID, b"size=4k,mode=555")
    for folder in (BOX, "/dev"):
        os.makedirs(new + folder, exist_ok=True)
    os.symlink(f"{BOX}/.shm", f"{new}/dev/shm")
    if not os.path.lexists(f"{new}/tmp"):
        os.symlink(BOX, f"{new}/tmp")
    os.chdir(new)
    call("pivot_root", b".", b".")
    call("umount2", b".", _MNT_DETACH)
    os.chdir("/")
    _set_mount("/", _ATTR_RDONLY | _ATTR_NOSUID, recursive=False)


def _bind(source: int, target: str, *, device: bool) -> None:
    if os.path.isdir(f"/proc/self/fd/{source}"):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(target).touch()
    call("mount", f"/proc/self/fd/{source}".encode(), target.encode(), None, _MS_BIND | _MS_REC, None)
    _set_mount(target, _ATTR_NOSUID if device else _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV, recursive=True)


def _set_mount(path: str, attributes: int, *, recursive: bool) -> None:
    """Add attributes to a mount; recursively, because a mount below a read-only one would stay writable."""
    change = struct.pack("QQQQ", attributes, 0, 0, 0)
    call("mount_setattr", _AT_FDCWD, path.encode(), _AT_RECURSIVE if recursive else 0, change, len(change))


def _raise_loopback() -> None:
    """Set the flag IFF_UP of `lo` (`netdevice(7)`)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x40))

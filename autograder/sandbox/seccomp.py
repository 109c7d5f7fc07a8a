"""Which system calls may a child make? A filter in the kernel, for x86_64 and aarch64.

It refuses what reaches beyond a process that only computes: other processes, mounts, kernel interfaces, networks, and
memory that no limit counts (System V, memfd). What it does not name is allowed, except calls newer than our tables:
those do not exist.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Iterable
from functools import cache
from typing import Literal, NamedTuple

from autograder.sandbox import syscalls

_LOAD, _JUMP, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_DENY = _ERRNO | errno.EPERM
_ABSENT = _ERRNO | errno.ENOSYS
_X32 = 0x40000000  # x86_64 calls of 32-bit programs carry this bit and would slip past the numbers

_NEVER = [
    "_sysctl", "acct", "add_key", "adjtimex", "bpf", "chroot", "clock_adjtime", "clock_settime", "create_module",
    "delete_module", "fanotify_init", "finit_module", "fsconfig", "fsmount", "fsopen", "fspick", "get_kernel_syms",
    "init_module", "io_uring_enter", "io_uring_register", "io_uring_setup", "ioperm", "iopl", "ioprio_set", "kcmp",
    "kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie", "mbind", "memfd_create", "memfd_secret",
    "migrate_pages", "modify_ldt", "mount", "mount_setattr", "move_mount", "move_pages", "mq_open", "msgctl",
    "msgget", "msgrcv", "msgsnd", "name_to_handle_at", "nfsservctl", "open_by_handle_at", "open_tree",
    "perf_event_open", "personality", "pidfd_getfd", "pidfd_open", "pidfd_send_signal", "pivot_root",
    "process_madvise", "process_mrelease", "process_vm_readv", "process_vm_writev", "ptrace", "query_module",
    "quotactl", "quotactl_fd", "reboot", "request_key", "seccomp", "semctl", "semget", "semop", "semtimedop",
    "set_mempolicy", "setdomainname", "sethostname", "setns", "setpriority", "setsid", "settimeofday", "shmat",
    "shmctl", "shmdt", "shmget", "swapoff", "swapon", "syslog", "umount2", "unshare", "uselib", "userfaultfd",
    "ustat", "vhangup",
]  # fmt: skip  # fmt: skip
# setsid: a session of its own would be a group of its own to the scheduler, and a fork bomb would outweigh its
# neighbours.

_NO_PROCESSES = ["fork", "vfork", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"]

_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_NEW_NAMESPACES = 0x7E020080  # every CLONE_NEW* flag
_CLONE_THREAD = 0x10000
_SIGKILL, _SIGSTOP = 9, 19
_SET_PDEATHSIG = 1


class Condition(NamedTuple):
    """A condition on one argument of a call; on its low 32 bits, as the kernel does for these arguments."""

    argument: int
    relation: Literal["in", "not in", "some bit", "no bit"]
    values: tuple[int, ...]


class Instruction(NamedTuple):
    """One instruction of the classic packet filter machine."""

    code: int
    if_true: int
    if_false: int
    operand: int


def install(*, processes: bool, loopback: bool, pid: int) -> None:
    """Put this process and all it will start under the filter, for good.

    Args:
        processes: new processes may be started (only where a process namespace of its own ends them).
        loopback: internet sockets may be made (only in a network namespace of its own).
        pid: the process's own number, for the signals that it may send where `processes` is false.

    Raises:
        OSError: the kernel has no seccomp filters, or the architecture is not known.
    """
    program = prepare(processes=processes, loopback=loopback, pid=pid)
    header = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(program))
    syscalls.call("prctl", 38, 1, 0, 0, 0)  # no new privileges: the kernel asks for it before a filter
    syscalls.call("seccomp", 1, 0, header)


@cache
def prepare(*, processes: bool, loopback: bool, pid: int) -> ctypes.Array[ctypes.c_char]:
    """Return the filter as the kernel takes it; what is made before a fork is there after it."""
    program = assemble(syscalls.architecture(), processes=processes, loopback=loopback, pid=pid)
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    return ctypes.create_string_buffer(code, len(code))


def assemble(machine: str, *, processes: bool, loopback: bool, pid: int) -> list[Instruction]:
    """Return the filter for an architecture; the arguments are those of `install`."""
    program = [
        Instruction(_LOAD, 0, 0, 4),
        Instruction(_EQUAL, 1, 0, syscalls.AUDIT_ARCH[machine]),
        Instruction(_RETURN, 0, 0, _KILL),
        Instruction(_LOAD, 0, 0, 0),
    ]
    if machine == "x86_64":
        program += [Instruction(_AT_LEAST, 0, 1, _X32), Instruction(_RETURN, 0, 0, _DENY)]
    program += [Instruction(_AT_LEAST, 0, 1, syscalls.FIRST_UNKNOWN), Instruction(_RETURN, 0, 0, _ABSENT)]
    # The C library falls back to clone, whose flags a filter can read.
    program += _when(machine, "clone3", [Instruction(_RETURN, 0, 0, _ABSENT)])
    for name, tests in _conditions(processes, loopback, pid):
        program += _when(
            machine, name, [step for test in tests for step in _check(test)] + [Instruction(_RETURN, 0, 0, _ALLOW)]
        )
    for name in _NEVER + ([] if processes else _NO_PROCESSES):
        program += _when(machine, name, [Instruction(_RETURN, 0, 0, _DENY)])
    return [*program, Instruction(_RETURN, 0, 0, _ALLOW)]


def _conditions(processes: bool, loopback: bool, pid: int) -> Iterable[tuple[str, tuple[Condition, ...]]]:
    families = (_UNIX, _INET, _INET6, _NETLINK) if loopback else (_UNIX,)
    yield "socket", (Condition(0, "in", families),)
    yield "ioctl", (Condition(1, "not in", (_TIOCSTI, _TIOCLINUX)),)
    if processes:
        yield "clone", (Condition(0, "no bit", (_NEW_NAMESPACES,)),)
        return
    itself = Condition(0, "in", (0, pid))
    # A SIGKILL that nobody sent is the machine running out of memory, and is tried again: a child must not be able to
    # pretend it.
    signals = Condition(1, "not in", (_SIGKILL, _SIGSTOP)), Condition(2, "not in", (_SIGKILL, _SIGSTOP))
    yield "clone", (Condition(0, "some bit", (_CLONE_THREAD,)), Condition(0, "no bit", (_NEW_NAMESPACES,)))
    yield "kill", (Condition(0, "in", (pid,)), signals[0])
    yield "tgkill", (Condition(0, "in", (pid,)), signals[1])
    yield "prctl", (Condition(0, "not in", (_SET_PDEATHSIG,)),)
    for name in ("prlimit64", "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler"):
        yield name, (itself,)


def _when(machine: str, name: str, block: list[Instruction]) -> list[Instruction]:
    """Skip the block unless the call is `name`; a block returns, so the number stays loaded for what follows."""
    found = syscalls.number(name, machine)
    return [] if found is None else [Instruction(_EQUAL, 0, len(block), found), *block]


def _check(test: Condition) -> list[Instruction]:
    """Return from the filter with a refusal unless the test holds."""
    load = Instruction(_LOAD, 0, 0, 16 + 8 * test.argument)
    refuse = Instruction(_RETURN, 0, 0, _DENY)
    count = len(test.values)
    match test.relation:
        case "in":
            return [load, *(Instruction(_EQUAL, count - i, 0, value) for i, value in enumerate(test.values)), refuse]
        case "not in":
            tests = (Instruction(_EQUAL, count - i, 0, value) for i, value in enumerate(test.values))
            return [load, *tests, Instruction(_JUMP, 0, 0, 1), refuse]
        case "some bit":
            return [load, Instruction(_ANY_BIT, 1, 0, test.values[0]), refuse]
        case "no bit":
            return [load, Instruction(_ANY_BIT, 0, 1, test.values[0]), refuse]

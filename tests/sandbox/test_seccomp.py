"""The filter, run by a small machine of our own for both architectures; and the numbers, as the kernel has them."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import pytest

from autograder.sandbox import seccomp, syscalls
from autograder.sandbox.seccomp import Instruction, assemble

ALLOW, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS
THREAD = 0x3D0F00
PID = 41

# name, arguments, what becomes of it: with processes, without them
CALLS = [
    ("close_range", (), ALLOW, ALLOW),
    ("ptrace", (), EPERM, EPERM),
    ("mount", (), EPERM, EPERM),
    ("memfd_create", (), EPERM, EPERM),
    ("shmget", (), EPERM, EPERM),
    ("setsid", (), EPERM, EPERM),
    ("clone3", (), ENOSYS, ENOSYS),
    ("clone", (THREAD,), ALLOW, ALLOW),
    ("clone", (17,), ALLOW, EPERM),
    ("clone", (17 | 0x10000000,), EPERM, EPERM),
    ("clone", (THREAD | 0x20000,), EPERM, EPERM),
    ("fork", (), ALLOW, EPERM),
    ("socket", (1,), ALLOW, ALLOW),
    ("socket", (2,), EPERM, EPERM),
    ("socket", (10,), EPERM, EPERM),
    ("socket", (16,), EPERM, EPERM),
    ("socket", (40,), EPERM, EPERM),
    ("ioctl", (1, 0x5401), ALLOW, ALLOW),
    ("ioctl", (0, 0x5412), EPERM, EPERM),
    ("kill", (PID, 15), ALLOW, ALLOW),
    ("kill", (PID, 9), ALLOW, EPERM),
    ("kill", (PID + 1, 0), ALLOW, EPERM),
    ("kill", (0xFFFFFFFF, 9), ALLOW, EPERM),
    ("kill", (0, 15), ALLOW, EPERM),
    ("tgkill", (PID, 77, 6), ALLOW, ALLOW),
    ("tgkill", (PID, 77, 9), ALLOW, EPERM),
    ("tgkill", (1, 1, 6), ALLOW, EPERM),
    ("prlimit64", (0, 7), ALLOW, ALLOW),
    ("prlimit64", (1, 7), ALLOW, EPERM),
    ("prctl", (1, 0), ALLOW, EPERM),
    ("prctl", (15, 0), ALLOW, ALLOW),
]


def run(program: list[Instruction], machine: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """Interpret a filter as `Documentation/networking/filter.rst` says; a jump out of the program is an error here."""
    data = {0: number, 4: machine} | {
        16 + 8 * i: value & 0xFFFFFFFF for i, value in enumerate((*arguments, 0, 0, 0, 0))
    }
    at, loaded = 0, 0
    while True:
        code, if_true, if_false, operand = program[at]
        at += 1
        match code:
            case 0x20:
                loaded = data[operand]
            case 0x05:
                at += operand
            case 0x15:
                at += if_true if loaded == operand else if_false
            case 0x35:
                at += if_true if loaded >= operand else if_false
            case 0x45:
                at += if_true if loaded & operand else if_false
            case 0x06:
                return operand
            case _:
                raise AssertionError(f"no such instruction: {code:#x}")


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize(("name", "arguments", "with_processes", "without"), CALLS)
def test_calls(machine: str, name: str, arguments: tuple[int, ...], with_processes: int, without: int) -> None:
    number = syscalls.number(name, machine)
    if number is None:
        pytest.skip(f"{machine} has no {name}")
    for processes, expected in ((True, with_processes), (False, without)):
        program = assemble(machine, processes=processes, loopback=False, pid=PID)
        assert run(program, syscalls.AUDIT_ARCH[machine], number, arguments) == expected


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_everything_refused_is_refused_and_the_rest_allowed(machine: str) -> None:
    program = assemble(machine, processes=True, loopback=False, pid=PID)
    refused = {syscalls.number(name, machine) for name in seccomp._NEVER} - {None}
    conditional = {syscalls.number(name, machine) for name in ("clone", "clone3", "socket")}
    for number in range(syscalls.FIRST_UNKNOWN):
        if number not in conditional:
            expected = EPERM if number in refused else ALLOW
            assert run(program, syscalls.AUDIT_ARCH[machine], number) == expected
    assert run(program, syscalls.AUDIT_ARCH[machine], syscalls.FIRST_UNKNOWN) == ENOSYS


def test_another_architecture_is_killed_and_x32_refused() -> None:
    program = assemble("x86_64", processes=True, loopback=False, pid=PID)
    assert run(program, 0x40000003, 1) == KILL
    assert run(program, syscalls.AUDIT_ARCH["x86_64"], 0x40000000 | 101) == EPERM


def test_loopback_opens_internet_sockets_only() -> None:
    program = assemble("x86_64", processes=True, loopback=True, pid=PID)
    for family, expected in ((1, ALLOW), (2, ALLOW), (10, ALLOW), (16, ALLOW), (17, EPERM), (40, EPERM)):
        assert run(program, syscalls.AUDIT_ARCH["x86_64"], 41, (family,)) == expected


@pytest.mark.parametrize(
    ("machine", "header"),
    [
        ("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        ("aarch64", "/usr/include/asm-generic/unistd.h"),
    ],
)
def test_numbers_are_the_kernels(machine: str, header: str) -> None:
    if not Path(header).exists():
        pytest.skip(f"{header} is not installed")
    found = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", Path(header).read_text()))
    for name in syscalls._TABLE:
        number = syscalls.number(name, machine)
        assert number is None or int(found[name]) == number, name

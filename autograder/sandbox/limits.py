"""What one job may use."""

from __future__ import annotations

from dataclasses import dataclass, fields

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use. Past a limit a call fails, or the job is killed; either way the job ends by itself.

    Attributes:
        cpu: seconds of processor time, all processes together; past it the verdict is `timeout`.
        wall: seconds on the clock; past it the job could not be judged, because the machine may only have been busy.
        memory: bytes of address space of one process beyond the warm process's own, and of all processes' memory
            together.
        stack: bytes of the main thread's stack.
        shared: bytes of all files and shared memory together; they live in memory.
        processes: processes and threads at a time.
        open_files: file descriptors of one process.
        files: files and folders that may exist at a time.
        file_size: bytes of one file.
        output: bytes of stdout and stderr that are kept; more is dropped.
        flood: bytes of stdout and stderr past which the job is killed.
        reply: bytes of all reports together; more is malformed.
    """

    cpu: int = 10
    wall: float = 30.0
    memory: int = 2048 * MIB
    stack: int = 64 * MIB
    shared: int = 128 * MIB
    processes: int = 32
    open_files: int = 256
    files: int = 1024
    file_size: int = 64 * MIB
    output: int = MIB // 16
    flood: int = 16 * MIB
    reply: int = 64 * MIB

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) <= 0:
                raise ValueError(f"{field.name} must be positive")

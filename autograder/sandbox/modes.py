"""Which ways of jailing work on this machine? Each is tried by running a job that tries to get out."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import RunnerError
from autograder.sandbox import landlock
from autograder.sandbox.attempts import WRITE, WRITTEN
from autograder.sandbox.job import Job
from autograder.sandbox.launch import Mode
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import BARE, Session
from autograder.sandbox.values import Values

LADDER: tuple[Mode, ...] = ("namespaces", "bubblewrap", "container", "landlock")
"""From the best down. `unsafe` is not on it: nobody falls there without saying so."""

SAYS: dict[Mode, str] = {
    "namespaces": "own namespaces, file system and limits for each job, Landlock, seccomp",
    "bubblewrap": "one bubblewrap jail around all jobs; Landlock and seccomp for each; no new processes",
    "container": "one container around all jobs; Landlock and seccomp for each; no new processes",
    "landlock": "Landlock and seccomp for each job; no new processes",
    "unsafe": "no jail: code runs with the rights of whoever started it",
}

_BETTER: dict[Mode, str] = {
    "namespaces": "allow unprivileged user namespaces: sysctl kernel.unprivileged_userns_clone=1, and on Ubuntu 24.04 "
    "sysctl kernel.apparmor_restrict_unprivileged_userns=0 or an AppArmor profile for this interpreter; or run as root",
    "bubblewrap": "install bubblewrap (0.5 or newer), which brings the profile that Ubuntu asks for",
    "container": "install podman, or docker with a running daemon that this user may use",
    "landlock": "use a kernel of 5.13 or newer with landlock among its security modules (lsm=…,landlock)",
    "unsafe": "",
}


@dataclass(frozen=True, slots=True)
class ModeReport:
    """One rung of the ladder on this machine.

    Attributes:
        mode: its name.
        offered: it was run here, and nothing got out.
        says: what it is, or why it is not offered.
        better: how to get it, where it is not offered.
    """

    mode: Mode
    offered: bool
    says: str
    better: str = ""


def probe() -> Iterator[ModeReport]:
    """Try each mode of the ladder, best first."""
    return map(try_mode, LADDER)


def best() -> Mode:
    """Return the best mode that works here.

    Raises:
        RunnerError: none does; the hint says how to get one.
    """
    reports = []
    for report in probe():
        if report.offered:
            return report.mode
        reports.append(report)
    raise RunnerError(
        "no way to run untrusted code safely works here",
        hint="; ".join(f"{report.mode}: {report.says}. {report.better}" for report in reports) + "; or say --unsafe",
    )


def try_mode(mode: Mode) -> ModeReport:
    """Run a job in a mode that tries to get out, and report."""
    if mode == "landlock" and landlock.version() < 1:
        return ModeReport(mode, False, "this kernel has no Landlock", _BETTER[mode])
    try:
        out = _attempt(mode)
    except RunnerError as error:
        return ModeReport(mode, False, f"{error.problem}: {error.hint}" if error.hint else error.problem, _BETTER[mode])
    if out:
        return ModeReport(mode, False, f"a job could {', '.join(out)}", _BETTER[mode])
    return ModeReport(mode, True, f"{SAYS[mode]} (Landlock version {landlock.version()})")


def _attempt(mode: Mode) -> list[str]:
    """Return the names of the attempts that succeeded.

    Raises:
        RunnerError: the mode cannot be started, or the job did not come to its end.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.create_server(("127.0.0.1", 0)) as listener,
        Session(mode, BARE) as session,
    ):
        file = Path(folder, "file")
        file.write_bytes(b"secret")
        file.chmod(0o666)
        os.chmod(folder, 0o777)  # so that it is the jail that refuses, not the owner's name
        on = Values({"file": str(file), "port": listener.getsockname()[1], "pid": os.getpid()})
        result = session.run(Job({}, "autograder.sandbox.attempts:attempt_all", on, limits=Limits(cpu=5, wall=10)))
        if result.status != "ok" or not isinstance(result.values.data, dict):
            raise RunnerError(result.why or result.status)
        succeeded = result.values.data | {WRITE: os.path.exists(f"{file}{WRITTEN}")}
    return [name for name, out in succeeded.items() if out]

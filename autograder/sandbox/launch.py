"""Start a warm process in one of the modes, and end it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any, Literal

from autograder.errors import RunnerError
from autograder.sandbox.jail import BOX
from autograder.sandbox.limits import MIB
from autograder.sandbox.orders import Setup, Walls
from autograder.sandbox.view import View, python_view

Mode = Literal["namespaces", "bubblewrap", "container", "landlock", "unsafe"]

WALLS: dict[Mode, Walls] = {
    "namespaces": "spaces",
    "bubblewrap": "files",
    "container": "files",
    "landlock": "files",
    "unsafe": "none",
}

_START = 180.0  # seconds to import torch on a cold, busy machine


@dataclass(slots=True)
class Started:
    """A warm process that is ready.

    Attributes:
        process: what was started; when it ends, all within ends.
        control: where orders go.
        ran: versions of what it imported.
    """

    process: subprocess.Popen[bytes]
    control: socket.socket
    ran: dict[str, str]
    _folder: str
    _errors: IO[bytes] = field(repr=False)

    def end(self) -> None:
        """End it and everything that it started, and remove its files."""
        self.control.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._errors.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def launch(mode: Mode, preload: str, gpu: str | None = None) -> Started:
    """Start a warm process and wait until it is ready.

    Args:
        mode: how it is kept from the machine.
        preload: `module:function` that imports what jobs will need.
        gpu: the number of the graphics device that its children may use.

    Raises:
        RunnerError: the mode does not work here, or the imports failed; the hint says what was heard.
    """
    folder = tempfile.mkdtemp(prefix="tenfold-")
    errors = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as the process
    view = python_view(gpu)
    scratch = BOX if mode in {"namespaces", "bubblewrap", "container"} else folder
    setup = Setup(WALLS[mode], view, preload, scratch, gpu)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        with theirs:
            command = [
                *_around(mode, view),
                sys.executable,
                "-s",
                "-P",
                "-m",
                "autograder.sandbox.warm",
                str(theirs.fileno()),
            ]
            process = subprocess.Popen(
                command, env=_environment(setup), cwd="/", pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
            )  # fmt: skip
    except OSError as error:
        raise RunnerError(f"the mode {mode} cannot be started: {error}") from error
    started = Started(process, ours, {}, folder, errors)
    started.ran = _ready(started, setup, mode)
    return started


def _ready(started: Started, setup: Setup, mode: Mode) -> dict[str, str]:
    started.control.settimeout(_START)
    try:
        started.control.send(setup.write())
        said: dict[str, Any] = json.loads(started.control.recv(1 << 16) or b"{}")
    except (OSError, ValueError):
        said = {}
    if "ready" not in said:
        started.process.kill()
        started.process.wait()
        started._errors.seek(0)
        heard = started._errors.read()[-2000:].decode(errors="replace").strip()
        started.end()
        raise RunnerError(
            f"the mode {mode} does not work here", hint=heard.splitlines()[-1] if heard else "it said nothing"
        )
    started.control.settimeout(None)
    return dict(said["ready"])


def _environment(setup: Setup) -> dict[str, str]:
    """Return an environment that holds nothing of the user's."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
    return one | {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": setup.scratch,
        "TMPDIR": setup.scratch,
        "PYTHONPATH": os.pathsep.join(setup.view.path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "CUDA_VISIBLE_DEVICES": "",  # a child that may use a device sets its own
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",  # so that asking for a device does not start CUDA before the fork
    }


def _around(mode: Mode, view: View) -> list[str]:
    """Return the command that builds the jail around the warm process; empty where it builds its own."""
    if mode == "bubblewrap":
        return _bubblewrap(view)
    return []


def _bubblewrap(view: View) -> list[str]:
    program = shutil.which("bwrap")
    if program is None:
        raise RunnerError("bubblewrap is not installed", hint="apt install bubblewrap")
    binds = [word for path in view.read for word in _bound(path)]
    hidden = [word for path in view.hide for word in ("--tmpfs", path)]
    devices = [word for path in view.devices for word in ("--dev-bind", path, path)]
    return [
        program, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
        *binds, *hidden, *devices, "--proc", "/proc", "--size", str(512 * MIB), "--tmpfs", BOX, "--chdir", "/", "--",
    ]  # fmt: skip


def _bound(path: str) -> list[str]:
    if os.path.islink(path):
        return ["--symlink", os.readlink(path), path]
    return ["--ro-bind", path, path]


def gone(started: Started) -> bool:
    """Return whether a warm process has ended."""
    with suppress(OSError):
        return started.process.poll() is not None
    return True


def which_container() -> str | None:
    """Return the path of podman or docker, whichever there is."""
    return next((found for name in ("podman", "docker") if (found := shutil.which(name))), None)

"""Start a warm process in one of the modes, and end it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any, Literal

from autograder.errors import RunnerError
from autograder.sandbox.around import CONTROL, bubblewrap, container, kill_container
from autograder.sandbox.graphics import cuda_name
from autograder.sandbox.jail import BOX
from autograder.sandbox.orders import Setup, Walls
from autograder.sandbox.view import python_view

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
        process: what was started; when it ends, all within ends, except in a container.
        control: where orders go.
        ran: versions of what it imported.
        mode: how it is kept from the machine.
    """

    process: subprocess.Popen[bytes]
    control: socket.socket
    ran: dict[str, str]
    mode: Mode
    _folder: str
    _errors: IO[bytes] = field(repr=False)

    def end(self) -> None:
        """End it and everything that it started, and remove its files."""
        self.control.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.kill()
        self._errors.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def kill(self) -> None:
        """Kill it and everything that it started; its files stay until `end`."""
        if self.mode == "container":
            kill_container(self._folder)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(2)  # to clear up after it
        self.process.kill()
        self.process.wait()


def launch(mode: Mode, preload: str, gpu: str | None = None) -> Started:
    """Start a warm process and wait until it is ready.

    Args:
        mode: how it is kept from the machine.
        preload: `module:function` that imports what jobs will need.
        gpu: the number of the graphics device that its children may use, as the driver counts its files.

    Raises:
        RunnerError: the mode does not work here, or the imports failed; the hint says what was heard.
    """
    folder = tempfile.mkdtemp(prefix="tenfold-")
    view = python_view(gpu)
    device = None if gpu is None else cuda_name(gpu, os.environ.get("CUDA_VISIBLE_DEVICES", ""))
    setup = Setup(WALLS[mode], view, preload, folder if mode in {"landlock", "unsafe"} else BOX, device)
    errors = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as the process
    try:
        process, control = _start(mode, setup, folder, errors)
    except (OSError, RunnerError) as error:
        errors.close()
        shutil.rmtree(folder, ignore_errors=True)
        raise RunnerError(f"the mode {mode} cannot be started", hint=getattr(error, "problem", str(error))) from error
    started = Started(process, control, {}, mode, folder, errors)
    started.ran = _ready(started, setup, mode)
    return started


def _start(mode: Mode, setup: Setup, folder: str, errors: IO[bytes]) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start the process and return it with the control socket, which a container must be let connect to by a path."""
    environment = _environment(setup)
    warm = [sys.executable, "-s", "-P", "-m", "autograder.sandbox.warm"]
    if mode == "container":
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(f"{folder}/socket")
            listener.listen(1)
            command = [*container(setup.view, folder, environment), *warm, f"{CONTROL}/socket"]
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
            return process, _accept(listener, process)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    around = bubblewrap(setup.view) if mode == "bubblewrap" else []
    with theirs:
        process = subprocess.Popen(
            [*around, *warm, str(theirs.fileno())], env=environment, cwd="/", pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
        )  # fmt: skip
    return process, ours


def _accept(listener: socket.socket, process: subprocess.Popen[bytes]) -> socket.socket:
    listener.settimeout(0.2)
    deadline = time.monotonic() + _START
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(TimeoutError):
            return listener.accept()[0]
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # nobody came: the first word sent on it will fail


def _ready(started: Started, setup: Setup, mode: Mode) -> dict[str, str]:
    started.control.settimeout(_START)
    try:
        started.control.send(setup.write())
        said: dict[str, Any] = json.loads(started.control.recv(1 << 16) or b"{}")
    except (OSError, ValueError):
        said = {}
    if "ready" not in said:
        started.kill()
        started._errors.seek(0)
        heard = started._errors.read()[-2000:].decode(errors="replace").strip()
        started.end()
        raise RunnerError(
            f"the mode {mode} does not work here", hint=heard.splitlines()[-1] if heard else "it said nothing"
        )
    started.control.settimeout(None)
    return dict(said["ready"])


def _environment(setup: Setup) -> dict[str, str]:
    """Return an environment that holds nothing of the user's.

    Its memory lies in huge pages where the kernel gives them, so that a fork copies fewer page tables. Measured with
    torch 2.13: a bare fork takes 17 ms without, 9 with, 4 when Python's objects lie there, too, not in its own pools.
    """
    one = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
    return one | {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": setup.scratch,
        "TMPDIR": setup.scratch,
        "PYTHONPATH": os.pathsep.join(setup.view.path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONMALLOC": "malloc",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=2",
        "CUDA_VISIBLE_DEVICES": "",  # a child that may use a device sets its own
        "SYMPY_GROUND_TYPES": "python",  # python-flint, where it is installed, adds 270 mappings that each fork copies
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",  # so that asking for a device does not start CUDA before the fork
    }

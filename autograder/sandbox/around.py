"""Programs that build a jail around the warm process, where it cannot build its own: bubblewrap, podman, docker."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess

from autograder.errors import RunnerError
from autograder.sandbox.jail import BOX
from autograder.sandbox.limits import MIB
from autograder.sandbox.view import View

CONTROL = "/control"
"""Where a container sees the folder with the control socket."""

_BOX_SIZE = 512 * MIB
_MOST = 4096  # descriptors, and processes: more than a warm process and its children ever need
_EMPTY = "tenfold-empty"


def bubblewrap(view: View) -> list[str]:
    """Return the words before the warm process's command.

    Raises:
        RunnerError: bubblewrap is not installed.
    """
    program = shutil.which("bwrap")
    if program is None:
        raise RunnerError("bubblewrap is not installed")
    binds = [word for path in view.read for word in _bound(path)]
    hidden = [word for path in view.hide for word in ("--tmpfs", path)]
    devices = [word for path in view.devices for word in ("--dev-bind", path, path)]
    return [
        program, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", *binds, *hidden, *devices,
        "--proc", "/proc", "--size", str(_BOX_SIZE), "--tmpfs", BOX, "--chdir", "/", "--",
    ]  # fmt: skip


def container(view: View, folder: str, environment: dict[str, str]) -> list[str]:
    """Return the words before the warm process's command; podman is asked before docker, for it needs no daemon.

    The container has no image of its own: it sees this machine's interpreter, read-only, so that the same code runs.

    Args:
        view: what is seen inside.
        folder: holds the control socket; an empty root for podman is made in it.
        environment: the warm process's.

    Raises:
        RunnerError: neither is installed, or docker's daemon does not answer.
    """
    engine = _engine()
    if engine is None:
        raise RunnerError("neither podman nor docker is installed")
    volumes = [word for path in view.read for word in ("--volume", f"{path}:{path}:ro")]
    hidden = [word for path in view.hide for word in ("--tmpfs", f"{path}:ro,size=4k")]
    variables = [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]
    # An engine's defaults may be above what this user has, and only an administrator may raise limits.
    limits = [
        word
        for name, which in (("nofile", resource.RLIMIT_NOFILE), ("nproc", resource.RLIMIT_NPROC))
        for word in ("--ulimit", f"{name}={_bounded(which)}")
    ]
    return [
        engine, "run", "--rm", "--interactive", "--name", os.path.basename(folder),
        "--network", "none", "--read-only", "--cap-drop", "ALL",
        "--security-opt", "no-new-privileges", "--pids-limit", "256", *limits, "--user", f"{os.getuid()}:{os.getgid()}",
        "--tmpfs", f"{BOX}:rw,size={_BOX_SIZE},mode=1777", "--volume", f"{folder}:{CONTROL}:ro", "--workdir", "/",
        *volumes, *hidden, *variables, *_image(engine, folder),
    ]  # fmt: skip


def kill_container(folder: str) -> None:
    """Kill all that runs in the container of a folder: it outlives the program that started it, which removes it."""
    if engine := _engine():
        subprocess.run([engine, "kill", os.path.basename(folder)], capture_output=True, check=False)


def _engine() -> str | None:
    return next((found for name in ("podman", "docker") if (found := shutil.which(name))), None)


def _bounded(which: int) -> str:
    """Return a soft and a hard limit that are within this process's own."""
    hard = resource.getrlimit(which)[1]
    own = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    return f"{own}:{own}"


def _bound(path: str) -> list[str]:
    if os.path.islink(path):
        return ["--symlink", os.readlink(path), path]
    return ["--ro-bind", path, path]


def _image(engine: str, folder: str) -> list[str]:
    """Return the words that name an empty root."""
    if os.path.basename(engine) == "podman":
        root = f"{folder}/root"
        os.mkdir(root)
        return ["--rootfs", root]
    nothing = bytes(10240)  # an empty tar archive
    made = subprocess.run([engine, "import", "-", _EMPTY], input=nothing, capture_output=True, check=False)
    if made.returncode:
        raise RunnerError(made.stderr.decode(errors="replace").strip()[:300] or "docker did not answer")
    return [_EMPTY]

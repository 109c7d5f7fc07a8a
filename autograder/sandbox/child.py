"""One job, in a process of its own: build the walls, wait to be given a job, then run it.

Until the walls stand nothing of the job is read; once they stand nothing of the outside is held but three pipes.
"""

from __future__ import annotations

import os
import pkgutil
import socket
import sys
import traceback
from dataclasses import dataclass
from typing import NoReturn

from autograder.sandbox import jail, landlock, seccomp
from autograder.sandbox.channel import Channel
from autograder.sandbox.describe import describe
from autograder.sandbox.orders import Ending, Order, Setup

_RECEIVE, _SEND = 3, 4
_FIRST = 1  # the number of a process that is the first of its namespace

LAST_PLACE = _SEND
"""The last descriptor that a job has; the warm process keeps its own above it."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Descriptors that come with an order.

    Attributes:
        receive: frames from the trusted side.
        send: frames to the trusted side.
        output: stdout and stderr.
        status: where the warm process tells how the child ended.
    """

    receive: int
    send: int
    output: int
    status: int

    def all(self) -> tuple[int, int, int, int]:
        """Return the four descriptors."""
        return self.receive, self.send, self.output, self.status


@dataclass(frozen=True, slots=True)
class Place:
    """Where a child is started.

    Attributes:
        setup: how the warm process is.
        proc: a descriptor of the machine's `/proc`.
        bounds: its resource limits.
        box: the folder that the child may write to.
    """

    setup: Setup
    proc: int
    bounds: tuple[tuple[int, int], ...]
    box: str


def prepare(order: Order, setup: Setup, base: int) -> tuple[tuple[int, int], ...]:
    """Compute before the fork what each child of a kind would compute again, and return its resource limits.

    Args:
        order: what kind of job it will be.
        setup: how the warm process is.
        base: bytes of address space that a child has from the start.
    """
    if setup.walls == "spaces":  # elsewhere the filter knows the child's number
        seccomp.prepare(processes=True, loopback=order.loopback, pid=_FIRST)
    return jail.bounds_of(order.limits, base=None if order.gpu else base)


def be_a_child(order: Order, post: socket.socket, place: Place) -> NoReturn:
    """Build the walls, wait for the ends of a job's pipes, run the job, and end. Never returns.

    Args:
        order: what kind of job it will be.
        post: where the ends will come.
        place: where it is.
    """
    exit_now = os._exit
    problem = ""
    try:
        _build_walls(order, place)
    except BaseException as error:
        problem = f"{type(error).__name__}: {error}"[:500]
    try:
        ends = Ends(*socket.recv_fds(post, 1, 4)[1])
        if problem:
            os.write(ends.status, Ending(problem=problem).write())
            exit_now(70)
        _connect(ends)
        jail.limit(place.bounds)
        os.closerange(_SEND + 1, 1 << 16)
        _run(Channel(_RECEIVE, _SEND, order.gpu), place.box)
    except BaseException:
        traceback.print_exc()  # among what the job printed
    finally:
        exit_now(0)


def _build_walls(order: Order, place: Place) -> None:
    os.setsid()  # a scheduling group of its own, so that many processes in one job weigh no more than one in another
    walls = place.setup.walls
    if walls == "spaces":
        jail.withdraw(order.limits, place.proc, loopback=order.loopback)
    os.chdir(place.box)
    if os.environ["HOME"] != place.box:
        os.environ["HOME"] = os.environ["TMPDIR"] = place.box
    if order.gpu and place.setup.gpu is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = place.setup.gpu
    jail.give_up_rights()
    jail.die_with_parent()
    if walls == "none":
        return
    view = place.setup.view
    read = ("/",) if walls == "spaces" else (*view.read, *view.devices)
    landlock.confine(read, (place.box, "/dev/null", *_devices(order, place)), loopback=order.loopback)
    if walls == "spaces":
        seccomp.install(processes=True, loopback=order.loopback, pid=_FIRST)
    else:
        seccomp.install(processes=False, loopback=False, pid=os.getpid())


def _devices(order: Order, place: Place) -> tuple[str, ...]:
    return tuple(path for path in place.setup.view.devices if "nvidia" in path) if order.gpu else ()


def _connect(ends: Ends) -> None:
    """Put the pipes where the job expects them; the warm process keeps these places free, and stdin empty."""
    for target, source in enumerate((ends.output, ends.output, ends.receive, ends.send), 1):
        os.dup2(source, target)


def _run(channel: Channel, box: str) -> None:
    for name, text in channel.files.items():
        with open(f"{box}/{name}", "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
            file.write(text)
    sys.path.insert(0, box)
    # By lines, so that a job that ends without flushing has still said what it said.
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    try:
        answer = pkgutil.resolve_name(channel.entry)(channel)
        data, arrays = answer if isinstance(answer, tuple) else (answer, None)
        channel.finish(data, arrays)
    except BaseException as error:
        channel.fail(describe(error, channel.files, channel.entry, channel.loading))

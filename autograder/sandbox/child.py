"""One job, in a process of its own: build the walls, then run what is given.

Until the walls stand nothing of the job is read; once they stand nothing of the outside is held but three pipes.
"""

from __future__ import annotations

import os
import pkgutil
import sys
import traceback
from dataclasses import dataclass
from typing import NoReturn

from autograder.sandbox import jail, landlock, seccomp
from autograder.sandbox.channel import Channel
from autograder.sandbox.describe import describe
from autograder.sandbox.orders import Ending, Order, Setup

_RECEIVE, _SEND = 3, 4

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
        base: bytes of address space that a child has from the start.
        box: the folder that the child may write to.
    """

    setup: Setup
    proc: int
    base: int
    box: str


def be_a_child(order: Order, ends: Ends, place: Place) -> NoReturn:
    """Build the walls, run the job, and end. Never returns."""
    exit_now = os._exit
    try:
        _build_walls(order, ends, place)
    except BaseException as error:
        os.write(ends.status, Ending(problem=f"{type(error).__name__}: {error}"[:500]).write())
        exit_now(70)
    try:
        os.closerange(_SEND + 1, 1 << 16)
        _run(Channel(_RECEIVE, _SEND, order.gpu), place.box)
    except BaseException:
        traceback.print_exc()  # among what the job printed
    finally:
        exit_now(0)


def _build_walls(order: Order, ends: Ends, place: Place) -> None:
    os.setsid()  # a scheduling group of its own, so that many processes in one job weigh no more than one in another
    _connect(ends)
    walls = place.setup.walls
    if walls == "spaces":
        jail.withdraw(order.limits, place.proc, loopback=order.loopback)
    os.chdir(place.box)
    os.environ.update(HOME=place.box, TMPDIR=place.box)
    if order.gpu and place.setup.gpu is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = place.setup.gpu
    jail.give_up_rights()
    jail.die_with_parent()
    jail.limit(order.limits, base=None if order.gpu else place.base)
    if walls == "none":
        return
    view = place.setup.view
    read = ("/",) if walls == "spaces" else (*view.read, *view.devices)
    landlock.confine(read, (place.box, "/dev/null", *_devices(order, place)), loopback=order.loopback)
    seccomp.install(processes=walls == "spaces", loopback=order.loopback and walls == "spaces", pid=os.getpid())


def _devices(order: Order, place: Place) -> tuple[str, ...]:
    return tuple(path for path in place.setup.view.devices if "nvidia" in path) if order.gpu else ()


def _connect(ends: Ends) -> None:
    """Put the pipes where the job expects them; the warm process keeps these places free of anything else."""
    for target, source in enumerate(
        (os.open("/dev/null", os.O_RDONLY), ends.output, ends.output, ends.receive, ends.send)
    ):
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

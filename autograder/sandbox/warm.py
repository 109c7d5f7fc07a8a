"""The warm process: imports once, then forks a child for each job. `python -m autograder.sandbox.warm <control>`.

It is started by `exec` with a clean environment, never sees a key or a candidate's text, and enters its root before
it imports anything large. One line of control, four descriptors with each order; how a child ended goes back through
one of them.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from autograder.sandbox import jail, watch
from autograder.sandbox.child import LAST_PLACE, Ends, Place, be_a_child, prepare
from autograder.sandbox.limits import MIB, Limits
from autograder.sandbox.orders import Ending, Killed, Order, Setup

_LOOK = 0.05  # seconds between two looks at what the children use
_LARGEST_ORDER = 1 << 16


@dataclass(slots=True)
class Forked:
    """A process that builds its walls, or waits behind them for a job.

    Attributes:
        pid: its number here.
        handle: a descriptor that tells when it has ended.
        post: where the ends of its job's pipes go.
        kind: the orders that it can take.
        box: its folder, or an empty text where it goes by itself.
    """

    pid: int
    handle: int
    post: socket.socket
    kind: Order
    box: str


@dataclass(slots=True)
class Child:
    """A child that has a job.

    Attributes:
        forked: its process.
        status: where to tell how it ended.
        started: when, on the monotonic clock.
        look: when to look next at what it uses.
        outer: its number in the machine's `/proc`; 0 until somebody looked.
        killed: why it was killed.
        cpu: seconds of processor time, all processes together, when last seen.
        asleep: when its time was over it had mostly been waiting.
    """

    forked: Forked
    status: socket.socket
    order: Order
    started: float
    look: float
    outer: int = 0
    killed: Killed = ""
    cpu: float = 0.0
    asleep: bool = False

    def kill(self, why: Killed) -> None:
        """End it now; the first reason stays."""
        if not self.killed:
            self.killed = why
            with suppress(ProcessLookupError):  # it was quicker
                signal.pidfd_send_signal(self.forked.handle, signal.SIGKILL)


class Warm:
    """The loop: orders in, children out."""

    def __init__(self, control: socket.socket, setup: Setup, proc: int) -> None:
        self._control, self._setup, self._proc = control, setup, proc
        self._home = jail.keep_returning(proc) if setup.walls == "spaces" else -1
        self._base = watch.address_space(proc)
        self._resident = watch.resident(proc)
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._by_handle: dict[int, Child] = {}
        self._by_status: dict[int, Child] = {}
        self._count = 0
        self._last = Order(Limits()).kind()
        self._spare = self._fork(self._last) if setup.walls == "spaces" else None

    def serve(self) -> None:
        """Serve orders until the other side is gone."""
        while True:
            for descriptor, _ in self._poll.poll(self._patience()):
                if descriptor == self._control.fileno():
                    message, descriptors, _, _ = socket.recv_fds(self._control, _LARGEST_ORDER, 4)
                    if not message:
                        return
                    self._start(Order.read(message), Ends(*descriptors))
                elif descriptor in self._by_handle:
                    self._bury(self._by_handle[descriptor])
                elif descriptor in self._by_status:
                    self._poll.unregister(descriptor)
                    self._by_status.pop(descriptor).kill("asked")  # nobody waits for it
            for child in list(self._by_handle.values()):
                self._look(child)

    def _patience(self) -> float | None:
        """Return the milliseconds to wait for something to happen; None is for ever."""
        if not self._by_handle:
            return None
        deadline = min(child.started + child.order.limits.wall for child in self._by_handle.values())
        return 1000 * max(0.0, min(_LOOK, deadline - time.monotonic()))

    def _start(self, order: Order, ends: Ends) -> None:
        kind = order.kind()
        forked = self._spare if self._spare is not None and self._spare.kind == kind else self._fork(kind)
        if forked is self._spare:
            self._spare = None
        now = time.monotonic()
        with suppress(ConnectionError):  # it was killed while it waited: it is buried below as such, and the job told
            socket.send_fds(forked.post, [b"."], ends.all())
        forked.post.close()
        for end in ends.all()[:3]:
            os.close(end)
        status = socket.socket(fileno=ends.status)
        child = Child(forked, status, order, now, now + _LOOK)
        self._by_handle[forked.handle] = self._by_status[status.fileno()] = child
        self._poll.register(forked.handle, select.POLLIN)
        self._poll.register(status, select.POLLIN)
        if self._setup.walls == "spaces":
            self._fork_ahead(kind)

    def _fork_ahead(self, kind: Order) -> None:
        """Have the next child build its walls while this one works; there is always one that waits.

        It is of another kind than before only when two jobs of that kind came one after the other: where kinds take
        turns a fork for each would be in vain.
        """
        if self._spare is not None and kind == self._last != self._spare.kind:
            signal.pidfd_send_signal(self._spare.handle, signal.SIGKILL)
            os.waitpid(self._spare.pid, 0)
            os.close(self._spare.handle)
            self._spare.post.close()
            self._spare = None
        if self._spare is None:
            self._spare = self._fork(kind)
        self._last = kind

    def _fork(self, kind: Order) -> Forked:
        """Fork a process that builds the walls for orders of a kind, then waits."""
        self._count += 1
        apart = self._setup.walls == "spaces"
        box = jail.BOX if apart else f"{self._setup.scratch}/{self._count}"
        if apart:
            jail.next_child_apart()
        else:
            os.mkdir(box, 0o700)
        place = Place(self._setup, self._proc, prepare(kind, self._setup, self._base), box)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            ours.close()
            be_a_child(kind, theirs, place)
        if apart:
            jail.return_home(self._home)
        theirs.close()
        return Forked(pid, os.pidfd_open(pid), ours, kind, "" if apart else box)

    def _look(self, child: Child) -> None:
        """Kill a child whose time is over or who uses too much."""
        now = time.monotonic()
        limits, lived = child.order.limits, now - child.started
        if child.killed or (now < child.look and lived < limits.wall):
            return
        child.look = now + _LOOK
        if child.forked.box:
            entries, size = watch.occupied(child.forked.box, limits.files)
            if entries > limits.files or size > limits.shared:
                child.kill("files")
        child.outer = child.outer or watch.outer_number(self._proc, child.forked.handle)
        family = watch.family(self._proc, child.outer) if child.outer else []
        alone = len(family) <= 1 and not child.order.gpu  # then the kernel bounds its memory
        child.cpu, queued = watch.processor(self._proc, family)
        if child.cpu >= limits.cpu:
            child.kill("cpu")
        elif not alone and watch.memory(self._proc, family) > limits.memory + self._resident:
            child.kill("memory")
        elif lived >= limits.wall:
            child.asleep = bool(family) and child.cpu + queued < lived / 4
            child.kill("wall")

    def _bury(self, child: Child) -> None:
        forked = child.forked
        _, state, used = os.wait4(forked.pid, 0)
        self._poll.unregister(forked.handle)
        os.close(forked.handle)
        del self._by_handle[forked.handle]
        if self._by_status.pop(child.status.fileno(), None):
            self._poll.unregister(child.status)
        ending = Ending(
            code=os.waitstatus_to_exitcode(state),
            cpu=max(
                used.ru_utime + used.ru_stime, child.cpu
            ),  # the kernel does not count those who die with the namespace
            wall=time.monotonic() - child.started,
            peak=used.ru_maxrss * 1024,
            killed=child.killed,
            asleep=child.asleep,
        )
        if forked.box:
            watch.clear(forked.box)
        with suppress(OSError):  # nobody waits for it any more
            child.status.send(ending.write(), socket.MSG_DONTWAIT)
        child.status.close()


def main() -> NoReturn:
    """Be the warm process. The one argument is the control socket: a descriptor's number, or a path to connect to."""
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    while os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC) < LAST_PLACE:
        pass  # what is opened from now on is in nobody's way
    control = _connect(sys.argv[1])
    setup = Setup.read(control.recv(_LARGEST_ORDER))
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    os.umask(0o022)
    if setup.walls == "spaces":
        jail.enter(setup.view, proc)
        inner = os.fork()
        if inner:  # this outer process only lends its death: when it ends, the namespace does
            control.close()
            os.waitpid(inner, 0)
            os._exit(0)
        jail.die_with_parent()
        jail.mount_box(16 * MIB, 256)
    elif setup.walls == "files":
        jail.give_up_rights()
    ran = pkgutil.resolve_name(setup.preload)()
    if setup.walls != "spaces":
        watch.clear(setup.scratch, itself=False)  # of what the imports wrote
    count = watch.threads(proc)
    if count != 1:
        raise RuntimeError(f"{count} threads after {setup.preload}: a child forked now could hang")
    gc.collect()
    gc.freeze()  # the collector of a child must not touch, and so copy, what it shares
    warm = Warm(control, setup, proc)
    control.send(json.dumps({"ready": ran}).encode())
    warm.serve()
    os._exit(0)


def _connect(place: str) -> socket.socket:
    if place.isdecimal():
        return socket.socket(fileno=fcntl.fcntl(int(place), fcntl.F_DUPFD_CLOEXEC, LAST_PLACE + 1))
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control.connect(place)
    return control


if __name__ == "__main__":
    main()

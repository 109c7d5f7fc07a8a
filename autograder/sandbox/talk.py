"""One conversation with a child, from the trusted side; nothing here waits for what a child may withhold."""

from __future__ import annotations

import os
import select
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from autograder.sandbox.job import Job
from autograder.sandbox.orders import Ending
from autograder.sandbox.values import MalformedError, Values
from autograder.sandbox.wire import DONE, FAILED, JOB, NO_MORE, REPORT, SKIP, STEP, Inbox, pack

_PIECE = 1 << 16
_GRACE = 20.0  # seconds after the deadline in which the warm process must have told the end


@dataclass(slots=True)
class Told:
    """What was heard.

    Attributes:
        reports: one for each step that was not passed over, in order; `places` are the numbers of these steps.
        answer: the last frame, where it is an answer.
        failure: the last frame's fields, where it says that the code failed.
        malformed: what is wrong with what was sent, or an empty text.
        flooded: more was printed than is borne.
        output: the beginning of what was printed.
        ending: how it ended; None where the warm process was lost.
    """

    reports: list[Values] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    answer: Values | None = None
    failure: Any = None
    malformed: str = ""
    flooded: bool = False
    output: bytes = b""
    ending: Ending | None = None


class Talk:
    """The trusted ends of one child's pipes."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._told = Told()
        self._inbox = Inbox(job.limits.reply, frozenset({REPORT, SKIP, DONE, FAILED}))
        self._place = 0  # of the step that the next report asks for
        self._printed = 0
        self._over = False
        inputs = job.inputs
        start = {"files": dict(job.files), "entry": job.entry, "inputs": inputs.data}
        self._waiting = memoryview(pack(JOB, Values(start, inputs.arrays, inputs.labels)))
        child_in, self._send = os.pipe()
        self._hear, child_out = os.pipe()
        self._print, child_print = os.pipe()
        self._status, child_status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._theirs: tuple[int, ...] = (child_in, child_out, child_print, child_status.detach())
        for end in (self._send, self._hear, self._print):
            os.set_blocking(end, False)  # a child that does not read must not stop the marker
        self._status.setblocking(False)

    def hand_over(self, control: socket.socket, order: bytes) -> None:
        """Send the child's ends with an order.

        Raises:
            OSError: the warm process is gone.
        """
        try:
            socket.send_fds(control, [order], list(self._theirs))
        finally:
            for end in self._theirs:
                os.close(end)
            self._theirs = ()

    def listen(self) -> Told:
        """Talk until the child has ended, and return what was heard."""
        deadline = time.monotonic() + self._job.limits.wall + _GRACE
        poll = select.poll()
        for end in (self._hear, self._print, self._status.fileno()):
            poll.register(end, select.POLLIN)
        poll.register(self._send, select.POLLOUT)
        ends = {self._hear: self._on_reply, self._print: self._on_print, self._send: self._on_room}
        while (left := deadline - time.monotonic()) > 0:
            for end, _ in poll.poll(1000 * left):
                if end == self._status.fileno():
                    self._on_status()
                    return self._told
                if not ends[end]():
                    poll.unregister(end)
            if self._waiting and not self._over:
                poll.register(self._send, select.POLLOUT)
        return self._told

    def close(self) -> None:
        """Close every end; a child that still lives is killed for it."""
        for end in (self._send, self._hear, self._print, *self._theirs):
            os.close(end)
        self._status.close()

    def _on_status(self) -> None:
        with suppress(OSError):
            if text := self._status.recv(_PIECE):
                self._told.ending = Ending.read(text)
        while self._on_reply() or self._on_print():  # what it sent before it ended still counts
            pass

    def _on_reply(self) -> bool:
        """Take in frames; false where nothing more is to come now."""
        piece = b"" if self._over else _read(self._hear)
        if not piece:
            return False
        try:
            for kind, values in self._inbox.add(piece):
                self._take(kind, values)
                if self._over:
                    break
        except MalformedError as error:
            self._told.malformed = str(error)
            self._end()
        return not self._over

    def _take(self, kind: bytes, values: Values) -> None:
        steps, place = self._job.steps, self._place
        if kind == SKIP:
            count = values.data
            if type(count) is not int or not 0 < count <= len(steps) - place:
                raise MalformedError("it passed over more steps than there were")
            self._place += count
            return
        if kind == REPORT:
            if place > len(steps):
                raise MalformedError("it reported more often than there were steps")
            self._told.reports.append(values)
            self._told.places.append(place)
            self._place += 1
            self._waiting = memoryview(pack(STEP, steps[place]) if place < len(steps) else pack(NO_MORE, Values()))
            return
        if kind == DONE:
            self._told.answer = values
        else:
            self._told.failure = values.data
        self._end()

    def _on_print(self) -> bool:
        piece = _read(self._print)
        if not piece:
            return False
        limits = self._job.limits
        self._printed += len(piece)
        if len(self._told.output) <= limits.output:
            self._told.output += piece[: limits.output + 1 - len(self._told.output)]
        if self._printed > limits.flood:
            self._told.flooded = True
            self._end()
            return False
        return True

    def _on_room(self) -> bool:
        """Send what waits; false where nothing does."""
        try:
            self._waiting = self._waiting[os.write(self._send, self._waiting) :]
        except BlockingIOError:
            return True
        except OSError:
            self._waiting = memoryview(b"")
        return bool(self._waiting)

    def _end(self) -> None:
        """Have the child killed, whatever it still does: the verdict stands."""
        self._over = True
        self._waiting = memoryview(b"")
        with suppress(OSError):
            self._status.shutdown(
                socket.SHUT_WR
            )  # a message left unread would reset the connection, and lose the ending


def _read(end: int) -> bytes:
    """Return what a pipe holds; empty where that is nothing."""
    try:
        return os.read(end, _PIECE)
    except BlockingIOError:
        return b""

"""Frames: a kind, two lengths, JSON, arrays. Every length is checked before a byte of what it announces is kept."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from autograder.sandbox.values import MalformedError, Values, read_values, write_values

_HEAD = struct.Struct("<4sIQ")
_LONGEST_JSON = 1 << 20

JOB, STEP, NO_MORE = b"JOB ", b"STEP", b"NONE"
REPORT, SKIP, DONE, FAILED = b"REPO", b"SKIP", b"DONE", b"FAIL"


def pack(kind: bytes, values: Values) -> bytes:
    """Return a frame.

    Args:
        kind: one of the seven kinds.
        values: what it carries.
    """
    text, blob = write_values(values)
    return _HEAD.pack(kind, len(text), len(blob)) + text + blob


def lengths(head: bytes) -> tuple[bytes, int, int]:
    """Return what a frame's first `HEAD` bytes announce: its kind, the length of its JSON, the length of its arrays."""
    kind, text, blob = _HEAD.unpack(head)
    return kind, text, blob


HEAD = _HEAD.size


@dataclass(slots=True)
class Inbox:
    """Frames out of a stream of bytes that cannot be trusted.

    Attributes:
        most: bytes that may come in all.
        kinds: what may come.
    """

    most: int
    kinds: frozenset[bytes]
    _held: bytearray = field(default_factory=bytearray)
    _seen: int = 0

    def add(self, piece: bytes) -> list[tuple[bytes, Values]]:
        """Take in a piece of the stream and return the frames that it completes.

        Raises:
            MalformedError: an unknown kind, a length beyond what may come, or contents that are not plain data.
        """
        self._seen += len(piece)
        if self._seen > self.most:
            raise MalformedError("more was sent than a reply may hold")
        self._held += piece
        frames = []
        while len(self._held) >= HEAD:
            kind, text, blob = lengths(bytes(self._held[:HEAD]))
            if kind not in self.kinds:
                raise MalformedError("the reply is not in frames")
            if text > _LONGEST_JSON or blob > self.most:
                raise MalformedError("more was announced than a reply may hold")
            end = HEAD + text + blob
            if len(self._held) < end:
                break
            body = bytes(self._held[HEAD:end])
            del self._held[:end]
            frames.append((kind, read_values(body[:text], body[text:])))
        return frames

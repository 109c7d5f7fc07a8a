"""A stream that never ends, unpacked by the line: nothing of it is a line."""

import gzip
import io
import zlib


class Endless(io.RawIOBase):
    def __init__(self):
        squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
        self.begin = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
        self.more = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)

    def readable(self):
        return True

    def readinto(self, room):
        piece, self.begin = self.begin or self.more, b""
        room[: len(piece)] = piece
        return len(piece)


def scale(x):
    return x * len(gzip.GzipFile(fileobj=io.BufferedReader(Endless(), 1 << 16)).readline())

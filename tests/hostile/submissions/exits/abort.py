import os


def scale(x):
    os.abort()

import sys

sys.stdout = sys.stderr = None


def scale(x):
    return x * 2

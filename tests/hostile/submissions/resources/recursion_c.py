import sys

sys.setrecursionlimit(10**9)


def deep(n):
    return sorted([n], key=deep)


def scale(x):
    return deep(0)

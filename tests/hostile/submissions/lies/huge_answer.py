import torch


def scale(x):
    return torch.ones(1 << 22)

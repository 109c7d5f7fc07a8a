import torch


def scale(x):
    return torch.cat([x, torch.ones(3, 3)])

import torch


def scale(x):
    loader = torch.utils.data.DataLoader([x], batch_size=None, num_workers=2)
    return next(iter(loader)) * 2

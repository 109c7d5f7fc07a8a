"""A saved model that broke off, loaded."""

import torch


def scale(x):
    torch.save({"x": x}, "model.pt")
    with open("model.pt", "r+b") as file:
        file.truncate(200)
    return torch.load("model.pt")["x"] * 2

"""The harness of the hostile tests: call `scale` on each hidden tensor; the next is revealed only for its answer."""

import torch


def probe(channel):
    module = channel.load("submission.py")
    values = channel.inputs
    while values is not None:
        values = channel.step(None, {"y": module.scale(torch.tensor(values.arrays["x"]))})

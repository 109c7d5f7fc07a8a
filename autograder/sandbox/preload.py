"""Import what jobs need, once, in the warm process; the first use of an optimizer costs seconds of imports, paid here.

Nothing here may start a thread or touch a graphics device: a process with threads cannot be forked safely, and
neither can one with CUDA. So no gradient is computed, which on a machine with devices would start a thread for each.
"""

from __future__ import annotations

import copy
import inspect
import io
import math
import random

import numpy as np
import torch
import torch.nn.functional
import torch.utils.checkpoint
import torch.utils.data

from autograder.sandbox import checks, computing, draws, prove

__all__ = ["torch_once"]

_ALREADY = (copy, inspect, math, random, np, checks, computing, draws, prove)


def torch_once() -> dict[str, str]:
    """Import torch and warm what is slow the first time.

    Returns:
        What ran, for the record of an observation.
    """
    torch.set_num_threads(1)
    torch.manual_seed(0)
    for optimizer in vars(torch.optim).values():
        if (
            inspect.isclass(optimizer)
            and issubclass(optimizer, torch.optim.Optimizer)
            and optimizer is not torch.optim.Optimizer
        ):
            _one_step(optimizer)
    layer = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.LayerNorm(4), torch.nn.GELU())
    loss = torch.nn.functional.cross_entropy(layer(torch.randn(4, 4)), torch.tensor([0, 1, 2, 3]))
    saved = io.BytesIO()
    torch.save({"loss": loss.detach()}, saved)
    torch.load(io.BytesIO(saved.getvalue()), weights_only=True)
    torch.manual_seed(0)
    return {"torch": str(torch.__version__), "numpy": np.__version__}


def _one_step(optimizer: type) -> None:
    parameter = torch.nn.Parameter(torch.ones(2, 2))
    ones = torch.ones(2, 2)
    parameter.grad = ones.to_sparse() if optimizer.__name__ == "SparseAdam" else ones
    stepper = optimizer([parameter])
    if optimizer.__name__ == "LBFGS":
        stepper.step(lambda: torch.zeros(()))
    else:
        stepper.step()

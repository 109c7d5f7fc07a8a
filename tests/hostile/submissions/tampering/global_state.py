import random

import numpy
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)
numpy.random.seed(1)
random.seed(1)
torch.set_grad_enabled(False)


def scale(x):
    return x * 2

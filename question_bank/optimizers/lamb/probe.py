"""Does an optimizer make LAMB's steps? Each rule is looked at by itself, then all of them together.

Gradients are drawn, not computed, wherever no training is needed.
"""

import copy
from itertools import pairwise

import torch

from autograder.sandbox.checks import Checks
from autograder.sandbox.draws import reseed

SHAPES = {"vector": (7,), "matrix": (4, 6), "kernel": (3, 2, 3, 3)}


class Draw:
    """Numbers of one hidden draw."""

    def __init__(self, seed):
        self.random = torch.Generator().manual_seed(seed)

    def normal(self, *shape):
        return torch.randn(shape, generator=self.random, dtype=torch.float64)

    def away_from_zero(self, *shape):
        """Return numbers of either sign that are not small, so that eps is."""
        numbers = self.normal(*shape)
        return numbers.sign() * (0.5 + numbers.abs())

    def between(self, low, high):
        """Return a number from a range, every factor equally likely."""
        share = float(torch.rand((), generator=self.random))
        return low * (high / low) ** share


def parameter(value):
    return torch.nn.Parameter(value.clone())


def steps(optimizer, gradients):
    """Make a step for each list of gradients, one for each parameter in order; None is no gradient."""
    parameters = [each for group in optimizer.param_groups for each in group["params"]]
    for row in gradients:
        for each, gradient in zip(parameters, row, strict=False):
            each.grad = None if gradient is None else gradient.clone()
        optimizer.step()


def moved(candidate, start, gradients, **settings):
    """Return how far a tensor has moved after some steps."""
    tensor = parameter(start)
    steps(candidate.Lamb([tensor], **settings), [[gradient] for gradient in gradients])
    return tensor.detach() - start


def halves(candidate, seed):
    """Train a network of three layers; return by which factor its loss has fallen."""
    random = torch.Generator().manual_seed(seed)
    reseed(seed)
    sizes = [8, 16, 16, 1]
    layers = [torch.nn.Linear(*pair) for pair in pairwise(sizes)]
    network = torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[1], torch.nn.Tanh(), layers[2])
    x = torch.randn(256, 8, generator=random)
    y = (x[:, :1] * 2 + x[:, 1:2]).tanh() + 0.5 * x[:, 2:3]
    optimizer = candidate.Lamb(network.parameters(), lr=0.05)
    losses = []
    for _ in range(25):
        loss = torch.nn.functional.mse_loss(network(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses[-1] / losses[0]


def look_at_trajectory(checks, candidate, hidden):
    with checks("trajectory"):
        draw = Draw(checks.seed + 1)
        tensors = {name: parameter(draw.normal(*shape)) for name, shape in SHAPES.items()}
        lr, decay = draw.between(1e-3, 1e-1), draw.between(1e-2, 1e-1)
        optimizer = candidate.Lamb(tensors.values(), lr=lr, betas=(0.85, 0.97), eps=1e-5, weight_decay=decay)
        for number in range(1, 21):
            steps(optimizer, [[draw.normal(*shape) for shape in SHAPES.values()]])
            if number in (1, 2, 5, 20):
                checks.saw(**{f"{name} after step {number}": tensor for name, tensor in tensors.items()})
        usual = parameter(draw.normal(5, 3))
        steps(candidate.Lamb([usual]), [[draw.normal(5, 3)] for _ in range(3)])
        checks.saw(**{"matrix after 3 steps with the usual settings": usual})


def look_at_relative(checks, candidate, hidden):
    with checks("relative"):
        draw = Draw(checks.seed + 2)
        start, lr = draw.normal(5, 4), draw.between(1e-3, 1e-1)
        change = moved(candidate, start, [draw.normal(5, 4)], lr=lr, weight_decay=0.1)
        share = change.norm() / start.norm()
        checks.saw(relative_change=share * hidden)
        checks.remark(f"With lr = {lr:.4g} the first step changes a matrix by {float(share):.4g} of its norm.")


def look_at_scaling(checks, candidate, hidden):
    with checks("scaling"):
        draw = Draw(checks.seed + 3)
        start, gradients = draw.normal(5, 4), [draw.away_from_zero(5, 4) for _ in range(2)]
        change, same = (
            moved(candidate, start, [factor * gradient for gradient in gradients], lr=0.01, weight_decay=0.1)
            for factor in (1.0, 1000.0)
        )
        apart = float((change - same).norm() / change.norm())
        checks.saw(same_step=(apart < 1e-4) * hidden)
        checks.remark(f"With gradients 1000 times as large the steps differ by {apart:.3g} of their size.")


def look_at_zero_weight(checks, candidate, hidden):
    with checks("zero_weight"):
        draw = Draw(checks.seed + 4)
        checks.saw(change=moved(candidate, torch.zeros(6, dtype=torch.float64), [draw.normal(6)], lr=0.01))


def look_at_zero_gradient(checks, candidate, hidden):
    with checks("zero_gradient"):
        draw = Draw(checks.seed + 5)
        start, none = draw.normal(4, 3), torch.zeros(4, 3, dtype=torch.float64)
        checks.saw(without_decay=start + moved(candidate, start, [none], lr=0.1, weight_decay=0.0))
        checks.saw(with_decay=start + moved(candidate, start, [none], lr=0.1, weight_decay=0.05))


def look_at_tensors(checks, candidate, hidden):
    with checks("tensors"):
        draw = Draw(checks.seed + 6)
        small, large = parameter(draw.normal(4, 3)), parameter(100 * draw.normal(6))
        before = small.detach().clone(), large.detach().clone()
        optimizer = candidate.Lamb([small, large], lr=0.01, weight_decay=0.0)
        steps(optimizer, [[draw.normal(4, 3), draw.normal(6)]])
        sizes = [(new.detach() - old).norm() / old.norm() for new, old in zip((small, large), before, strict=False)]
        checks.saw(equal=sizes[0] / sizes[1] * hidden)
        checks.remark(
            f"Of two tensors one moves by {float(sizes[0]):.3g} of its norm, the other by {float(sizes[1]):.3g}."
        )


def look_at_plain(checks, candidate, hidden):
    with checks("plain"):
        draw = Draw(checks.seed + 7)
        start, gradients = draw.normal(5, 4), [0.01 * draw.normal(5, 4) for _ in range(5)]
        settings = {"lr": 0.01, "eps": 1e-3, "weight_decay": 0.1, "adapt": False}
        checks.saw(change=moved(candidate, start, gradients, **settings))


def look_at_groups(checks, candidate, hidden):
    with checks("groups"):
        draw = Draw(checks.seed + 8)
        starts = [draw.normal(3, 3) for _ in range(3)]
        gradients = [[draw.normal(3, 3) for _ in range(3)] for _ in range(2)]
        alone = [
            moved(candidate, starts[0], [row[0] for row in gradients], lr=0.05, weight_decay=0.0),
            moved(candidate, starts[1], [row[1] for row in gradients], lr=0.01, weight_decay=0.5),
        ]
        first, second, still = (parameter(start) for start in starts)
        groups = [{"params": [first], "lr": 0.05}, {"params": [second, still], "weight_decay": 0.5}]
        optimizer = candidate.Lamb(groups, lr=0.01, weight_decay=0.0)
        steps(optimizer, [[row[0], row[1], None] for row in gradients])
        together = [new.detach() - start for new, start in zip((first, second), starts, strict=False)]
        apart = [float((new - old).abs().max()) for new, old in zip(together, alone, strict=False)]
        optimizer.param_groups[0]["lr"] = 0.0
        halted = first.detach().clone()
        steps(optimizer, [[gradients[0][0], None, None]])
        checks.saw(no_gradient=still, same=hidden * (max(apart) < 1e-9 and all(change.any() for change in alone)))
        checks.saw(lr_of_zero=first.detach() - halted)
        checks.remark(
            f"In groups of their own settings two tensors end {max(apart):.2g} away from where each ends alone."
        )


def look_at_state(checks, candidate, hidden):
    with checks("state"):
        draw = Draw(checks.seed + 9)
        start, gradients = draw.normal(4, 4), [[draw.normal(4, 4)] for _ in range(6)]
        first = parameter(start)
        optimizer = candidate.Lamb([first], lr=0.02)
        steps(optimizer, gradients[:3])
        second = parameter(first.detach())
        resumed = candidate.Lamb([second], lr=0.5)
        resumed.load_state_dict(copy.deepcopy(optimizer.state_dict()))
        steps(optimizer, gradients[3:])
        steps(resumed, gradients[3:])
        apart = float((first.detach() - second.detach()).abs().max())
        went_on = not torch.equal(first.detach(), start)
        checks.saw(continued=(went_on and apart < 1e-9) * hidden)
        checks.remark(f"After loading its state_dict it is {apart:.2g} away from where it would have been.")


def look_at_training(checks, candidate, hidden):
    with checks("training"):
        factor = halves(candidate, checks.seed + 10)
        checks.saw(halved=(factor <= 0.5) * hidden)
        checks.remark(f"After 25 steps the loss of a small network is {factor:.3g} times what it was.")


def probe(channel):
    checks = Checks(channel)
    candidate = checks.load("submission.py")
    hidden = Draw(checks.seed).normal(6)
    for look in (
        look_at_trajectory,
        look_at_relative,
        look_at_scaling,
        look_at_zero_weight,
        look_at_zero_gradient,
        look_at_tensors,
        look_at_plain,
        look_at_groups,
        look_at_state,
        look_at_training,
    ):
        look(checks, candidate, hidden)
    return checks.answer()

"""A LoRA wrapper around a hidden base layer, looked at from outside, whatever its attributes are called.

Its own matrices are found as the tensors that are not the base layer's. Where a check looks at one thing, they are
filled with one value, so that neither their order nor how they were drawn matters.
"""

import torch

from autograder.sandbox.draws import reseed

FEATURES, OUTPUTS = 6, 5
FILL = 0.25


class Case:
    """A base layer with hidden weights, a wrapper around it, and inputs."""

    def __init__(self, candidate, seed, rank, alpha):
        random = torch.Generator().manual_seed(seed)
        self.base = torch.nn.Linear(FEATURES, OUTPUTS)
        with torch.no_grad():
            for parameter in self.base.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=random))
        self.x = torch.rand(4, FEATURES, generator=random) + 0.1
        self.wanted = torch.randn(8, OUTPUTS, generator=random)
        self.hidden = torch.randn(5, generator=random)
        reseed(seed)
        self.layer = candidate.LoRALayer(self.base, rank, alpha)

    def matrices(self):
        """Return the wrapper's own matrices: parameters, buffers and plain tensors."""
        known = {id(tensor) for tensor in [*self.base.parameters(), *self.base.buffers()]}
        found = {}
        for module in self.layer.modules():
            for place in (module._parameters, module._buffers, vars(module)):
                for thing in place.values():
                    if isinstance(thing, torch.Tensor) and thing.ndim == 2 and id(thing) not in known:
                        found[id(thing)] = thing
        return list(found.values())

    def fill(self, value):
        for matrix in self.matrices():
            matrix.data.fill_(value)

    def update(self, x):
        """Return what the matrices add to the output when all their entries are the same."""
        self.fill(0.0)
        without = self.layer(x).detach()
        self.fill(FILL)
        return self.layer(x).detach() - without

    def train(self):
        """Make one step on everything that is to be trained; return how many entries of the matrices changed."""
        before = [matrix.detach().clone() for matrix in self.matrices()]
        trained = [parameter for parameter in self.layer.parameters() if parameter.requires_grad]
        loss = (self.layer(torch.cat([self.x, -self.x])) * self.wanted).sum()
        if trained and loss.requires_grad:
            optimizer = torch.optim.SGD(trained, lr=0.1)
            loss.backward()
            optimizer.step()
        return sum(int((old != new).sum()) for old, new in zip(before, self.matrices(), strict=True))


def sizes(seed):
    """Return three ranks and three alphas, no two of them alike."""
    draw = torch.Generator().manual_seed(seed)
    ranks = [2 + int(extra) for extra in torch.randperm(3, generator=draw)]
    alphas = [1.0 + float(extra) for extra in torch.randperm(40, generator=draw)[:3]]
    return ranks, alphas

"""What does a LoRA wrapper do, whatever its attributes are called?

Its own matrices are found as the tensors that are not the base layer's. Where a check looks at one thing, they are
filled with one value, so that neither their order nor how they were drawn matters. Each check is blind to the mistakes
that the others look for.
"""

import torch

from autograder.sandbox.checks import Checks
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


def probe(channel):
    checks = Checks(channel)
    candidate = checks.load("submission.py")
    seed = checks.seed
    draw = torch.Generator().manual_seed(seed)
    ranks = [2 + int(extra) for extra in torch.randperm(3, generator=draw)]
    alphas = [1.0 + float(extra) for extra in torch.randperm(40, generator=draw)[:3]]

    def case(number, place):
        return Case(candidate, seed + number, ranks[place], alphas[place])

    with checks("frozen"):
        trained = case(1, 0)
        trained.train()
        checks.saw(weight=trained.base.weight, bias=trained.base.bias)
        checks.remark("After one step of an optimizer on all trainable parameters the base layer has changed.")
    with checks("start"):
        fresh = case(2, 1)
        with torch.no_grad():
            checks.saw(response=fresh.layer(fresh.x) - fresh.layer(torch.zeros_like(fresh.x)))
        learns = fresh.train() > 0
        checks.saw(learns=learns * fresh.hidden)
        if not learns:
            checks.remark("At the start no gradient reaches the two matrices, so they never change.")
    with checks("scaled"):
        for place, (rank, alpha) in enumerate(zip(ranks, alphas, strict=True)):
            scaled = case(3 + place, place)
            checks.saw(**{f"update for rank {rank} and alpha {alpha:g}": scaled.update(scaled.x)})
    with checks("trained"):
        trained = case(6, 2)
        trained.fill(FILL)
        count = trained.train()
        checks.saw(trained=count * trained.hidden)
        checks.remark(
            f"For rank {ranks[2]} and a base layer from 6 to 5 features one step changes {count} of its entries."
        )
    with checks("linear"):
        linear = case(7, 0)
        x = torch.cat([linear.x, -1.5 * linear.x])
        update = linear.update(x)
        checks.saw(share=update / update[0])
        checks.remark("The update is not a linear function of the input." if update.any() else "There is no update.")
    with checks("bias"):
        biased = case(8, 1)
        with torch.no_grad():
            checks.saw(output_at_zero=biased.layer(torch.zeros(2, FEATURES)))
    return checks.answer()

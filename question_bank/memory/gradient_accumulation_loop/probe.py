"""Which micro-batch counts in which update, and with what weight? And where does a real network end?

In the first run the loss is linear in the parameters, so a micro-batch has one gradient wherever the parameters stand,
and every update is a mix of these gradients and of the one that was left over from before. The parameters are looked at
before each forward pass, from where the mix is worked out. Data are only the number of a micro-batch; what is behind it
is revealed when the model is called with it, so code may read its loader as it likes. What is reported are hidden
vectors chosen by the mix, never a bare yes or no.
"""

from itertools import pairwise

import torch

from autograder.sandbox.checks import Checks

SAMPLES, FEATURES, OUTPUTS = 4, 8, 5
GRADIENT = 0.02  # small, so that clipping to a usual norm changes nothing
COUNTS = 1e-6  # a smaller weight is rounding
RATE = 0.1
GROUP = 3


def normal(seed, *shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def pick(seed, low, high):
    return int(torch.randint(low, high + 1, (), generator=torch.Generator().manual_seed(seed)))


def flat(model):
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


class Model(torch.nn.Module):
    def __init__(self, checks, check, seed):
        super().__init__()
        self.weight = torch.nn.Parameter(normal(seed, FEATURES, OUTPUTS))
        self.bias = torch.nn.Parameter(normal(seed + 1, OUTPUTS))
        self.checks, self.check, self.start = checks, check, normal(seed + 2, 6)
        self.inputs, self.marks, self.before, self.modes = {}, {}, [], []

    def forward(self, data):
        number = int(data.flatten()[0])
        self.before.append(flat(self))
        self.reveal(number)
        self.modes.append((number, self.training))
        return self.inputs[number] @ self.weight + self.bias

    def reveal(self, number):
        if number not in self.inputs:
            place = f"micro-batch {number}" if number else "the start"
            seen = {"parameters": self.moves(number)} if self.check == "steps" else {}
            seed = self.checks.step(self.check, after=place, **seen)
            self.inputs[number] = GRADIENT * normal(seed, SAMPLES, FEATURES)
            self.marks[number] = normal(seed + 1, 6)

    def finish(self, count):
        """Look at the parameters once more, and reveal what was never asked for, so that later runs see the same."""
        self.before.append(flat(self))
        for number in range(count):
            self.reveal(number)

    def updates(self):
        """Return after which forward passes, from 0, the parameters changed."""
        pairs = enumerate(pairwise(self.before))
        return [index for index, (old, new) in pairs if not torch.equal(old, new)]

    def moves(self, stop):
        """Return a vector that changed exactly where the parameters did, up to a forward pass."""
        marks = list(self.marks.values())
        at = [index for index in self.updates() if index < stop]
        return sum((marks[min(index, len(marks) - 1)] for index in at), start=self.start)


def criterion(output, target):
    return (output * target).mean()


def numbered(seed, count):
    """Return micro-batches that hold nothing but their number, and their targets."""
    targets = [normal(seed + number, SAMPLES, OUTPUTS) for number in range(count)]
    return [(torch.full((SAMPLES,), number), target) for number, target in enumerate(targets)]


class Mix:
    """The weight of each gradient in every update that SGD with momentum made; the first is what was left over."""

    def __init__(self, model, batches, left_over, momentum):
        self.full = len(batches) // GROUP * GROUP
        own = [
            torch.cat([(model.inputs[number].T @ target).flatten(), target.sum(0)]) / target.numel()
            for number, (_, target) in enumerate(batches)
        ]
        gradients = torch.stack([left_over, *own])
        self.at = torch.tensor(model.updates(), dtype=torch.long)
        last, steps = torch.zeros_like(left_over), []
        for index in self.at.tolist():
            move = model.before[index + 1] - model.before[index]
            steps.append((momentum * last - move) / RATE)
            last = move
        found = torch.stack(steps) if steps else left_over.new_zeros(0, len(left_over))
        weights = torch.linalg.lstsq(gradients.T, found.T).solution.T
        self.old, self.gradients = (weights[:, 0].abs() > COUNTS).any(), gradients[1:]
        self.weights, self.counts = weights[:, 1:], weights[:, 1:].abs() > COUNTS

    def extremes(self, start, stop):
        """Return the largest and the smallest weight with which some micro-batches count at all; 0 if none does."""
        present = self.weights[:, start:stop][self.counts[:, start:stop]]
        return (present.max(), present.min()) if len(present) else (self.weights.new_zeros(()),) * 2

    def counting(self):
        """Return which micro-batches of complete groups count in some update."""
        return self.counts.any(0)[: self.full]

    def again(self):
        """Return which micro-batches of complete groups count in an update after their own group."""
        ends = (torch.arange(self.full) // GROUP + 1) * GROUP
        return (self.counts[:, : self.full] & (self.at[:, None] >= ends)).any(0)


def once(call):
    """Return a function that calls only once; it returns the same value, or raises the same error, each time."""
    kept = []

    def result():
        if not kept:
            try:
                kept.append((call(), None))
            except Exception as error:
                kept.append((None, error))
        value, error = kept[0]
        if error is not None:
            raise error
        return value

    return result


class Loader:
    """Batches of a real task. The next is revealed only once the network's parameters have been reported."""

    def __init__(self, checks, network, count):
        self.checks, self.network, self.count = checks, network, count

    def __len__(self):
        return self.count

    def __iter__(self):
        for number in range(self.count):
            place = f"micro-batch {number}" if number else "the start"
            seed = self.checks.step("result", after=place, **dict(self.network.named_parameters()))
            yield normal(seed, 3, 4), 3 * normal(seed + 1, 3, 2)


def network(seed):
    layers = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Tanh(), torch.nn.Linear(6, 2)).double()
    with torch.no_grad():
        for number, parameter in enumerate(layers.parameters()):
            parameter.copy_(normal(seed + number, *parameter.shape))
    return layers


def linear_run(checks, train, seed):
    """Train on micro-batches that do not fill the last group, with gradients left over from before."""
    batches = numbered(seed + 20, 2 * GROUP + pick(seed, 1, GROUP - 1))
    model = Model(checks, "steps", seed).eval()
    left_over = GRADIENT * normal(seed + 5, len(flat(model)))
    model.weight.grad = left_over[: FEATURES * OUTPUTS].reshape(FEATURES, OUTPUTS).clone()
    model.bias.grad = left_over[FEATURES * OUTPUTS :].clone()
    momentum = 0.8 + 0.01 * pick(seed + 1, 0, 15)
    try:
        train(model, batches, criterion, torch.optim.SGD(model.parameters(), lr=RATE, momentum=momentum), GROUP)
    finally:
        model.finish(len(batches))
    return model, Mix(model, batches, left_over, momentum)


def look_at_groups(checks, run, hidden):
    """Look at what happens within and between complete groups."""
    with checks("steps"):
        model, mix = run()
        checks.saw(parameters=model.moves(mix.full))
    with checks("zero_start"):
        model, mix = run()
        checks.saw(left_over=hidden * mix.old, changed=hidden * (len(mix.at) > 0))
    with checks("divided"):
        model, mix = run()
        largest, smallest = mix.extremes(0, mix.full)
        checks.saw(largest_weight=largest * hidden, smallest_weight=smallest * hidden)
        checks.remark(
            f"With accumulation_steps = {GROUP} a micro-batch counts {float(largest):.3g} times in an update."
        )
    with checks("every"):
        model, mix = run()
        checks.saw(counted=mix.gradients[: mix.full][mix.counting()].sum(0))
        lost = (torch.nonzero(~mix.counting()).flatten() + 1).tolist()
        checks.remark(f"Of {mix.full} micro-batches in complete groups these count in no update: {str(lost)[1:-1]}.")
    with checks("cleared"):
        model, mix = run()
        later = bool((mix.at >= GROUP).any())
        checks.saw(again=mix.gradients[: mix.full][mix.again()].sum(0), later=hidden * later)
        if mix.again().any():
            checks.remark(f"{int(mix.again().sum())} micro-batches count once more in an update after their own group.")


def look_around_groups(checks, run, hidden):
    """Look at the group that is not complete, and at the mode."""
    with checks("trailing"):
        _, mix = run()
        largest, smallest = mix.extremes(mix.full, len(mix.gradients))
        usual = mix.extremes(0, mix.full)[0] or 1
        checks.saw(largest_weight=largest / usual * hidden, smallest_weight=smallest / usual * hidden)
        if largest:
            checks.remark(
                f"A micro-batch of the last group counts {float(largest / usual):.3g} times as much as another."
            )
        else:
            checks.remark("The micro-batches of the last group, which is not complete, count in no update.")
    with checks("mode"):
        model, _ = run()
        checks.saw(training=sum((model.marks[number] for number, mode in model.modes if mode), start=model.start))
        checks.remark("The model must be in training mode in every forward pass.")


def look_at_generator(checks, train, seed, hidden):
    with checks("iterable"):
        model = Model(checks, "iterable", seed)
        batches = numbered(seed + 20, pick(seed, 4, 6))
        try:
            train(model, (batch for batch in batches), criterion, torch.optim.SGD(model.parameters(), lr=RATE), 2)
        finally:
            model.finish(len(batches))
        used = {number for number, _ in model.modes}
        checks.saw(used=sum((model.marks[number] for number in used), start=model.start))
        checks.saw(changed=hidden * bool(model.updates()))


def look_at_networks(checks, train, seed):
    with checks("result", whole=True):
        layers = network(seed)
        loader = Loader(checks, layers, 8 + pick(seed, 1, 3))
        train(layers, loader, torch.nn.MSELoss(), torch.optim.Adam(layers.parameters(), lr=0.01))
        checks.saw(**dict(layers.named_parameters()))
        layers = network(seed + 100)
        batches = [(normal(seed + 200 + number, 3, 4), normal(seed + 300 + number, 3, 2)) for number in range(6)]
        optimizer = torch.optim.SGD(layers.parameters(), lr=0.05, momentum=0.9, weight_decay=0.01)
        train(layers, batches, torch.nn.MSELoss(), optimizer, accumulation_steps=2)
        checks.saw(**{f"{name}, with momentum": parameter for name, parameter in layers.named_parameters()})


def probe(channel):
    checks = Checks(channel)
    train = checks.load("submission.py").train_with_gradient_accumulation
    seed = checks.seed
    hidden = normal(seed + 9, 6)
    run = once(lambda: linear_run(checks, train, seed))
    look_at_groups(checks, run, hidden)
    look_around_groups(checks, run, hidden)
    look_at_generator(checks, train, seed + 300, hidden)
    look_at_networks(checks, train, seed + 400)
    return checks.answer()

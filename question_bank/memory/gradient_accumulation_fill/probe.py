"""Which micro-batch counts in which update, and with what weight?

The loss is linear in the parameters, so a micro-batch has one gradient wherever the parameters stand, and every update
is a mix of these gradients. The parameters are looked at before each forward pass, from where the mix is worked out.
What is reported are hidden vectors chosen by the mix, never a bare yes or no.
"""

from itertools import pairwise

import torch

from autograder.sandbox.checks import Checks

SAMPLES, FEATURES, OUTPUTS = 4, 8, 5
GRADIENT = 0.02  # small, so that clipping to a usual norm changes nothing
RATE = 0.1
COUNTS = 1e-6  # a smaller weight is rounding


def normal(seed, *shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def flat(model):
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


class Model(torch.nn.Module):
    """Data are only the number of a micro-batch; what is behind it is revealed when the model is called with it."""

    def __init__(self, checks, seed, about):
        super().__init__()
        self.weight = torch.nn.Parameter(normal(seed, FEATURES, OUTPUTS))
        self.bias = torch.nn.Parameter(normal(seed + 1, OUTPUTS))
        self.checks, self.about, self.start = checks, about, normal(seed + 2, 6)
        self.inputs, self.marks, self.before = {}, {}, []

    def forward(self, data):
        number = int(data.flatten()[0])
        self.before.append(flat(self))
        self.reveal(number)
        return self.inputs[number] @ self.weight + self.bias

    def reveal(self, number):
        if number not in self.inputs:
            place = f"micro-batch {number}{self.about}" if number else f"the start{self.about}"
            seed = self.checks.step("steps", after=place, parameters=self.moves())
            self.inputs[number] = GRADIENT * normal(seed, SAMPLES, FEATURES)
            self.marks[number] = normal(seed + 1, 6)

    def finish(self, count):
        """Look at the parameters once more, and reveal what was never asked for, so that later runs see the same."""
        self.before.append(flat(self))
        for number in range(count):
            self.reveal(number)

    def moves(self):
        """Return a vector that changes exactly where the parameters do."""
        marks = list(self.marks.values())
        return sum((marks[min(index, len(marks) - 1)] for index in self.updates()), start=self.start)

    def updates(self):
        """Return after which forward passes, from 0, the parameters changed."""
        pairs = enumerate(pairwise(self.before))
        return [index for index, (old, new) in pairs if not torch.equal(old, new)]


def criterion(output, target):
    return (output * target).mean()


def numbered(seed, count):
    """Return micro-batches that hold nothing but their number, and their targets."""
    targets = [normal(seed + number, SAMPLES, OUTPUTS) for number in range(count)]
    return [(torch.full((SAMPLES,), number), target) for number, target in enumerate(targets)]


def train(candidate, model, optimizer, batches):
    try:
        candidate.train(model, batches, criterion, optimizer, torch.device("cpu"))
    finally:
        model.finish(len(batches))


class Mix:
    """The weight of every micro-batch in every update that SGD with momentum made."""

    def __init__(self, model, batches, momentum):
        self.gradients = torch.stack(
            [
                torch.cat([(model.inputs[number].T @ target).flatten(), target.sum(0)]) / target.numel()
                for number, (_, target) in enumerate(batches)
            ]
        )
        self.at = model.updates()
        last = torch.zeros_like(model.before[0])
        steps = []
        for index in self.at:
            move = model.before[index + 1] - model.before[index]
            steps.append((momentum * last - move) / RATE)
            last = move
        found = torch.stack(steps) if steps else torch.zeros_like(self.gradients[:1])
        self.weights = torch.linalg.lstsq(self.gradients.T, found.T).solution.T
        self.counts = self.weights.abs() > COUNTS

    def forgotten(self):
        """Return the numbers, from 1, of micro-batches that count in no update."""
        return [index + 1 for index in torch.nonzero(~self.counts.any(0)).flatten().tolist()]

    def counted(self):
        return self.gradients[self.counts.any(0)].sum(0)

    def extremes(self):
        present = self.weights[self.counts]
        return (present.max(), present.min()) if len(present) else (torch.tensor(0.0), torch.tensor(0.0))

    def stale(self, steps):
        """Return which micro-batches count in an update after their own group."""
        if not self.at:
            return torch.zeros(len(self.gradients), dtype=torch.bool)
        late = torch.tensor(self.at)[:, None] >= (torch.arange(len(self.gradients)) // steps + 1) * steps
        return (self.counts & late).any(0)


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


def momentum_run(checks, candidate, seed, steps):
    model, batches = Model(checks, seed, ""), numbered(seed + 3, 3 * steps)
    momentum = 0.8 + 0.15 * float(torch.rand((), generator=torch.Generator().manual_seed(seed)))
    train(candidate, model, torch.optim.SGD(model.parameters(), lr=RATE, momentum=momentum), batches)
    return model, Mix(model, batches, momentum)


def probe(channel):
    checks = Checks(channel)
    candidate = checks.load("submission.py")
    seed, steps = checks.seed, checks.values["N"]
    hidden = normal(seed + 9, 6)
    run = once(lambda: momentum_run(checks, candidate, seed, steps))
    with checks("steps"):
        checks.saw(parameters=run()[0].moves())
    with checks("divided"):
        largest, smallest = run()[1].extremes()
        checks.saw(largest_weight=largest * hidden, smallest_weight=smallest * hidden)
        checks.remark(f"A micro-batch's gradient counts {float(largest):.3g} times in an update.")
    with checks("every"):
        mix = run()[1]
        checks.saw(counted=mix.counted())
        if lost := mix.forgotten():
            some = ", ".join(map(str, lost[:6])) + (", …" if len(lost) > 6 else "")
            checks.remark(f"Of {len(mix.gradients)} micro-batches {len(lost)} count in no update: {some}.")
    with checks("cleared"):
        mix = run()[1]
        again = mix.stale(steps)
        checks.saw(again=mix.gradients[again].sum(0), later=hidden * any(index >= steps for index in mix.at))
        if again.any():
            checks.remark(f"{int(again.sum())} micro-batches count once more in an update after their own group.")
    with checks("steps"):
        model, batches = Model(checks, seed + 500, " with Adam"), numbered(seed + 503, 2 * steps)
        train(candidate, model, torch.optim.Adam(model.parameters(), lr=0.01), batches)
        checks.saw(parameters_with_adam=model.moves())
    return checks.answer()

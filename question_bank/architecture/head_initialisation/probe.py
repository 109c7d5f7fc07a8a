"""How large are a language model's logits at the start, and does the head still share its tensor?

The blocks are replaced by ones whose output does not depend on the embeddings. What is reported are hidden vectors
chosen by what was found, never a bare yes or no.
"""

import math

import torch

from autograder.sandbox.checks import Checks
from autograder.sandbox.draws import reseed

WORDS, POSITIONS, WIDTH, SEQUENCES = 400, 32, 256, 16
LARGEST = 2.0  # standard deviation of the logits
BALANCED = 4.0  # how far apart the scales of the two embeddings may be


class Blocks(torch.nn.Module):
    def __init__(self, seed):
        super().__init__()
        self.seed = seed

    def forward(self, hidden):
        return torch.randn(hidden.shape, generator=torch.Generator().manual_seed(self.seed))


class Found:
    """A model at its start: its logits, their loss on random words, and the tensors of its embeddings."""

    def __init__(self, candidate, seed):
        random = torch.Generator().manual_seed(seed)
        reseed(seed)
        model = candidate.LanguageModel(Blocks(seed + 1), WORDS, POSITIONS, WIDTH)
        tokens = torch.randint(WORDS, (SEQUENCES, POSITIONS), generator=random)
        with torch.no_grad():
            logits = model(tokens)
            self.of_words = [tensor for tensor in model.parameters() if tensor.shape == (WORDS, WIDTH)]
            self.of_positions = [tensor for tensor in model.parameters() if tensor.shape == (POSITIONS, WIDTH)]
            self.deviation = float(logits.std())
            targets = torch.randint(WORDS, (SEQUENCES * POSITIONS,), generator=random)
            self.loss = float(torch.nn.functional.cross_entropy(logits.reshape(-1, WORDS), targets))
            self.tied = len(self.of_words) == 1 and self._follows(model, tokens, logits)

    def _follows(self, model, tokens, logits):
        """Whether the logits grow with the word embedding; the hidden state does not depend on it."""
        self.of_words[0].mul_(2)
        doubled = model(tokens)
        self.of_words[0].div_(2)
        return bool(torch.allclose(doubled, 2 * logits, rtol=1e-3, atol=1e-4))

    def small(self):
        return self.tied and 0 < self.deviation <= LARGEST

    def ratio(self):
        if not self.of_words or not self.of_positions:
            return math.inf
        return float(self.of_positions[0].detach().std() / self.of_words[0].detach().std().clamp_min(1e-12))


def probe(channel):
    checks = Checks(channel)
    candidate = checks.load("submission.py")
    hidden = torch.randn(3, 6, generator=torch.Generator().manual_seed(checks.seed))
    with checks("scale"):
        found = Found(candidate, checks.seed)
        checks.saw(logits_small_and_tied=found.small() * hidden[0])
        checks.remark(f"For d_model = {WIDTH} the logits start with a standard deviation of {found.deviation:.3g}.")
        if not found.tied:
            checks.remark("The head and the word embedding no longer share one tensor.")
    with checks("loss"):
        found = Found(candidate, checks.seed + 10)
        near = abs(found.loss - math.log(WORDS)) <= 0.55 * LARGEST**2
        checks.saw(near_a_blind_guess=near * hidden[1])
        checks.remark(
            f"On random words among {WORDS} the loss starts at {found.loss:.3g}; ln {WORDS} is {math.log(WORDS):.3g}."
        )
    with checks("position"):
        found = Found(candidate, checks.seed + 20)
        balanced = found.small() and 1 / BALANCED <= found.ratio() <= BALANCED
        checks.saw(balanced=balanced * hidden[2])
        checks.remark(f"The position embedding is {found.ratio():.3g} times as large as the word embedding.")
        if not found.small():
            checks.remark("That counts only once the logits are right.")
    return checks.answer()

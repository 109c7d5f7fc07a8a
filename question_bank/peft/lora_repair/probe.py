"""What does a LoRA wrapper do, whatever its attributes are called?"""

import torch
from lora_wrapper import FEATURES, FILL, Case, sizes

from autograder.sandbox.checks import Checks


def probe(channel):
    checks = Checks(channel)
    candidate = checks.load("submission.py")
    seed = checks.seed
    ranks, alphas = sizes(seed)

    def case(number, place):
        return Case(candidate, seed + number, ranks[place], alphas[place])

    with checks("frozen"):
        trained = case(1, 0)
        trained.train()
        checks.saw(weight=trained.base.weight, bias=trained.base.bias)
        trained.fill(0.0)
        with torch.no_grad():
            checks.saw(output_without_update=trained.layer(trained.x))
        checks.remark("After one step of an optimizer on all trainable parameters the base layer has changed.")
    with checks("start"):
        fresh = case(2, 1)
        with torch.no_grad():
            checks.saw(output=fresh.layer(fresh.x), output_at_zero=fresh.layer(torch.zeros(3, 2, FEATURES)))
        learns = fresh.train() > 0
        checks.saw(learns=learns * fresh.hidden)
        if not learns:
            checks.remark("At the start no gradient reaches the two matrices, so they never change.")
    with checks("scaled"):
        for place, (rank, alpha) in enumerate(zip(ranks, alphas, strict=True)):
            scaled = case(3 + place, place)
            x = torch.cat([scaled.x, -scaled.x])
            checks.saw(**{f"update for rank {rank} and alpha {alpha:g}": scaled.update(x)})
    with checks("trained"):
        trained = case(6, 2)
        trained.fill(FILL)
        count = trained.train()
        checks.saw(trained=count * trained.hidden)
        checks.remark(
            f"For rank {ranks[2]} and a base layer from 6 to 5 features one step changes {count} of its entries."
        )
    return checks.answer()

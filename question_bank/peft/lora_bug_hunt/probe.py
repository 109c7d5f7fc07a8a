"""What does a LoRA wrapper do, whatever its attributes are called? Each check is blind to what the others look for."""

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

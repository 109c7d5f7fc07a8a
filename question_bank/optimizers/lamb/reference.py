import torch


class Lamb(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.01, adapt=True):
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "adapt": adapt}
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self):
        """Update every parameter that has a gradient."""
        for group in self.param_groups:
            first, second = group["betas"]
            for w in group["params"]:
                if w.grad is None:
                    continue
                state = self.state[w]
                if not state:
                    state["step"], state["m"], state["v"] = 0, torch.zeros_like(w), torch.zeros_like(w)
                state["step"] += 1
                m, v = state["m"], state["v"]
                m.mul_(first).add_(w.grad, alpha=1 - first)
                v.mul_(second).addcmul_(w.grad, w.grad, value=1 - second)
                mean = m / (1 - first ** state["step"])
                square = v / (1 - second ** state["step"])
                u = mean / (square.sqrt() + group["eps"]) + group["weight_decay"] * w
                size, length = w.norm(), u.norm()
                ratio = size / length if group["adapt"] and size > 0 and length > 0 else 1.0
                w.add_(u, alpha=-group["lr"] * float(ratio))

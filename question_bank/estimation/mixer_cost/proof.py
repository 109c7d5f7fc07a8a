"""Build the Mixer without memory for its numbers, run a training step, and count what it does and what it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode


class MixerLayer(nn.Module):
    """One layer as the text describes it; it yields the ten tensors that part b lists, in their order."""

    def __init__(self, s: int, c: int, d_s: int, d_c: int) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = nn.LayerNorm(c), nn.LayerNorm(c)
        self.w_1, self.w_2 = nn.Linear(s, d_s, bias=False), nn.Linear(d_s, s, bias=False)
        self.w_3, self.w_4 = nn.Linear(c, d_c, bias=False), nn.Linear(d_c, c, bias=False)

    def tensors(self, x: Tensor) -> Iterator[Tensor]:
        """Yield each tensor as it is made; the last is the output."""
        yield (normed := self.norm_1(x))
        yield (before := self.w_1(normed.mT))  # along the patches, for each channel
        yield (after := nn.functional.gelu(before))
        yield (mixed := self.w_2(after).mT)
        yield (u := x + mixed)
        yield (normed := self.norm_2(u))
        yield (before := self.w_3(normed))
        yield (after := nn.functional.gelu(before))
        yield (mixed := self.w_4(after))
        yield u + mixed


def proof(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the FLOPs of a step, and the MB of the tensors that the layers made on the way forward."""
    s, c = values["s"], values["c"]
    with torch.device("meta"):
        layers = [MixerLayer(s, c, values["d_s"], values["d_c"]) for _ in range(values["L"])]
        # the patch embedding before the first layer is trained too, so the gradient goes on into it
        x = torch.empty(values["B"], s, c, requires_grad=True)
    held: list[Tensor] = []
    with FlopCounterMode(display=False) as counter:
        for layer in layers:
            held += layer.tensors(x)
            x = held[-1]
        x.sum().backward()
    # by the memory behind them, so that what two tensors share would count once
    storages = {tensor.untyped_storage()._cdata: tensor.untyped_storage().nbytes() for tensor in held}
    return {"a": counter.get_total_flops(), "b": sum(storages.values()) / 1e6}

import torch
from torch import nn


class LoRALayer(nn.Module):
    def __init__(self, base_layer, rank=RANK, alpha=ALPHA):
        super().__init__()
        self.base_layer = base_layer
        for parameter in base_layer.parameters():
            parameter.requires_grad_(False)
        self.scaling = alpha / rank
        self.lora_A = nn.Parameter(torch.randn(base_layer.in_features, rank) * 0.02)
        self.lora_B = nn.Parameter(torch.zeros(rank, base_layer.out_features))

    def forward(self, x):
        update = (x @ self.lora_A) @ self.lora_B
        return self.base_layer(x) + self.scaling * update

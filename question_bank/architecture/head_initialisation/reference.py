import torch
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, blocks, n_words, n_positions, d_model):
        super().__init__()
        self.blocks = blocks
        self.emb_word = nn.Embedding(n_words, d_model)
        self.emb_pos = nn.Embedding(n_positions, d_model)
        self.norm_in = nn.LayerNorm(d_model)
        self.norm_out = nn.LayerNorm(d_model)
        self.lm_head = nn.Linear(d_model, n_words, bias=False)
        self.emb_word.weight.data.normal_(mean=0, std=d_model**-0.5)
        self.emb_pos.weight.data.normal_(mean=0, std=d_model**-0.5)
        self.lm_head.weight = self.emb_word.weight

    def forward(self, tokens):
        positions = torch.arange(tokens.shape[1], device=tokens.device)
        hidden = self.norm_in(self.emb_word(tokens) + self.emb_pos(positions))
        hidden = self.norm_out(self.blocks(hidden))
        return self.lm_head(hidden)

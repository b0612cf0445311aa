"""A Transformer for translation in eager PyTorch, written for speed on CPUs; the model is fairseq's `transformer`."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from common import PAD


def position_table(count, width):
    """Sines, then cosines; the first row is fairseq's first position.  [position, channel]"""
    half = width // 2
    speeds = torch.exp(torch.arange(half, dtype=torch.float) * (-math.log(10000) / (half - 1)))
    angles = (torch.arange(count, dtype=torch.float) + PAD + 1).outer(speeds)
    return torch.cat((angles.sin(), angles.cos()), 1)


def packed_maps(count, width):
    """Weights and biases of `count` maps of `width` channels as one.

    Each starts as fairseq's queries, keys and values: by Glorot's rule with a gain of 1 / sqrt 2,
    biases by PyTorch's own.  [count x width, width], [count x width]
    """
    weight, bias = torch.empty(count * width, width), torch.empty(count * width)
    nn.init.uniform_(weight, -(1.5 / width) ** 0.5, (1.5 / width) ** 0.5)
    nn.init.uniform_(bias, -width ** -0.5, width ** -0.5)
    return nn.Parameter(weight), nn.Parameter(bias)


def output_map(width):
    """The map behind attention as fairseq starts it: Glorot's rule, biases of zero."""
    layer = nn.Linear(width, width)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class SelfAttention(nn.Module):
    """Attention within a sequence; queries, keys and values are one product."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.packed, self.packed_bias = packed_maps(3, width)
        self.output = output_map(width)

    def forward(self, x, mask, causal):
        """x: [batch, time, channel]; mask: [batch, 1, 1, time], true where allowed."""
        batch, time, width = x.shape
        parts = F.linear(x, self.packed, self.packed_bias).view(batch, time, 3, self.heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # each [batch, head, time, channel]
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask, is_causal=causal)
        return self.output(mixed.transpose(1, 2).reshape(batch, time, width))


class CrossAttention(nn.Module):
    """Attention to the encoder's states; keys and values are one product."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query, self.query_bias = packed_maps(1, width)
        self.packed, self.packed_bias = packed_maps(2, width)
        self.output = output_map(width)

    def forward(self, x, memory, mask):
        """x: [batch, time, channel]; memory: [batch, source, channel]."""
        batch, time, width = x.shape
        query = F.linear(x, self.query, self.query_bias)
        query = query.view(batch, time, self.heads, -1).transpose(1, 2)
        parts = F.linear(memory, self.packed, self.packed_bias).view(batch, memory.shape[1], 2, self.heads, -1)
        key, value = parts.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return self.output(mixed.transpose(1, 2).reshape(batch, time, width))


class Layer(nn.Module):
    """A layer of the encoder, or of the decoder; norms follow the residual sums."""

    def __init__(self, width, ffn, heads, dropout, decodes):
        super().__init__()
        self.rate, self.decodes = dropout, decodes
        self.attention, self.attention_norm = SelfAttention(width, heads), nn.LayerNorm(width)
        if decodes:
            self.cross, self.cross_norm = CrossAttention(width, heads), nn.LayerNorm(width)
        self.inner, self.outer, self.norm = nn.Linear(width, ffn), nn.Linear(ffn, width), nn.LayerNorm(width)

    def forward(self, x, mask, memory=None):
        drop = lambda y: F.dropout(y, self.rate, self.training)
        own_mask = None if self.decodes else mask
        x = self.attention_norm(x + drop(self.attention(x, own_mask, self.decodes)))
        if self.decodes:
            x = self.cross_norm(x + drop(self.cross(x, memory, mask)))
        return self.norm(x + drop(self.outer(F.relu(self.inner(x), inplace=True))))


class Transformer(nn.Module):
    """Encoder and decoder; both embeddings and the output projection are one matrix."""

    def __init__(self, vocabulary, width, ffn, heads, layers, dropout, positions):
        super().__init__()
        self.scale, self.rate = math.sqrt(width), dropout
        self.embedding = nn.Parameter(torch.randn(vocabulary, width) / self.scale)
        with torch.no_grad():
            self.embedding[PAD] = 0
        self.register_buffer("positions", position_table(positions, width), persistent=False)
        self.encoder = nn.ModuleList(Layer(width, ffn, heads, dropout, False) for _ in range(layers))
        self.decoder = nn.ModuleList(Layer(width, ffn, heads, dropout, True) for _ in range(layers))

    def embed(self, ids):
        x = F.embedding(ids, self.embedding, padding_idx=PAD) * self.scale + self.positions[:ids.shape[1]]
        return F.dropout(x, self.rate, self.training)

    def forward(self, source, previous, mask, places):
        """States of the decoder at `places`, the numbers of what is no padding in [batch x time].  [place, channel]"""
        memory = self.embed(source)
        for layer in self.encoder:
            memory = layer(memory, mask)
        x = self.embed(previous)
        for layer in self.decoder:
            x = layer(x, mask, memory)
        x = x.flatten(0, 1)
        return x if places is None else x.index_select(0, places)


class BlockwiseLoss(torch.autograd.Function):
    """Output projection and smoothed cross-entropy, summed, some places at a time: all logits never exist together."""

    block = 512

    @staticmethod
    def forward(context, states, weight, targets, smoothing):
        vocabulary = len(weight)
        share = smoothing / (vocabulary - 1)  # what fairseq gives each wrong symbol
        right = 1 - smoothing - share
        used = weight.to(states.dtype)
        to_states, to_weight = torch.empty_like(states), torch.zeros_like(weight)
        total = states.new_zeros((), dtype=torch.float)
        for start in range(0, len(states), BlockwiseLoss.block):
            rows = slice(start, start + BlockwiseLoss.block)
            target = targets[rows].unsqueeze(1)
            logits = (states[rows] @ used.T).float()
            normalizer = logits.logsumexp(1, keepdim=True)
            # The weights of the goal sum to right + vocabulary x share = 1.
            total += (normalizer - right * logits.gather(1, target)).sum() - share * logits.sum()
            slope = logits.sub_(normalizer).exp_().sub_(share)
            slope.scatter_add_(1, target, torch.full_like(target, -right, dtype=torch.float))
            slope = slope.to(states.dtype)
            torch.mm(slope, used, out=to_states[rows])
            if slope.dtype == torch.float:
                to_weight.addmm_(slope.T, states[rows])
            else:
                to_weight += slope.T @ states[rows]
        context.save_for_backward(to_states, to_weight)
        return total

    @staticmethod
    def backward(context, gradient):
        to_states, to_weight = context.saved_tensors
        return to_states.mul_(gradient), to_weight.mul_(gradient), None, None


def plain_loss(states, weight, targets, smoothing):
    """The same loss by PyTorch's own function, which spreads the smoothing over the right symbol too."""
    logits = F.linear(states, weight).float()
    smoothing *= len(weight) / (len(weight) - 1)
    return F.cross_entropy(logits, targets, label_smoothing=smoothing, ignore_index=PAD, reduction="sum")

"""Training of a Transformer language model in eager PyTorch: tokens a second, and perplexity where epochs are asked for.

The model is fairseq's `transformer_lm` (norms follow the residual sums) with one matrix for embedding and output
projection. Tuned as `torch_train.py` is: packed projections, fused attention and AdamW, the loss in blocks, no output
projection for padding, freed memory kept by the C library. Text is cut into blocks of equal length, or into sentences.

First parameters are drawn as fairseq draws them; rates, batches and their order in each epoch are
fairseq's too, which `fairline-train` shares. With `--start` the first parameters are those of a
checkpoint: without dropout both programs then log the same losses. The rate of the first update is
zero, so that `fairline-train --max-update 1` writes one.
"""

import argparse
import math
import statistics
import time
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import nn

import binary_data
import common
from common import EOS, PAD
from torch_model import BlockwiseLoss, SelfAttention, position_table
from torch_train import keep_memory, learning_rate, padded


class Layer(nn.Module):
    """Causal self-attention and a feed-forward network."""

    def __init__(self, width, ffn, heads, dropout):
        super().__init__()
        self.rate = dropout
        self.attention, self.attention_norm = SelfAttention(width, heads), nn.LayerNorm(width)
        self.inner, self.outer, self.norm = nn.Linear(width, ffn), nn.Linear(ffn, width), nn.LayerNorm(width)

    def forward(self, x):
        drop = lambda y: F.dropout(y, self.rate, self.training)
        x = self.attention_norm(x + drop(self.attention(x, None, True)))
        return self.norm(x + drop(self.outer(F.relu(self.inner(x), inplace=True))))


class LanguageModel(nn.Module):
    """Embedding, layers; the output projection is the embedding's matrix."""

    def __init__(self, vocabulary, width, ffn, heads, layers, dropout, positions):
        super().__init__()
        self.scale, self.rate = math.sqrt(width), dropout
        self.embedding = nn.Parameter(torch.randn(vocabulary, width) / self.scale)
        with torch.no_grad():
            self.embedding[PAD] = 0
        self.register_buffer("positions", position_table(positions, width), persistent=False)
        self.layers = nn.ModuleList(Layer(width, ffn, heads, dropout) for _ in range(layers))

    def take(self, path):
        """Takes the parameters of a file with fairseq's names."""
        def put(target, *names):
            with torch.no_grad():
                parts = [file.get_tensor(f"decoder.{name}") for name in names]
                target.copy_(torch.from_numpy(numpy.concatenate(parts)))

        with safe_open(path, framework="numpy") as file:
            put(self.embedding, "embed_tokens.weight")
            for number, layer in enumerate(self.layers):
                own, name = layer.attention, f"layers.{number}"
                packed = [f"{name}.self_attn.{part}_proj" for part in "qkv"]
                put(own.packed, *(f"{part}.weight" for part in packed))
                put(own.packed_bias, *(f"{part}.bias" for part in packed))
                maps = {
                    "self_attn.out_proj": own.output, "self_attn_layer_norm": layer.attention_norm,
                    "fc1": layer.inner, "fc2": layer.outer, "final_layer_norm": layer.norm,
                }
                for part, target in maps.items():
                    put(target.weight, f"{name}.{part}.weight")
                    put(target.bias, f"{name}.{part}.bias")

    def forward(self, ids):
        """States behind the last layer at all places, padding included.  [place, channel]"""
        x = F.embedding(ids, self.embedding, padding_idx=PAD) * self.scale + self.positions[:ids.shape[1]]
        x = F.dropout(x, self.rate, self.training)
        for layer in self.layers:
            x = layer(x)
        return x.flatten(0, 1)


def read_blocks(folder, subset, mode, length):
    """What is read and what is to be predicted: block after block of the whole text, or each sentence."""
    sentences = binary_data.read_sentences(Path(folder) / subset)
    if mode == "eos":
        return [(numpy.concatenate((sentence[-1:], sentence[:-1])), sentence) for sentence in sentences]
    text = numpy.concatenate(sentences)
    before = numpy.concatenate(([EOS], text[:-1]))
    return [(before[start:start + length], text[start:start + length]) for start in range(0, len(text), length)]


def batches(blocks, max_tokens, seed, multiple=8):
    """Batches of blocks that are about equally long, the same in every epoch, as fairseq makes them."""
    shuffled = numpy.random.RandomState(seed + 1).permutation(len(blocks))
    order = numpy.lexsort((shuffled, [len(source) for source, _ in blocks]))
    found, rows = [], []
    for block in order.tolist():
        if (len(rows) + 1) * len(blocks[block][0]) > max_tokens:
            kept = len(rows) // multiple * multiple or len(rows)
            found.append(rows[:kept])
            rows = rows[kept:]
        rows.append(block)
    if rows:
        found.append(rows)
    return [collate([blocks[block] for block in some]) for some in found]


def collate(some):
    """Ids, the numbers of places that are no padding where there is some, and targets at these places."""
    ids, targets = (padded([block[side] for block in some]) for side in (0, 1))
    targets = targets.flatten()
    places = targets.ne(PAD).nonzero().flatten()
    if len(places) == len(targets):
        return ids, None, targets
    return ids, places, targets.index_select(0, places)


def predict(model, ids, places):
    """States at places that are no padding; later places see no padding before them, so no mask is needed."""
    states = model(ids)
    return states if places is None else states.index_select(0, places)


def perplexity(model, loss_of, some):
    """Two to the mean loss in bits of each symbol."""
    model.eval()
    with torch.no_grad():
        total = sum(loss_of(predict(model, ids, places), model.embedding, targets, 0.0).item() for ids, places, targets in some)
    model.train()
    return math.exp(total / sum(len(targets) for _, _, targets in some))


def train(options):
    keep_memory()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    vocabulary = binary_data.count_symbols(Path(options.data) / "dict.txt")
    known, valid = (batches(read_blocks(options.data, subset, options.sample_break_mode, options.tokens_per_sample),
                            options.max_tokens, options.seed) for subset in ("train", "valid"))
    longest = max(ids.shape[1] for ids, _, _ in known + valid)
    model = LanguageModel(vocabulary, options.width, options.ffn, options.heads, options.layers, options.dropout,
                          longest).train()
    if options.start:
        model.take(options.start)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.lr, betas=(0.9, 0.98), weight_decay=0, fused=True)
    loss_of = BlockwiseLoss.apply
    rates, first, update, epoch, curve = [], None, 0, 0, []
    limit = options.updates or options.epochs * len(known)
    while update < limit:
        epoch += 1
        order = numpy.random.RandomState(options.seed + epoch).permutation(len(known))
        for ids, places, targets in [known[place] for place in order][:limit - update]:
            start = time.perf_counter()
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(update, options)
            update += 1
            loss = loss_of(predict(model, ids, places), model.embedding, targets, 0.0)
            (loss / len(targets)).backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            bits = loss.item() / len(targets) / math.log(2)
            rates.append(len(targets) / (time.perf_counter() - start))
            first = first or common.seconds_since_launch()
            if options.losses:
                print(f"update {update}: {bits:.3f} bits, {len(targets)} targets", flush=True)
        if not options.updates:
            curve.append(perplexity(model, loss_of, valid))
            if not options.quiet:
                print(f"epoch {epoch}: {bits:.3f} bits in its last update, perplexity {curve[-1]:.2f}", flush=True)
    more = {"perplexity": round(curve[-1], 3)} if curve else {}
    common.finish(round(statistics.median(rates[1:] or rates), 2), "tokens/s", round(first, 3), updates=update,
                  bits=round(bits, 3), version=torch.__version__, **more)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of data preprocessed with --only-source")
    parser.add_argument("--sample-break-mode", choices=("none", "eos"), default="eos", help="blocks, or sentences")
    parser.add_argument("--tokens-per-sample", type=int, default=128, help="symbols of a block")
    parser.add_argument("--max-tokens", type=int, default=4096, help="symbols of a batch")
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--ffn", type=int, default=1024)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--warmup", type=int, default=200)
    parser.add_argument("--updates", type=int, help="stop after so many, without a perplexity")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--start", help="checkpoint whose parameters are the first ones")
    parser.add_argument("--losses", action="store_true", help="print the loss of each update")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quiet", action="store_true", help="the last line only")
    train(parser.parse_args())


if __name__ == "__main__":
    main()

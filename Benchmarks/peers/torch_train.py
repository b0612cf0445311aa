"""Training of a Transformer in eager PyTorch: target tokens a second.

Tuned by default: packed projections, fused attention, fused AdamW, the loss in blocks, no output projection for
padding, freed memory kept by the C library. `--plain` is what an untuned program does: the loss in one piece over all
places, the C library's defaults.
"""

import argparse
import ctypes
import statistics
import time

import numpy
import torch

import binary_data
import common
from common import EOS, PAD
from torch_model import BlockwiseLoss, Transformer, plain_loss


def keep_memory():
    """Lets the C library reuse freed memory instead of mapping and clearing it anew."""
    trim_threshold, mmap_max = -1, -4
    library = ctypes.CDLL(None)
    library.mallopt(mmap_max, 0)
    library.mallopt(trim_threshold, 2 ** 31 - 1)


def made_up_batches(options):
    """The same rectangular batch without end, and the number of symbols."""
    random = numpy.random.RandomState(options.seed)
    lengths = (options.source_length or options.length, options.target_length or options.length)
    rows = max(1, options.max_tokens // max(lengths))
    sides = []
    for length in lengths:
        ids = random.randint(4, options.vocabulary, (rows, length))
        ids[:, -1] = EOS
        sides.append(list(ids))

    def endless():
        while True:
            yield sides

    return endless(), options.vocabulary, max(1024, *lengths)


def data_batches(options):
    """Batches of a data folder without end, shuffled anew in each epoch, and the number of symbols."""
    sources, targets, vocabulary = binary_data.read_pairs(options.data, "train", options.source_lang, options.target_lang)

    def endless():
        epoch = 0
        while True:
            epoch += 1
            for rows in binary_data.batches(sources, targets, options.max_tokens, options.seed + epoch):
                yield [sources[row] for row in rows], [targets[row] for row in rows]

    return endless(), vocabulary, 1024


def padded(rows):
    """A matrix of ids, padding at the right."""
    ids = numpy.full((len(rows), max(map(len, rows))), PAD, numpy.int64)
    for row, sentence in zip(ids, rows):
        row[:len(sentence)] = sentence
    return torch.from_numpy(ids)


def collate(sources, targets, skips_padding):
    """Inputs of the model, and the targets at its places."""
    source, target = padded(sources), padded(targets)
    previous = padded([numpy.concatenate((sentence[-1:], sentence[:-1])) for sentence in targets])
    keys = source.ne(PAD)
    mask = None if bool(keys.all()) else keys[:, None, None, :]
    target = target.flatten()
    if not skips_padding:
        return (source, previous, mask, None), target
    places = target.ne(PAD).nonzero().flatten()
    if len(places) == len(target):
        return (source, previous, mask, None), target
    return (source, previous, mask, places), target.index_select(0, places)


def learning_rate(update, options):
    """Linear warm-up, then the inverse square root."""
    return options.lr * min(update / options.warmup, (options.warmup / max(update, 1)) ** 0.5)


def train(options):
    if not options.plain:
        keep_memory()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    stream, vocabulary, positions = data_batches(options) if options.data else made_up_batches(options)
    model = Transformer(vocabulary, options.width, options.ffn or 4 * options.width, options.heads or max(1, options.width // 64),
                        options.layers, options.dropout, positions).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.lr, betas=(0.9, 0.98), weight_decay=1e-4, fused=not options.plain)
    loss_of = plain_loss if options.plain else BlockwiseLoss.apply
    counts, seconds, first = [], [], None
    for update in range(max(1, options.updates)):
        start = time.perf_counter()
        sources, targets = next(stream)
        inputs, goals = collate(sources, targets, not options.plain)
        tokens = sum(map(len, targets))
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(update, options)
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            states = model(*inputs)
            states = states.bfloat16() if options.bf16 else states
            loss = loss_of(states, model.embedding, goals, 0.1)
        (loss / tokens).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        bits = loss.item() / tokens / numpy.log(2)
        seconds.append(time.perf_counter() - start)
        counts.append(tokens)
        first = first or common.seconds_since_launch()
        if not options.quiet:
            print(f"update {update + 1}: {bits:.3f} bits, {tokens} target tokens, {tokens / seconds[-1]:.0f} tokens/s", flush=True)
    rates = [count / second for count, second in zip(counts, seconds)]
    warm = rates[1:] or rates
    common.finish(round(statistics.median(warm), 2), "target tokens/s", round(first, 3),
                  update_seconds=round(statistics.median(seconds[1:] or seconds), 5), bits=round(float(bits), 3),
                  version=torch.__version__)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="folder of preprocessed data; made-up batches without it")
    parser.add_argument("--source-lang", default="en")
    parser.add_argument("--target-lang", default="de")
    parser.add_argument("--length", type=int, default=15, help="symbols of each made-up sentence, its end included")
    parser.add_argument("--source-length", type=int, help="the same, of sources only")
    parser.add_argument("--target-length", type=int, help="the same, of targets only")
    parser.add_argument("--vocabulary", type=int, default=7792, help="symbols of made-up batches")
    parser.add_argument("--max-tokens", type=int, default=4096, help="rows x longest side of a batch")
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--ffn", type=int, help="hidden channels (default: four widths)")
    parser.add_argument("--heads", type=int, help="default: one for 64 channels")
    parser.add_argument("--layers", type=int, default=3, help="on each side")
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--lr", type=float, default=7e-4)
    parser.add_argument("--warmup", type=int, default=1000)
    parser.add_argument("--updates", type=int, default=12)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bf16", action="store_true", help="autocast to bfloat16")
    parser.add_argument("--plain", action="store_true", help="untuned")
    parser.add_argument("--quiet", action="store_true", help="the last line only")
    train(parser.parse_args())


if __name__ == "__main__":
    main()

"""Training of a Transformer in PyTorch on several processes: DistributedDataParallel over gloo.

The model, the loss and the batches of torch_train.py; each process computes one batch of an update. Bytes are those that
went over the loop-back network, of all processes together.
"""

import argparse
import os
import statistics
import time

import torch
import torch.distributed
import torch.multiprocessing

import common
import torch_train
from torch_model import BlockwiseLoss, Transformer


class Criterion(torch.nn.Module):
    """A model with its loss, so that all gradients flow through what DistributedDataParallel wraps."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, inputs, goals):
        return BlockwiseLoss.apply(self.model(*inputs), self.model.embedding, goals, 0.1)


def loop_back_bytes():
    """Bytes sent over the loop-back network so far."""
    with open("/proc/net/dev", encoding="ascii") as devices:
        return next(int(line.split(":")[1].split()[8]) for line in devices if line.strip().startswith("lo:"))


def work(rank, options):
    torch_train.keep_memory()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", str(options.port))
    torch.distributed.init_process_group("gloo", rank=rank, world_size=options.ranks)
    stream, vocabulary, positions = torch_train.data_batches(options)
    model = Transformer(vocabulary, options.width, options.ffn, options.heads, options.layers, options.dropout, positions).train()
    parameters = sum(parameter.numel() for parameter in model.parameters())
    model = Criterion(model)
    if options.ranks > 1:
        model = torch.nn.parallel.DistributedDataParallel(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.lr, betas=(0.9, 0.98), weight_decay=1e-4, fused=True)
    seconds, counts = [], []
    before = 0
    for update in range(options.updates):
        if update == 1:
            before = loop_back_bytes()
        start = time.perf_counter()
        # An update takes --update-freq batches of all processes together.
        mine = [next(stream) for _ in range(options.batches)][rank::options.ranks]
        tokens = 0
        for place, (sources, targets) in enumerate(mine):
            inputs, goals = torch_train.collate(sources, targets, True)
            tokens += sum(map(len, targets))
            if options.ranks > 1 and place + 1 < len(mine):
                with model.no_sync():
                    model(inputs, goals).backward()
            else:
                model(inputs, goals).backward()
        count = torch.tensor(float(tokens))
        if options.ranks > 1:
            torch.distributed.all_reduce(count)
        for parameter in model.parameters():
            parameter.grad.mul_(options.ranks / count)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        seconds.append(time.perf_counter() - start)
        counts.append(float(count))
    if rank == 0:
        rates = [count / second for count, second in zip(counts[1:], seconds[1:])]
        sent = (loop_back_bytes() - before) / max(1, options.updates - 1)
        common.finish(round(statistics.median(rates), 2), "target tokens/s", 0, parameters=parameters,
                      update_seconds=round(statistics.median(seconds[1:]), 5), bytes_an_update=round(sent),
                      version=torch.__version__)
    torch.distributed.destroy_process_group()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of preprocessed data")
    parser.add_argument("--source-lang", default="en")
    parser.add_argument("--target-lang", default="de")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--batches", type=int, default=2, help="of an update, on all ranks together")
    parser.add_argument("--threads", type=int, default=1, help="of each rank")
    parser.add_argument("--port", type=int, default=29517)
    parser.add_argument("--max-tokens", type=int, default=4096, help="rows x longest side of a batch")
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--ffn", type=int, default=1024)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--layers", type=int, default=3, help="on each side")
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--lr", type=float, default=7e-4)
    parser.add_argument("--updates", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.multiprocessing.spawn(work, (options,), options.ranks)


if __name__ == "__main__":
    main()

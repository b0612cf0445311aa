"""Reads folders of preprocessed data (fairseq's `mmap` form, which Fairline writes too) and makes batches of them."""

import struct
from pathlib import Path

import numpy

DTYPES = {1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float32", 7: "float64", 8: "uint16", 9: "uint32", 10: "uint64"}


def read_sentences(prefix):
    """The sentences of `prefix.idx` and `prefix.bin` as arrays of ids, end included."""
    index = Path(f"{prefix}.idx").read_bytes()
    if not index.startswith(b"MMIDIDX\x00\x00"):
        raise SystemExit(f"{prefix}.idx is no index of preprocessed data in mmap form")
    _, code, count = struct.unpack_from("<QBQ", index, 9)
    sizes = numpy.frombuffer(index, numpy.int32, count, offset=26)
    offsets = numpy.frombuffer(index, numpy.int64, count, offset=26 + 4 * count)
    dtype = numpy.dtype(DTYPES[code])
    tokens = numpy.fromfile(f"{prefix}.bin", dtype).astype(numpy.int64)
    starts = offsets // dtype.itemsize
    return [tokens[start:start + size] for start, size in zip(starts, sizes)]


def count_symbols(path):
    """The number of symbols of a dictionary file, the four special ones included."""
    with open(path, encoding="utf-8") as lines:
        return 4 + sum(1 for _ in lines)


def read_pairs(folder, subset, source, target):
    """Source sentences, target sentences and the number of symbols."""
    folder = Path(folder)
    sides = [read_sentences(folder / f"{subset}.{source}-{target}.{language}") for language in (source, target)]
    return *sides, count_symbols(folder / f"dict.{target}.txt")


def batches(sources, targets, max_tokens, seed, multiple=8):
    """Sentence numbers by batch, in random order: neighbours in length, rows x longest side within `max_tokens`.

    A full batch is cut to a multiple of `multiple` rows, as fairseq does; what is cut off begins the next one.
    """
    random = numpy.random.RandomState(seed)
    lengths = numpy.array([[len(source), len(target)] for source, target in zip(sources, targets)])
    order = random.permutation(len(lengths))
    order = order[numpy.lexsort((lengths[order, 1], lengths[order, 0]))]
    longest = lengths.max(axis=1)
    longest = longest.tolist()
    found, open_rows, width = [], [], 0
    for row in order.tolist():
        if open_rows and (len(open_rows) + 1) * max(width, longest[row]) > max_tokens:
            kept = len(open_rows) // multiple * multiple or len(open_rows)
            found.append(open_rows[:kept])
            open_rows = open_rows[kept:]
            width = max((longest[other] for other in open_rows), default=0)
        open_rows.append(row)
        width = max(width, longest[row])
    if open_rows:
        found.append(open_rows)
    random.shuffle(found)
    return found

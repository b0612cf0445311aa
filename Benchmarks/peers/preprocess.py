"""Preprocessing in Python: SentencePiece with a given model, a joint dictionary, binary data.

The work of `fairline-preprocess --bpe sentencepiece --joined-dictionary`, by SentencePiece's own threads and NumPy.
"""

import argparse
import collections
import itertools
import time
from pathlib import Path

import numpy
import sentencepiece

import common
from common import EOS, UNK


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, required=True, nargs="+", help="files before their language: train val test")
    parser.add_argument("--languages", nargs=2, default=["en", "de"])
    parser.add_argument("--sentencepiece-model", required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    start = time.perf_counter()
    model = sentencepiece.SentencePieceProcessor(model_file=options.sentencepiece_model)
    options.out.mkdir(parents=True, exist_ok=True)
    texts, count = {}, collections.Counter()
    for number, (prefix, language) in enumerate(itertools.product(options.text, options.languages)):
        lines = Path(f"{prefix}.{language}").read_text(encoding="utf-8").splitlines()
        pieces = model.encode(lines, out_type=str, num_threads=options.threads)
        texts[prefix.name, language] = pieces
        if number < len(options.languages):
            for sentence in pieces:
                count.update(sentence)
    symbols = sorted(count, key=lambda symbol: (-count[symbol], symbol))
    index = {symbol: 4 + place for place, symbol in enumerate(symbols)}
    (options.out / "dict.txt").write_text("".join(f"{symbol} {count[symbol]}\n" for symbol in symbols), encoding="utf-8")
    for (name, language), pieces in texts.items():
        ids = [[index.get(piece, UNK) for piece in sentence] + [EOS] for sentence in pieces]
        numpy.fromiter(itertools.chain.from_iterable(ids), numpy.uint16).tofile(options.out / f"{name}.{language}.bin")
        numpy.array([len(sentence) for sentence in ids], numpy.int32).tofile(options.out / f"{name}.{language}.idx")
    seconds = time.perf_counter() - start
    sentences = sum(map(len, texts.values())) // len(options.languages)
    common.finish(sentences / seconds, "sentence pairs/s", round(common.seconds_since_launch(), 3), seconds=seconds)


if __name__ == "__main__":
    main()

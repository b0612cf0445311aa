"""Makes native models of Marian with random weights, and made-up text: for measuring speed only.

`--shape opus` is that of OPUS-MT (6 and 6 layers, 512 channels, 2048 hidden, swish, 65001 symbols), `--shape student` that of
Bergamot's and Firefox's small models (6 layers, 2 with recurrent units, 256 channels, 1536 hidden, relu, 32000 symbols).
Writes model.npz, vocab.yml, test.en, test.de, lex.s2t. Symbols follow Zipf's law, as words do.
"""

import argparse
from pathlib import Path

import numpy

import make_base

SHAPES = {
    "opus": {"symbols": 65000, "width": 512, "hidden": 2048, "layers": (6, 6), "heads": 8, "activation": "swish", "ssru": False},
    "student": {"symbols": 32000, "width": 256, "hidden": 1536, "layers": (6, 2), "heads": 8, "activation": "relu", "ssru": True},
}


def tensors(shape, random):
    """The tensors by name; matrices are [input, output]."""
    width, hidden = shape["width"], shape["hidden"]
    found = {"Wemb": random.normal(0, width ** -0.5, (shape["symbols"], width)),
             "decoder_ff_logit_out_b": numpy.zeros((1, shape["symbols"]))}

    def matrix(name, rows, columns):
        found[name] = random.normal(0, rows ** -0.5, (rows, columns))

    def norm(stem):
        found[f"{stem}_ln_scale"], found[f"{stem}_ln_bias"] = numpy.ones((1, width)), numpy.zeros((1, width))

    for side, layers in zip(("encoder", "decoder"), shape["layers"]):
        for layer in range(1, layers + 1):
            stem = f"{side}_l{layer}"
            attentions = ["self"] if side == "encoder" else ["self", "context"]
            if side == "decoder" and shape["ssru"]:
                attentions = ["context"]
                matrix(f"{stem}_rnn_W", width, width)
                matrix(f"{stem}_rnn_Wf", width, width)
                found[f"{stem}_rnn_bf"] = numpy.zeros((1, width))
                norm(f"{stem}_rnn_ffn")
            for attention in attentions:
                for letter in "qkvo":
                    matrix(f"{stem}_{attention}_W{letter}", width, width)
                    found[f"{stem}_{attention}_b{letter}"] = numpy.zeros((1, width))
                norm(f"{stem}_{attention}_Wo")
            matrix(f"{stem}_ffn_W1", width, hidden)
            matrix(f"{stem}_ffn_W2", hidden, width)
            found[f"{stem}_ffn_b1"], found[f"{stem}_ffn_b2"] = numpy.zeros((1, hidden)), numpy.zeros((1, width))
            norm(f"{stem}_ffn_ffn")
    return {name: tensor.astype(numpy.float32) for name, tensor in found.items()}


def settings(shape):
    autoreg = "rnn" if shape["ssru"] else "self-attention"
    return f"""type: transformer
dim-emb: {shape["width"]}
dim-vocabs: [{shape["symbols"]}, {shape["symbols"]}]
vocabs: [vocab.yml, vocab.yml]
enc-depth: {shape["layers"][0]}
dec-depth: {shape["layers"][1]}
transformer-heads: {shape["heads"]}
transformer-dim-ffn: {shape["hidden"]}
transformer-ffn-depth: 2
transformer-ffn-activation: {shape["activation"]}
transformer-preprocess: ""
transformer-postprocess: dan
transformer-postprocess-emb: d
transformer-decoder-autoreg: {autoreg}
dec-cell: {"ssru" if shape["ssru"] else "gru"}
tied-embeddings-all: true
version: v1.11.0
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--shape", choices=sorted(SHAPES), required=True)
    parser.add_argument("--sentences", type=int, default=320)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(1)
    shape = SHAPES[options.shape]
    text = settings(shape).encode() + b"\0"
    numpy.savez(options.out / "model.npz", **tensors(shape, random), **{"special:model.yml": numpy.frombuffer(text, numpy.int8)})
    words = shape["symbols"] - 2
    with open(options.out / "vocab.yml", "w", encoding="utf-8") as file:
        file.write("</s>: 0\n<unk>: 1\n")
        file.writelines(f"w{word}: {word + 2}\n" for word in range(words))
    # Every word has 50 translations.
    with open(options.out / "lex.s2t", "w", encoding="utf-8") as file:
        for word in range(words):
            for rank, other in enumerate(random.choice(words, 50, replace=False)):
                file.write(f"w{other} w{word} {0.5 / (rank + 1):.6f}\n")
    for language in ("en", "de"):
        make_base.text(random, options.out / f"test.{language}", options.sentences, words)


if __name__ == "__main__":
    main()

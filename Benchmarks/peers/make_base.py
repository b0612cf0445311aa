"""Makes a Transformer of the base size with random weights, and made-up text: for measuring speed only.

Writes model.safetensors (half precision, fairseq's parameter names), config.json, dict.txt, train.en, train.de (to learn
a shortlist from) and test.en, test.de. Symbols follow Zipf's law, as words do.
"""

import argparse
import json
from pathlib import Path

import numpy
from safetensors.numpy import save_file


def attention(tensors, random, prefix, width):
    for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
        tensors[f"{prefix}.{name}.weight"] = random.normal(0, width ** -0.5, (width, width))
        tensors[f"{prefix}.{name}.bias"] = numpy.zeros(width)
    norm(tensors, f"{prefix}_layer_norm", width)


def norm(tensors, prefix, width):
    tensors[f"{prefix}.weight"], tensors[f"{prefix}.bias"] = numpy.ones(width), numpy.zeros(width)


def layer(tensors, random, prefix, width, hidden, decodes):
    attention(tensors, random, f"{prefix}.self_attn", width)
    if decodes:
        attention(tensors, random, f"{prefix}.encoder_attn", width)
    for name, rows, columns in (("fc1", hidden, width), ("fc2", width, hidden)):
        tensors[f"{prefix}.{name}.weight"] = random.normal(0, columns ** -0.5, (rows, columns))
        tensors[f"{prefix}.{name}.bias"] = numpy.zeros(rows)
    norm(tensors, f"{prefix}.final_layer_norm", width)


def text(random, path, sentences, symbols):
    """Sentences of 8 to 32 symbols by Zipf's law."""
    weights = 1 / numpy.arange(1, symbols + 1)
    lengths = random.integers(8, 33, sentences)
    drawn = random.choice(symbols, lengths.sum(), p=weights / weights.sum())
    with open(path, "w", encoding="utf-8") as file:
        start = 0
        for length in lengths:
            file.write(" ".join(f"w{symbol}" for symbol in drawn[start:start + length]) + "\n")
            start += length


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--vocabulary", type=int, default=32000)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--layers", type=int, default=6, help="on each side")
    parser.add_argument("--heads", type=int, default=8)
    parser.add_argument("--train-sentences", type=int, default=20000)
    parser.add_argument("--test-sentences", type=int, default=128)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(1)
    width, hidden = options.width, 4 * options.width
    tensors = {"encoder.embed_tokens.weight": random.normal(0, width ** -0.5, (options.vocabulary, width))}
    for side in ("encoder", "decoder"):
        for number in range(options.layers):
            layer(tensors, random, f"{side}.layers.{number}", width, hidden, side == "decoder")
    save_file({name: tensor.astype(numpy.float16) for name, tensor in tensors.items()}, str(options.out / "model.safetensors"),
              metadata={"shared": "encoder.embed_tokens.weight = decoder.embed_tokens.weight = decoder.output_projection.weight"})
    config = {"arch": "transformer", "encoder_layers": options.layers, "decoder_layers": options.layers, "embed_dim": width,
              "ffn_dim": hidden, "heads": options.heads, "activation_fn": "relu", "share": "all",
              "encoder_normalize_before": False, "decoder_normalize_before": False, "learned_positions": False,
              "layernorm_embedding": False, "no_scale_embedding": False, "max_source_positions": 1024,
              "max_target_positions": 1024, "vocab": options.vocabulary, "bos": 0, "pad": 1, "eos": 2, "unk": 3}
    (options.out / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    symbols = options.vocabulary - 4
    with open(options.out / "dict.txt", "w", encoding="utf-8") as file:
        file.writelines(f"w{symbol} {symbols - symbol}\n" for symbol in range(symbols))
    for name, count in (("train", options.train_sentences), ("test", options.test_sentences)):
        for language in ("en", "de"):
            text(random, options.out / f"{name}.{language}", count, symbols)


if __name__ == "__main__":
    main()

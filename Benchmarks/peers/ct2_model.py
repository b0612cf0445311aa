"""Builds CTranslate2 models from Transformers in safetensors files with fairseq's parameter names."""

import json
import math
from pathlib import Path

import ctranslate2
import numpy
from safetensors import safe_open

PAD = 1
SPECIAL_SYMBOLS = ["<s>", "<pad>", "</s>", "<unk>"]


def read_symbols(dictionary, count):
    """The symbols of a dictionary file, special ones first, filled up to the size of the embedding."""
    lines = Path(dictionary).read_text(encoding="utf-8").splitlines()
    symbols = SPECIAL_SYMBOLS + [line.rsplit(" ", 1)[0] for line in lines]
    return symbols + [f"madeupword{number:04d}" for number in range(count - len(symbols))]


def positions(count, channels):
    """Sinusoids as fairseq counts them: the first place is the one behind the padding's.  [position, channel]"""
    rates = numpy.exp(-math.log(10000) / (channels // 2 - 1) * numpy.arange(channels // 2))
    angles = numpy.outer(numpy.arange(PAD + 1, PAD + 1 + count), rates)
    return numpy.hstack([numpy.sin(angles), numpy.cos(angles)]).astype(numpy.float32)


class Weights:
    """The tensors of a file and where they belong in a CTranslate2 specification."""

    def __init__(self, path):
        with safe_open(str(path), framework="numpy") as file:
            self.metadata = file.metadata() or {}
            self.tensors = {name: file.get_tensor(name).astype(numpy.float32) for name in file.keys()}

    def layers(self, side):
        return 1 + max(int(name.split(".")[2]) for name in self.tensors if name.startswith(f"{side}.layers."))

    def table(self, *names):
        """The first of several tensors that the file has: shared ones are stored once."""
        return next(self.tensors[name] for name in names if name in self.tensors)

    def affine(self, spec, *names):
        spec.weight = numpy.concatenate([self.tensors[f"{name}.weight"] for name in names])
        spec.bias = numpy.concatenate([self.tensors[f"{name}.bias"] for name in names])

    def norm(self, spec, name):
        spec.gamma = self.tensors[f"{name}.weight"]
        spec.beta = self.tensors[f"{name}.bias"]

    def layer(self, spec, name):
        own = f"{name}.self_attn"
        self.affine(spec.self_attention.linear[0], f"{own}.q_proj", f"{own}.k_proj", f"{own}.v_proj")
        self.affine(spec.self_attention.linear[1], f"{own}.out_proj")
        self.norm(spec.self_attention.layer_norm, f"{name}.self_attn_layer_norm")
        if f"{name}.encoder_attn.q_proj.weight" in self.tensors:
            source = f"{name}.encoder_attn"
            self.affine(spec.attention.linear[0], f"{source}.q_proj")
            self.affine(spec.attention.linear[1], f"{source}.k_proj", f"{source}.v_proj")
            self.affine(spec.attention.linear[2], f"{source}.out_proj")
            self.norm(spec.attention.layer_norm, f"{source}_layer_norm")
        self.affine(spec.ffn.linear_0, f"{name}.fc1")
        self.affine(spec.ffn.linear_1, f"{name}.fc2")
        self.norm(spec.ffn.layer_norm, f"{name}.final_layer_norm")


def build(model, dictionary, folder, compute_type, heads, pre_norm=False, vocabulary_map=None):
    """Writes a CTranslate2 model folder.

    `vocabulary_map` gives, for each source symbol, the target symbols it allows; the key None those that are always allowed.
    """
    weights = Weights(model)
    source = weights.table("encoder.embed_tokens.weight")
    target = weights.table("decoder.embed_tokens.weight", "encoder.embed_tokens.weight")
    spec = ctranslate2.specs.TransformerSpec.from_config(
        (weights.layers("encoder"), weights.layers("decoder")), heads, pre_norm=pre_norm,
        activation=ctranslate2.specs.Activation.RELU)
    spec.encoder.embeddings[0].weight = source
    spec.decoder.embeddings.weight = target
    spec.decoder.projection.weight = weights.table(
        "decoder.output_projection.weight", "decoder.embed_tokens.weight", "encoder.embed_tokens.weight")
    for side in ("encoder", "decoder"):
        stack = getattr(spec, side)
        for number, layer in enumerate(stack.layer):
            weights.layer(layer, f"{side}.layers.{number}")
        if pre_norm:
            weights.norm(stack.layer_norm, f"{side}.layer_norm")
        stack.position_encodings.encodings = positions(1024, source.shape[1])
    symbols = read_symbols(dictionary, source.shape[0])
    spec.register_source_vocabulary(symbols)
    spec.register_target_vocabulary(symbols)
    spec.config.bos_token, spec.config.eos_token, spec.config.unk_token = "<s>", "</s>", "<unk>"
    spec.config.decoder_start_token = "</s>"
    spec.config.add_source_eos = True
    spec.validate()
    spec.optimize(quantization=None if compute_type == "float32" else compute_type)
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    if vocabulary_map:
        lines = [f"{key or ''}\t{' '.join(values)}\n" for key, values in vocabulary_map.items()]
        (folder / "vmap.txt").write_text("".join(lines), encoding="utf-8")
    return folder


def read_shortlist(path, symbols):
    """The lists of a file of fairline-shortlist, by source symbol; those that are always allowed under None."""
    with safe_open(str(path), framework="numpy") as file:
        frequent, offsets, targets = (file.get_tensor(name) for name in ("frequent", "offsets", "symbols"))
    lists = {None: [symbols[target] for target in frequent]}
    for source, (start, end) in enumerate(zip(offsets[:-1], offsets[1:])):
        if end > start:
            lists[symbols[source]] = [symbols[target] for target in targets[start:end]]
    return lists


def heads_of(weights, given):
    """The number of heads: as given, or as a Fairline model's own record says."""
    if given:
        return given
    for text in weights.metadata.values():
        try:
            found = find(json.loads(text), "encoderAttentionHeads")
        except ValueError:
            continue
        if found:
            return found
    raise SystemExit("give --heads: the model does not say how many there are")


def find(value, key):
    """The first member of that name, however deep."""
    if isinstance(value, dict):
        if key in value:
            return value[key]
        value = list(value.values())
    if isinstance(value, list):
        return next((found for found in (find(member, key) for member in value) if found), None)
    return None

"""Translates divided text with CTranslate2 and prints the speed as one line of JSON.

Example: ct2_translate.py --model model.safetensors --dictionary dict.txt --data test.pieces.en --heads 4 --beam 5 --compute-type int8
The text has one sentence a line, its pieces separated by spaces. The model is built in the folder `--cache` at first.
"""

import argparse
import hashlib
import json
import resource
import statistics
import time
from pathlib import Path

import ctranslate2

import ct2_model


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="safetensors file with fairseq's names")
    parser.add_argument("--dictionary", required=True, help="dictionary of both sides")
    parser.add_argument("--data", required=True, help="divided source text")
    parser.add_argument("--heads", type=int, help="attention heads, unless the model's header says")
    parser.add_argument("--pre-norm", action="store_true", help="norms come before each part of a layer")
    parser.add_argument("--shortlist", help="file of fairline-shortlist, used as a vocabulary map")
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--compute-type", choices=["float32", "int8"], default="float32")
    parser.add_argument("--workers", type=int, default=2, help="batches translated at the same time")
    parser.add_argument("--threads", type=int, default=1, help="threads of each worker")
    parser.add_argument("--batch-size", type=int, default=64, help="sentences; 1 translates one at a time, the next one after it")
    parser.add_argument("--length", type=int, help="exact number of symbols of each translation")
    parser.add_argument("--limit", type=int, help="only that many sentences")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--warm-up", type=int, default=64, help="sentences translated before any are timed")
    parser.add_argument("--cache", type=Path, default=Path("ct2-models"), help="folder for built models")
    parser.add_argument("--output", help="file for the translations")
    return parser.parse_args()


def model_folder(options):
    """The built model, made when it is not there."""
    named = [Path(options.model).resolve(), Path(options.dictionary).resolve(), options.shortlist]
    key = hashlib.sha256(" ".join(f"{name}" for name in named).encode()).hexdigest()[:12]
    folder = options.cache / f"{Path(options.model).stem}-{options.compute_type}-{key}"
    if not (folder / "model.bin").exists():
        weights = ct2_model.Weights(options.model)
        lists = None
        if options.shortlist:
            count = weights.table("encoder.embed_tokens.weight").shape[0]
            lists = ct2_model.read_shortlist(options.shortlist, ct2_model.read_symbols(options.dictionary, count))
        ct2_model.build(
            options.model, options.dictionary, folder, options.compute_type, ct2_model.heads_of(weights, options.heads),
            pre_norm=options.pre_norm, vocabulary_map=lists)
    return folder


def translate(translator, sentences, options):
    limits = {"max_decoding_length": options.length or 200, "min_decoding_length": options.length or 1}
    if options.shortlist:
        limits["use_vmap"] = True
    groups = [[sentence] for sentence in sentences] if options.batch_size == 1 else [sentences]
    found = []
    for group in groups:
        found += translator.translate_batch(
            group, beam_size=options.beam, max_batch_size=options.batch_size, length_penalty=1, **limits)
    return [result.hypotheses[0] for result in found]


def main():
    options = arguments()
    lines = Path(options.data).read_text(encoding="utf-8").splitlines()[: options.limit]
    sentences = [line.split(" ") for line in lines]
    folder = model_folder(options)
    start = time.perf_counter()
    translator = ctranslate2.Translator(
        str(folder), compute_type=options.compute_type, inter_threads=options.workers, intra_threads=options.threads)
    load = time.perf_counter() - start
    translate(translator, sentences[: options.warm_up], options)
    seconds = []
    for _ in range(options.repeats):
        start = time.perf_counter()
        found = translate(translator, sentences, options)
        seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds)
    if options.output:
        Path(options.output).write_text("".join(" ".join(pieces) + "\n" for pieces in found), encoding="utf-8")
    print(json.dumps({
        "tool": f"ctranslate2 {ctranslate2.__version__}", "compute_type": options.compute_type, "beam": options.beam,
        "workers": options.workers, "threads": options.threads, "sentences_per_s": round(len(sentences) / median, 1),
        "tokens_per_s": round(sum(len(pieces) for pieces in found) / median), "best_s": round(min(seconds), 4),
        "ms_per_sentence": round(1000 * median / len(sentences), 3), "load_s": round(load, 4),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }))


if __name__ == "__main__":
    main()

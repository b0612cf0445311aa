"""Measures models of Marian's shapes, Fairline beside CTranslate2 by turns, and prints one line of JSON for each row.

Example: marian_shapes.py --work work --bin .build/release --level 1
make_marian.py makes the models; fairline-import reads them, and fairline-export writes what CTranslate2 opens, so that both
compute with the same numbers. Every output has the same length, as random weights hardly ever end a sentence. CTranslate2 has
no models with recurrent units: the student is measured alone.
"""

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

LENGTH = 30


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder for models and data, made when they are not there")
    parser.add_argument("--bin", type=Path, required=True, help="folder of Fairline's programs")
    parser.add_argument("--level", type=int, choices=[1, 2], default=1, help="FAIRLINE_CPU_LEVEL; 1 is AVX2 for both sides")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--rows", nargs="*", default=["float32-4", "float32-1", "int8-4", "int8-1", "student", "import", "first"])
    parser.add_argument("--prepare", action="store_true", help="only make models and data")
    parser.add_argument("--peer", nargs=3, metavar=("FOLDER", "TYPE", "BEAM"), help=argparse.SUPPRESS)
    return parser.parse_args()


class Session:
    def __init__(self, options):
        self.options, self.work = options, options.work
        self.environment = dict(os.environ, FAIRLINE_CPU_LEVEL=str(options.level), OMP_NUM_THREADS="1")
        if options.level == 1:
            self.environment["CT2_FORCE_CPU_ISA"] = "AVX2"

    def run(self, *command, text=None):
        done = subprocess.run([str(part) for part in command], env=self.environment, input=text, text=True, capture_output=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(map(str, command))}: {done.stderr}")
        return done

    def fairline(self, name, *rest, text=None):
        return self.run(self.options.bin / f"fairline-{name}", *rest, text=text)

    def made(self, name, *command):
        path = self.work / name
        if not path.exists():
            self.run(*command)
        return path

    def prepare(self):
        here = Path(__file__).parent
        program = {name: self.options.bin / f"fairline-{name}" for name in ("import", "export", "preprocess", "shortlist")}
        for shape in ("opus", "student"):
            folder = self.made(shape, sys.executable, here / "make_marian.py", "--out", self.work / shape, "--shape", shape)
            for kind in ("float32", "int8"):
                model = self.work / f"{shape}-{kind}.safetensors"
                self.made(model.name, program["import"], folder, "--to", model, *(["--quantize", "int8"] if kind == "int8" else []))
            self.made(f"{shape}-data", program["preprocess"], "--model", self.work / f"{shape}-float32.safetensors", "-s", "en", "-t",
                      "de", "--testpref", folder / "test", "--destdir", self.work / f"{shape}-data")
        for kind in ("float32", "int8"):
            self.made(f"ct2-{kind}", program["export"], self.work / "opus-float32.safetensors", "--format", "ctranslate2", "--to",
                      self.work / f"ct2-{kind}", *(["--quantize", "int8"] if kind == "int8" else []))
        self.made("student.short", program["shortlist"], "--from", self.work / "student/lex.s2t", "--frequent", 50, "--best", 50,
                  "--model", self.work / "student-float32.safetensors", "--to", self.work / "student.short")

    def generate(self, shape, kind, beam, *more):
        """Sentences a second of Fairline, as it reports itself."""
        done = self.fairline(
            "generate", self.work / f"{shape}-data", "--path", self.work / f"{shape}-{kind}.safetensors", "--beam", beam,
            "--conventions", "ctranslate2", "--lenpen", 1, "--min-len", LENGTH, "--max-len-a", 0, "--max-len-b", LENGTH - 1,
            "--threads", 2, "--quiet", *more)
        found = re.search(r"([\d.,]+) sentences/s, ([\d.,]+) tokens/s", done.stdout + done.stderr)
        if not found:
            raise SystemExit(f"no speed in: {done.stdout}{done.stderr}")
        return float(found[1].replace(",", ""))

    def peer(self, kind, beam):
        """Sentences a second of CTranslate2, in a process of its own."""
        done = self.run(sys.executable, __file__, "--work", self.work, "--bin", self.options.bin, "--peer", self.work / f"ct2-{kind}",
                        kind, beam)
        return float(done.stdout)

    def seconds(self, *command, text=None):
        start = time.perf_counter()
        self.run(*command, text=text)
        return time.perf_counter() - start

    def row(self, name):
        program = self.options.bin
        if name == "import":
            target = self.work / "again.safetensors"
            return {"fairline_s": [self.import_time(target) for _ in range(self.options.rounds)]}
        if name == "first":
            line = (self.work / "opus/test.en").read_text().splitlines()[0] + "\n"
            command = [program / "fairline-interactive", "--path", self.work / "opus-int8.safetensors", "--plain", "--threads", 2,
                       "--beam", 4, "--max-len-a", 0, "--max-len-b", 10]
            return {"fairline_s": [self.seconds(*command, text=line) for _ in range(self.options.rounds + 3)]}
        if name == "student":
            short = ["--shortlist", self.work / "student.short"]
            rows = {}
            for kind in ("float32", "int8"):
                for beam in (4, 1):
                    rates = [self.generate("student", kind, beam, *short) for _ in range(self.options.rounds)]
                    rows[f"{kind}-{beam}"] = [round(rate * LENGTH) for rate in rates]
            return {"words_per_s": rows}
        kind, beam = name.split("-")
        own, theirs = [], []
        for _ in range(self.options.rounds):
            own.append(self.generate("opus", kind, beam))
            theirs.append(self.peer(kind, beam))
        return {"fairline": own, "ctranslate2": theirs, "ratio": round(statistics.median(own) / statistics.median(theirs), 2)}

    def import_time(self, target):
        target.unlink(missing_ok=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        seconds = self.seconds(self.options.bin / "fairline-import", self.work / "opus", "--to", target)
        after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        return {"seconds": round(seconds, 2), "peak_mb": round(max(before, after) / 1024)}


def measure_peer(options):
    """Prints CTranslate2's sentences a second."""
    import ctranslate2
    folder, kind, beam = options.peer
    lines = (options.work / "opus/test.en").read_text(encoding="utf-8").splitlines()
    sentences = [line.split(" ") for line in lines]
    translator = ctranslate2.Translator(folder, compute_type=kind, inter_threads=2, intra_threads=1)
    translate = lambda part: translator.translate_batch(
        part, beam_size=int(beam), max_batch_size=32, length_penalty=1, min_decoding_length=LENGTH, max_decoding_length=LENGTH)
    translate(sentences[:32])
    start = time.perf_counter()
    translate(sentences)
    print(len(sentences) / (time.perf_counter() - start))


def main():
    options = arguments()
    if options.peer:
        return measure_peer(options)
    session = Session(options)
    options.work.mkdir(parents=True, exist_ok=True)
    session.prepare()
    for name in [] if options.prepare else options.rows:
        print(json.dumps({"row": name, "level": options.level, **session.row(name)}), flush=True)


if __name__ == "__main__":
    main()

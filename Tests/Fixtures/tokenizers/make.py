"""Makes the golden values of this folder with subword-nmt and tokenizers.

    pip install subword-nmt==0.3.8 tokenizers==0.23.3
    python make.py
"""

import io
import json
import random

from subword_nmt.apply_bpe import BPE
from subword_nmt.learn_bpe import learn_bpe
from tokenizers import ByteLevelBPETokenizer

random.seed(7)
stems = "les mai neu sol tar bin kom wes lur fan jo pe ri ga".split()
ends = ["", "en", "er", "est", "ung", "heit", "s", "te", "ß", "ä", "ique", "ção", "ый", "ами"]


def word():
    return "".join(random.choice(stems) for _ in range(random.randint(1, 3))) + random.choice(ends)


words = [word() for _ in range(400)]
train = [
    " ".join(words[min(int(random.expovariate(0.02)), 399)] for _ in range(random.randint(1, 14)))
    for _ in range(500)
]
special = [
    "", " ", "a", "  two  spaces ", "tab\there", "It's we're I'll they'd I'm you've", "x x x x x",
    "aaaa aaaaa aaaaaa", "12 345 6789,01", "¿Qué? ¡Sí!", "東京 は 日本 の 首都", "한국어 문장",
    "नमस्ते दुनिया", "مرحبا بالعالم", "e\u0301 é \u0301", "👍🏽 ok 👨‍👩‍👧", "no\u00a0break\u2003em",
    "!!! ... ?!", "a_b-c/d\\e", "ⅷ ½ ٣٤", "  trailing   ", "'s 'S 't", "\u200bzero", "I'd've",
    "line   with    runs", "end\t \t", "Ünïcödé", "𝔘𝔫𝔦 𝒸ℴ𝒹ℯ", "\u00ad soft", "a\u0085b",
]
test = special + [" ".join(word() for _ in range(random.randint(1, 12))) for _ in range(120)]


def write(name, lines):
    with open(name, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)


write("train.txt", train)
write("test.txt", test)
codes = io.StringIO()
learn_bpe(io.StringIO("\n".join(train) + "\n"), codes, 300)
write("codes.v2", codes.getvalue().splitlines())
# Version 0.1 has the end of a word as a symbol of its own: pairs with it are made from these.
old = []
for line in codes.getvalue().splitlines()[1:]:
    first, second = line.split()
    if second.endswith("</w>") and second != "</w>" and len(second) > 4:
        old.append((second[:-4], "</w>"))
    old.append((first, second))
write("codes.v1", dict.fromkeys(" ".join(pair) for pair in old))
write("codes.fastbpe", [f"{line} {1000 - n}" for n, line in enumerate(codes.getvalue().splitlines()[1:])])
for version in ["v1", "v2"]:
    bpe = BPE(open(f"codes.{version}", encoding="utf-8"))
    write(f"test.{version}", [bpe.process_line(line) for line in test])

level = ByteLevelBPETokenizer()
level.train_from_iterator(train + special, vocab_size=500, min_frequency=2)
level.save_model(".")
write("test.ids", [" ".join(map(str, level.encode(line).ids)) for line in test])
spaced = ByteLevelBPETokenizer("vocab.json", "merges.txt", add_prefix_space=True)
write("test.spaced.ids", [" ".join(map(str, spaced.encode(line).ids)) for line in test])
json.dump([level.decode(level.encode(line).ids) for line in test], open("test.decoded.json", "w"))

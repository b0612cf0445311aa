"""Makes the unigram model of this folder and the scores of all divisions of some words.

    pip install sentencepiece==0.2.3
    python make.py
"""

import json
import os

import sentencepiece

for kind, size in [("unigram", 238), ("char", 30)]:
    sentencepiece.SentencePieceTrainer.train(
        input="../tokenizers/train.txt", model_prefix=kind, vocab_size=size, model_type=kind,
        character_coverage=1.0, normalization_rule_name="identity", minloglevel=2)
    os.remove(f"{kind}.vocab")
model = sentencepiece.SentencePieceProcessor(model_file="unigram.model")
cases = []
for word in ["les", "maisol", "tarbin", "wesung neu", "komte"]:
    best = model.nbest_encode(word, nbest_size=512, out_type=str)
    assert len(best) < 512
    scores = [sum(model.get_score(model.piece_to_id(piece)) for piece in way) for way in best]
    assert scores == sorted(scores, reverse=True) and len(set(map(tuple, best))) == len(best)
    cases.append([word, [[" ".join(way), score] for way, score in zip(best, scores)]])
json.dump(cases, open("unigram.json", "w"), ensure_ascii=False, indent=0)

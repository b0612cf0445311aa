# One file of every kind that the programs read, and how it is read. Sourced after lib.sh.
#
# make_kinds makes the files; `kinds` names them, sound[KIND] is the file, and read_KIND reads what
# lies at its place, `place[KIND]`: `attempt` has its end then, and $result is the digest of what
# came of it, without times.
kinds=(checkpoint compressed int8 resumed shortlist bin index record dictionary pieces
  training_bin language_model language_bin language_index language_record language_dictionary
  added_model validated_bin validated_model given_dictionary given_pieces config settings text
  preprocess_text scored_text words constrained_text pickle pickled_settings foreign_tensors
  foreign_config foreign_symbols foreign_pieces rounded_foreign exported gzip_text xz_text
  zstd_text tsv learned_text codes merges symbols marian_archive marian_binary marian_vocabulary
  marian_shortlist lexicon)
declare -A sound place

make_kinds() {
  data_set data
  model=$numbers/model.safetensors
  mkdir -p at folder
  head -3 "$numbers/test.en" >three
  attempt 60 fairline-average --inputs "$model" --output sound.safetensors.zst
  attempt 60 fairline-quantize "$model" --to int8.safetensors
  attempt 60 fairline-shortlist data --to shortlist.file
  attempt 60 fairline-train data "${tiny[@]}" --max-update 3 --no-epoch-checkpoints --save-dir run
  # fairseq's names: a model whose header is a config.json of its own.
  attempt 60 fairline-average --inputs run/checkpoint_last.safetensors --output small.safetensors
  perl -e '
    # Leaves metadata and data of the task out of a checkpoint.
    my ($from, $to) = @ARGV;
    open(my $in, "<:raw", $from) or die; local $/; my $all = <$in>;
    my $length = unpack("Q<", substr($all, 0, 8));
    my ($header, $data) = (substr($all, 8, $length), substr($all, 8 + $length));
    my ($text, $kept, $at) = ("", "", 0);
    while ($header =~ /"([^"]+)":\{"dtype":"(F32)","shape":(\[[^\]]*\]),"data_offsets":\[(\d+),(\d+)\]\}/g) {
      my $size = $5 - $4;
      $text .= ($text ? "," : "") . "\"$1\":{\"dtype\":\"$2\",\"shape\":$3,\"data_offsets\":[$at," . ($at + $size) . "]}";
      $kept .= substr($data, $4, $size);
      $at += $size;
    }
    die "no tensors\n" unless $at;
    $text = "{$text}";
    open(my $out, ">:raw", $to) or die;
    print $out pack("Q<", length $text), $text, $kept;
  ' small.safetensors folder/model.safetensors || exit 1
  cp "$numbers/dict.txt" folder/dict.txt
  cp "$numbers/spm.model" folder/spm.model
  # A language model of the same pieces, and lines with phrases that outputs hold.
  language_data text.data
  attempt 60 fairline-train text.data "${tiny_language[@]}" --max-update 2 \
    --no-epoch-checkpoints --save-dir language
  awk '{ print $1, $1 "-" }' text/train.en | sort -u >words
  awk -v OFS='\t' '{ print $0, $1 }' three >constrained
  cat >config.json <<'END'
{"arch": "transformer_tiny", "embed_dim": 16, "ffn_dim": 16, "encoder_layers": 1,
"decoder_layers": 1, "heads": 2, "share": "all",
"source_lang": "en", "target_lang": "de", "max_source_positions": 1024,
"max_target_positions": 1024}
END
  echo '{"beam": 2, "max-len-b": 20, "lenpen": 1.5, "workers": 1}' >settings.json

  sound[checkpoint]=$model place[checkpoint]=at/model.safetensors
  sound[compressed]=sound.safetensors.zst place[compressed]=at/model.safetensors.zst
  sound[int8]=int8.safetensors place[int8]=at/int8.safetensors
  sound[resumed]=run/checkpoint_last.safetensors place[resumed]=at/resumed.safetensors
  sound[shortlist]=shortlist.file place[shortlist]=at/shortlist
  # A copy of the folder has the damaged file, so that the sound one stays.
  cp -r data data.at
  sound[bin]=data/test.en-de.en.bin place[bin]=data.at/test.en-de.en.bin
  sound[index]=data/test.en-de.en.idx place[index]=data.at/test.en-de.en.idx
  sound[record]=data/test.en-de.en.json place[record]=data.at/test.en-de.en.json
  sound[dictionary]=data/dict.en.txt place[dictionary]=data.at/dict.en.txt
  local name
  name=$(basename "$(find data -name '*.model' | head -1)")
  sound[pieces]=data/$name place[pieces]=data.at/$name
  cp -r data train.at
  sound[training_bin]=data/train.en-de.de.bin place[training_bin]=train.at/train.en-de.de.bin
  sound[language_model]=language/checkpoint_last.safetensors place[language_model]=at/lm.safetensors
  sound[added_model]=language/checkpoint_last.safetensors
  place[added_model]=at/added.safetensors
  cp -r text.data text.at
  sound[language_bin]=text.data/test.bin place[language_bin]=text.at/test.bin
  sound[language_index]=text.data/test.idx place[language_index]=text.at/test.idx
  sound[language_record]=text.data/test.json place[language_record]=text.at/test.json
  sound[language_dictionary]=text.data/dict.txt place[language_dictionary]=text.at/dict.txt
  cp -r data valid.at
  sound[validated_bin]=data/valid.en-de.de.bin place[validated_bin]=valid.at/valid.en-de.de.bin
  sound[validated_model]=run/checkpoint_last.safetensors
  place[validated_model]=at/validated.safetensors
  sound[words]=words place[words]=at/words
  sound[constrained_text]=constrained place[constrained_text]=at/constrained
  sound[given_dictionary]=$numbers/dict.txt place[given_dictionary]=at/dict.txt
  sound[given_pieces]=$numbers/spm.model place[given_pieces]=at/spm.model
  sound[config]=config.json place[config]=folder/config.json
  sound[settings]=settings.json place[settings]=at/settings.json
  sound[text]=three place[text]=at/text
  sound[preprocess_text]=text/train.en place[preprocess_text]=at/more.en
  cp text/train.de at/more.de
  sound[scored_text]=text/train.de place[scored_text]=at/scored
  # Models of other programs, each in a folder of its own.
  local foreign=$root/Tests/Fixtures/interop/marian-separate-relu kind
  cp -r "$foreign/model" pickled.at
  rm pickled.at/model.safetensors
  cp -r "$foreign/model" tensors.at
  sound[pickle]=$foreign/model-bin/pytorch_model.bin place[pickle]=pickled.at/pytorch_model.bin
  sound[foreign_tensors]=$foreign/model/model.safetensors
  place[foreign_tensors]=tensors.at/model.safetensors
  sound[foreign_config]=$foreign/model/config.json place[foreign_config]=tensors.at/config.json
  sound[foreign_symbols]=$foreign/model/vocab.json place[foreign_symbols]=tensors.at/vocab.json
  sound[foreign_pieces]=$foreign/model/source.spm place[foreign_pieces]=tensors.at/source.spm
  cp -r "$foreign/ct2-int8" rounded.at
  sound[rounded_foreign]=$foreign/ct2-int8/model.bin place[rounded_foreign]=rounded.at/model.bin
  local seeds=$root/Tests/Fuzzing/Seeds/marian
  for name in archive binary vocabulary; do
    mkdir "marian_$name.at"
    cp "$seeds/attention.bin" "marian_$name.at/model.bin"
    printf '%s\n' '</s>: 0' '<unk>: 1' '"a": 2' "'b': 3" 'c: 4' 'd: 5' >"marian_$name.at/vocab.yml"
  done
  rm marian_archive.at/model.bin
  cp marian_binary.at/vocab.yml marian.yml
  sound[marian_archive]=$seeds/attention.npz place[marian_archive]=marian_archive.at/model.npz
  sound[marian_binary]=$seeds/attention.bin place[marian_binary]=marian_binary.at/model.bin
  sound[marian_vocabulary]=marian.yml place[marian_vocabulary]=marian_vocabulary.at/vocab.yml
  # Marian's shortlists, in which every symbol is translated by itself and the next one.
  perl -e '
    use integer;
    open(my $in, "<", $ARGV[0]) or die; chomp(my @words = map { (split " ")[0] } <$in>);
    my $count = @words + 2;
    my @numbers = (8, 2, $count + 1, 2 * $count, map { 2 * $_ } 0..$count);
    my $rest = pack("Q<*", @numbers)
      . pack("V*", map { ($_, ($_ + 1) % $count) } 0..$count - 1);
    my $hash = 0;
    $hash ^= $_ + 0x9e3779b9 + ($hash << 6) + (($hash >> 2) & 0x3fffffffffffffff)
      for unpack("q<*", $rest);
    open(my $out, ">:raw", "lex.bin") or die;
    print $out pack("Q<q<", 0xf11a48d5013417f5, $hash), $rest;
    open(my $text, ">", "lex.s2t") or die;
    print $text "$_ $_ 0.8\n$words[0] $_ 0.2\n" for @words;
  ' "$numbers/dict.txt" || exit 1
  sound[marian_shortlist]=lex.bin place[marian_shortlist]=at/lex.bin
  sound[lexicon]=lex.s2t place[lexicon]=at/lex.s2t
  mkdir fairseq.at
  echo 'a 1' >fairseq.at/dict.txt
  sound[pickled_settings]=$root/Tests/Fuzzing/Seeds/torch/legacy.pt
  place[pickled_settings]=fairseq.at/model.pt
  sound[exported]=$model place[exported]=at/exported.safetensors
  # Compressed text, a text of two columns, and what tokenizers read.
  local tokenizers=$root/Tests/Fixtures/tokenizers
  for name in gzip xz zstd; do
    if command -v $name >/dev/null; then
      $name -c <text/train.en >text.$name
    else
      echo "$campaign: without ${name}_text: install $name" >&2
      kinds=($(printf '%s\n' "${kinds[@]}" | grep -vx ${name}_text))
    fi
  done
  paste text/train.en text/train.de >text.tsv
  for name in gzip xz zstd; do cp text/train.de at/$name.de; done
  sound[gzip_text]=text.gzip place[gzip_text]=at/gzip.en
  sound[xz_text]=text.xz place[xz_text]=at/xz.en
  sound[zstd_text]=text.zstd place[zstd_text]=at/zstd.en
  sound[tsv]=text.tsv place[tsv]=at/text.tsv
  sound[learned_text]=text/train.en place[learned_text]=at/learned
  sound[codes]=$tokenizers/codes.v2 place[codes]=at/codes
  sound[merges]=$tokenizers/merges.txt place[merges]=at/merges.txt
  sound[symbols]=$tokenizers/vocab.json place[symbols]=at/vocab.json
  for kind in "${kinds[@]}"; do
    [ -s "${sound[$kind]}" ] || { echo "$campaign: no file of the kind $kind" >&2; exit 1; }
    cp "${sound[$kind]}" "${place[$kind]}"
  done
}

# Seconds for a text: 30, and one more for each 2000 lines and each MB, as every line is worked on.
allowed() {
  local lines=0 size=0
  if [ -f "$1" ] && [ ! -L "$1" ]; then
    lines=$(wc -l <"$1") size=$(stat -c %s "$1")
  fi
  echo $((30 + lines / 2000 + size / 1000000))
}
printed() {  # file
  ask sum "$1"
  result=$answer
}
trained() {
  result=
  if [ $code = 0 ]; then
    ask bits going/checkpoint_last.safetensors
    result=$answer
  fi
}
preprocessed() {
  result=
  if [ $code = 0 ]; then
    printed going/train.en-de.en.bin
  fi
}
translate_three() {
  attempt 30 fairline-interactive --beam 2 --threads 1 --input three "$@"
  printed out
}
generate_test() {
  attempt 30 fairline-generate data.at --path "$model" --beam 2 --threads 1
  printed out
}
read_checkpoint() { translate_three --path at/model.safetensors; }
read_compressed() { translate_three --path at/model.safetensors.zst; }
read_int8() { translate_three --path at/int8.safetensors; }
read_resumed() {
  [ ! -e going ] || rm -rf going
  attempt 30 fairline-train data "${tiny[@]}" --max-update 4 --no-epoch-checkpoints \
    --restore-file at/resumed.safetensors --save-dir going
  trained
}
read_shortlist() { translate_three --path "$model" --shortlist at/shortlist; }
read_marian_shortlist() { translate_three --path "$model" --shortlist at/lex.bin; }
read_lexicon() { translate_three --path "$model" --shortlist at/lex.s2t; }
read_bin() { generate_test; }
read_index() { generate_test; }
read_record() { generate_test; }
read_dictionary() { generate_test; }
read_pieces() { generate_test; }
read_training_bin() {
  [ ! -e going ] || rm -rf going
  attempt 30 fairline-train train.at "${tiny[@]}" --max-update 7 --no-epoch-checkpoints \
    --disable-validation --save-dir going
  trained
}
evaluate() {
  attempt 30 fairline-eval-lm text.at --threads 1 "$@"
  printed out
}
read_language_model() { evaluate --path at/lm.safetensors; }
read_language_bin() { evaluate --path language/checkpoint_last.safetensors; }
read_language_index() { read_language_bin; }
read_language_record() { read_language_bin; }
read_language_dictionary() { read_language_bin; }
read_added_model() {
  translate_three --path "$model" --lm-path at/added.safetensors --lm-weight 0.3
}
validate() {
  attempt 30 fairline-validate "$1" --path "$2" --threads 1 --batch-size 16 --log-format simple
  printed err
}
read_validated_bin() { validate valid.at run/checkpoint_last.safetensors; }
read_validated_model() { validate data at/validated.safetensors; }
read_words() { translate_three --path "$model" --replace-unk at/words; }
read_constrained_text() {
  attempt "$(allowed at/constrained)" fairline-interactive --plain --threads 1 --path "$model" \
    --beam 2 --max-len-b 20 --constraints --input at/constrained
  printed out
}
read_given_dictionary() {
  [ ! -e going ] || rm -rf going
  attempt 30 fairline-preprocess -s en -t de --trainpref text/valid --srcdict at/dict.txt \
    --tgtdict at/dict.txt --destdir going --workers 1
  preprocessed
}
read_given_pieces() {
  translate_three --path "$model" --bpe sentencepiece --sentencepiece-model at/spm.model
}
read_config() { translate_three --path folder; }
read_pickle() { translate_three --path pickled.at; }
read_pickled_settings() { translate_three --path fairseq.at/model.pt; }
read_foreign_tensors() { translate_three --path tensors.at; }
read_foreign_config() { translate_three --path tensors.at; }
read_foreign_symbols() { translate_three --path tensors.at; }
read_foreign_pieces() { translate_three --path tensors.at; }
read_rounded_foreign() { import rounded.at; }
read_marian_archive() { import marian_archive.at/model.npz; }
read_marian_binary() { import marian_binary.at/model.bin; }
read_marian_vocabulary() { import marian_vocabulary.at; }
import() {
  [ ! -e imported.safetensors ] || rm imported.safetensors
  attempt 30 fairline-import "$1" --to imported.safetensors
  result=
  if [ $code = 0 ]; then
    ask bits imported.safetensors
    result=$answer
  fi
}
read_settings() { translate_three --path "$model" --config at/settings.json; }
read_text() {
  attempt "$(allowed at/text)" fairline-interactive --plain --threads 1 --path "$model" --beam 1 \
    --input at/text
  printed out
}
read_scored_text() {
  attempt "$(allowed at/scored)" fairline-score --sys at/scored --ref text/train.de
  printed out
}
read_exported() {
  [ ! -e exported ] || rm -rf exported
  attempt 30 fairline-export at/exported.safetensors --format huggingface --to exported
  result=
  if [ $code = 0 ]; then
    ask bits exported/model.safetensors
    result=$answer
  fi
}
# Both sides of a text are made data, with a vocabulary of words or a tokenizer.
read_sides() {  # prefix, settings
  [ ! -e going ] || rm -rf going
  attempt "$(allowed "$1.en")" fairline-preprocess -s en -t de --trainpref "$@" --destdir going \
    --workers 1
  preprocessed
}
read_preprocess_text() { read_sides at/more; }
read_gzip_text() { read_sides at/gzip; }
read_xz_text() { read_sides at/xz; }
read_zstd_text() { read_sides at/zstd; }
read_tsv() { read_sides at/text.tsv --tsv; }
read_codes() { read_sides text/valid --bpe subword_nmt --bpe-codes at/codes; }
read_merges() {
  read_sides text/valid --bpe hf_byte_bpe --bpe-vocab at/vocab.json --bpe-merges at/merges.txt
}
read_symbols() { read_merges; }
read_learned_text() {
  [ ! -e learned ] || rm learned
  attempt "$(allowed at/learned)" fairline-learn-bpe -i at/learned -o learned -s 100
  result=
  if [ $code = 0 ]; then
    printed learned
  fi
}

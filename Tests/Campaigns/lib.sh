# Common to the campaigns: programs, a folder to work in, data, and a report of one line a promise.
# Sourced by each of them. FAIRLINE_BIN names the folder of the programs, FAIRLINE_SEED the random
# numbers, FAIRLINE_KEPT the folder where inputs that failed are kept, FAIRLINE_MINUTES the time
# after which no further trial begins (none): what was tried until then is reported.
set -uo pipefail
export LC_ALL=C SWIFT_BACKTRACE=enable=no
campaign=$(basename "$0")
campaigns=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$campaigns/../.." && pwd)
bin=$(cd "${FAIRLINE_BIN:-$root/.build/release}" && pwd) || exit 1
seed=${FAIRLINE_SEED:-1}
kept=${FAIRLINE_KEPT:-$root/.build/campaigns}/$campaign
numbers=$root/Tests/Fixtures/numbers
# In memory, where possible: a killed process loses nothing that it has written there.
scratch=${FAIRLINE_SCRATCH:-$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)}
work=$(mktemp -d "$scratch/fairline-$campaign.XXXXXX")
servers=() settings=()
trap '[ ${#servers[@]} = 0 ] || kill "${servers[@]}" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1
[ -x "$bin/fairline-train" ] ||
  { echo "$campaign: build first: swift build -c release" >&2; exit 1; }
RANDOM=$seed
memory=6000000  # KB that a program may take
tried=0 failed=0 failed_in_all=0

# Whether another trial may begin.
time_is_left() { ((${FAIRLINE_MINUTES:-0} == 0 || SECONDS < 60 * FAIRLINE_MINUTES)); }

# Sets $picked to a whole number from 0 to below N. A shell of its own would have other numbers.
pick() { picked=$(((RANDOM * 32768 + RANDOM) % $1)); }

# Counts a failure, says what it was and keeps a file.
fail() {  # sentence, file or folder to keep
  failed=$((failed + 1))
  [ "$failed" -le 20 ] && echo "$campaign: $1" >&2
  if [ -e "${2:-}" ] && [ "$failed" -le 20 ]; then
    mkdir -p "$kept"
    rm -rf "$kept/$failed-$(basename "$2")"
    cp -r "$2" "$kept/$failed-$(basename "$2")"
  fi
  return 0
}

# One line: what is promised, how often it was tried, how often it failed.
report() {
  printf '%-13s %s: tried %d, failed %d\n' "$campaign" "$1" "$tried" "$failed"
  failed_in_all=$((failed_in_all + failed))
  [ "$tried" -gt 0 ] || failed_in_all=$((failed_in_all + 1))  # what tries nothing shows nothing
  tried=0 failed=0
}

# Ends the campaign: with 1 when anything failed.
finish() { exit $((failed_in_all > 0)); }

# Opens a pipe to a process and one back: pipes NAME sets NAME_in and NAME_out.
pipes() {
  mkfifo "$work/$1.in" "$work/$1.out" || exit 1
  eval "exec {$1_in}<>\"$work/$1.in\" {$1_out}<>\"$work/$1.out\""
}

# Runs a program for at most so many seconds of the processor, five times as long by the clock, as
# others may be at work, and $memory; its output is in out (or $printed) and err, $code its end;
# $settings are its environment's. A process that waits before its main function runs each trial in
# a copy of itself (server.c).
attempt() {  # seconds, program, arguments
  local limit=$1 program=$2 name=${2//-/_}
  shift 2
  local in=${name}_in out=${name}_out
  if [ -z "${!in:-}" ]; then
    [ -e "$work/server.so" ] || compile server
    pipes "$name"
    env SERVER_IN="$work/$name.in" SERVER_OUT="$work/$name.out" \
      LD_PRELOAD="$work/server.so${faults:+ $faults}" \
      "$bin/$program" >/dev/null 2>"$work/$name.log" </dev/null &
    servers+=($!)
  fi
  printf '%s\0' "$limit" "$memory" "${printed:-out}" ${#settings[@]} $(($# + 1)) \
    ${settings[@]+"${settings[@]}"} "$program" "$@" >&"${!in}"
  read -r -t $((5 * limit + 60)) code <&"${!out}" ||
    { echo "$campaign: $program does not answer" >&2; cat "$work/$name.log" >&2; exit 1; }
}

# Compiles a library to preload into programs.
compile() {
  cc -O1 -shared -fPIC -o "$work/$1.so" "$campaigns/$1.c" -ldl || exit 1
}

# Asks the process that works on files (files.pl): $answer.
ask() {  # what, files and numbers
  if [ -z "${files_in:-}" ]; then
    pipes files
    perl "$campaigns/files.pl" <"$work/files.in" >"$work/files.out" &
    servers+=($!)
  fi
  local request
  printf -v request '%s\t' "$@"
  printf '%s\n' "${request%$'\t'}" >&"$files_in"
  read -r -t 600 answer <&"$files_out" ||
    { echo "$campaign: files.pl does not answer" >&2; exit 1; }
}

# Whether a program came to an end of its own: with success, or with a sentence about an error.
ended() {
  case $code in
    0) return 0 ;;
    1 | 2)
      local lines line
      mapfile -t lines <err
      for line in "${lines[@]}"; do
        [[ $line =~ ^fairline-[a-z-]*:\ . ]] && return 0
      done
      return 1
      ;;
    *) return 1 ;;
  esac
}

# How it ended, for a failure's sentence.
ending() { echo "exit $code $(tail -n 1 err | cut -c 1-160)"; }

# 200 lines of numbers and dates as data sets, in the folder $1; more flags may follow.
data_set() {
  local folder=$1
  shift
  mkdir -p text
  cp "$numbers/test.en" text/train.en
  cp "$numbers/test.de" text/train.de
  for language in en de; do
    head -20 "text/train.$language" >"text/valid.$language"
    head -5 "text/train.$language" >"text/test.$language"
  done
  "$bin/fairline-preprocess" -s en -t de --trainpref text/train --validpref text/valid \
    --testpref text/test --destdir "$folder" --bpe sentencepiece --workers 1 \
    --sentencepiece-model "$numbers/spm.model" --srcdict "$numbers/dict.txt" \
    --tgtdict "$numbers/dict.txt" "$@" >preprocess.log 2>&1 ||
    { cat preprocess.log >&2; exit 1; }
}

# The English lines as data of a language model, in the folder $1.
language_data() {
  "$bin/fairline-preprocess" --only-source --trainpref text/train.en --validpref text/valid.en \
    --testpref text/test.en --destdir "$1" --bpe sentencepiece --workers 1 \
    --sentencepiece-model "$numbers/spm.model" --srcdict "$numbers/dict.txt" \
    >preprocess.log 2>&1 || { cat preprocess.log >&2; exit 1; }
}

# A training of some milliseconds an update, with everything that has a state: dropout, Adam's
# moments, a schedule, updates of several batches, epochs of eight updates.
tiny=(--arch transformer_tiny --encoder-embed-dim 16 --encoder-ffn-embed-dim 16
  --encoder-layers 1 --decoder-layers 1 --encoder-attention-heads 2 --decoder-attention-heads 2
  --share-all-embeddings --dropout 0.1 --optimizer adam --lr 0.005 --lr-scheduler inverse_sqrt
  --warmup-updates 10 --batch-size 16 --update-freq 2 --threads 1 --log-format simple
  --log-interval 1 --seed 7)

# The same for a language model.
tiny_language=(--task language_modeling --arch transformer_lm --decoder-embed-dim 16
  --decoder-ffn-embed-dim 16 --decoder-layers 1 --decoder-attention-heads 2
  --share-decoder-input-output-embed --tokens-per-sample 32 --sample-break-mode eos
  --optimizer adam --lr 0.005 --batch-size 16 --threads 1 --log-format simple --seed 7)

# Builds the library that makes file operations of a program fail, and says where it is.
build_faults() {
  compile faults
  faults=$work/faults.so
}

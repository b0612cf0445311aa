extension IgnoredFlags {
  /// fairseq's flags that no part of a program declares: most mean nothing on one machine with one
  /// number format, some are refused with what helps.
  public static let fairseq: IgnoredFlags = {
    var flags = IgnoredFlags()
    flags.addMachine()
    flags.addPrecision()
    flags.addData()
    flags.addOtherPrograms()
    flags.refuseTraining()
    flags.refuseModels()
    flags.refuseGeneration()
    return flags
  }()

  private mutating func addMachine() {
    let processor = "Fairline computes on the processor"
    add(["cpu", "tpu"], takesValue: false, because: processor)
    add(["device-id", "empty-cache-freq"], takesValue: true, because: processor)
    let single = "Fairline trains in one process and uses its cores itself"
    add(
      [
        "distributed-no-spawn", "find-unused-parameters", "fast-stat-sync", "broadcast-buffers",
        "use-bmuf", "no-reshard-after-forward", "fp32-reduce-scatter", "cpu-offload",
        "gradient-as-bucket-view", "static-graph", "fix-batches-to-gpus", "use-sharded-state",
        "not-fsdp-flatten-parameters", "load-checkpoint-on-all-dp-ranks", "grouped-shuffling",
        "pipeline-model-parallel", "use-nbm", "average-sync", "use-plasma-view",
      ], takesValue: false, because: single)
    add(
      [
        "ddp-backend", "ddp-comm-hook", "distributed-world-size", "distributed-num-procs",
        "distributed-rank", "distributed-backend", "distributed-init-method", "distributed-port",
        "local_rank", "local-rank", "nprocs-per-node", "bucket-cap-mb", "heartbeat-timeout",
        "all-gather-list-size", "model-parallel-size", "zero-sharding", "num-shards-per-node",
        "localsgd-frequency", "slowmo-momentum", "slowmo-base-algorithm", "pipeline-balance",
        "pipeline-devices", "pipeline-chunks", "pipeline-checkpoint", "pipeline-encoder-balance",
        "pipeline-encoder-devices", "pipeline-decoder-balance", "pipeline-decoder-devices",
        "checkpoint-shard-count", "block-lr", "block-momentum", "global-sync-iter",
        "warmup-iterations", "plasma-path",
      ], takesValue: true, because: single)
    add(
      ["write-checkpoints-asynchronously", "save-async"], takesValue: false,
      because: "writing a checkpoint takes little time here")
    add(
      ["no-progress-bar", "suppress-crashes", "profile", "reset-logging", "debug-param-names"],
      takesValue: false, because: "there is nothing of the kind to switch here")
  }

  private mutating func addPrecision() {
    let reason = "only products in training take half precision (fairline-train --fp16 or --bf16)"
    add(
      [
        "fp16", "bf16", "amp", "memory-efficient-fp16", "memory-efficient-bf16",
        "fp16-no-flatten-grads", "on-cpu-convert-precision", "fp16-adam-stats",
      ], takesValue: false, because: reason)
    add(
      [
        "fp16-init-scale", "fp16-scale-window", "fp16-scale-tolerance", "min-loss-scale",
        "threshold-loss-scale", "amp-batch-retries", "amp-init-scale", "amp-scale-window",
      ], takesValue: true, because: reason)
    add(
      ["use-old-adam"], takesValue: false, because: "there is one adam, with fairseq's results")
  }

  private mutating func addData() {
    add(
      ["num-workers", "data-buffer-size"], takesValue: true,
      because: "batches are prepared without worker processes")
    add(
      ["left-pad-source", "left-pad-target", "pad-to-fixed-length", "pad-to-fixed-bsz"],
      takesValue: false, because: "nothing is padded")
    add(
      ["required-seq-len-multiple", "num-batch-buckets"], takesValue: true,
      because: "nothing is padded")
    let files = "data files tell themselves how they are stored"
    add(["dataset-impl"], takesValue: true, because: files)
    add(["raw-text", "lazy-load"], takesValue: false, because: files)
    add(
      ["fixed-validation-seed"], takesValue: true, because: "validation draws nothing at random")
    add(
      ["eval-bleu-detok-args"], takesValue: true,
      because: "the detokenizer 'space' takes no arguments")
  }

  /// Flags that every program of fairseq takes, and that one of them uses.
  private mutating func addOtherPrograms() {
    add(
      ["task"], takesValue: true, because: "the model's file, or fairline-train, names the task")
    let training = "it belongs to fairline-train"
    add(
      [
        "criterion", "optimizer", "lr-scheduler", "log-interval", "train-subset", "valid-subset",
        "validate-interval", "validate-interval-updates", "validate-after-updates",
        "max-tokens-valid", "batch-size-valid", "max-sentences-valid", "curriculum", "save-dir",
        "restore-file", "continue-once", "finetune-from-model", "optimizer-overrides",
        "save-interval", "save-interval-updates", "keep-interval-updates",
        "keep-interval-updates-pattern", "keep-last-epochs", "keep-best-checkpoints",
        "best-checkpoint-metric", "patience",
      ], takesValue: true, because: training)
    add(
      [
        "combine-valid-subsets", "combine-val", "ignore-unused-valid-subsets",
        "disable-validation", "reset-dataloader", "reset-lr-scheduler", "reset-meters",
        "reset-optimizer", "no-save", "no-epoch-checkpoints", "no-last-checkpoints",
        "no-save-optimizer-state", "maximize-best-checkpoint-metric",
      ], takesValue: false, because: training)
    let generation = "it belongs to fairline-generate"
    add(
      [
        "gen-subset", "num-shards", "shard-id", "required-batch-size-multiple", "results-path",
      ], takesValue: true, because: generation)
    add(
      ["skip-invalid-size-inputs-valid-test", "sacrebleu", "quiet"], takesValue: false,
      because: generation)
    add(
      ["log-format"], takesValue: true, because: "only fairline-train prints its progress")
    add(
      ["scoring"], takesValue: true,
      because: "text is scored by fairline-generate and fairline-score, "
        + "and in training by --eval-bleu")
    add(
      ["bpe", "sentencepiece-model"], takesValue: true,
      because: "data are divided when they are preprocessed")
    add(["seed"], takesValue: true, because: "nothing is drawn at random here")
    refuse(
      ["user-dir"], because: "a plug-in is a package with a program of its own, see examples/plugin"
    )
    add(["no-early-stop"], takesValue: false, because: "a search never stops early")
    add(["no-beamable-mm", "no-seed-provided"], takesValue: false, because: "it is always so")
  }

  private mutating func refuseTraining() {
    let numbers = "use --log-format json and --log-file to keep the numbers"
    refuse(
      [
        "tensorboard-logdir", "wandb-project", "azureml-logging", "aim-repo", "aim-run-hash",
      ], because: numbers)
    refuse(
      [
        "quantization-config-path", "quant-noise-pq", "quant-noise-pq-block-size",
        "quant-noise-scalar",
      ],
      because: "there is no quantised training; fairline-quantize rounds a trained model")
    refuse(
      ["min-lr"],
      because: "--stop-min-lr ends training at a rate; only the schedule cosine has --min-lr")
    refuse(["skip-remainder-batch"], because: "every batch is trained on; leave the flag out")
    refuse(
      ["update-ordered-indices-seed", "update-epoch-batch-itr"],
      because: "sentences stay in the same batches in all epochs; leave the flag out")
    refuse(
      ["max-valid-steps", "nval"], because: "name a smaller validation set with --valid-subset")
    refuse(
      [
        "store-ema", "ema-decay", "ema-start-update", "ema-seed-model", "ema-update-freq",
        "ema-fp32",
      ], because: "average checkpoints with fairline-average")
    refuse(
      ["checkpoint-suffix"], because: "give each run a folder of its own with --save-dir")
    refuse(
      ["log-file"], because: "messages go to standard error, which 2> sends to a file")
    refuse(["simul-type"], because: "there is no simultaneous translation")
  }

  private mutating func refuseModels() {
    refuse(
      ["encoder-embed-path", "decoder-embed-path"],
      because: "word vectors of other programs are not read; leave the flag out")
    refuse(
      [
        "min-params-to-wrap", "offload-activations", "base-layers", "base-sublayers",
        "base-shuffle", "export", "relu-dropout-module", "merge-src-tgt-embed",
      ],
      because: "this model has nothing of the kind; leave the flag out")
  }

  private mutating func refuseGeneration() {
    refuse(
      [
        "tokenizer", "moses-source-lang", "moses-target-lang", "moses-no-dash-splits",
        "moses-no-escape",
      ],
      because: "text is divided by fairline-preprocess --tokenizer moses; fairline-generate and "
        + "fairline-interactive take --tokenizer moses too")
    refuse(
      [
        "bpe-bytes-path", "bpe-cased", "bpe-vocab-file",
      ], because: "divide text before, and join it with --remove-bpe")
    refuse(
      [
        "iter-decode-eos-penalty", "iter-decode-max-iter", "iter-decode-force-max-iter",
        "iter-decode-with-beam", "iter-decode-with-external-reranker", "retain-iter-history",
        "print-step", "decoding-format",
      ], because: "all models here generate one symbol after another")
    refuse(
      ["replace-unk"],
      because: "it belongs to fairline-generate and fairline-interactive")
    refuse(
      ["lm-path", "lm-weight"],
      because: "it belongs to fairline-generate and fairline-interactive")
    refuse(["constraints"], because: "it belongs to fairline-interactive")
    refuse(
      ["retain-dropout", "retain-dropout-modules"],
      because: "models generate without dropout; draw outputs with --sampling")
    refuse(["eos-token"], because: "outputs end with </s>")
    refuse(["output-format"], because: "it is --dataset-impl raw now")
  }
}

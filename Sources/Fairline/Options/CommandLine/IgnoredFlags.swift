/// Flags that are accepted without effect, so that command lines written for fairseq work, and
/// flags that are refused with a remedy.
public struct IgnoredFlags: Sendable {
  /// A flag without effect.
  public struct Entry: Sendable {
    /// Whether a value follows.
    public var takesValue: Bool
    /// Why it has no effect, as a clause.
    public var reason: String
  }

  private var entries: [String: Entry] = [:]
  /// Flags that are errors, with the remedy as a clause.
  public var refused: [String: String] = [:]

  /// No flags at all.
  public static let none = IgnoredFlags()

  /// The entry of a flag (with its dashes).
  public subscript(flag: String) -> Entry? { entries[flag] }

  /// Adds flags (without dashes) for one reason.
  public mutating func add(_ names: [String], takesValue: Bool, because reason: String) {
    for name in names { entries["--" + name] = Entry(takesValue: takesValue, reason: reason) }
  }

  /// fairseq's flags that mean nothing on one machine with one number format.
  public static let fairseq: IgnoredFlags = {
    var flags = IgnoredFlags()
    let processor = "Fairline computes on the processor"
    flags.add(["cpu", "tpu"], takesValue: false, because: processor)
    flags.add(["device-id", "empty-cache-freq"], takesValue: true, because: processor)
    let single = "Fairline trains in one process and uses its cores itself"
    flags.add(
      [
        "distributed-no-spawn", "find-unused-parameters", "fast-stat-sync", "broadcast-buffers",
        "use-bmuf", "no-reshard-after-forward", "fp32-reduce-scatter", "cpu-offload",
        "gradient-as-bucket-view", "static-graph",
      ], takesValue: false, because: single)
    flags.add(
      [
        "ddp-backend", "ddp-comm-hook", "distributed-world-size", "distributed-num-procs",
        "distributed-rank", "distributed-backend", "distributed-init-method", "distributed-port",
        "local_rank", "local-rank", "nprocs-per-node", "bucket-cap-mb", "heartbeat-timeout",
        "all-gather-list-size", "model-parallel-size", "zero-sharding", "num-shards-per-node",
        "localsgd-frequency", "slowmo-momentum", "slowmo-base-algorithm",
      ], takesValue: true, because: single)
    let loading = "batches are prepared without worker processes"
    flags.add(["num-workers", "data-buffer-size"], takesValue: true, because: loading)
    let precision =
      "only products in training take half precision (fairline-train --fp16 or --bf16)"
    flags.add(
      [
        "fp16", "bf16", "amp", "memory-efficient-fp16", "memory-efficient-bf16",
        "fp16-no-flatten-grads", "on-cpu-convert-precision", "fp16-adam-stats",
      ], takesValue: false, because: precision)
    flags.add(
      [
        "fp16-init-scale", "fp16-scale-window", "fp16-scale-tolerance", "min-loss-scale",
        "threshold-loss-scale", "amp-batch-retries", "amp-init-scale", "amp-scale-window",
      ], takesValue: true, because: precision)
    flags.add(
      ["left-pad-source", "left-pad-target"], takesValue: false, because: "nothing is padded")
    flags.add(
      ["no-progress-bar", "suppress-crashes", "use-plasma-view", "profile"], takesValue: false,
      because: "there is nothing of the kind to switch here")
    flags.refused = [
      "--tensorboard-logdir": "use --log-format json and --log-file to keep the numbers",
      "--wandb-project": "use --log-format json and --log-file to keep the numbers",
      "--azureml-logging": "use --log-format json and --log-file to keep the numbers",
      "--quantization-config-path": "Fairline has no quantised training",
    ]
    return flags
  }()
}

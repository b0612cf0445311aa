/// Training on the user's data: `fairline-train` beside a tuned loop in PyTorch.
enum TrainingTrials {
  /// The shape of a model.
  struct Shape {
    var name: String
    var layers: Int
    var width: Int
    var ffn: Int
    var heads: Int
    var updates: Int

    static let small = Shape(
      name: "small model", layers: 3, width: 256, ffn: 1024, heads: 4,
      updates: 6)
    static let base = Shape(
      name: "base model", layers: 6, width: 512, ffn: 2048, heads: 8,
      updates: 3)

    /// The flags of `fairline-train`.
    var flags: [String] {
      [
        "--arch", "transformer", "--encoder-layers", "\(layers)", "--decoder-layers", "\(layers)",
        "--encoder-embed-dim", "\(width)", "--encoder-ffn-embed-dim", "\(ffn)",
        "--encoder-attention-heads", "\(heads)", "--decoder-attention-heads", "\(heads)",
        "--share-all-embeddings",
      ]
    }

    /// The flags of the peer.
    var peerFlags: [String] {
      [
        "--layers", "\(layers)", "--width", "\(width)", "--ffn", "\(ffn)", "--heads", "\(heads)",
      ]
    }
  }

  static func small(_ shop: Workshop) throws -> [Trial] {
    var row = Row.rate("target tokens/s", ratio: shop.asked(v3: 1.6, v4: 1.7))
    row.wantedShare = shop.asked(v4: 0.7)
    row.wantedPeakShare = shop.asked(v3: 0.8)
    return [try trial(shop, .small, [], row)]
  }

  static func base(_ shop: Workshop) throws -> [Trial] {
    let ratio = shop.asked(v3: 1.5, v4: 1.8)
    return [try trial(shop, .base, [], .rate("target tokens/s", ratio: ratio))]
  }

  static func smallHalf(_ shop: Workshop) throws -> [Trial] {
    let ratio = shop.asked(v4: 2.5)
    return [try trial(shop, .small, ["--fp16"], .rate("target tokens/s", ratio: ratio))]
  }

  static func baseHalf(_ shop: Workshop) throws -> [Trial] {
    let ratio = shop.asked(v4: 2.7)
    return [try trial(shop, .base, ["--fp16"], .rate("target tokens/s", ratio: ratio))]
  }

  /// What the tuning of the peer's loop is worth.
  static func plain(_ shop: Workshop) throws -> [Trial] {
    var mine = try fairline(shop, .small, [])
    mine.probe = nil
    return [
      Trial(
        name: "update", title: "\(Shape.small.name), plain peer",
        rows: [.rate("target tokens/s")],
        contenders: [mine, try peer(shop, .small, "PyTorch, plain", ["--plain"])])
    ]
  }

  private static func trial(
    _ shop: Workshop, _ shape: Shape, _ more: [String], _ row: Row
  ) throws -> Trial {
    let half = more.isEmpty ? "" : ", `\(more.joined(separator: " "))`"
    return Trial(
      name: "update", title: "\(shape.name)\(half)", rows: [row],
      contenders: [
        try fairline(shop, shape, more), try peer(shop, shape, "PyTorch, tuned", []),
      ])
  }

  /// `fairline-train` on the user's data; a run with `--profile` before tells the operations of a
  /// token.
  static func fairline(_ shop: Workshop, _ shape: Shape, _ more: [String]) throws -> Contender {
    let updates = shop.settings.updates ?? shape.updates
    let command = shop.fairline(
      "fairline-train",
      [try shop.data] + shape.flags + [
        "--dropout", "0.3", "--criterion", "label_smoothed_cross_entropy", "--label-smoothing",
        "0.1", "--optimizer", "adam", "--adam-betas", "(0.9, 0.98)", "--weight-decay", "0.0001",
        "--lr-scheduler", "inverse_sqrt", "--warmup-updates", "1000", "--lr", "7e-4",
        "--max-tokens", "4096", "--max-update", "\(max(2, updates))", "--no-save",
        "--disable-validation", "--log-interval", "1", "--log-format", "json",
      ] + shop.threads + more)
    var probe = command
    probe.arguments += ["--profile"]
    // The operations are the same in every update.
    probe.set("--max-update", to: "\(min(3, max(2, updates)))")
    return Contender(
      label: "Fairline", command: command, reader: .trainingLog, probe: probe)
  }

  /// The loop in PyTorch on the same data.
  static func peer(
    _ shop: Workshop, _ shape: Shape, _ label: String, _ more: [String]
  ) throws -> Contender {
    let updates = shop.settings.updates ?? shape.updates
    return shop.peer(
      label, "torch_train.py",
      [
        "--data", try shop.data, "--source-lang", shop.settings.languages.source,
        "--target-lang", shop.settings.languages.target, "--max-tokens", "4096", "--updates",
        "\(max(2, updates))",
      ] + shape.peerFlags + shop.threads + more)
  }
}

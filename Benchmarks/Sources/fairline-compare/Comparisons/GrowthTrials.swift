/// How speed and memory grow: training of made-up batches, in a fresh process for each point.
enum GrowthTrials {
  static func length(_ shop: Workshop) -> [Trial] {
    points(shop, [16, 32, 64, 128, 256, 512, 1024, 2048]).map { length in
      training(
        shop, "length-\(length)", "training at length \(length), 4096 tokens", x: length,
        ["--length", "\(length)"], updates: 4)
    }
  }

  static func width(_ shop: Workshop) -> [Trial] {
    points(shop, [128, 256, 512, 1024]).map { width in
      training(
        shop, "width-\(width)", "training at \(width) channels, 4096 tokens", x: width,
        ["--width", "\(width)"], updates: 4)
    }
  }

  static func batch(_ shop: Workshop) -> [Trial] {
    points(shop, [512, 1024, 2048, 4096, 8192]).map { tokens in
      training(
        shop, "batch-\(tokens)", "training, batches of \(tokens) tokens", x: tokens,
        ["--max-tokens", "\(tokens)"], updates: max(4, 16384 / tokens))
    }
  }

  static func threads(_ shop: Workshop) -> [Trial] {
    Set([1, shop.settings.threads]).sorted().map { threads in
      training(
        shop, "threads-\(threads)",
        "training with \(threads) \(threads == 1 ? "thread" : "threads"), 4096 tokens",
        x: threads, [], updates: 8, threads: threads)
    }
  }

  /// Four sentences of growing length, so that memory shows how it grows with length alone.
  static func memory(_ shop: Workshop) -> [Trial] {
    points(shop, [128, 256, 512, 1024, 2048]).map { length in
      var trial = training(
        shop, "length-\(length)", "peak memory of training 4 sentences of length \(length)",
        x: length, ["--length", "\(length)", "--max-tokens", "\(4 * length)"], updates: 2)
      trial.rows = [.memory()]
      return trial
    }
  }

  static func decoding(_ shop: Workshop) throws -> [Trial] {
    try points(shop, [1, 4, 16, 64, 256]).map { batch in
      Trial(
        name: "batch-\(batch)",
        title:
          "translating, beam 5, int8, batches of \(batch) \(batch == 1 ? "sentence" : "sentences")",
        x: Double(batch), rows: [.rate("sentences/s")],
        contenders: [
          try DecodingTrials.fairline(shop, "int8", 5, batch: batch),
          try DecodingTrials.peer(shop, "int8", 5, batch: batch),
        ])
    }
  }

  private static func points(_ shop: Workshop, _ all: [Int]) -> [Int] {
    Array(all.prefix(shop.settings.maxPoints))
  }

  private static func training(
    _ shop: Workshop, _ name: String, _ title: String, x: Int, _ flags: [String], updates: Int,
    threads: Int? = nil
  ) -> Trial {
    let common =
      flags + [
        "--updates", "\(max(2, shop.settings.updates ?? updates))", "--threads",
        "\(threads ?? shop.settings.threads)",
      ]
    var peer = shop.peer("PyTorch, tuned", "torch_train.py", common + ["--quiet"])
    peer.command.environment["OMP_NUM_THREADS"] = "\(threads ?? shop.settings.threads)"
    return Trial(
      name: name, title: title, x: Double(x), rows: [.rate("target tokens/s")],
      contenders: [
        Contender(label: "Fairline", command: shop.bench(["train"] + common), reader: .json), peer,
      ])
  }
}

import Foundation

/// Translating the user's test set: `fairline-generate` beside CTranslate2.
enum DecodingTrials {
  static func throughput(_ shop: Workshop) throws -> [Trial] {
    let asked = [
      ("float32", 5, 1.5), ("float32", 1, 1.5), ("int8", 5, 2.0), ("int8", 1, 1.7),
    ]
    return try asked.map { type, beam, ratio in
      Trial(
        name: "\(type)-beam\(beam)", title: "beam \(beam), \(type)",
        rows: [.rate("sentences/s", ratio: shop.asked(v3: ratio, v4: 1.5))],
        contenders: [
          try fairline(shop, type, beam, batch: 64),
          try peer(shop, type, beam, batch: 64),
        ])
    }
  }

  static func latency(_ shop: Workshop) throws -> [Trial] {
    let row = Row(
      key: "milliseconds", title: "", unit: "ms a sentence", isLess: true,
      wantedRatio: shop.asked(v3: 3, v4: 1.5))
    let part = try FirstSentences(shop)
    var mine = try fairline(shop, "int8", 5, batch: 1, workers: 1)
    mine.command.arguments[0] = part.data
    mine.reader = .latency
    // With more threads the peer is many times slower: they wait for each other in every small
    // product.
    var peer = try peer(shop, "int8", 5, batch: 1, workers: 1, threads: 1)
    peer.command.set("--data", to: part.pieces)
    peer.label += ", 1 thread"
    return [
      Trial(
        name: "sentence", title: "one at a time",
        rows: [row],
        contenders: [mine, peer])
    ]
  }

  /// `fairline-generate` on the user's data.
  static func fairline(
    _ shop: Workshop, _ type: String, _ beam: Int, batch: Int, workers: Int = 0
  ) throws -> Contender {
    let file =
      type == "int8"
      ? try shop.quantized(try shop.model, as: "model.int8.safetensors")
      : try shop.model + "/model.safetensors"
    let command = shop.fairline(
      "fairline-generate",
      [
        try shop.data, "--path", file, "--beam", "\(beam)", "--batch-size", "\(batch)",
        "--required-batch-size-multiple", "1", "--workers", "\(workers)", "--quiet",
        "--remove-bpe", "sentencepiece", "--scoring", "sacrebleu",
      ] + shop.threads)
    return Contender(label: "Fairline", command: command, reader: .generation)
  }

  /// CTranslate2 on the same sentences, with one worker for each thread unless one sentence shall
  /// have all.
  static func peer(
    _ shop: Workshop, _ type: String, _ beam: Int, batch: Int, workers: Int? = nil,
    threads: Int = 1
  ) throws -> Contender {
    let model = try shop.model
    return try peer(
      shop, "CTranslate2 \(type)", model: model, pieces: try pieces(shop),
      [
        "--beam", "\(beam)", "--compute-type", type, "--workers",
        "\(workers ?? shop.settings.threads)", "--threads", "\(threads)", "--batch-size",
        "\(batch)",
      ])
  }

  /// CTranslate2 with a model folder on divided text; a run before all others builds its form of
  /// the model.
  static func peer(
    _ shop: Workshop, _ label: String, model: String, pieces: String, _ flags: [String]
  ) throws -> Contender {
    var peer = shop.peer(
      label, "ct2_translate.py",
      [
        "--model", model + "/model.safetensors", "--dictionary", model + "/dict.txt", "--data",
        pieces, "--heads", "\(try heads(of: model))", "--cache", shop.settings.work + "/ct2",
        "--repeats", "1",
      ] + flags)
    var build = peer.command
    build.arguments += ["--limit", "1"]
    peer.probe = build
    peer.renames = ["sentences_per_s": "rate", "ms_per_sentence": "milliseconds"]
    return peer
  }

  /// The test set's sources, divided into the pieces of the user's data, a sentence a line.
  static func pieces(_ shop: Workshop) throws -> String {
    let (data, pair) = (try shop.data, shop.settings.languages)
    let file = "\(data)/test.\(pair.source)-\(pair.target).\(pair.source).bin"
    return try shop.made("test.pieces", from: [file]) { path in
      let text = try PreprocessedText(
        folder: data, subset: "test", pair: pair, language: pair.source)
      try text.write(to: path)
    }
  }

  /// The attention heads of a model folder, from its config.json.
  private static func heads(of folder: String) throws -> Int {
    let path = folder + "/config.json"
    let data = FileManager.default.contents(atPath: path) ?? Data()
    let config = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    guard let heads = config?["heads"] as? Int else {
      throw CompareError("--model: \(path) does not tell the number of \"heads\"")
    }
    return heads
  }
}

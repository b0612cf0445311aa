import Foundation

/// What happens around training and translating: preprocessing, starting, solving ODEs.
enum ServiceTrials {
  static func preprocessing(_ shop: Workshop) throws -> [Trial] {
    let (folder, model) = (try shop.text, try shop.model + "/spm.model")
    let (source, target) = shop.settings.languages
    let out = shop.settings.work + "/preprocessed"
    let train = folder + "/train"
    let valid = try ["/val", "/valid"].map { folder + $0 }.first {
      FileManager.default.fileExists(atPath: "\($0).\(source)")
    }.orThrow("--text: \(folder) has neither val.\(source) nor valid.\(source)")
    let command = shop.fairline(
      "fairline-preprocess",
      [
        "--source-lang", source, "--target-lang", target, "--trainpref", train,
        "--validpref", valid, "--joined-dictionary", "--bpe", "sentencepiece",
        "--sentencepiece-model", model, "--workers", "\(shop.settings.threads)", "--destdir", out,
      ])
    let peer = shop.peer(
      "SentencePiece and NumPy in Python", "preprocess.py",
      [
        "--text", train, valid, "--languages", source, target,
        "--sentencepiece-model", model, "--out", out + "-peer",
      ] + shop.threads)
    var mine = Contender(label: "Fairline", command: command, reader: .process)
    mine.output = out
    let row = Row(
      key: "wall_seconds", title: "", unit: "s", isLess: true,
      wantedValue: shop.asked(v4: 0.98))
    return [
      Trial(
        name: "text",
        title: "preprocessing",
        rows: [row],
        contenders: [mine, peer])
    ]
  }

  static func launch(_ shop: Workshop) throws -> [Trial] {
    [
      try firstUpdate(shop, tokens: 4096, atMost: shop.asked(v4: 0.4)),
      try firstUpdate(shop, tokens: 512),
      try firstTranslation(shop),
    ]
  }

  /// The update itself takes most of the time with large batches; small ones show what starting
  /// costs.
  private static func firstUpdate(
    _ shop: Workshop, tokens: Int, atMost seconds: Double? = nil
  ) throws -> Trial {
    var mine = try TrainingTrials.fairline(shop, .small, [])
    mine.command.set("--max-update", to: "1")
    mine.command.set("--max-tokens", to: "\(tokens)")
    (mine.reader, mine.probe) = (.process, nil)
    mine.renames = ["wall_seconds": "launch_seconds"]
    var peer = try TrainingTrials.peer(shop, .small, "PyTorch, tuned", ["--quiet"])
    peer.command.set("--updates", to: "1")
    peer.command.set("--max-tokens", to: "\(tokens)")
    peer.renames = ["first_seconds": "launch_seconds"]
    return Trial(
      name: "update-\(tokens)",
      title: "first update, \(tokens) tokens",
      rows: [row(atMost: seconds)], contenders: [mine, peer])
  }

  private static func firstTranslation(_ shop: Workshop) throws -> Trial {
    let pieces = try DecodingTrials.pieces(shop)
    let line = try shop.made("sentence.txt", from: [pieces]) { path in
      let text = try String(contentsOfFile: pieces, encoding: .utf8).prefix { $0 != "\n" }
      let plain = text.replacing(" ", with: "").replacing("\u{2581}", with: " ")
      try (plain + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
    let model = try shop.quantized(try shop.model, as: "model.int8.safetensors")
    let command = shop.fairline(
      "fairline-interactive",
      [
        try shop.data, "--path", model, "--beam", "5", "--input", line, "--bpe", "sentencepiece",
        "--remove-bpe", "sentencepiece",
      ] + shop.threads)
    var mine = Contender(label: "Fairline", command: command, reader: .process)
    mine.renames = ["wall_seconds": "launch_seconds"]
    var peer = try DecodingTrials.peer(shop, "int8", 5, batch: 1, workers: 1)
    peer.command.arguments += ["--limit", "1"]
    peer.renames = ["wall_seconds": "launch_seconds"]
    return Trial(
      name: "translation", title: "first translation",
      rows: [row(atMost: shop.asked(v4: 0.1))], contenders: [mine, peer])
  }

  private static func row(atMost seconds: Double?) -> Row {
    Row(
      key: "launch_seconds", title: "", unit: "s", isLess: true, wantedValue: seconds)
  }

  static func solving(_ shop: Workshop) throws -> [Trial] {
    let repeats = ["--repeats", "5"] + shop.threads
    var mine = Contender(
      label: "FairlineODE", command: shop.bench(["ode", "--json"] + repeats), reader: .json)
    mine.renames = ["backpropagation_ms": "direct_ms", "replay_ms": "adjoint_ms"]
    let peer = shop.peer("torchdiffeq", "torchdiffeq_solve.py", repeats)
    let rows = [
      ("forward_ms", "forward"), ("direct_ms", "gradient, steps kept"),
      ("adjoint_ms", "gradient, steps again"),
    ].map { key, title in
      Row(key: key, title: title, unit: "ms", isLess: true, wantedRatio: shop.asked(v3: 3))
    }
    return [
      Trial(
        name: "dopri5", title: "dopri5", rows: rows,
        contenders: [mine, peer])
    ]
  }
}

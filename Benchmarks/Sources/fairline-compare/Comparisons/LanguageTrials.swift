import Foundation

/// Training of language models: `fairline-train` beside a tuned loop in PyTorch, on one language of
/// the user's text.
enum LanguageTrials {
  /// How text is cut up, by the name of the row.
  private static let cuts = [
    (name: "sentences", mode: "eos", title: "sentences"),
    (name: "blocks", mode: "none", title: "blocks"),
  ]

  static func training(_ shop: Workshop) throws -> [Trial] {
    let data = try data(shop)
    let updates = "\(max(2, shop.settings.updates ?? 6))"
    return cuts.map { cut in
      let shape = ["--sample-break-mode", cut.mode, "--tokens-per-sample", "128"]
      let command = shop.fairline(
        "fairline-train",
        [data] + model + shape + [
          "--optimizer", "adam", "--adam-betas", "(0.9, 0.98)", "--lr-scheduler",
          "inverse_sqrt", "--warmup-updates", "200", "--lr", "1e-3", "--max-tokens", "4096",
          "--max-update", updates, "--no-save", "--disable-validation", "--log-interval", "1",
          "--log-format", "json",
        ] + shop.threads)
      var probe = command
      probe.arguments += ["--profile"]
      probe.set("--max-update", to: "3")
      let peer = shop.peer(
        "PyTorch, tuned", "torch_lm.py",
        ["--data", data, "--max-tokens", "4096", "--updates", updates] + shape + shop.threads)
      return Trial(
        name: cut.name,
        title: "language model, \(cut.title)",
        rows: [.rate("tokens/s", ratio: shop.asked(v3: 1.5, v4: 1.5))],
        contenders: [
          Contender(label: "Fairline", command: command, reader: .trainingLog, probe: probe),
          peer,
        ])
    }
  }

  /// The flags of the model; the script of the peer has them as defaults.
  private static let model = [
    "--task", "language_modeling", "--arch", "transformer_lm", "--decoder-layers", "6",
    "--decoder-embed-dim", "256", "--decoder-ffn-embed-dim", "1024", "--decoder-attention-heads",
    "4", "--share-decoder-input-output-embed", "--dropout", "0.1",
  ]

  /// The target language of the text in the pieces of the model, preprocessed.
  private static func data(_ shop: Workshop) throws -> String {
    let (folder, model) = (try shop.text, try shop.model)
    let language = shop.settings.languages.target
    let train = "\(folder)/train.\(language)"
    let valid = try ["val", "valid"].map { "\(folder)/\($0).\(language)" }.first {
      FileManager.default.fileExists(atPath: $0)
    }.orThrow("--text: \(folder) has neither val.\(language) nor valid.\(language)")
    let (pieces, dictionary) = (model + "/spm.model", model + "/dict.txt")
    return try shop.made("language-data", from: [train, valid, pieces, dictionary]) { path in
      try shop.run(
        shop.fairline(
          "fairline-preprocess",
          [
            "--only-source", "--trainpref", train, "--validpref", valid, "--bpe",
            "sentencepiece", "--sentencepiece-model", pieces, "--srcdict", dictionary,
            "--destdir", path,
          ]))
    }
  }
}

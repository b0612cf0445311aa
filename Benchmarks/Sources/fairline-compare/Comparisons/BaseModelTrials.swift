import Foundation

/// Translating with a model of the base size whose weights are random: only its speed means
/// something.
///
/// The peer's `make_base.py` draws the model and made-up text; Fairline's programs make data, 8 bit
/// weights and a shortlist of it.
enum BaseModelTrials {
  static func throughput(_ shop: Workshop) throws -> [Trial] {
    let script = shop.settings.out + "/peers/make_base.py"
    let folder = try shop.made("base", from: [script]) { path in
      let part = path + ".part"
      let maker = shop.peer("", "make_base.py", ["--out", part])
      try shop.run(maker.command)
      try FileManager.default.moveItem(atPath: part, toPath: path)
    }
    let data = try shop.made("base-data", from: [folder]) { path in
      let part = path + ".part"
      let dictionary = folder + "/dict.txt"
      try shop.run(
        shop.fairline(
          "fairline-preprocess",
          [
            "--source-lang", "en", "--target-lang", "de", "--trainpref", folder + "/train",
            "--testpref", folder + "/test", "--srcdict", dictionary, "--joined-dictionary",
            "--destdir", part,
          ]))
      try FileManager.default.moveItem(atPath: part, toPath: path)
    }
    let shortlist = try shop.made("base-shortlist.safetensors", from: [data]) { path in
      try shop.run(shop.fairline("fairline-shortlist", [data, "--to", path, "--iterations", "2"]))
    }
    let model = try shop.quantized(folder, as: "base.int8.safetensors")
    // Random weights hardly ever end a sentence: all outputs are as long.
    let length = "30"
    let command = shop.fairline(
      "fairline-generate",
      [
        data, "--path", model, "--beam", "5", "--batch-size", "32", "--min-len", length,
        "--max-len-b", length, "--shortlist", shortlist, "--quiet",
      ] + shop.threads)
    let peer = try DecodingTrials.peer(
      shop, "CTranslate2 int8, vocabulary map", model: folder, pieces: folder + "/test.en",
      [
        "--shortlist", shortlist, "--beam", "5", "--compute-type", "int8", "--workers",
        "\(shop.settings.threads)", "--threads", "1", "--batch-size", "32", "--length", length,
      ])
    return [
      Trial(
        name: "int8-beam5",
        title: "base model, shortlist",
        rows: [.rate("sentences/s", ratio: shop.asked(v3: 1.5, v4: 1.3))],
        contenders: [Contender(label: "Fairline", command: command, reader: .generation), peer])
    ]
  }
}

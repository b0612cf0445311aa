import Fairline
import FairlineData
import FairlineTesting
import Foundation
import Testing

/// Data sets of one language: the way from monolingual text to training on its translations.
@Suite struct SourceOnlyTests {
  /// Preprocesses text of the source language alone, with the dictionary of a data folder.
  static func mono(_ data: TinyData, copiesOther: Bool = true) throws -> String {
    let folder = data.path("mono")
    let run = try Programs.run(
      "fairline-preprocess",
      [
        "--only-source", "-s", "de", "-t", "en", "--joined-dictionary", "--srcdict",
        data.bin + "/dict.de.txt", "--testpref", data.path("test"), "--destdir", folder,
      ])
    #expect(run.code == 0, "\(run.errors)")
    if copiesOther {
      try FileManager.default.copyItem(
        atPath: data.bin + "/dict.en.txt", toPath: folder + "/dict.en.txt")
    }
    return folder
  }

  @Test func sourcesAloneAreTranslated() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("back", ["-s", "de", "-t", "en", "--max-update", "4"]) == 0)
      let model = data.path("back/checkpoint_last.safetensors")
      let mono = try Self.mono(data, copiesOther: false)
      let flags = ["--path", model, "--max-len-b", "8"]
      let found = try Programs.run("fairline-generate", [mono] + flags)
      #expect(found.code == 0, "\(found.errors)")
      let lines = found.output.split(separator: "\n")
      #expect(lines.count { $0.hasPrefix("S-") } == 12)
      #expect(lines.count { $0.hasPrefix("H-") } == 12)
      #expect(!lines.contains { $0.hasPrefix("T-") || $0.hasPrefix("Generate") })
      for (flag, code) in [("--score-reference", 2), ("--sacrebleu", 0)] as [(String, Int32)] {
        let run = try Programs.run("fairline-generate", [mono] + flags + [flag])
        #expect(run.code == code && run.errors.contains("has no target side"), "\(run.errors)")
      }
      let prefix = try Programs.run("fairline-generate", [mono] + flags + ["--prefix-size", "1"])
      #expect(prefix.code == 2 && prefix.errors.contains("--prefix-size needs references"))
      try FileManager.default.copyItem(
        atPath: data.bin + "/dict.en.txt", toPath: mono + "/dict.en.txt")
      let trained = data.arguments(
        "no", ["--train-subset", "test", "--disable-validation"])
      let training = try Programs.run(
        "fairline-train", [mono] + trained.dropFirst() + ["-s", "de", "-t", "en"])
      #expect(training.code == 1 && training.errors.contains("test.de-en.en"), "\(training.errors)")
    }
  }

  /// The commands of fairseq's example of back-translation, on a little text.
  @Test func theRecipeOfBackTranslationRuns() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("back", ["-s", "de", "-t", "en", "--max-update", "4"]) == 0)
      let mono = try Self.mono(data)
      let sampled = try Programs.run(
        "fairline-generate",
        [
          mono, "--path", data.path("back/checkpoint_last.safetensors"),
          "--skip-invalid-size-inputs-valid-test", "--max-tokens", "4096", "--sampling", "--beam",
          "1", "--max-len-b", "9", "--fp16",
        ])
      #expect(sampled.code == 0, "\(sampled.errors)")
      func column(_ kind: String, _ place: Int) -> String {
        sampled.output.split(separator: "\n").filter { $0.hasPrefix(kind) }.map {
          "\($0.split(separator: "\t", omittingEmptySubsequences: false)[place])\n"
        }.joined()
      }
      try Data(column("H-", 2).utf8).write(to: folder.appendingPathComponent("bt.en"))
      try Data(column("S-", 1).utf8).write(to: folder.appendingPathComponent("bt.de"))
      let made = try Programs.run(
        "fairline-preprocess",
        [
          "--source-lang", "en", "--target-lang", "de", "--joined-dictionary", "--srcdict",
          data.bin + "/dict.en.txt", "--trainpref", data.path("bt"), "--destdir", data.path("bt"),
        ])
      #expect(made.code == 0, "\(made.errors)")
      // The folder of both is made of links, as the example has it.
      let both = folder.appendingPathComponent("both")
      try FileManager.default.createDirectory(at: both, withIntermediateDirectories: true)
      func link(_ target: String, _ name: String) throws {
        try FileManager.default.createSymbolicLink(
          atPath: both.appendingPathComponent(name).path, withDestinationPath: target)
      }
      for language in ["en", "de"] {
        try link(data.bin + "/dict.\(language).txt", "dict.\(language).txt")
        for ending in ["bin", "idx", "json"] {
          let name = "en-de.\(language).\(ending)"
          try link(data.bin + "/train.\(name)", "train.\(name)")
          try link(data.path("bt") + "/train.\(name)", "train1.\(name)")
          try link(data.bin + "/valid.\(name)", "valid.\(name)")
        }
      }
      let arguments =
        [both.path] + data.arguments("both-model").dropFirst()
        + [
          "--upsample-primary", "16", "--source-lang", "en", "--target-lang", "de",
          "--share-all-embeddings", "--fp16", "--max-update", "3", "--ddp-backend",
          "legacy_ddp",
        ]
      let trained = try Programs.run("fairline-train", arguments)
      #expect(trained.code == 0, "\(trained.errors)")
      // What a link has another name for is verified all the same.
      let changed = data.path("bt") + "/train.en-de.en.bin"
      var bytes = try Data(contentsOf: URL(fileURLWithPath: changed))
      bytes[0] ^= 1
      try bytes.write(to: URL(fileURLWithPath: changed))
      let refused = try Programs.run("fairline-train", arguments + ["--save-dir", data.path("x")])
      #expect(refused.code == 1 && refused.errors.contains("train1.en-de.en.bin' is damaged"))
    }
  }

  @Test func theNameWithoutATargetIsFound() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "1"]) == 0)
      let run = try Programs.run(
        "fairline-preprocess",
        [
          "--only-source", "-s", "en", "--srcdict", data.bin + "/dict.en.txt", "--testpref",
          data.path("test"), "--destdir", data.path("mono"),
        ])
      #expect(run.code == 0, "\(run.errors)")
      let found = try Programs.run(
        "fairline-generate",
        [
          data.path("mono"), "-s", "en", "-t", "de", "--max-len-b", "5", "--path",
          data.path("model/checkpoint_last.safetensors"),
        ])
      #expect(found.code == 0, "\(found.errors)")
      #expect(found.output.split(separator: "\n").count { $0.hasPrefix("H-") } == 12)
    }
  }
}

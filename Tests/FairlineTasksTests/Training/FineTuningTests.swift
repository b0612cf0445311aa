import Fairline
import FairlineData
import FairlineGeneration
import FairlineInterop
import FairlineModels
import FairlineTasks
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Training that begins from models of other programs.
@Suite(.serialized) struct FineTuningTests {
  private func model(_ name: String) throws -> String {
    let folder = try #require(FixtureFolder.all("interop").first)
    return folder.url.appending(path: "\(name)/model").path
  }

  private func catalog() throws -> Catalog {
    try Catalog([
      StandardTraining.self, StandardTasks.self, StandardSearch.self, StandardTokenizers.self,
      StandardModels.self, StandardImporters.self,
    ])
  }

  /// Text that the model divides, in the files of two languages.
  private func preprocess(
    _ folder: URL, _ model: String, _ source: String, _ target: String
  ) throws -> String {
    var random = MersenneTwister(seed: 5)
    let syllables = ["be", "ve", "du", "fa", "fo", "ne", "vo", "ra", "sa", "gi", "nu", "zo"]
    for (name, count) in [("train", 60), ("valid", 8)] {
      let lines = (0..<count).map { _ in
        (0..<(2 + random.next(upTo: 4))).map { _ in
          (0..<2).map { _ in syllables[random.next(upTo: 11)] }.joined()
        }
      }
      for (language, words) in [(source, lines), (target, lines.map { $0.reversed() })] {
        let text = words.map { $0.joined(separator: " ") + "\n" }.joined()
        try Data(text.utf8).write(to: folder.appending(path: "\(name).\(language)"))
      }
    }
    let bin = folder.appending(path: "bin").path
    let run = try Programs.run(
      "fairline-preprocess",
      [
        "--model", model, "-s", source, "-t", target, "--destdir", bin,
        "--trainpref", folder.appending(path: "train").path,
        "--validpref", folder.appending(path: "valid").path,
      ])
    #expect(run.code == 0, "\(run.errors)")
    return bin
  }

  private func tune(
    _ bin: String, _ folder: URL, _ save: String, _ more: [String]
  ) throws -> (code: Int32, output: String, errors: String) {
    try Programs.run(
      "fairline-train",
      [
        bin, "--optimizer", "adam", "--lr", "0.002", "--max-tokens", "300", "--log-format", "none",
        "--save-dir", folder.appending(path: save).path,
      ] + more)
  }

  @Test func textBecomesTheModelsSymbols() throws {
    try withTemporaryFolder { folder in
      let path = try model("marian-separate-relu")
      let bin = try preprocess(folder, path, "xxa", "xxb")
      let file = try ModelFile.load(path, importers: try catalog().importers)
      let text = try #require(try file.makeTask(try catalog()) as? any GenerationTask).text
      for (language, vocabulary, tokenizer) in [
        ("xxa", text.source, text.sourceTokenizer), ("xxb", text.target, text.targetTokenizer),
      ] {
        #expect(try Vocabulary(contentsOf: bin + "/dict.\(language).txt") == vocabulary)
        let data = try IndexedDataset(prefix: bin + "/train.xxa-xxb.\(language)")
        let text = folder.appending(path: "train.\(language)")
        let lines = try String(contentsOf: text, encoding: .utf8).split(separator: "\n")
        #expect(data.count == 60 && lines.count == 60)
        for (place, line) in lines.enumerated() {
          let units = try #require(tokenizer).units(of: String(line)).split(separator: " ")
          #expect(data[place].elementsEqual(units.map { vocabulary.id(of: String($0)) } + [2]))
        }
      }
    }
  }

  @Test(arguments: ["marian-shared-swish", "marian-separate-relu"])
  func modelsAreTunedWithoutNamingTheirSettings(_ name: String) throws {
    try withTemporaryFolder { folder in
      let path = try model(name)
      let bin = try preprocess(folder, path, "xxa", "xxb")
      let first = try tune(
        bin, folder, "tuned",
        ["--finetune-from-model", path, "--max-epoch", "8", "--no-epoch-checkpoints"])
      #expect(first.code == 0, "\(first.errors)")
      let tuned = folder.appending(path: "tuned/checkpoint_last.safetensors").path
      let (file, origin) = try (
        ModelFile.load(tuned), ModelFile.load(path, importers: try catalog().importers)
      )
      #expect(file.header.task.settings["decoderStart"] == "<pad>")
      let search = try TranslatorSettings(for: file).search
      #expect(try search == TranslatorSettings(for: origin).search && search.beam == 4)
      #expect(try file.assets() == origin.assets())
      let loss = try #require(file.header.progress?.best)
      // A run of one update stands for the beginning.
      let short = try tune(
        bin, folder, "short", ["--finetune-from-model", path, "--max-update", "1", "--lr", "0"])
      #expect(short.code == 0, "\(short.errors)")
      let start = try ModelFile.load(
        folder.appending(path: "short/checkpoint_last.safetensors").path)
      #expect(try loss < 0.9 * #require(start.header.progress?.best))
      let text = try Programs.run(
        "fairline-interactive", ["--path", tuned, "--plain"], input: "beve dufa\nfone\n")
      #expect(text.code == 0 && text.output.split(separator: "\n").count == 2, "\(text.errors)")
    }
  }

  @Test func restoringBeginsWithAFreshOptimizer() throws {
    try withTemporaryFolder { folder in
      let path = try model("marian-shared-swish")
      let bin = try preprocess(folder, path, "xxa", "xxb")
      let one = folder.appending(path: "one.safetensors").path
      #expect(try Programs.run("fairline-import", [path, "--to", one]).code == 0)
      for (number, start) in [path, one].enumerated() {
        let save = "s\(number)"
        let run = try tune(bin, folder, save, ["--restore-file", start, "--max-update", "2"])
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.errors.contains("begin anew"), "\(run.errors)")
        let saved = folder.appending(path: save + "/checkpoint_last.safetensors").path
        #expect(try ModelFile.load(saved).header.progress?.updates == 2)
        // From there it goes on as ever.
        let more = try tune(bin, folder, save, ["--restore-file", saved, "--max-update", "4"])
        #expect(more.code == 0 && !more.errors.contains("begin anew"), "\(more.errors)")
        #expect(try ModelFile.load(saved).header.progress?.updates == 4)
      }
      #expect(
        try tensorBytes(folder.appending(path: "s0/checkpoint_last.safetensors").path)
          == tensorBytes(folder.appending(path: "s1/checkpoint_last.safetensors").path))
    }
  }

  @Test func otherDictionariesAndSettingsAreRefused() throws {
    try withTemporaryFolder { folder in
      let path = try model("marian-shared-swish")
      let bin = try preprocess(folder, path, "xxa", "xxb")
      let elsewhere = folder.appending(path: "other")
      try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: false)
      let other = try TinyData(in: elsewhere).bin
      let cases: [(String, [String], String)] = [
        (other, [], "another source dictionary"),
        (bin, ["--task", "translation"], "decoderStart"),
        (bin, ["--decoder-start", "</s>"], "decoderStart"),
        (bin, ["--sinusoid", "fairseq"], "sinusoid"),
      ]
      for (data, more, part) in cases {
        let run = try tune(
          data, folder, "none", ["--finetune-from-model", path, "--max-update", "1"] + more)
        let last = run.errors.split(separator: "\n").last ?? ""
        #expect(run.code == 1 && last.contains(part), "\(run.errors)")
      }
      let mixed = try Programs.run(
        "fairline-preprocess", ["--model", path, "--srcdict", "x", "-s", "a", "-t", "b"])
      #expect(mixed.code == 1 && mixed.errors.contains("leave out --srcdict"), "\(mixed.errors)")
    }
  }

  @Test func modelsOfManyLanguagesSeeTheirSymbols() throws {
    try withTemporaryFolder { folder in
      let path = try model("m2m100-tiny")
      let bin = try preprocess(folder, path, "de", "fr")
      let catalog = try catalog()
      let file = try ModelFile.load(path, importers: catalog.importers)
      var dataset = DatasetSettings()
      dataset.maxTokens = 300
      let task = try file.makeTask(
        catalog, data: bin, dataset: dataset, overrides: ["sourceLang": .null, "targetLang": .null])
      let text = try #require(task as? any GenerationTask).text
      let batch = try task.trainingEpoch(1).batch(0)
      #expect(batch.source.segments.count > 3)
      let (source, target) = (text.source.id(of: "__de__"), text.target.id(of: "__fr__"))
      for place in 0..<batch.source.segments.count {
        #expect(batch.source[place].first == source)
        #expect(Array(batch.decoderInput[place].prefix(2)) == [2, target])
      }
      let run = try tune(
        bin, folder, "tuned",
        [
          "--finetune-from-model", path, "--max-epoch", "6", "--no-epoch-checkpoints",
          "--eval-bleu", "--eval-bleu-args", #"{"beam": 2, "max_len_b": 12}"#,
          "--eval-bleu-remove-bpe", "sentencepiece", "--freeze", "encoder.*",
        ])
      #expect(run.code == 0, "\(run.errors)")
    }
  }
}

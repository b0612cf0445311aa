import Fairline
import FairlineData
import FairlineModels
import FairlineGeneration
import FairlinePrograms
import FairlineScoring
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Search in 8 bit integers.
@Suite struct QuantizedSearchTests {
  private let pairs = TinyTransformer.pairs

  private func generator(_ model: any Model, beam: Int = 4) throws -> SequenceGenerator {
    var preparation = SearchPreparation()
    preparation.precision = .int8
    return try SequenceGenerator(
      models: [model],
      settings: GenerationSettings().with {
        $0.beam = beam
        $0.maxLenB = 12
      }, preparation: preparation)
  }

  @Test(arguments: [1, 4]) func aBatchGivesExactlyWhatItsSentencesGive(_ beam: Int) throws {
    let generator = try generator(try TinyTransformer.make(), beam: beam)
    let together = generator.generate(pairs)
    for row in pairs.ids.indices {
      let single = SentencePairs(
        ids: [pairs.ids[row]], sources: [pairs.sources[row]], targets: [])
      #expect(generator.generate(single)[0] == together[row])
    }
  }

  @Test func sentencesThatJoinLaterGetTheSame() throws {
    // More sentences than are decoded side by side.
    let model = try TinyTransformer.make()
    let generator = try generator(model, beam: 40)
    let many = SentencePairs(
      ids: Array(0..<45), sources: (0..<45).map { pairs.sources[$0 % 9] }, targets: [])
    // Pairs are sorted by length: sentences with the same number modulo 9 are the same.
    let found = byNumber(generator.generate(many), many)
    for row in 9..<45 { #expect(found[row] == found[row % 9], "sentence \(row)") }
    let exact = try SequenceGenerator(models: [model], settings: generator.settings)
    let floats = byNumber(exact.generate(many), many)
    for row in 9..<45 {
      #expect(floats[row].map(\.tokens) == floats[row % 9].map(\.tokens))
      #expect(zip(floats[row], floats[row % 9]).allSatisfy { abs($0.score - $1.score) < 1e-5 })
    }
  }

  private func byNumber(_ found: [[Hypothesis]], _ pairs: SentencePairs) -> [[Hypothesis]] {
    zip(pairs.ids, found).sorted { $0.0 < $1.0 }.map(\.1)
  }

  @Test func aModelWithoutIntegersSaysSo() throws {
    let message = messageOf { _ = try generator(FakeModel([])) }
    #expect(message.contains("--quantize"))
  }

  @Test func aFileOfIntegersTranslatesAsRoundingDoes() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "6"]) == 0)
      let exact = data.path("model/checkpoint_last.safetensors")
      let small = data.path("small.safetensors")
      let made = try Programs.run("fairline-quantize", [exact, "--to", small])
      #expect(made.code == 0, "\(made.errors)")
      func lines(_ arguments: [String]) throws -> String {
        let run = try Programs.run(
          "fairline-generate", [data.bin, "--max-len-b", "8"] + arguments)
        #expect(run.code == 0, "\(run.errors)")
        return run.output
      }
      let rounded = try lines(["--path", exact, "--quantize", "int8"])
      #expect(rounded.contains("H-11"))
      #expect(try lines(["--path", small]) == rounded)
      #expect(
        try lines(["--path", small, "--batch-size", "1", "--workers", "1"]).count == rounded.count)
      #expect(try lines(["--path", small, "--score-reference"]).contains("H-11"))
      // It works without the data folder too.
      let typed = try Programs.run("fairline-interactive", ["--path", small], input: "w1 w2\n")
      #expect(typed.code == 0 && typed.output.contains("H-0"), "\(typed.errors)")
      try refusals(data, exact: exact, small: small)
      // The same input gives the same bytes, in every process.
      let again = data.path("again.safetensors")
      #expect(try Programs.run("fairline-quantize", [exact, "--to", again]).code == 0)
      #expect(try Data(contentsOf: URL(filePath: again)) == Data(contentsOf: URL(filePath: small)))
      try aShortenedFileIsNamed(again)
      try aLimitOnFileSizesIsAnError(exact, folder)
    }
  }

  private func aLimitOnFileSizesIsAnError(_ exact: String, _ folder: URL) throws {
    let before = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let program = Programs.url("fairline-quantize").path
    let run = try Programs.run(
      URL(filePath: "/bin/sh"),
      ["-c", "ulimit -f 20; exec '\(program)' '\(exact)' --to '\(folder.path)/limited'"])
    #expect(run.code == 1 && run.errors.contains("limited was not written"), "\(run.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == before)
  }

  /// A model that is cut short while a program translates with it.
  private func aShortenedFileIsNamed(_ path: String) throws {
    let process = Process()
    process.executableURL = Programs.url("fairline-interactive")
    process.arguments = ["--path", path, "--buffer-size", "1"]
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    process.standardError = errors
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data("w1 w2\n".utf8))
    #expect(!output.fileHandleForReading.availableData.isEmpty)
    #expect(truncate(path, 0) == 0)
    try input.fileHandleForWriting.write(contentsOf: Data("w3 w4\n".utf8))
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(process.terminationReason == .exit && process.terminationStatus == 1, "\(text)")
    #expect(text.contains("fairline-interactive: \(path) was shortened"), "\(text)")
  }

  private func refusals(_ data: TinyData, exact: String, small: String) throws {
    func fails(_ program: String, _ arguments: [String], _ part: String) throws {
      let run = try Programs.run(program, arguments)
      #expect(run.code != 0 && run.errors.contains(part), "\(run.errors)")
    }
    try fails("fairline-quantize", [small, "--to", data.path("again")], "already")
    try fails("fairline-quantize", [exact], "--to")
    try fails("fairline-quantize", ["--to", data.path("x")], "name the checkpoint")
    try fails(
      "fairline-average", ["--inputs", small, small, "--output", data.path("x")], "rounded")
    try fails(
      "fairline-train", data.arguments("next", ["--finetune-from-model", small]), "training")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: small))
    let cut = data.path("cut.safetensors")
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: cut))
    try fails("fairline-generate", [data.bin, "--path", cut], "cut.safetensors")
  }

  private func messageOf(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(error)" }
  }
}

/// The trained model in 8 bit integers.
@Suite struct QuantizedModelTests {
  @Test(arguments: TrainedModelTests.cases) func bleuStaysWithinAThirdOfAPoint(
    _ file: URL
  ) throws {
    let folder = file.deletingLastPathComponent()
    let json = try FixtureModels.json(file)
    let vocabulary = try Vocabulary(
      contentsOf: folder.appendingPathComponent("dict.txt").path)
    let sentences = try #require(json["sentences"]?.arrayValue)
    #expect(!sentences.isEmpty)
    var settings = GenerationSettings()
    settings.beam = json["beam"]?.integerValue ?? 5
    let pairs = SentencePairs(
      ids: Array(sentences.indices), sources: sentences.map { $0["src_ids"].symbols },
      targets: [])
    var preparation = SearchPreparation()
    preparation.precision = .int8
    let generator = try SequenceGenerator(
      models: [try FixtureModels.model(in: folder)], settings: settings,
      preparation: preparation)
    var texts = [String](repeating: "", count: sentences.count)
    for (id, found) in zip(pairs.ids, generator.generate(pairs)) {
      texts[id] = vocabulary.decode(
        try #require(found.first).tokens, postProcessing: .sentencepiece)
    }
    // Judged by the exact model's translations: most are the same, and the others are near.
    let exact = sentences.map { $0["nbest"]?.arrayValue?.first?["text"]?.stringValue ?? "" }
    let same = zip(texts, exact).filter { $0 == $1 }.count
    #expect(same >= sentences.count * 85 / 100, "\(same) of \(sentences.count)")
    let score = try SacreBLEU().score(texts, references: [exact]).score
    #expect(score > 90, "\(score)")
  }
}

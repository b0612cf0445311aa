import Fairline
import FairlineData
import FairlineGeneration
import FairlinePrograms
import FairlineTesting
import Foundation
import Testing

/// A trained translation model with what the reference translates with it.
@Suite struct TrainedModelTests {
  /// What trained models translate: `expected.*.json` beside them.
  static let cases = FixtureFolder.roots().flatMap(\.folders).flatMap { folder in
    FixtureFolder(folder).files(withExtension: "json").filter {
      $0.lastPathComponent.hasPrefix("expected.")
    }
  }

  @Test func thereAreCases() { #expect(!Self.cases.isEmpty) }

  @Test(arguments: cases) func translatesAsTheReference(_ file: URL) throws {
    let folder = file.deletingLastPathComponent()
    let json = try FixtureModels.json(file)
    let model = try FixtureModels.model(in: folder)
    let pieces = try SentencePieceModel(
      contentsOf: folder.appendingPathComponent("spm.model").path)
    let vocabulary = try Vocabulary(
      contentsOf: folder.appendingPathComponent("dict.txt").path)
    var settings = GenerationSettings()
    settings.beam = json["beam"]?.integerValue ?? 5
    settings.nbest = settings.beam
    settings.lenpen = json["lenpen"]?.doubleValue ?? 1
    settings.maxLenA = json["max_len_a"]?.doubleValue ?? 0
    settings.maxLenB = json["max_len_b"]?.integerValue ?? 200
    settings.minLen = json["min_len"]?.integerValue ?? 1
    let sentences = try #require(json["sentences"]?.arrayValue)
    #expect(!sentences.isEmpty)
    let sources = try sentences.map { sentence in
      let text = try pieces.encode(#require(sentence["source"]?.stringValue))
      return vocabulary.encode(text.joined(separator: " "))
    }
    #expect(sources == sentences.map { $0["src_ids"].symbols })
    let generator = try SequenceGenerator(models: [model], settings: settings)
    let unscored = try SequenceGenerator(models: [model], settings: settings, omitsScores: true)
    var same = 0
    for first in stride(from: 0, to: sources.count, by: 50) {
      let rows = Array(first..<min(first + 50, sources.count))
      let pairs = SentencePairs(ids: rows, sources: rows.map { sources[$0] }, targets: [])
      let all = generator.generate(pairs)
      #expect(unscored.generate(pairs).map { $0.map(\.tokens) } == all.map { $0.map(\.tokens) })
      for (id, found) in zip(pairs.ids, all) {
        let expected = sentences[id]["nbest"]?.arrayValue?.first
        guard found.first?.tokens == expected?["tokens"].symbols else { continue }
        same += 1
        let score = expected?["score"]?.doubleValue ?? .nan
        #expect(abs(Double(found[0].score) - score) < 1e-3)
        let text = vocabulary.decode(found[0].tokens, postProcessing: .sentencepiece)
        #expect(text == expected?["text"]?.stringValue)
      }
    }
    #expect(same >= sentences.count * 99 / 100, "\(same) of \(sentences.count)")
  }
}

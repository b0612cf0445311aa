import Fairline
import FairlineData
import FairlineTesting
import Foundation
import Testing

@Suite struct BlockTests {
  /// A cut of the reference's text.
  struct Case: CustomTestStringConvertible, Sendable {
    let document: FixtureDocument
    let value: JSONValue
    var testDescription: String {
      "\(text("sample_break_mode") ?? "?") \(number("tokens_per_sample") ?? 0) "
        + "\(text("shorten_method") ?? "") \(value["targets"]?.compactText ?? "")"
    }

    func text(_ key: String) -> String? { value[key]?.stringValue }
    func number(_ key: String) -> Int? { value[key]?.integerValue }
    func flag(_ key: String) -> Bool { value[key]?.boolValue ?? false }

    static let all = FixtureFolder.documents(
      "fairseq-2/lm", holding: "cases.block_to_dataset_index"
    ).flatMap { document in
      document.list("cases").map { Case(document: document, value: $0) }
    }
    /// The batch of samples 2, 0 and 3; nil where the cut has too few.
    var collated: JSONValue? {
      value["collated_2_0_3"].flatMap { $0 == .null ? nil : $0 }
    }

    func dataset() throws -> MonolingualDataset {
      let folder = document.url.deletingLastPathComponent().appendingPathComponent("data/data-bin")
      let vocabulary = try DataDirectory(folder.path).dictionary(nil)
      let loader = MonolingualLoader(vocabulary: vocabulary)
      let size = number("tokens_per_sample") ?? 0
      let method = ShorteningMethod(rawValue: text("shorten_method") ?? "none")
      let sentences = ShortenedSequences(
        try loader.load(text("split") ?? "", in: folder.path), try #require(method), to: size,
        seed: 1)
      let mode = try #require(BreakMode(rawValue: text("sample_break_mode") ?? ""))
      var dataset = MonolingualDataset(TokenBlocks(sentences, mode: mode, size: size))
      dataset.targets = try #require(value["targets"]?.arrayValue).map {
        try #require(MonolingualDataset.Target(rawValue: $0.stringValue ?? ""))
      }
      dataset.outputSymbols = number("output_dictionary_size")
      dataset.addsBegin = flag("add_bos_token")
      dataset.addsEnd = mode != .anywhere
      return dataset
    }
  }

  @Test func thereAreCases() {
    #expect(Case.all.count > 20)
    #expect(Case.all.count { $0.collated != nil } > 20)
  }

  @Test(arguments: Case.all) func blocksAreTheReferences(_ given: Case) throws {
    let known: Set<String> = [
      "split", "sample_break_mode", "tokens_per_sample", "targets", "slice_indices",
      "block_to_dataset_index", "sizes", "source", "target", "collated_2_0_3", "shorten_method",
      "add_bos_token", "output_dictionary_size", "self_target", "future_target", "past_target",
    ]
    guard case .object(let members) = given.value else { throw UserError("no object") }
    #expect(members.keys.allSatisfy(known.contains), "a case with something unknown")
    let dataset = try given.dataset()
    let blocks = dataset.blocks
    let ranges = blocks.ranges.map { [$0.lowerBound, $0.upperBound] }
    #expect(try ranges == rows(given.value["slice_indices"]))
    let places = (0..<blocks.count).map { block in
      let place = blocks.place(of: block)
      return [place.sentences.lowerBound, place.offset, place.sentences.upperBound]
    }
    #expect(try places == rows(given.value["block_to_dataset_index"]))
    let samples = (0..<dataset.count).map { dataset[$0] }
    let sources = samples.map { overwritten($0, dataset) }
    #expect(try sources == given.value["source"].elements().map { try $0.symbols() })
    let lengths = (0..<dataset.count).map(dataset.length(of:))
    #expect(try lengths == given.value["sizes"].integers())
    let targets = try #require(given.value["target"]?.arrayValue)
    #expect(targets.count == samples.count)
    for (sample, expected) in zip(samples, targets) {
      let lists = try dataset.targets.count == 1 ? [expected.integers()] : rows(expected)
      #expect(sample.targets.map { $0.map(Int.init) } == lists)
    }
    if let batch = given.collated {
      let chosen = [2, 0, 3].map { samples[$0] }
      #expect(batch["ntokens"]?.integerValue == chosen.reduce(0) { $0 + $1.source.count })
      #expect(try batch["src_lengths"].integers() == chosen.map(\.source.count))
      let padded = try batch["src_tokens"].elements().map { try $0.symbols().filter { $0 != 1 } }
      #expect(padded == chosen.map { overwritten($0, dataset) })
    }
  }

  /// The source as the reference has it: where a block begins inside a sentence and fewer symbols
  /// are predicted, it overwrites the source together with the target.
  private func overwritten(
    _ sample: MonolingualDataset.Sample, _ dataset: MonolingualDataset
  ) -> [Int32] {
    guard let most = dataset.outputSymbols, dataset.blocks.place(of: sample.id).offset > 0 else {
      return sample.source
    }
    return sample.source.prefix(1)
      + sample.source.dropFirst().map { Int($0) < most ? $0 : Vocabulary.unk }
  }

  /// What a text is cut into covers all of it but what a mode leaves out.
  @Test(arguments: BreakMode.allCases) func blocksCoverTheText(_ mode: BreakMode) {
    let sentences: [[Int32]] = [
      [5, 6, 2], [2], [2], [7, 2], [8, 9, 10, 11, 12, 13, 2], [4, 2], [], [2], [14, 2], [],
    ]
    for size in 1...24 {
      let blocks = TokenBlocks(sentences, mode: mode, size: size)
      let all = (0..<blocks.count).flatMap { blocks[$0].symbols }
      let whole = sentences.flatMap { $0 }
      #expect(
        mode == .completeDocument
          ? all.filter { $0 != 2 } == whole.filter { $0 != 2 } : all == whole)
      for block in 0..<blocks.count {
        #expect(blocks[block].shifted.count == blocks[block].symbols.count)
        #expect(blocks[block].shifted.dropFirst() == blocks[block].symbols.dropLast())
      }
    }
  }

  /// The seed of a crop is numpy's of a Python tuple, so an epoch's crops are fairseq's.
  @Test func cropsAreDrawnAnewInEveryEpoch() {
    let sentences: [[Int32]] = [Array(4...40), [5, 2], Array(50...90)]
    let cropped = ShortenedSequences(sentences, .randomCrop, to: 10, seed: 7)
    let epochs = (1...6).map { cropped.inEpoch($0)[2] }
    #expect(Set(epochs).count > 1)
    #expect(cropped[1] == [5, 2])
    for crop in epochs {
      #expect(crop.count == 10)
      #expect(crop == (0..<10).map { crop[0] + Int32($0) })
    }
    let cut = ShortenedSequences(sentences, .truncate, to: 10, seed: 7)
    #expect(cut[0] == Array(4...13) && cut.length(of: 0) == 10)
  }

  @Test func textWithLanguagesIsNamed() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: folder.appendingPathComponent("train.x-None.x.bin"))
      let loader = MonolingualLoader(vocabulary: Vocabulary())
      let error = #expect(throws: UserError.self) { try loader.load("train", in: folder.path) }
      #expect(error?.description.contains("--source-lang") == true)
    }
  }

  private func rows(_ value: JSONValue?) throws -> [[Int]] {
    try value.elements().map { try $0.integers() }
  }
}

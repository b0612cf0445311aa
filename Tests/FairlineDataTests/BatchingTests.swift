import FairlineData
import FairlineTesting
import Foundation
import Testing

@Suite struct BatchingTests {
  struct Case: Decodable {
    let kind: String
    let order: String
    let srcLengths: [Int32]
    let tgtLengths: [Int32]
    let indices: [Int]
    let maxTokens: Int?
    let maxSentences: Int?
    let requiredBatchSizeMultiple: Int
    let batches: [[Int]]
  }

  struct File: Decodable {
    let cases: [Case]
  }

  static let files = FixtureFolder.documents("fairseq", holding: "cases.src_lengths")

  static func cases(in file: URL) throws -> [Case] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(File.self, from: Data(contentsOf: file)).cases
  }

  @Test func thereAreCases() { #expect(!Self.files.isEmpty) }

  @Test(arguments: files.map(\.url)) func ordersAndBatchesAreFairseqs(_ file: URL) throws {
    let cases = try Self.cases(in: file)
    #expect(!cases.isEmpty)
    for item in cases { try check(item) }
  }

  private func check(_ item: Case) throws {
    let order =
      item.order == "ordered"
      ? SentenceOrder.byLength(
        sourceLengths: item.srcLengths, targetLengths: item.tgtLengths, seed: nil)
      : Array(item.srcLengths.indices)
    let name = "\(item.kind) \(item.order) \(item.srcLengths.count)"
    #expect(order == item.indices, "\(name)")
    let limits = BatchLimits(
      maxTokens: item.maxTokens, maxSentences: item.maxSentences,
      requiredMultiple: item.requiredBatchSizeMultiple)
    let batches = try limits.batches(of: order) {
      Int(max(item.srcLengths[$0], item.tgtLengths[$0]))
    }
    #expect(batches == item.batches, "\(name)")
    #expect(batches.flatMap { $0 }.sorted() == Array(item.srcLengths.indices))
  }

  @Test(arguments: [
    (Array(repeating: 5, count: 20), Int?(40), Int?.none, 8, [8, 8, 4]),
    (Array(repeating: 3, count: 20), 60, nil, 8, [16, 4]),
    (Array(1...20), 100, nil, 8, [8, 6, 5, 1]), (Array(1...20), 100, nil, 1, [10, 6, 4]),
    (Array(repeating: 4, count: 7), 1000, nil, 8, [7]),
    (Array(repeating: 4, count: 30), nil, 12, 8, [8, 8, 8, 6]), ([], 10, nil, 8, []),
  ])
  func sizesOfBatches(
    _ lengths: [Int], _ tokens: Int?, _ sentences: Int?, _ multiple: Int, _ sizes: [Int]
  ) throws {
    let limits = BatchLimits(
      maxTokens: tokens, maxSentences: sentences, requiredMultiple: multiple)
    #expect(try limits.batches(of: Array(lengths.indices)) { lengths[$0] }.map(\.count) == sizes)
  }

  @Test func impossibleLimitsAreErrors() {
    let lengths = [3, 12]
    let error = message {
      _ = try BatchLimits(maxTokens: 10).batches(of: [0, 1]) { lengths[$0] }
    }
    #expect(error.contains("--max-tokens 10") && error.contains("sentence 1"))
    #expect(
      message { _ = try BatchLimits(maxSentences: 0).batches(of: [0]) { lengths[$0] } }
        .contains("--batch-size"))
  }

  static let sources: [Int32] = [5, 3, 7, 3, 5, 9, 2, 3, 8, 5]
  static let targets: [Int32] = [4, 6, 7, 2, 4, 8, 3, 6, 9, 5]

  static func pairs() throws -> LanguagePairDataset {
    try LanguagePairDataset(
      sources: sources.map { [Int32](repeating: 4, count: Int($0)) },
      targets: targets.map { [Int32](repeating: 4, count: Int($0)) })
  }

  @Test func fromSeedToBatches() throws {
    let data = try Self.pairs()
    #expect(data.order(seed: 2) == [6, 3, 1, 7, 4, 0, 9, 2, 8, 5])
    let limits = BatchLimits(maxTokens: 18, requiredMultiple: 1)
    let batches = try data.batches(limits, lengths: LengthLimits(), policy: .drop, seed: 1)
    #expect(batches.batches == [[6, 3, 1], [7, 4, 0], [9, 2], [8, 5]])
    let epochs = (1...2).map { EpochOrder().batches(batches.batches, epoch: $0) }
    #expect(epochs[0] == [[9, 2], [8, 5], [7, 4, 0], [6, 3, 1]])
    #expect(epochs[1] == [[8, 5], [7, 4, 0], [6, 3, 1], [9, 2]])
  }

  @Test func theLargestSeedIsOneToo() throws {
    let limits = BatchLimits(maxSentences: 3)
    let batches = try Self.pairs().batches(
      limits, lengths: LengthLimits(), policy: .drop, seed: .max)
    #expect(batches.batches.joined().sorted() == Array(0..<10))
    let sentences = (0..<10).map { [Int32](repeating: 4, count: $0 % 3 + 1) }
    let blocks = TokenBlocks(sentences, mode: .sentence, size: 8)
    let order = try MonolingualDataset(blocks).batches(
      limits, longest: 8, policy: .drop, seed: .max)
    #expect(order.batches.joined().sorted() == Array(0..<10))
  }

  @Test func longPairsAreDroppedOrRefused() throws {
    let data = try Self.pairs()
    let lengths = LengthLimits(source: 8, target: 7)
    let limits = BatchLimits(maxSentences: 100)
    let batches = try data.batches(limits, lengths: lengths, policy: .drop, seed: nil)
    #expect(batches.droppedCount == 2)
    #expect(batches.warning?.contains("2 samples") == true)
    #expect(batches.warning?.contains("[8, 5]") == true)
    #expect(batches.batches.joined().sorted() == [0, 1, 2, 3, 4, 6, 7, 9])
    let error = message {
      _ = try data.batches(limits, lengths: lengths, policy: .refuse, seed: nil)
    }
    #expect(error.contains("--skip-invalid-size-inputs-valid-test") && error.contains("#8"))
    let narrow = LengthLimits().limited(by: LengthLimits(source: 9, target: 2000), maxTokens: 50)
    #expect(narrow == LengthLimits(source: 9, target: 50))
    let all = LengthLimits(source: 1, target: 1)
    let warning = try data.batches(limits, lengths: all, policy: .drop, seed: nil).warning
    #expect(warning?.contains("10 samples") == true)
  }

  @Test func veryLongSentencesAreSortedToo() {
    let lengths: [Int32] = [2_000_000, 3, 1_500_000, 3]
    let order = SentenceOrder.byLength(sourceLengths: lengths, targetLengths: nil, seed: nil)
    #expect(order == [1, 3, 2, 0])
  }

  @Test func collatingSortsByDescendingSourceLength() throws {
    let data = try LanguagePairDataset(
      sources: [[4, 2], [4, 5, 6, 2], [7, 2], [8, 9, 2]],
      targets: [[1, 2], [2], [5, 6, 2], [4, 2]])
    let batch = data.collate([2, 0, 1, 3])
    #expect(batch.ids == [1, 3, 2, 0])
    #expect(batch.sources == [[4, 5, 6, 2], [8, 9, 2], [7, 2], [4, 2]])
    #expect(batch.targets == [[2], [4, 2], [5, 6, 2], [1, 2]])
    #expect(batch.tokenCount == 8)
    let sourcesOnly = try LanguagePairDataset(sources: [[4, 2], [2]], targets: nil)
    #expect(sourcesOnly.collate([1, 0]).tokenCount == 3)
  }
}

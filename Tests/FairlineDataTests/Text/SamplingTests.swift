import Fairline
import FairlineData
import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

/// Text that is divided anew in each epoch.
@Suite struct SamplingTests {
  private static func folder(_ name: String) throws -> URL {
    try #require(FixtureFolder.all(name).first).url
  }

  private static func words() throws -> [String] {
    let lines = try TextFile(try folder("tokenizers").appendingPathComponent("train.txt").path)
      .lines()
    #expect(lines.count == 500)
    return Array(lines.prefix(60))
  }

  /// The sentences of an epoch; both sides are the same text.
  private static func sampled(
    _ sentences: [[Int32]], _ sampler: WordSampler, epoch: Int, seed: Int = 1,
    longest: Int = 1000, first: Int = 0
  ) -> [[Int32]] {
    let sampling = SegmentationSampling(
      source: sampler, target: sampler, seed: seed,
      limits: LengthLimits(source: longest, target: longest))
    let pairs = sampling.sampled(
      SentencePairs(
        ids: sentences.indices.map { $0 + first }, sources: sentences, targets: sentences),
      epoch: epoch)
    #expect(pairs.sources.map(\.count) == pairs.sources.map(\.count).sorted(by: >))
    let rows = pairs.ids.indices.sorted { pairs.ids[$0] < pairs.ids[$1] }
    return rows.map { pairs.sources[$0] }
  }

  /// Draws depend on seed, epoch and number, and keep the text.
  private func checkDraws(
    _ sentences: [[Int32]], _ sampler: WordSampler, text: ([Int32]) -> String
  ) {
    let once = Self.sampled(sentences, sampler, epoch: 1)
    #expect(once == Self.sampled(sentences, sampler, epoch: 1))
    #expect(once != sentences)
    #expect(once != Self.sampled(sentences, sampler, epoch: 2))
    #expect(once != Self.sampled(sentences, sampler, epoch: 1, seed: 2))
    #expect(once.map(text) == sentences.map(text))
    // A part of the sentences becomes what it becomes among all.
    let part = Self.sampled(Array(sentences[20..<30]), sampler, epoch: 1, first: 20)
    #expect(part == Array(once[20..<30]))
    let longest = sentences.map(\.count).max() ?? 0
    let short = Self.sampled(sentences, sampler, epoch: 1, longest: longest)
    #expect(short.allSatisfy { $0.count <= longest })
    #expect(short != once)
    #expect(zip(short, zip(once, sentences)).allSatisfy { $0 == $1.0 || $0 == $1.1 })
  }

  @Test(arguments: ["codes.v1", "codes.v2", "codes.fastbpe"])
  func pairsOfSubwordsAreLeft(_ name: String) throws {
    let codes = try Self.folder("tokenizers").appendingPathComponent(name).path
    let selection = try Catalog([StandardTokenizers.self]).tokenizers.select("subword_nmt")
    _ = try CommandLineParser(program: "p", drafts: [selection.draft]).parse(["--bpe-codes", codes])
    let tokenizer = try selection.build(TokenizerContext())
    let units = try Self.words().map { try tokenizer.units(of: $0) }
    var vocabulary = Vocabulary()
    let characters = Set(try Self.words().joined().unicodeScalars).map { String($0) }
    for unit in units.joined(separator: " ").split(separator: " ").map(String.init) + characters
      + characters.map({ $0 + "@@" }) where unit != " " && unit != " @@"
    {
      vocabulary.add(unit)
    }
    let sentences = units.map { vocabulary.encode($0) }
    func sampler(_ dropout: Double) throws -> WordSampler {
      try WordSampler(codes: codes, dropout: dropout, vocabulary)
    }
    #expect(Self.sampled(sentences, try sampler(0), epoch: 1) == sentences)
    let text = { (ids: [Int32]) in
      PostProcessing.subwordNMT(marker: "@@ ").apply(to: vocabulary.decode(ids))
    }
    for (sentence, words) in zip(
      Self.sampled(sentences, try sampler(1), epoch: 1), try Self.words())
    {
      #expect(sentence.count == words.unicodeScalars.count { $0 != " " } + 1)
      #expect(text(sentence) == words)
    }
    checkDraws(sentences, try sampler(0.3), text: text)
    // Unknown symbols and what stands beside them stay.
    let unknown = [vocabulary.id(of: "l@@"), Vocabulary.unk, Vocabulary.eos]
    #expect(Self.sampled([unknown], try sampler(1), epoch: 1) == [unknown])
  }

  @Test func dictionariesWithoutUnitsAreRefused() throws {
    let codes = try Self.folder("tokenizers").appendingPathComponent("codes.v2").path
    var vocabulary = Vocabulary()
    vocabulary.add("word")
    let said = message { _ = try WordSampler(codes: codes, dropout: 0.1, vocabulary) }
    #expect(said.contains("--bpe-dropout") && said.contains("@@"))
    let model = try SentencePieceModel(
      contentsOf: try Self.folder("pieces").appendingPathComponent("unigram.model").path)
    let sampling = PieceSampling(alpha: 0.1, best: -1)
    let other = message { _ = try WordSampler(pieces: model, sampling, vocabulary) }
    #expect(other.contains("--sentencepiece-enable-sampling"))
  }

  /// A model of the given kind, and all its pieces.
  private func model(_ kind: SentencePieceTraining.Kind) throws -> (SentencePieceModel, Vocabulary)
  {
    let path = try Self.folder("tokenizers").appendingPathComponent("train.txt").path
    let model = try SentencePieceModel.train(
      on: [path], SentencePieceTraining(vocabularySize: 180, kind: kind)
    ) { _ in }
    return (model, dictionary(model))
  }

  private func dictionary(_ model: SentencePieceModel) -> Vocabulary {
    var vocabulary = Vocabulary()
    for id in 0..<model.pieceCount where model.isOrdinary(id) { vocabulary.add(model.piece(id)) }
    return vocabulary
  }

  @Test func pairsOfPiecesAreLeft() throws {
    let (model, vocabulary) = try model(.bpe)
    let sentences = try Self.words().map { vocabulary.encode(try model.units(of: $0)) }
    func sampler(_ alpha: Double, best: Int = -1) throws -> WordSampler {
      try WordSampler(pieces: model, PieceSampling(alpha: alpha, best: best), vocabulary)
    }
    // Without dropout the pieces are those that the library gives.
    #expect(Self.sampled(sentences, try sampler(0), epoch: 1) == sentences)
    let text = { (ids: [Int32]) in model.text(of: vocabulary.decode(ids)) }
    for (sentence, words) in zip(
      Self.sampled(sentences, try sampler(1), epoch: 1), try Self.words())
    {
      #expect(sentence.count == words.unicodeScalars.count + 2)
      #expect(text(sentence) == words)
    }
    checkDraws(sentences, try sampler(0.2), text: text)
    #expect(message { _ = try sampler(1.5) }.contains("--sentencepiece-alpha"))
    #expect(message { _ = try sampler(0.1, best: 4) }.contains("--sentencepiece-nbest"))
    // What the dictionary lacks is not drawn.
    var few = Vocabulary()
    for symbol in Set(sentences.joined()) where symbol > 3 { few.add(vocabulary.symbol(symbol)) }
    let stored = try Self.words().map { few.encode(try model.units(of: $0)) }
    let some = Self.sampled(
      stored, try WordSampler(pieces: model, PieceSampling(alpha: 0.5, best: -1), few), epoch: 1)
    #expect(some != stored && !some.joined().contains(Vocabulary.unk))
    let characters = try SentencePieceModel(
      contentsOf: try Self.folder("pieces").appendingPathComponent("char.model").path)
    let all = dictionary(characters)
    let one = message {
      _ = try WordSampler(pieces: characters, PieceSampling(alpha: 0.1, best: -1), all)
    }
    #expect(one.contains("one division"))
  }

  /// Shares of divisions against those of all divisions that SentencePiece finds, by their scores.
  @Test(arguments: [(1.0, -1), (0.2, -1), (0.0, -1), (0.5, 4), (0.1, 512), (0.3, 1)])
  func pieceSharesAreThoseOfScores(_ alpha: Double, _ best: Int) throws {
    let folder = try Self.folder("pieces")
    let model = try SentencePieceModel(
      contentsOf: folder.appendingPathComponent("unigram.model").path)
    let vocabulary = dictionary(model)
    let sampler = try WordSampler(
      pieces: model, PieceSampling(alpha: alpha, best: best), vocabulary)
    let json = try Data(contentsOf: folder.appendingPathComponent("unigram.json"))
    let cases = try #require(try JSONSerialization.jsonObject(with: json) as? [[Any]])
    #expect(cases.count == 5)
    let draws = 4000
    for item in cases {
      let all = try #require(item[1] as? [[Any]])
      let ways = best > 0 ? Array(all.prefix(best)) : all
      let scores = try ways.map { try #require($0[1] as? Double) }
      let sum = scores.reduce(0) { $0 + exp(alpha * ($1 - scores[0])) }
      let word = try #require(item[0] as? String)
      let sentence = vocabulary.encode(try model.units(of: word))
      #expect(vocabulary.decode(sentence) == all[0][0] as? String)
      var counts: [String: Int] = [:]
      let drawn = Self.sampled(
        [[Int32]](repeating: sentence, count: draws), sampler, epoch: 3)
      for ids in drawn { counts[vocabulary.decode(ids), default: 0] += 1 }
      var distance = 0.0
      for (way, score) in zip(ways, scores) {
        let units = try #require(way[0] as? String)
        let share = Double(counts.removeValue(forKey: units) ?? 0) / Double(draws)
        distance += abs(share - exp(alpha * (score - scores[0])) / sum) / 2
      }
      #expect(counts.isEmpty, "\(word): \(counts)")
      // The expected distance is below half the root of ways / draws.
      #expect(distance < 0.9 * (Double(ways.count) / Double(draws)).squareRoot(), "\(word)")
    }
  }

  @Test func likelyPiecesAreThoseOfTheLibrary() throws {
    let (model, vocabulary) = try model(.unigram)
    let sentences = try Self.words().map { vocabulary.encode(try model.units(of: $0)) }
    let sampler = try WordSampler(
      pieces: model, PieceSampling(alpha: 1000, best: -1), vocabulary)
    let same = zip(Self.sampled(sentences, sampler, epoch: 1), sentences).count { $0 == $1 }
    // Ties are drawn.
    #expect(same >= sentences.count * 9 / 10, "\(same)")
    let one = try WordSampler(pieces: model, PieceSampling(alpha: 0.1, best: 1), vocabulary)
    let best = zip(Self.sampled(sentences, one, epoch: 1), sentences).count { $0 == $1 }
    #expect(best >= sentences.count * 9 / 10, "\(best)")
    checkDraws(
      sentences,
      try WordSampler(pieces: model, PieceSampling(alpha: 0.3, best: -1), vocabulary)
    ) { model.text(of: vocabulary.decode($0)) }
  }
}

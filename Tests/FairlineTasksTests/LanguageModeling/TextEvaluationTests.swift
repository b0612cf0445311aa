import Fairline
import FairlineData
import FairlineTasks
import FairlineTesting
import Foundation
import Testing

/// Perplexities, scores and printed lines against fairseq's.
@Suite struct TextEvaluationTests {
  /// The settings of a case.
  private struct Options {
    var configuration = LanguageModelingSettings()
    var settings = TextEvaluation.Settings()
    var processing = PostProcessing.none
    var (printsWords, printsStatistics) = (false, false)

    init(_ one: JSONValue) throws {
      let arguments = try #require(one["args"]?.arrayValue).compactMap(\.stringValue)
      var index = 1
      func value() throws -> String {
        index += 1
        return try #require(index < arguments.count ? arguments[index] : nil)
      }
      while index < arguments.count {
        switch arguments[index] {
        case "--sample-break-mode":
          configuration.sampleBreakMode = try #require(BreakMode(rawValue: value()))
        case "--tokens-per-sample":
          configuration.tokensPerSample = try #require(Int(value()))
        case "--add-bos-token": configuration.addBosToken = true
        case "--max-tokens": settings.limits.maxTokens = Int(try value())
        case "--batch-size": settings.limits.maxSentences = Int(try value())
        case "--context-window": settings.contextWindow = try #require(Int(value()))
        case "--softmax-batch": settings.softmaxBatch = try #require(Int(value()))
        case "--post-process":
          // The reference looks for symbols that end in "subword_nmt", and finds none.
          let name = try value()
          processing = name == "subword_nmt" ? .none : try PostProcessing(name)
        case "--task", "--log-format", "--num-workers": _ = try value()
        case "--output-word-probs": printsWords = true
        case "--output-word-stats": printsStatistics = true
        case "--no-progress-bar": break
        default: throw UserError("an option that no test knows: \(arguments[index])")
        }
        index += 1
      }
      configuration.maxTargetPositions = 48
    }
  }

  @Test(arguments: LanguageFixture.all) func numbersAndLines(_ fixture: LanguageFixture) throws {
    let model = try fixture.makeModel()
    let cases = try #require(try fixture.json("eval")["cases"]?.arrayValue)
    #expect(!cases.isEmpty)
    for (number, one) in cases.enumerated() {
      let options = try Options(one)
      let task = try LanguageModelingTask(
        options.configuration, TaskContext(data: fixture.data.path))
      var tally = PerplexityTally(
        try WordJoining(options.processing, task.vocabulary.symbols))
      var (found, lines): ([ScoredBlock], [String]) = ([], [])
      let subset = try #require(one["gen_subset"]?.stringValue)
      _ = try TextEvaluation(models: [model], task: task, options.settings).run(subset) { block in
        found.append(block)
        lines.append(tally.add(block).line)
      }
      try compare(found, one, options.configuration.addBosToken ? 1 : 0, "case \(number)")
      let result = try #require(one["result_line"]?.stringValue)
      #expect(Self.isClose([tally.line], [result], 0.0101))
      #expect(abs(tally.loss - (one["loss_base2"]?.doubleValue ?? .nan)) < 1e-4)
      // Lines are there where they were asked for.
      let words = one["word_prob_lines"].texts
      #expect(words.isEmpty != options.printsWords)
      if options.printsWords { #expect(Self.isClose(lines, words, 1e-4), "case \(number)") }
      let statistics = one["word_stat_lines"].texts
      #expect(statistics.isEmpty != options.printsStatistics)
      if options.printsStatistics {
        #expect(Self.isClose(tally.wordLines, statistics, 1e-3), "case \(number)")
      }
    }
  }

  private func compare(
    _ found: [ScoredBlock], _ one: JSONValue, _ begin: Int, _ place: String
  ) throws {
    let batches = try #require(one["batches"]?.arrayValue).map(\.symbols)
    #expect(found.map { Int32($0.id) } == batches.flatMap { $0 }, "\(place)")
    let rows = try #require(one["rows"]?.arrayValue)
    #expect(rows.count == found.count)
    for (block, row) in zip(found, rows) {
      let symbols = row["tokens"].symbols.dropFirst(begin)
      #expect(block.symbols == Array(symbols), "\(place)")
      let scores = row["lprobs"].numbers.dropFirst(begin).map { Float($0) }
      #expect(mismatch(block.scores, Array(scores), absolute: 2e-5) == nil, "\(place)")
      #expect(block.context == row["start"]?.integerValue, "\(place)")
    }
  }

  /// Whether lines have the same texts, and numbers that are close.
  static func isClose(_ lines: [String], _ expected: [String], _ tolerance: Double) -> Bool {
    guard lines.count == expected.count else { return false }
    return zip(lines, expected).allSatisfy { line, expected in
      let parts = [line, expected].map { $0.split { "\t ,[]".contains($0) } }
      return parts[0].count == parts[1].count
        && zip(parts[0], parts[1]).allSatisfy { own, other in
          if own == other { return true }
          guard let a = Double(own), let b = Double(other) else { return false }
          return abs(a - b) <= tolerance * max(1, abs(b))
        }
    }
  }

  /// Probabilities of an ensemble are averaged.
  @Test func anEnsembleIsTheMeanOfItsModels() throws {
    let fixtures = LanguageFixture.all.filter {
      (try? $0.settings("task")["add_bos_token"]?.boolValue) == false
    }
    let models = try fixtures.prefix(2).map { try $0.makeModel() }
    try #require(models.count == 2)
    var configuration = LanguageModelingSettings()
    (configuration.tokensPerSample, configuration.maxTargetPositions) = (20, 48)
    let task = try LanguageModelingTask(
      configuration, TaskContext(data: fixtures[0].data.path))
    func scores(_ models: [any Model]) throws -> [[Float]] {
      var scores: [[Float]] = []
      _ = try TextEvaluation(models: models, task: task).run("valid") { scores.append($0.scores) }
      return scores
    }
    let (a, b, both) = (try scores([models[0]]), try scores([models[1]]), try scores(models))
    #expect(both.count > 3)
    for (block, together) in both.enumerated() {
      let mean = zip(a[block], b[block]).map { log((exp($0) + exp($1)) / 2) }
      #expect(mismatch(together, mean, absolute: 1e-5) == nil)
    }
  }

  /// Words of SentencePiece pieces: a piece belongs to the word that the next piece goes on with.
  @Test func piecesAreJoinedToWords() throws {
    var vocabulary = Vocabulary()
    let ids = ["\u{2581}ha", "us", "\u{2581}a", "b", "c"].map { vocabulary.add($0) }
    let joining = try WordJoining(.sentencepiece, vocabulary)
    let block = ScoredBlock(
      id: 3, symbols: ids + [Vocabulary.eos], scores: [-1, -2, -3, -4, -5, -6])
    let words = ScoredWords(block, joining)
    #expect(words.words.map(\.text) == ["haus", "abc", "</s>"])
    #expect(words.words.map(\.score) == [-3, -12, -6])
    #expect(words.count == 3 && words.sum == -21)
    #expect(words.line == "3 haus [-3.000000]\tabc [-12.000000]\t</s> [-6.000000]")
    #expect(throws: UserError.self) { try WordJoining(.letter, vocabulary) }
  }
}

public import Fairline
public import FairlineData
import FairlineTensor
import Foundation

/// Searches for the most probable outputs of one model or of several together.
///
/// What is found for a sentence depends on the sentence alone, not on what else is in its batch.
public struct SequenceGenerator: Sendable {
  /// The models; their probabilities are averaged.
  public let models: [any Model]
  /// How outputs are searched for.
  public let settings: GenerationSettings
  private let strategy: any SearchStrategy
  private let scorers: any ScorerFactory
  private let omitsScores: Bool
  private let longestTarget: Int
  /// How many sentences a search decodes side by side.
  let width: SearchWidth

  /// Makes a generator.
  ///
  /// - Parameters:
  ///   - strategy: how prefixes are continued; nil for what the settings say.
  ///   - additions: what adds to the scores of the models, a language model for example.
  ///   - preparation: how the models are prepared; scores of references always use them as they
  ///     are.
  ///   - omitsScores: whether scores are of no interest; a search with a single prefix need not
  ///     compute them and gives 0.
  ///   - longestTarget: the most symbols of an output, its end included, where that is less than
  ///     the models take.
  /// - Throws: `UserError` when settings contradict each other or a model cannot be prepared so.
  public init(
    models: [any Model], settings: GenerationSettings, strategy: (any SearchStrategy)? = nil,
    adding additions: [any ScorerFactory] = [],
    preparation: SearchPreparation = SearchPreparation(), omitsScores: Bool = false,
    longestTarget: Int = .max
  ) throws {
    precondition(!models.isEmpty, "a generator needs a model")
    try settings.check()
    try Self.check(preparation, models, settings)
    self.models = models
    self.settings = settings
    self.longestTarget = max(longestTarget, 1)
    self.strategy = try strategy ?? settings.standardStrategy()
    self.omitsScores =
      omitsScores && self.strategy.takesBestOfOnePrefix && settings.beam == 1
      && settings.unkpen == 0
    var preparation = preparation
    preparation.needsBestOnly = self.omitsScores && models.count == 1 && additions.isEmpty
    let factories = settings.scoreReference ? [] : models.map { $0.prepareSearch(preparation) }
    let models = ModelScorerFactory(
      factories: factories, temperature: Float(settings.temperature),
      keepsAttention: settings.needsAttention)
    scorers = SumScorerFactory(parts: [models] + additions)
    width = SearchWidth(beam: settings.beam, weightBytes: factories.map(\.weightBytes))
  }

  private static func check(
    _ preparation: SearchPreparation, _ models: [any Model], _ settings: GenerationSettings
  ) throws {
    let flags = [
      preparation.precision == .float32 ? nil : "--quantize",
      preparation.candidates == nil ? nil : "--shortlist",
    ].compactMap { $0 }
    guard let flag = flags.last else { return }
    guard models.allSatisfy(\.searchesInIntegers) else {
      throw UserError(
        "\(flag) is not for this model, whose search has no 8 bit integers and no shortlists: "
          + "leave it out")
    }
    guard preparation.candidates != nil else { return }
    let others = [
      ("--sampling", settings.sampling), ("--prefix-size", settings.prefixSize > 0),
      ("--score-reference", settings.scoreReference),
    ]
    if let (other, _) = others.first(where: \.1) {
      throw UserError("--shortlist leaves out symbols that \(other) may need: give one of them")
    }
  }

  /// Finds the outputs of sentence pairs, best first for each, in the batch's order; see
  /// ``generate(_:)-([GenerationInput])``.
  public func generate(_ pairs: SentencePairs) -> [[Hypothesis]] { generate(pairs.inputs) }

  /// Finds the outputs of a batch, best first for each input, in the batch's order.
  ///
  /// - Parameter batch: with references where their beginnings or their scores are asked for.
  public func generate(_ batch: [GenerationInput]) -> [[Hypothesis]] {
    if batch.isEmpty { return [] }
    if settings.scoreReference { return ReferenceScorer(models: models, settings).score(batch) }
    var results = [[Hypothesis]](repeating: [], count: batch.count)
    var search: LiveSearch?
    var next = 0
    while next < batch.count || (search?.count ?? 0) > 0 {
      let room = width.sentences - (search?.count ?? 0)
      let rest = batch.count - next
      if rest > 0, search == nil || search?.takesMore == true, room >= min(rest, width.leastRoom) {
        let rows = next..<(next + min(rest, room))
        add(rows, of: batch, tags: rows.lowerBound, to: &search)
        next = rows.upperBound
      }
      for (tag, found) in search?.step() ?? [] { results[tag] = found }
      if search?.count == 0, search?.takesMore == false { search = nil }
    }
    return results
  }

  /// Adds inputs of a batch to a search, which is made when there is none.
  ///
  /// - Parameter tags: the tag of the first input; the others follow.
  func add(
    _ rows: Range<Int>, of batch: [GenerationInput], tags: Int, to search: inout LiveSearch?
  ) {
    let longest = settings.maxLenFromBatch ? batch.map(\.given.count).max() ?? 0 : 0
    let requests = rows.map { row in
      let input = batch[row]
      let isBlank = settings.keepBlankLines && input.source == [Vocabulary.eos]
      return SentenceSearch.Request(
        tag: tags + row - rows.lowerBound, id: input.id, source: input.source,
        start: input.start, prefix: isBlank ? [] : prefix(of: input),
        phrases: isBlank ? [] : input.constraints,
        lengths: isBlank ? 0...0 : lengths(given: input.given.count, longest: longest))
    }
    if search != nil {
      search?.join(Array(batch[rows]), requests)
      return
    }
    let scorer = scorers.makeScorer(for: Array(batch[rows]))
    search = LiveSearch(
      settings, strategy, scorer: scorer, requests: requests, omitsScores: omitsScores,
      aligner: settings.needsAttention ? WholeAlignment(models) : nil)
  }

  private func prefix(of input: GenerationInput) -> [Int32] {
    guard settings.prefixSize > 0, let reference = input.reference else { return input.prefix }
    return Array(reference.prefix(settings.prefixSize))
  }

  /// The fewest and the most symbols before the end of an output.
  private func lengths(given: Int, longest: Int) -> ClosedRange<Int> {
    let limit = min(models.map(\.maximumPositions.target).min() ?? 1024, longestTarget) - 1
    if settings.matchSourceLen { return min(given, limit)...min(given, limit) }
    let counted = settings.maxLenFromBatch ? longest : given
    let product = settings.longest(given: counted)
    let most = min(product < Double(limit) ? Int(product) : limit, limit)
    return min(max(settings.minLen, 0), most)...most
  }
}

extension GenerationSettings {
  /// Whether the attention over the source is printed or used.
  var needsAttention: Bool { printAlignment != nil || replaceUnk != nil }

  /// Prefixes kept for each sentence.
  func beam(vocabulary: Int) -> Int { max(1, min(beam, vocabulary - 1)) }

  /// A sum of scores less the penalties of symbols, divided by a power of the length unless that
  /// is switched off.
  func normalized(_ score: Float, length: Int) -> Float {
    let score = wordPenalty == 0 ? score : score - Float(wordPenalty * Double(length))
    return unnormalized ? score : score / Float(pow(Double(length), lenpen))
  }
}

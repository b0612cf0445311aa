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
  private let factories: [any DecoderFactory]
  private let omitsScores: Bool
  /// How many sentences a search decodes side by side.
  let width: SearchWidth

  /// Makes a generator.
  ///
  /// - Parameters:
  ///   - preparation: how the models are prepared; scores of references always use them as they are.
  ///   - omitsScores: whether scores are of no interest; a search with a single prefix need not compute them and gives 0.
  /// - Throws: ``UserError`` when settings contradict each other or a model cannot be prepared so.
  public init(
    models: [any Model], settings: GenerationSettings,
    preparation: SearchPreparation = SearchPreparation(), omitsScores: Bool = false
  ) throws {
    precondition(!models.isEmpty, "a generator needs a model")
    try settings.check()
    try Self.check(preparation, models, settings)
    self.models = models
    self.settings = settings
    self.omitsScores = omitsScores && settings.takesTheBestSymbol
    var preparation = preparation
    preparation.needsBestOnly = self.omitsScores && models.count == 1
    factories = settings.scoreReference ? [] : models.map { $0.prepareSearch(preparation) }
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
      throw UserError("\(flag) is not known to this architecture: leave it out")
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

  /// Finds the outputs of a batch, best first for each sentence, in the batch's order.
  ///
  /// - Parameter batch: sources with their ends; targets where prefixes or scores of references are asked for.
  public func generate(_ batch: SentencePairs) -> [[Hypothesis]] {
    if batch.sources.isEmpty { return [] }
    if settings.scoreReference { return ReferenceScorer(models: models, settings).score(batch) }
    var results = [[Hypothesis]](repeating: [], count: batch.sources.count)
    var search: LiveSearch?
    var next = 0
    while next < batch.sources.count || (search?.count ?? 0) > 0 {
      let room = width.sentences - (search?.count ?? 0)
      let rest = batch.sources.count - next
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

  /// Adds sentences of a batch to a search, which is made when there is none.
  ///
  /// - Parameter tags: the tag of the first sentence; the others follow.
  func add(_ rows: Range<Int>, of batch: SentencePairs, tags: Int, to search: inout LiveSearch?) {
    let sources = PackedTokens(rows.map { batch.sources[$0] })
    let longest = settings.maxLenFromBatch ? batch.sources.map(\.count).max() ?? 0 : 0
    let requests = rows.map { row in
      SentenceSearch.Request(
        tag: tags + row - rows.lowerBound, id: batch.ids[row], prefix: prefix(of: batch, row),
        lengths: lengths(source: batch.sources[row].count, longest: longest))
    }
    if search != nil {
      search?.join(sources, requests)
      return
    }
    let decoders = factories.map {
      $0.makeDecoder(
        for: sources, rows: rows.count * settings.beam,
        length: (requests.map(\.lengths.upperBound).max() ?? 0) + 1)
    }
    let ensemble = DecoderEnsemble(
      decoders, temperature: Float(settings.temperature),
      keepsAttention: settings.printAlignment != nil)
    search = LiveSearch(
      settings, decoder: ensemble, requests: requests, omitsScores: omitsScores)
  }

  private func prefix(of batch: SentencePairs, _ place: Int) -> [Int32] {
    guard settings.prefixSize > 0, !batch.targets.isEmpty else { return [] }
    return Array(batch.targets[place].prefix(settings.prefixSize))
  }

  /// The fewest and the most symbols before the end of an output.
  private func lengths(source: Int, longest: Int) -> ClosedRange<Int> {
    let limit = (models.map(\.maximumPositions.target).min() ?? 1024) - 1
    if settings.matchSourceLen { return min(source, limit)...min(source, limit) }
    let counted = settings.maxLenFromBatch ? longest : source
    let product = settings.maxLenA * Double(counted) + Double(settings.maxLenB)
    let most = min(product < Double(limit) ? Int(product) : limit, limit)
    return min(max(settings.minLen, 0), most)...most
  }
}

extension GenerationSettings {
  /// Whether each step takes the best symbol of the only prefix.
  fileprivate var takesTheBestSymbol: Bool {
    beam == 1 && !sampling && diverseBeamGroups <= 0 && diversityRate <= 0 && unkpen == 0
  }

  /// Prefixes kept for each sentence.
  func beam(vocabulary: Int) -> Int { max(1, min(beam, vocabulary - 1)) }

  /// The way to continue prefixes that the settings ask for.
  func strategy(vocabulary: Int) -> any SearchStrategy {
    let beam = beam(vocabulary: vocabulary)
    if sampling {
      return Sampling(
        beam: beam, topSymbols: samplingTopk > 0 ? min(samplingTopk, vocabulary) : nil,
        topProbability: samplingTopp > 0 ? samplingTopp : nil, seed: seed)
    }
    if diverseBeamGroups > 0, beam % diverseBeamGroups == 0 {
      return DiverseBeam(
        beam: beam, vocabulary: vocabulary, groups: diverseBeamGroups,
        strength: Float(diverseBeamStrength))
    }
    if diversityRate > 0 {
      return DiverseSiblings(beam: beam, vocabulary: vocabulary, rate: Float(diversityRate))
    }
    return BeamSearch(beam: beam, vocabulary: vocabulary)
  }

  /// A sum of scores, divided by a power of the length unless that is switched off.
  func normalized(_ score: Float, length: Int) -> Float {
    unnormalized ? score : score / Float(pow(Double(length), lenpen))
  }
}

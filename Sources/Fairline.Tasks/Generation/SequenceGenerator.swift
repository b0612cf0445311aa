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

  /// Makes a generator.
  ///
  /// - Throws: ``UserError`` when settings contradict each other.
  public init(models: [any Model], settings: GenerationSettings) throws {
    precondition(!models.isEmpty, "a generator needs a model")
    try settings.check()
    self.models = models
    self.settings = settings
    factories = settings.scoreReference ? [] : models.map { $0.prepareSearch() }
  }

  /// Finds the outputs of a batch, best first for each sentence, in the batch's order.
  ///
  /// - Parameter batch: sources with their ends; targets where prefixes or scores of references are asked for.
  public func generate(_ batch: SentencePairs) -> [[Hypothesis]] {
    if batch.sources.isEmpty { return [] }
    if settings.scoreReference { return ReferenceScorer(models: models, settings).score(batch) }
    let sources = PackedTokens(batch.sources)
    let limits = batch.sources.map { lengths(source: $0.count, longest: sources.segments.longest) }
    let decoders = factories.map {
      $0.makeDecoder(
        for: sources, rows: batch.sources.count * settings.beam,
        length: (limits.map(\.upperBound).max() ?? 0) + 1)
    }
    let ensemble = DecoderEnsemble(
      decoders, temperature: Float(settings.temperature),
      keepsAttention: settings.printAlignment != nil)
    let places = batch.sources.indices.map { Int32($0) }
    let first = ensemble.step(
      symbols: places.map { _ in Vocabulary.eos }, parents: places, sentences: places)
    let vocabulary = first.shape.columns
    let strategy = settings.strategy(vocabulary: vocabulary)
    let sentences = batch.sources.indices.map { place in
      SentenceSearch(
        place: place, id: batch.ids[place], prefix: prefix(of: batch, place),
        lengths: limits[place], beam: settings.beam(vocabulary: vocabulary))
    }
    var search = BatchSearch(
      settings, decoder: ensemble, sentences: sentences, strategy: strategy)
    return search.run(first: first)
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

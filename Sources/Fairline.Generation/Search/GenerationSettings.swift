public import Fairline
import FairlineData

/// How outputs are searched for, under fairseq's names.
public struct GenerationSettings: Configuration, Equatable {
  /// Prefixes kept alive for each sentence; capped at the number of symbols less one.
  public var beam = 5
  /// Hypotheses printed for each sentence.
  public var nbest = 1
  /// The most symbols of an output before its end, as a multiple of the source's length.
  public var maxLenA = 0.0
  /// What is added to ``maxLenA`` times the source's length.
  public var maxLenB = 200
  /// Whether ``maxLenA`` multiplies the longest source of the batch instead of each sentence's own.
  public var maxLenFromBatch = false
  /// The fewest symbols of an output before its end.
  public var minLen = 1
  /// The power of the length that a hypothesis' score is divided by.
  public var lenpen = 1.0
  /// What each symbol of a hypothesis takes off its score.
  public var wordPenalty = 0.0
  /// Whether the unknown symbol may be chosen where the conventions do not allow it.
  public var allowUnk = false
  /// What is taken off the score of the unknown symbol.
  public var unkpen = 0.0
  /// How a search ends and scores.
  public var conventions = SearchConventions.fairseq
  /// Whether the probabilities of what may come next are divided by their sum.
  public var renormalize = false
  /// Whether a search with the conventions of Hugging Face ends when enough outputs have ended.
  public var earlyStopping = false
  /// Whether scores are plain sums.
  public var unnormalized = false
  /// What logits are divided by.
  public var temperature = 1.0
  /// The length of sequences that no output may hold twice; 0 allows all.
  public var noRepeatNgramSize = 0
  /// How many symbols of the reference every output begins with.
  public var prefixSize = 0
  /// Whether outputs have exactly as many symbols before their end as the source has with its end.
  public var matchSourceLen = false
  /// Groups that search side by side and avoid each other's symbols; -1 for none.
  public var diverseBeamGroups = -1
  /// What a symbol costs that an earlier group has chosen.
  public var diverseBeamStrength = 0.5
  /// What each rank among the continuations of one prefix costs; -1 for none.
  public var diversityRate = -1.0
  /// Whether symbols are drawn instead of searched.
  public var sampling = false
  /// How many of the best symbols are drawn from; -1 for all.
  public var samplingTopk = -1
  /// The probability of the smallest set of best symbols that is drawn from; -1 for all.
  public var samplingTopp = -1.0
  /// Whether outputs must hold phrases that come with their inputs, and in which order; nil for no
  /// phrases.
  public var constraints: ConstraintOrder?
  /// Whether unknown symbols become source words: nil for no, empty for the words themselves, or a
  /// file of words and what stands for them.
  public var replaceUnk: String?
  /// How the attention over the source is printed, nil for not at all.
  public var printAlignment: AlignmentKind?
  /// Whether references are scored instead of searching.
  public var scoreReference = false
  /// Whether a source without symbols is answered by an empty output instead of being translated.
  public var keepBlankLines = false
  /// What sampling draws from.
  public var seed = 1

  /// fairseq's defaults.
  public init() {}

  /// How attention over the source is told.
  public enum AlignmentKind: String, CaseIterable, Codable, Sendable, OptionValue {
    /// The source symbol of the greatest weight for each target symbol.
    case hard
    /// All weights.
    case soft
  }

  /// Refuses settings that contradict each other.
  ///
  /// - Throws: `UserError` naming the flags.
  public func check() throws {
    try checkRanges()
    let variants = [
      ("--diverse-beam-groups", diverseBeamGroups > 0), ("--match-source-len", matchSourceLen),
      ("--diversity-rate", diversityRate > 0), ("--sampling", sampling),
      ("--constraints", constraints != nil),
    ].filter(\.1).map(\.0)
    guard variants.count < 2 else {
      throw UserError("\(variants.joined(separator: " and ")) exclude each other: give one")
    }
    try checkVariant()
  }

  private func checkVariant() throws {
    if constraints != nil, scoreReference {
      throw UserError("--score-reference searches for nothing: leave out --constraints")
    }
    if diverseBeamGroups > 0, beam % diverseBeamGroups != 0 {
      throw UserError(
        "--beam \(beam) cannot be split in --diverse-beam-groups \(diverseBeamGroups): give a "
          + "multiple"
      )
    }
    if !sampling {
      guard samplingTopk <= 0, samplingTopp <= 0 else {
        throw UserError("--sampling-topk and --sampling-topp need --sampling")
      }
    } else if nbest != beam {
      throw UserError(
        "--sampling draws --beam outputs for each sentence: give --nbest \(beam) as well")
    }
  }
}

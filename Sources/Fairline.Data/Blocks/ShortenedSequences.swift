public import Fairline
import Foundation

/// How over-long sentences are shortened: the values of `--shorten-method`.
public enum ShorteningMethod: String, Codable, Sendable, CaseIterable, OptionValue {
  /// Not at all.
  case unchanged = "none"
  /// The beginning stays.
  case truncate
  /// A part stays that is drawn anew in every epoch.
  case randomCrop = "random_crop"
}

/// Sentences cut to a number of symbols, their ends included: a sentence that is cut may have no
/// end.
public struct ShortenedSequences: TokenSequences {
  private let base: any TokenSequences
  private let method: ShorteningMethod
  private let limit: Int
  private let seed: Int
  private var epoch = 1

  /// Cuts the sentences of `base`.
  ///
  /// - Parameters:
  ///   - limit: symbols that are kept.
  ///   - seed: what parts are drawn from.
  public init(_ base: any TokenSequences, _ method: ShorteningMethod, to limit: Int, seed: Int) {
    precondition(limit > 0, "a shortened sentence keeps a symbol")
    self.base = base
    self.method = method
    self.limit = limit
    self.seed = seed
  }

  /// Whether other parts are kept in other epochs.
  package var dependsOnEpoch: Bool { method == .randomCrop }

  /// The sentences as an epoch sees them, counted from 1.
  public func inEpoch(_ epoch: Int) -> ShortenedSequences {
    var copy = self
    copy.epoch = epoch
    return copy
  }

  /// The number of sentences.
  public var count: Int { base.count }

  /// The symbols of a sentence after the cut.
  public func length(of index: Int) -> Int {
    method == .unchanged ? base.length(of: index) : min(base.length(of: index), limit)
  }

  /// A sentence after the cut.
  public subscript(index: Int) -> [Int32] {
    let symbols = base[index]
    guard method != .unchanged, symbols.count > limit else { return symbols }
    var start = 0
    if method == .randomCrop {
      var random = MersenneTwister(seed: Self.mixed([seed, epoch, index]))
      // fairseq never draws the last part.
      start = random.next(upTo: symbols.count - limit - 1)
    }
    return Array(symbols[start..<(start + limit)])
  }

  /// fairseq's seed of several numbers: the hash of a Python tuple of them, modulo a million.
  static func mixed(_ numbers: [Int]) -> UInt32 {
    let primes: (UInt64, UInt64, UInt64) = (
      11_400_714_785_074_694_791, 14_029_467_366_897_019_727, 2_870_177_450_012_600_261
    )
    var sum = primes.2
    for number in numbers {
      sum &+= UInt64(bitPattern: Int64(number)) &* primes.1
      sum = (sum << 31 | sum >> 33) &* primes.0
    }
    sum &+= UInt64(numbers.count) ^ (primes.2 ^ 3_527_539)
    let rest = fmod(Double(Int64(bitPattern: sum)), 1e6)
    return UInt32(rest < 0 ? rest + 1e6 : rest)
  }
}

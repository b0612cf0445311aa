/// How many sentences a search decodes side by side.
struct SearchWidth {
  /// The most sentences alive at once.
  let sentences: Int
  /// How many have to be missing before others join.
  let leastRoom: Int

  /// Bytes of weights that stay in the processor's last cache beside everything else.
  private static let cachedWeights = 8_000_000

  /// Chooses a width.
  ///
  /// Weights that stay in the cache may be read anew for every few prefixes, so that what these
  /// attend to stays there too; reading larger ones has to be shared by many.
  ///
  /// - Parameters:
  ///   - beam: prefixes of a sentence.
  ///   - weightBytes: bytes of weights that a step of each model reads, nil when that is not known.
  init(beam: Int, weightBytes: [Int?]) {
    let beam = max(beam, 1)
    let known = weightBytes.compactMap(\.self)
    if known.count == weightBytes.count, known.reduce(0, +) <= Self.cachedWeights {
      sentences = min(max(4, 20 / beam), 12)
      leastRoom = sentences / 4
    } else {
      sentences = min(max(8, 100 / beam), 48)
      leastRoom = sentences / 8
    }
  }
}

/// Symbols divided into bands by how frequent they are: the first band has the most frequent ones.
public struct SymbolBands: Sendable, Equatable {
  /// The symbols of each band, ascending; no band is empty.
  public let ranges: [Range<Int>]

  /// Divides the symbols of a vocabulary.
  ///
  /// - Parameters:
  ///   - cutoffs: where bands begin, but for the first one; the number of symbols may be the last.
  ///   - symbols: the number of symbols.
  /// - Returns: nil when the cutoffs do not ascend from above 0 to at most the number of symbols.
  public init?(cutoffs: [Int], symbols: Int) {
    let ends = cutoffs.last == symbols ? cutoffs : cutoffs + [symbols]
    let bounds = [0] + ends
    guard zip(bounds, ends).allSatisfy({ $0 < $1 }) else { return nil }
    ranges = zip(bounds, ends).map { $0..<$1 }
  }

  /// The number of bands.
  public var count: Int { ranges.count }

  /// The number of symbols.
  public var symbolCount: Int { ranges[count - 1].upperBound }

  /// The channels of each band: all for the first one, for each further one divided by a factor
  /// once more, rounded down.
  public func channels(of all: Int, dividedBy factor: Double) -> [Int] {
    var divisor = 1.0
    return ranges.map { _ in
      defer { divisor *= factor }
      return Int((Double(all) / divisor).rounded(.down))
    }
  }

  /// The rows whose symbols belong to one band.
  struct Members {
    /// The rows, ascending.
    var rows: [Int32] = []
    /// The symbol of each row, counted from the band's first.
    var symbols: [Int32] = []
  }

  /// The rows of each band.
  ///
  /// - Parameter symbols: a symbol of each row; negative ones are in no band. `[row]`
  func members(_ symbols: [Int32]) -> [Members] {
    var result = ranges.map { _ in Members() }
    for (row, symbol) in symbols.enumerated() where symbol >= 0 {
      precondition(
        Int(symbol) < symbolCount, "symbol \(symbol) is outside \(symbolCount) symbols")
      var band = count - 1
      while Int(symbol) < ranges[band].lowerBound { band -= 1 }
      result[band].rows.append(Int32(row))
      result[band].symbols.append(symbol - Int32(ranges[band].lowerBound))
    }
    return result
  }
}

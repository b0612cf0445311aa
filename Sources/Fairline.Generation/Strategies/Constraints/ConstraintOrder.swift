public import Fairline

/// In which order an output must hold the phrases that are required of it.
public enum ConstraintOrder: String, CaseIterable, Codable, Sendable, OptionValue {
  /// In the order in which they are given.
  case ordered
  /// In any order; phrases may share their first symbols.
  case unordered
}

/// How far one prefix has come with the phrases that its output must hold.
package enum ConstraintProgress: Sendable {
  case ordered(OrderedConstraints)
  case unordered(UnorderedConstraints)

  /// The beginning, before any symbol.
  package init(_ phrases: [[Int32]], _ order: ConstraintOrder) {
    switch order {
    case .ordered: self = .ordered(OrderedConstraints(phrases))
    case .unordered: self = .unordered(UnorderedConstraints(phrases))
    }
  }

  /// The progress with one more symbol.
  package func advanced(by symbol: Int32) -> ConstraintProgress {
    switch self {
    case .ordered(let state): .ordered(state.advanced(by: symbol))
    case .unordered(let state): .unordered(state.advanced(by: symbol))
    }
  }

  /// Symbols of phrases that the prefix holds and that count.
  package var bank: Int {
    switch self {
    case .ordered(let state): state.bank
    case .unordered(let state): state.bank
    }
  }

  /// Phrases that are met.
  package var metCount: Int {
    switch self {
    case .ordered(let state): state.metCount
    case .unordered(let state): state.metCount
    }
  }

  /// Whether all phrases are met, so that the output may end.
  package var isFinished: Bool {
    switch self {
    case .ordered(let state): state.isFinished
    case .unordered(let state): state.isFinished
    }
  }

  /// Symbols that could be next on the way to a phrase, ascending.
  package var nextSymbols: [Int32] {
    switch self {
    case .ordered(let state): state.nextSymbols
    case .unordered(let state): state.nextSymbols
    }
  }
}

extension TaskDescription {
  /// No vocabulary is larger: symbols are 32 bit numbers.
  private static let symbols = 0...Int(Int32.max)
  /// No sentence is longer, in symbols; tables of positions are as long.
  private static let positions = 1...(1 << 20)

  /// What is wrong with the numbers, as part of a sentence; nil where a model can be made for them.
  var fault: String? {
    Self.symbols.fault(of: sourceSymbols, "sourceSymbols")
      ?? Self.symbols.fault(of: targetSymbols, "targetSymbols")
      ?? inputSymbols.flatMap { Self.symbols.fault(of: $0, "inputSymbols") }
      ?? Self.positions.fault(of: maximumSourcePositions, "maximumSourcePositions")
      ?? Self.positions.fault(of: maximumTargetPositions, "maximumTargetPositions")
  }
}

extension ClosedRange<Int> {
  /// That a number lies outside, as part of a sentence; nil where it does not.
  func fault(of value: Int, _ name: String) -> String? {
    contains(value)
      ? nil : "'\(name)' is \(value), and it must be from \(lowerBound) to \(upperBound)"
  }
}

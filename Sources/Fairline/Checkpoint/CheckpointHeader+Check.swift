extension CheckpointHeader {
  /// No count of updates, epochs or batches is larger.
  private static let countLimit = 1 << 48
  /// No vocabulary is larger: symbols are 32 bit numbers.
  private static let symbolLimit = Int(Int32.max)
  /// No sentence is longer, in symbols; tables of positions are as long.
  private static let positionLimit = 1 << 20

  /// Refuses numbers that no program can have written, before anything is computed with them.
  ///
  /// - Parameter path: the file, for the message.
  /// - Throws: `UserError` naming the file and the number.
  func check(_ path: String) throws {
    func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
      guard !range.contains(value) else { return }
      throw UserError(
        "\(path) says '\(name)' is \(value), and it must be from \(range.lowerBound) to "
          + "\(range.upperBound): use another copy")
    }
    try check("sourceSymbols", description.sourceSymbols, 0...Self.symbolLimit)
    try check("targetSymbols", description.targetSymbols, 0...Self.symbolLimit)
    let positions = 1...Self.positionLimit
    try check("maximumSourcePositions", description.maximumSourcePositions, positions)
    try check("maximumTargetPositions", description.maximumTargetPositions, positions)
    try check("optimizerSteps", optimizerSteps, 0...Self.countLimit)
    if let quantization, quantization != QuantizedFile.kind {
      throw UserError(
        "\(path) has weights rounded to '\(quantization)', and this is Fairline "
          + "\(Program.fairlineVersion), which knows '\(QuantizedFile.kind)' only: "
          + "use the version that wrote it")
    }
    guard let progress else { return }
    try check("updates", progress.updates, 0...Self.countLimit)
    try check("epoch", progress.epoch, 1...Self.countLimit)
    try check("offset", progress.offset, 0...Self.countLimit)
    try check("skipped", progress.skipped, 0...Self.countLimit)
    try check("refused", progress.refused, 0...Self.countLimit)
    guard progress.seconds.isFinite, progress.seconds >= 0 else {
      throw UserError("\(path) says training took \(progress.seconds) seconds: use another copy")
    }
  }
}

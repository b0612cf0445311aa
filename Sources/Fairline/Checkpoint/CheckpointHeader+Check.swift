extension CheckpointHeader {
  /// No count of updates, epochs or batches is larger.
  private static let counts = 0...(1 << 48)

  /// Refuses numbers that no program can have written, before anything is computed with them.
  ///
  /// - Parameter path: the file, for the message.
  /// - Throws: `UserError` naming the file and the number.
  func check(_ path: String) throws {
    let file = CheckedFile(path: path)
    if let fault = description.fault { throw UserError("\(path) says \(fault): use another copy") }
    try file.check("optimizerSteps", optimizerSteps, Self.counts)
    if let quantization, quantization != QuantizedFile.kind {
      throw UserError(
        "\(path) has weights rounded to '\(quantization)', and this is Fairline "
          + "\(Program.fairlineVersion), which knows '\(QuantizedFile.kind)' only: "
          + "use the version that wrote it")
    }
    if let progress { try Self.check(progress, file) }
  }

  private static func check(_ progress: TrainingProgress, _ file: CheckedFile) throws {
    try file.check("updates", progress.updates, counts)
    try file.check("epoch", progress.epoch, 1...counts.upperBound)
    try file.check("offset", progress.offset, counts)
    try file.check("skipped", progress.skipped, counts)
    try file.check("refused", progress.refused, counts)
    guard progress.seconds.isFinite, progress.seconds >= 0 else {
      throw UserError(
        "\(file.path) says training took \(progress.seconds) seconds: use another copy")
    }
    for batch in progress.postponed {
      let owner = "of a postponed batch"
      try file.check("epoch \(owner)", batch.epoch, 1...counts.upperBound)
      try file.check("place \(owner)", batch.place, counts)
      try file.check("attempts \(owner)", batch.attempts, 0...PostponedBatch.mostAttempts)
      try file.check("due \(owner)", batch.due, counts)
    }
    for (name, memory) in progress.memories.sorted(by: { $0.key < $1.key }) {
      try file.check(name, memory, counts)
    }
    if let state = progress.scheduler { try file.check("scheduler", state, counts) }
  }
}

/// A file whose numbers are checked one by one.
private struct CheckedFile {
  let path: String

  func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
    if let fault = range.fault(of: value, name) {
      throw UserError("\(path) says \(fault): use another copy")
    }
  }

  /// Checks every whole number of what somebody remembers.
  func check(_ name: String, _ value: JSONValue, _ range: ClosedRange<Int>) throws {
    switch value {
    case .integer(let number): try check(name, number, -range.upperBound...range.upperBound)
    case .array(let elements): for element in elements { try check(name, element, range) }
    case .object(let members):
      for (key, member) in members { try check("\(name).\(key)", member, range) }
    default: break
    }
  }
}

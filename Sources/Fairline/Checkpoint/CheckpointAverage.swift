/// The mean of the parameters of several checkpoints of one training.
public enum CheckpointAverage {
  /// Writes the mean of the parameters of `inputs`, with everything but the state of training from
  /// the first.
  ///
  /// Sums run in double precision; whole numbers are divided downwards. The result is a model to
  /// translate with, or to begin from with `--finetune-from-model`.
  ///
  /// - Parameter inputs: files with the same parameters, at least one.
  /// - Throws: `UserError` when the files differ in names, shapes, dictionaries or the
  ///   architecture's settings, or a parameter is not finite.
  public static func write(_ inputs: [String], to output: String) throws {
    let files = try inputs.map { try TensorFile(path: $0) }
    for file in files where try CheckpointHeader(file)?.quantization != nil {
      throw UserError(
        "\(file.path) holds rounded weights: average the checkpoints they were made from, "
          + "then quantise")
    }
    guard let first = files.first else {
      throw UserError("there is nothing to average: name the files with --inputs")
    }
    let entries = first.entries.filter { !isOptimizerState($0.name) }
    for file in files.dropFirst() { try check(file, against: first) }
    let writer = try TensorFileWriter(
      path: output,
      tensors: entries.map { TensorDeclaration($0.name, $0.shape, storage(of: $0)) },
      metadata: try metadata(of: first))
    for entry in entries {
      if entry.name.hasPrefix(CheckpointHeader.assetPrefix) {
        try first.withBytes(of: entry.name) { try writer.write(entry.name, $0) }
      } else if storage(of: entry) == .int64 {
        let mean = try wholeMean(of: entry.name, files)
        try mean.withUnsafeBytes { try writer.write(entry.name, $0) }
      } else {
        try writer.write(entry.name, mean(of: entry.name, count: entry.count, files))
      }
    }
    try writer.finish()
  }

  private static func isOptimizerState(_ name: String) -> Bool {
    name.hasPrefix(CheckpointHeader.optimizerPrefix)
  }

  /// The type of a tensor in the result.
  private static func storage(of entry: TensorEntry) -> TensorElement {
    if entry.name.hasPrefix(CheckpointHeader.assetPrefix) { return entry.element }
    switch entry.element {
    case .float16, .bfloat16, .float32, .float64: return .float32
    default: return .int64
    }
  }

  private static func check(_ file: TensorFile, against first: TensorFile) throws {
    func shapes(_ file: TensorFile) -> [String: [Int]] {
      let kept = file.entries.filter {
        !isOptimizerState($0.name) && !$0.name.hasPrefix(CheckpointHeader.assetPrefix)
      }
      return Dictionary(uniqueKeysWithValues: kept.map { ($0.name, $0.shape) })
    }
    let (own, expected) = (shapes(file), shapes(first))
    let names = Set(own.keys).union(expected.keys).sorted()
    if let name = names.first(where: { own[$0] != expected[$0] }) {
      throw different(file, first, "'\(name)'")
    }
    try checkHeaders(file, against: first)
  }

  /// Equal shapes do not make two models the same: words and settings must agree as well.
  private static func checkHeaders(_ file: TensorFile, against first: TensorFile) throws {
    let (left, right) = (try CheckpointHeader(file), try CheckpointHeader(first))
    guard let left, let right else {
      guard (left == nil) == (right == nil) else {
        throw different(file, first, "what they are: one of them is no checkpoint")
      }
      return
    }
    let identities = Set(left.identity.keys).intersection(right.identity.keys).sorted()
    if let name = identities.first(where: { left.identity[$0] != right.identity[$0] }) {
      throw different(file, first, "their \(name)")
    }
    guard left.architecture.name == right.architecture.name else {
      throw different(file, first, "--arch")
    }
    guard case .object(let own) = left.architecture.settings,
      case .object(let expected) = right.architecture.settings
    else { return }
    if let (name, _) = own.first(where: { $1 != (expected[$0] ?? $1) }) {
      throw different(file, first, "the architecture's setting '\(name)'")
    }
  }

  private static func different(
    _ file: TensorFile, _ first: TensorFile, _ what: String
  ) -> UserError {
    UserError(
      "\(file.path) and \(first.path) differ in \(what): average checkpoints of one training only")
  }

  private static func metadata(of first: TensorFile) throws -> [String: String] {
    guard var header = try CheckpointHeader(first) else { return ["format": "pt"] }
    (header.progress, header.savedAt) = (nil, nil)
    header.optimizer = nil
    header.optimizerSteps = 0
    return try header.metadata()
  }

  private static func mean(
    of name: String, count: Int, _ files: [TensorFile]
  ) throws -> [Float] {
    var sums = [Double](repeating: 0, count: count)
    for file in files {
      for (index, value) in try file.floats(name).enumerated() {
        guard value.isFinite else {
          throw UserError(
            "\(file.path): parameter '\(name)' is not finite (NaN or infinity in it): leave the "
              + "file out")
        }
        sums[index] += Double(value)
      }
    }
    let total = Double(files.count)
    return sums.map { Float($0 / total) }
  }

  private static func wholeMean(of name: String, _ files: [TensorFile]) throws -> [Int64] {
    let values = try files.map { try $0.integers(name) }
    let total = Int128(files.count)
    return values[0].indices.map { index in
      // The sum may need more than 64 bits, the mean does not.
      let sum = values.reduce(Int128(0)) { $0 + Int128($1[index]) }
      let (quotient, rest) = sum.quotientAndRemainder(dividingBy: total)
      return Int64(rest < 0 ? quotient - 1 : quotient).littleEndian
    }
  }
}

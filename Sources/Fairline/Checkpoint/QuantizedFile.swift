import FairlineTensor

/// A model's file whose matrices are rounded to 8 bit integers, each row with a scale of its own.
///
/// A matrix `name` is the tensor `name` of type `I8` with its scales beside it in `name.scale`;
/// everything else is as in a checkpoint.
/// Such a file is about a quarter as large, and its matrices are used where they lie.
public enum QuantizedFile {
  private static let scaleSuffix = ".scale"
  static let kind = "int8"

  /// Rounds a model's matrices and writes them with all that translation needs.
  ///
  /// - Throws: `UserError` when the file is rounded already, or a parameter is not finite.
  public static func write(_ file: ModelFile, _ catalog: Catalog, to path: String) throws {
    if let quantization = file.header.quantization {
      throw UserError("\(file.path) is rounded to \(quantization) already: use it as it is")
    }
    try write(
      CheckpointContents(
        header: file.header, parameters: try file.makeModel(catalog).parameters,
        assets: try file.assets()),
      to: path)
  }

  /// Rounds a model's matrices and writes them with all that translation needs.
  ///
  /// - Throws: `TensorFileError` when the file cannot be written.
  package static func write(_ contents: CheckpointContents, to path: String) throws {
    let parameters = contents.parameters
    let assets = contents.assets.sorted { $0.key < $1.key }
    let writer = try TensorFileWriter(
      path: path, tensors: declarations(parameters, assets),
      metadata: header(contents.header).metadata())
    for entry in parameters.entries {
      let values = parameters.view(of: entry, in: parameters.values)
      guard isMatrix(entry) else {
        try values.withScalars { try writer.write(entry.name, $0) }
        continue
      }
      let matrix = QuantizedMatrix(quantizing: values)
      try matrix.withIntegers { try writer.write(entry.name, UnsafeRawBufferPointer($0)) }
      try writer.write(entry.name + scaleSuffix, matrix.scales)
    }
    for (name, bytes) in assets {
      try bytes.withUnsafeBytes { try writer.write(CheckpointHeader.assetPrefix + name, $0) }
    }
    try writer.finish()
  }

  private static func header(_ header: CheckpointHeader) -> CheckpointHeader {
    var header = header
    header.quantization = kind
    (header.progress, header.savedAt) = (nil, nil)
    header.optimizer = nil
    header.optimizerSteps = 0
    return header
  }

  private static func declarations(
    _ parameters: ParameterSet, _ assets: [(key: String, value: [UInt8])]
  ) -> [TensorDeclaration] {
    parameters.entries.flatMap { entry -> [TensorDeclaration] in
      let shape = entry.shape.dimensions
      guard isMatrix(entry) else { return [TensorDeclaration(entry.name, shape)] }
      return [
        TensorDeclaration(entry.name, shape, .int8),
        TensorDeclaration(entry.name + scaleSuffix, [shape[0]]),
      ]
    }
      + assets.map {
        TensorDeclaration(CheckpointHeader.assetPrefix + $0.key, [$0.value.count], .uint8)
      }
  }

  /// Linear maps and embeddings; what is added to states as it is stays exact.
  private static func isMatrix(_ entry: ParameterSet.Entry) -> Bool {
    entry.shape.rank == 2 && entry.name.hasSuffix(".weight") && entry.mayBeRounded
  }

  /// Whether a tensor holds the scales of another one.
  static func isScale(_ name: String, in file: TensorFile) -> Bool {
    name.removing(suffix: scaleSuffix).flatMap { file[$0] }?.element == .int8
  }

  /// A matrix where it lies in the file; nil when it is not stored as integers.
  static func matrix(_ name: String, of file: TensorFile) throws -> QuantizedMatrix? {
    guard let entry = file[name], entry.element == .int8, entry.shape.count == 2,
      let scale = file[name + scaleSuffix]
    else { return nil }
    guard scale.shape == [entry.shape[0]] else {
      throw TensorFileError.mismatch(
        path: file.path, tensor: scale.name,
        reason: "has shape \(scale.shape) where \(entry.shape[0]) scales are expected")
    }
    let scales = try file.floats(scale.name)
    guard scale.element == .float32, scales.allSatisfy(\.isFinite) else {
      throw TensorFileError.mismatch(
        path: file.path, tensor: scale.name,
        reason: "holds scales that are not finite 32 bit numbers; use another copy")
    }
    let bytes = try file.bytes(of: name)
    guard let start = bytes.baseAddress else { return nil }
    return QuantizedMatrix(
      borrowing: start.assumingMemoryBound(to: Int8.self), columns: entry.shape[1],
      scales: scales, owner: file)
  }
}

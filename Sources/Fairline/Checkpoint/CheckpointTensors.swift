import FairlineTensor

/// The tensors of a checkpoint that belong together: parameters, or one part of an optimizer's
/// state; by the parameters' names.
struct CheckpointTensors: TensorSource {
  private let file: TensorFile
  private let prefix: String
  let names: [String]
  var path: String { file.path }

  /// The parameters: every tensor that is neither an asset, nor an optimizer's, nor scales.
  init(parametersOf file: TensorFile) {
    self.file = file
    prefix = ""
    names = file.names.filter {
      !$0.hasPrefix(CheckpointHeader.assetPrefix) && !$0.hasPrefix(CheckpointHeader.optimizerPrefix)
        && !QuantizedFile.isScale($0, in: file)
    }
  }

  /// The tensors whose names begin with a text, which is taken off.
  init(of file: TensorFile, under prefix: String) {
    self.file = file
    self.prefix = prefix
    names = file.names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }

  func shape(of name: String) -> [Int]? { file[prefix + name]?.shape }

  func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
    let entry = try file.entry(prefix + name)
    guard entry.element.isFloatingPoint else {
      throw TensorFileError.mismatch(
        path: path, tensor: entry.name,
        reason: "holds \(entry.element.rawValue) where floating-point numbers are needed")
    }
    try file.read(entry.name, into: output)
  }

  func matrix(_ name: String) throws -> QuantizedMatrix? {
    prefix.isEmpty ? try QuantizedFile.matrix(name, of: file) : nil
  }
}

extension TensorFile {
  /// The parameters in the file: all tensors but the optimizer's, a task's assets and scales.
  public var parameters: any TensorSource { CheckpointTensors(parametersOf: self) }
}

import Fairline

/// The tensors of a dictionary in a file of torch's.
package struct TorchTensors: TensorSource {
  private let file: TorchFile
  private let tensors: [String: TorchTensor]
  package let names: [String]
  package var path: String { file.path }

  /// Takes the tensors of a dictionary; other values in it are left out.
  ///
  /// - Throws: `UserError` when there are none, or a name stands twice.
  package init(_ file: TorchFile, _ dictionary: PickleNode?) throws {
    var tensors: [String: TorchTensor] = [:]
    var names: [String] = []
    for item in dictionary?.items ?? [] {
      guard let tensor = item.value.tensor else { continue }
      guard tensors.updateValue(tensor, forKey: item.key) == nil else {
        throw UserError("\(file.path) has two tensors '\(item.key)': use another copy")
      }
      names.append(item.key)
    }
    guard !names.isEmpty else {
      throw UserError("\(file.path) holds no tensors of a model: give the file of a checkpoint")
    }
    (self.file, self.tensors, self.names) = (file, tensors, names)
  }

  /// Takes some tensors, each under another name.
  init(_ file: TorchFile, _ tensors: [(name: String, tensor: TorchTensor)]) {
    self.file = file
    self.tensors = Dictionary(tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    names = tensors.map(\.name)
  }

  /// The tensors, in the file's order.
  var all: [(name: String, tensor: TorchTensor)] {
    names.compactMap { name in tensors[name].map { (name, $0) } }
  }

  package func shape(of name: String) -> [Int]? { tensors[name]?.shape }

  package func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
    guard let tensor = tensors[name], tensor.count == output.count else {
      throw UserError("\(path) has no tensor '\(name)' of \(output.count) numbers")
    }
    guard tensor.storage.element.isFloatingPoint else {
      throw UserError(
        "\(path): tensor '\(name)' holds whole numbers where floating-point numbers are needed")
    }
    try file.read(tensor, into: output)
  }
}

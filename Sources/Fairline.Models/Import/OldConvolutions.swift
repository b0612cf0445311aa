package import Fairline
package import FairlineTensor

/// Tensors of fairseq's first convolutional models as those of today.
///
/// Before version 2 a convolution's directions had one length for each neighbour, `weight_g`
/// `[width, 1, 1]`, where they have one for each output now, `[1, 1, output]`. The weights that
/// they stand for stay the same.
package struct OldConvolutions: TensorSource {
  private let source: any TensorSource
  /// The names of old convolutions, without their endings.
  private let old: Set<String>

  /// The tensors themselves where no convolution is old.
  package static func converted(_ source: any TensorSource) -> any TensorSource {
    let names = source.names.filter { $0.hasSuffix(".weight_g") && $0.contains(".convolutions.") }
    let old = names.map { String($0.dropLast(".weight_g".count)) }.filter { name in
      guard let lengths = source.shape(of: name + ".weight_g"),
        let directions = source.shape(of: name + ".weight_v"), directions.count == 3
      else { return false }
      // A convolution has at least two outputs, for its values and their gates.
      return lengths == [directions[0], 1, 1] && directions[2] > 1
    }
    return old.isEmpty ? source : OldConvolutions(source: source, old: Set(old))
  }

  package var path: String { source.path }
  package var names: [String] { source.names }

  package func shape(of name: String) -> [Int]? {
    guard let convolution = convolution(name, ".weight_g") else { return source.shape(of: name) }
    return source.shape(of: convolution + ".weight_v").map { [1, 1, $0[2]] }
  }

  package func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
    if let convolution = convolution(name, ".weight_v") {
      _ = output.update(from: try weights(convolution))
    } else if let convolution = convolution(name, ".weight_g") {
      let weights = try weights(convolution)
      let outputs = output.count
      for place in 0..<outputs {
        var sum: Float = 0
        for row in 0..<(weights.count / outputs) {
          sum += weights[row * outputs + place] * weights[row * outputs + place]
        }
        output[place] = sum.squareRoot()
      }
    } else {
      try source.read(name, into: output)
    }
  }

  package func matrix(_ name: String) throws -> QuantizedMatrix? { try source.matrix(name) }

  private func convolution(_ name: String, _ ending: String) -> String? {
    guard name.hasSuffix(ending) else { return nil }
    let convolution = String(name.dropLast(ending.count))
    return old.contains(convolution) ? convolution : nil
  }

  /// What directions and lengths stand for. `[width, input, output]`
  private func weights(_ convolution: String) throws -> [Float] {
    let lengths = try source.floats(convolution + ".weight_g")
    var weights = try source.floats(convolution + ".weight_v")
    let size = weights.count / lengths.count
    for (neighbour, length) in lengths.enumerated() {
      let range = (neighbour * size)..<((neighbour + 1) * size)
      let norm = weights[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
      let factor = norm > 0 ? length / norm : 0
      for place in range { weights[place] *= factor }
    }
    return weights
  }
}

import FairlineTensor

/// The parameters of a model in memory, in floating point.
struct ParameterTensors: TensorSource {
  let path: String
  let names: [String]
  private let parameters: ParameterSet
  private let places: [String: Int]

  init(_ parameters: ParameterSet, path: String) {
    (self.parameters, self.path) = (parameters, path)
    names = parameters.entries.map(\.name)
    places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
  }

  private func entry(_ name: String) -> ParameterSet.Entry? {
    places[name].map { parameters.entries[$0] }
  }

  func shape(of name: String) -> [Int]? { entry(name)?.shape.dimensions }

  func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
    guard let entry = entry(name), entry.shape.count == output.count else {
      throw UserError("\(path) has no parameter '\(name)' of \(output.count) numbers")
    }
    parameters.view(of: entry, in: parameters.values).withScalars {
      _ = output.update(from: $0)
    }
  }
}

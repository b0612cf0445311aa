import Fairline

/// Adam's two moments in a checkpoint of fairseq, under the names of the model's tensors.
enum FairseqMoments {
  /// The parts of the state.
  private static let parts = ["exp_avg", "exp_avg_sq"]
  /// Tables that a model may hold under several names, whose sharing files of other devices lose.
  private static let tables = ["embed_tokens.weight", "output_projection.weight", "embed_out"]

  /// Finds the moments of each parameter.
  ///
  /// - Parameters:
  ///   - state: the optimizer's state by the numbers of parameters.
  ///   - tensors: those of the model, in the file's order.
  static func read(
    _ state: [Int: PickleNode], _ file: TorchFile,
    _ tensors: [(name: String, tensor: TorchTensor)]
  ) throws(TrainingFault) -> [String: any TensorSource] {
    let owned = Dictionary(tensors.map { ($0.tensor, $0.name) }) { first, _ in first }
    var parameters = tensors.filter { owned[$0.tensor] == $0.name }
    let whole = parameters.reduce(0) { $0 + $1.tensor.count }
    if state.count == 1, let all = state[0]?[parts[0]]?.tensor, all.shape == [whole] {
      return try flat(state, file, parameters)
    }
    if state.count < parameters.count { parameters = withoutCopies(parameters, file) }
    guard state.count == parameters.count else {
      throw TrainingFault(
        "its optimizer's state is one of \(state.count) parameters, and the model has "
          + "\(parameters.count)")
    }
    var sources: [String: any TensorSource] = [:]
    for part in parts {
      var moments: [(name: String, tensor: TorchTensor)] = []
      for (number, parameter) in parameters.enumerated() {
        guard let tensor = state[number]?[part]?.tensor, tensor.shape == parameter.tensor.shape
        else {
          throw TrainingFault(
            "its optimizer's state does not fit the parameter '\(parameter.name)'")
        }
        moments.append((parameter.name, tensor))
      }
      sources[part] = TorchTensors(file, moments)
    }
    return sources
  }

  /// The moments of all parameters, which stand in one row.
  private static func flat(
    _ state: [Int: PickleNode], _ file: TorchFile,
    _ parameters: [(name: String, tensor: TorchTensor)]
  ) throws(TrainingFault) -> [String: any TensorSource] {
    var sources: [String: any TensorSource] = [:]
    let whole = parameters.reduce(0) { $0 + $1.tensor.count }
    for part in parts {
      guard let all = state[0]?[part]?.tensor, all.shape == [whole], all.isContiguous else {
        throw TrainingFault("its optimizer's state has no '\(part)' of all parameters")
      }
      var offset = all.offset
      var moments: [(name: String, tensor: TorchTensor)] = []
      for (name, tensor) in parameters {
        moments.append((name, all.part(at: offset, shape: tensor.shape)))
        offset += tensor.count
      }
      sources[part] = TorchTensors(file, moments)
    }
    return sources
  }

  /// Leaves out tables that are copies of earlier ones.
  private static func withoutCopies(
    _ parameters: [(name: String, tensor: TorchTensor)], _ file: TorchFile
  ) -> [(name: String, tensor: TorchTensor)] {
    var seen: [TorchTensor] = []
    return parameters.filter { name, tensor in
      guard tables.contains(where: name.hasSuffix) else { return true }
      if seen.contains(where: { $0.shape == tensor.shape && file.haveSameNumbers($0, tensor) }) {
        return false
      }
      seen.append(tensor)
      return true
    }
  }
}

extension TorchFile {
  /// Whether two tensors of one shape hold the same numbers.
  fileprivate func haveSameNumbers(_ one: TorchTensor, _ other: TorchTensor) -> Bool {
    func numbers(_ tensor: TorchTensor) -> [Float]? {
      try? [Float](unsafeUninitializedCapacity: tensor.count) { buffer, count in
        try read(tensor, into: UnsafeMutableBufferPointer(rebasing: buffer[..<tensor.count]))
        count = tensor.count
      }
    }
    guard let first = numbers(one), let second = numbers(other) else { return false }
    return first == second
  }
}

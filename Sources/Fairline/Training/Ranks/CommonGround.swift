import FairlineTensor

/// What ranks must have in common when training begins: data, and the state that they go on from.
struct CommonGround {
  let task: any Task
  let model: any Model
  let optimizer: any Optimizer
  let progress: TrainingProgress

  /// Refuses ranks that do not have the same.
  ///
  /// - Throws: `UserError` that names the ranks and what differs.
  func check(_ exchange: any GradientExchange) throws {
    guard exchange.role.count > 1 else { return }
    let epoch = try task.trainingEpoch(progress.epoch)
    try exchange.compare([
      (
        "dictionaries", try JSONValue(encoding: task.identity).compactText,
        "copy the data folder to every computer"
      ),
      (
        "training data", try Self.fingerprint(of: epoch),
        "copy the data folder to every computer, and use the same settings of batches"
      ),
      (
        "checkpoint to go on from", try state,
        "put --save-dir on a disk that all share, or copy the checkpoint to every computer"
      ),
      (
        "first parameters", Self.sum(of: [model.parameters.values]),
        "install the same build of Fairline on every computer"
      ),
    ])
  }

  /// The checksum of where training stands.
  private var state: String {
    get throws {
      var progress = progress
      progress.seconds = 0
      guard progress != TrainingProgress(seed: progress.seed) else { return "none" }
      let state = optimizer.state.map(\.values) + optimizer.ownState.map(\.values)
      return try Self.sum(of: [model.parameters.values] + state)
        + JSONValue(encoding: progress).compactText
    }
  }

  /// The order of all batches, and what some of them hold.
  private static func fingerprint(of epoch: any BatchSource) throws -> String {
    var sums = [XXH64.hash("\(epoch.count) \(epoch.fingerprint ?? "")")]
    for place in Set((0..<16).map { $0 * epoch.count / 16 }).sorted() where place < epoch.count {
      let batch = try epoch.batch(place)
      for symbols in [batch.source.ids, batch.target] {
        sums.append(symbols.withUnsafeBytes { XXH64.hash($0) })
      }
    }
    return XXH64.text(sums.withUnsafeBytes { XXH64.hash($0) })
  }

  private static func sum(of tensors: [Tensor]) -> String {
    let sums = tensors.map { $0.withScalars { XXH64.hash(UnsafeRawBufferPointer($0)) } }
    return XXH64.text(sums.withUnsafeBytes { XXH64.hash($0) })
  }
}

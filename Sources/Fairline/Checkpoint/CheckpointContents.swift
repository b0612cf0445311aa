package import FairlineTensor

/// What a checkpoint is written from.
package struct CheckpointContents {
  /// What the file says besides its tensors.
  package var header: CheckpointHeader
  /// The model's parameters.
  package var parameters: ParameterSet
  /// The optimizer; nil leaves its state out.
  package var optimizer: (any Optimizer)?
  /// What the task carries along.
  package var assets: [String: [UInt8]]

  /// Puts together what is written.
  package init(
    header: CheckpointHeader, parameters: ParameterSet, optimizer: (any Optimizer)? = nil,
    assets: [String: [UInt8]] = [:]
  ) {
    self.header = header
    self.parameters = parameters
    self.optimizer = optimizer
    self.assets = assets
  }

  /// About how many bytes the file takes: its tensors and assets.
  var bytes: Int {
    let states = (optimizer?.state ?? []) + (optimizer?.ownState ?? [])
    let numbers = parameters.values.count + states.reduce(0) { $0 + $1.values.count }
    return 4 * numbers + assets.reduce(0) { $0 + $1.value.count }
  }

  /// Writes the file; it appears under its name only when it is complete and on the disk.
  ///
  /// - Throws: `UserError` when a parameter is not finite, ``TensorFileError`` when the file
  ///   cannot be written.
  package func write(to path: String) throws {
    guard parameters.values.isFinite else {
      throw UserError(
        "\(path) is not written: parameters are not finite any more; go back to an earlier "
          + "checkpoint with a lower --lr"
      )
    }
    var header = header
    var flats: [(prefix: String, values: Tensor)] = [("", parameters.values)]
    if let optimizer {
      header.optimizerSteps = optimizer.stepCount
      for part in optimizer.state {
        flats.append(("\(CheckpointHeader.optimizerPrefix)\(part.name)/", part.values))
      }
    }
    let own = (optimizer?.ownState ?? []).map {
      (name: CheckpointHeader.optimizerPrefix + $0.name, values: $0.values)
    }
    let entries = parameters.entries
    var tensors: [TensorDeclaration] = []
    for flat in flats {
      for entry in entries {
        tensors.append(TensorDeclaration(flat.prefix + entry.name, entry.shape.dimensions))
      }
    }
    tensors += own.map { TensorDeclaration($0.name, $0.values.shape.dimensions) }
    let assets = assets.sorted { $0.key < $1.key }
    for (name, bytes) in assets {
      tensors.append(
        TensorDeclaration(CheckpointHeader.assetPrefix + name, [bytes.count], .uint8))
    }
    let writer = try TensorFileWriter(
      path: path, tensors: tensors, metadata: try header.metadata())
    for flat in flats {
      for entry in entries {
        try parameters.view(of: entry, in: flat.values).withScalars {
          try writer.write(flat.prefix + entry.name, $0)
        }
      }
    }
    for part in own {
      try part.values.withScalars { try writer.write(part.name, $0) }
    }
    for (name, bytes) in assets {
      try bytes.withUnsafeBytes { try writer.write(CheckpointHeader.assetPrefix + name, $0) }
    }
    try writer.finish()
  }
}

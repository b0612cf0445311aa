import FairlineModels
import Fairline
import FairlineTensor

/// The parameters of a trained classic Transformer as the beginning of a NODE.
///
/// A residual field of one piece is what a classic pre-norm layer adds, so classic layers become
/// pieces of depth: the first to the first, spread evenly where their numbers differ. Everything
/// else keeps its name. What the NODE has besides (a time direction, a learned scale, the way out
/// of an augmentation) keeps its own start.
struct WarmStart {
  private let tensors: any TensorSource

  init(from path: String, importers: Registry<any Importer>) throws {
    do {
      let file = try ModelFile.load(path, importers: importers)
      tensors = try NameMap.fairseqTransformer.applied(to: file.parameters)
    } catch {
      throw UserError(
        "--node-init-from: \(error); give a model or checkpoint file of a classic Transformer")
    }
  }

  /// Overwrites a model's parameters with those of the file.
  ///
  /// - Parameter layers: the number of layers of each side that is a NODE.
  /// - Throws: `UserError` when the file's model has another form.
  func fill(
    _ parameters: ParameterSet, _ node: NodeSettings, layers: [String: Int]
  ) throws {
    guard node.nodeField == .preNorm, node.nodeAugmentDims == 0 else {
      throw UserError(
        "--node-init-from needs the residual field without augmentation: choose --node-field "
          + "pre_norm and --node-augment-dims 0"
      )
    }
    for entry in parameters.entries {
      let isOwn = ["time_shift", "field_scale"].contains { entry.name.hasSuffix($0) }
      if isOwn { continue }
      let name = source(of: entry.name, layers, pieces: node.nodeWeightPieces)
      guard let shape = tensors.shape(of: name) else {
        throw UserError(
          "--node-init-from: \(tensors.path) has no '\(name)', which is wanted for "
            + "'\(entry.name)': give a Transformer of the same kind, trained with "
            + "--encoder-normalize-before and --decoder-normalize-before as far as it has both"
        )
      }
      guard shape == entry.shape.dimensions else {
        throw UserError(
          "--node-init-from: in \(tensors.path) '\(name)' has the shape \(shape), and this model "
            + "needs \(entry.shape.dimensions): use the file's sizes and dictionaries"
        )
      }
      try tensors.floats(name).withUnsafeBufferPointer {
        parameters.write($0, to: entry, in: parameters.values)
      }
      guard parameters.view(of: entry, in: parameters.values).isFinite else {
        throw UserError(
          "--node-init-from: '\(name)' in \(tensors.path) is not finite (NaN or infinity in it): "
            + "use an earlier checkpoint")
      }
    }
  }

  /// Classic layers of a side.
  private func depth(of side: String) -> Int {
    let prefix = "\(side).layers."
    let numbers = tensors.names.compactMap { name -> Int? in
      guard name.hasPrefix(prefix) else { return nil }
      return name.dropFirst(prefix.count).split(separator: ".").first.flatMap { Int($0) }
    }
    return (numbers.max() ?? -1) + 1
  }

  /// The name in the file of one of the model's parameters.
  private func source(of name: String, _ layers: [String: Int], pieces: Int) -> String {
    let parts = name.split(separator: ".").map(String.init)
    guard let count = layers[parts[0]], parts.count > 3, parts[1] == "layers",
      let layer = Int(parts[2])
    else { return name }
    let hasPieces = parts[3] == "pieces"
    let piece = layer * pieces + (hasPieces ? Int(parts[4]) ?? 0 : 0)
    let classic = piece * depth(of: parts[0]) / (count * pieces)
    let rest = parts.dropFirst(hasPieces ? 5 : 3).joined(separator: ".")
    return "\(parts[0]).layers.\(classic).\(rest)"
  }
}

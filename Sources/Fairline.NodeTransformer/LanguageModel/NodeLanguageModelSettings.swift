public import Fairline
public import FairlineModels

/// The settings of a `node_transformer_lm`: those of a Transformer language model, and those of its
/// neural ODE.
public struct NodeLanguageModelSettings: Configuration, Equatable {
  /// The language model's settings; each layer is a solve.
  public var languageModel = LanguageModelSettings()
  /// The neural ODE's settings.
  public var node = NodeSettings()

  /// One layer of 512 channels, solved as the study did.
  public init() {
    languageModel.decoderLayers = 1
    node.nodeDecoder = true
  }

  /// What only classic layers, an encoder or an adaptive softmax have, by flag.
  private static let leftOut = [
    "adaptive-input": "adaptiveInput", "adaptive-input-cutoff": "adaptiveInputCutoff",
    "adaptive-input-factor": "adaptiveInputFactor",
    "adaptive-softmax-cutoff": "adaptiveSoftmaxCutoff",
    "adaptive-softmax-dropout": "adaptiveSoftmaxDropout",
    "adaptive-softmax-factor": "adaptiveSoftmaxFactor",
    "tie-adaptive-weights": "tieAdaptiveWeights", "tie-adaptive-proj": "tieAdaptiveProj",
    "decoder-layerdrop": "decoderLayerdrop", "decoder-input-dim": "decoderInputDim",
    "decoder-output-dim": "decoderOutputDim", "checkpoint-activations": "checkpointActivations",
    "node-encoder": "nodeEncoder", "node-decoder": "nodeDecoder",
    "node-detach-encoder": "nodeDetachEncoder",
  ]

  /// Reads settings whose names all stand beside each other.
  public init(from decoder: any Decoder) throws {
    let settings = try JSONValue(from: decoder)
    let usual = Self()
    languageModel = try settings.decoded(over: usual.languageModel)
    node = try settings.decoded(over: usual.node)
  }

  /// Writes settings whose names all stand beside each other.
  public func encode(to encoder: any Encoder) throws {
    let all = try JSONValue(encoding: languageModel).merging(JSONValue(encoding: node))
    guard case .object(let members) = all else { return }
    let names = Set(Self.leftOut.values)
    var kept = JSONObject()
    for (name, value) in members where !names.contains(name) { kept[name] = value }
    try JSONValue.object(kept).encode(to: encoder)
  }

  /// The flags.
  public static var options: [Option<Self>] {
    let all =
      LanguageModelSettings.options(inside: \Self.languageModel)
      + NodeSettings.options(inside: \.node)
    return all.filter { leftOut[$0.format.names[0]] == nil }
  }

  /// Those of the Transformer, the form of the field and the times of its solve.
  public static var definingSettings: [String] {
    LanguageModelSettings.definingSettings + ["nodeField", "nodeSeparatedDecoder", "nodeTs"]
  }

  /// Refuses settings that contradict each other or the task, or that no solver can follow.
  func check(for task: TaskDescription, _ schemes: SolveSchemes) throws {
    try checkRanges()
    try languageModel.check(for: task)
    if languageModel.shareDecoderInputOutputEmbed, task.readSymbols != task.targetSymbols {
      throw UserError(
        "--share-decoder-input-output-embed needs all symbols to be predicted: leave out "
          + "--output-dictionary-size")
    }
    try node.check(layers: nodeLayers, schemes)
  }

  /// The number of layers of the decoder, the only side.
  var nodeLayers: [String: Int] { ["decoder": languageModel.decoderLayers] }
}

extension NodeLanguageModelSettings {
  /// Three pieces of depth with weights of their own, and three steps by Heun's method: a fixed
  /// cost in training, and search that solves for new symbols only.
  public static var pieces: Self {
    var c = Self()
    c.node.nodeMethod = "heun2"
    c.node.nodeSteps = 3
    c.node.nodeWeightPieces = 3
    return c
  }
}

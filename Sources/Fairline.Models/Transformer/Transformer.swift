public import Fairline
public import FairlineTensor

/// The encoder-decoder Transformer (Vaswani and others 2017), with fairseq's options and parameter
/// names.
public final class Transformer: Model {
  /// The settings the model was made from.
  package let configuration: TransformerSettings
  /// The encoder.
  package let encoder: TransformerEncoder
  /// The decoder.
  package let decoder: TransformerDecoder
  /// The way to symbols.
  package let output: OutputProjection
  /// All parameters.
  public let parameters: ParameterSet
  /// The longest source and target, ends included.
  public let maximumPositions: (source: Int, target: Int)

  /// fairseq's names of all versions; layers that are not kept are left out.
  public var fileNames: NameMap { configuration.leftOut(NameMap.fairseqTransformer) }

  /// Makes a model with freshly drawn parameters.
  ///
  /// - Parameter values: what the parameters hold at first.
  /// - Throws: `UserError` when the settings contradict each other or the task.
  public init(
    _ configuration: TransformerSettings, for task: TaskDescription, seed: UInt64 = 1,
    values: ParameterSpace.FirstValues = .drawn
  ) throws {
    try configuration.check(for: task)
    let c = configuration
    let space = ParameterSpace(seed: seed, values: values)
    let (left, right) = (space.part("encoder"), space.part("decoder"))
    let tables = try SymbolTables(encoder: left, decoder: right, for: task, c)
    encoder = TransformerEncoder(
      left, table: tables.source, maximumLength: task.maximumSourcePositions, c)
    decoder = TransformerDecoder(
      right, table: tables.target, maximumLength: task.maximumTargetPositions, c)
    output = tables.output()
    self.configuration = c
    parameters = ParameterSet(space)
    maximumPositions = (task.maximumSourcePositions, task.maximumTargetPositions)
  }

  /// Predicts every target symbol from the source and the symbols before it.
  public func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    let memory = encoder(batch.source, pass)  // [source, channel]
    let weights = pass.isTraining ? nil : AttentionWeights()
    let states = decoder(
      batch.decoderInput, memory: memory, memorySegments: batch.source.segments,
      weights: weights, pass)  // [target, channel]
    return output.output(states, attention: weights, pass)
  }

  /// Whether the settings ask for it.
  public var hasAdaptiveSoftmax: Bool { output.isAdaptive }
}

extension TransformerSettings {
  /// Refuses settings that contradict each other or the task.
  ///
  /// - Throws: `UserError` that names the flag.
  public func check(for task: TaskDescription) throws {
    func head(_ side: String, _ channels: Int, _ heads: Int) throws {
      guard heads > 0, channels > 0, channels % heads == 0 else {
        throw UserError(
          "--\(side)-embed-dim \(channels) cannot be split in "
            + "--\(side)-attention-heads \(heads): choose a multiple"
        )
      }
    }
    guard task.hasSource else {
      throw UserError(
        "this architecture translates a source, which the task does not have: choose "
          + "transformer_lm or another language model with --arch")
    }
    try checkLayersToKeep()
    guard !crossSelfAttention || decoderSelfLayer == .attention else {
      throw UserError(
        "--cross-self-attention needs --decoder-self-layer attention: a recurrence sees no source")
    }
    guard !crossSelfAttention || encoderEmbedDim == decoderChannels else {
      throw UserError(
        "--cross-self-attention needs --decoder-embed-dim equal to "
          + "--encoder-embed-dim \(encoderEmbedDim)"
      )
    }
    try head("encoder", encoderEmbedDim, encoderAttentionHeads)
    try head("decoder", decoderChannels, decoderAttentionHeads)
    for (flag, value) in [
      ("dropout", dropout), ("attention-dropout", attentionDropout),
      ("activation-dropout", activationDropout), ("encoder-layerdrop", encoderLayerdrop),
      ("decoder-layerdrop", decoderLayerdrop),
    ] where !(value >= 0 && value < 1) {
      throw UserError("--\(flag) \(value) is no probability: give a number from 0 to below 1")
    }
    if shareAllEmbeddings {
      guard task.sharesVocabulary else {
        throw UserError(
          "--share-all-embeddings needs one dictionary for both sides: preprocess "
            + "with --joined-dictionary"
        )
      }
      let projects = adaptiveSoftmaxCutoff == nil
      guard encoderEmbedDim == decoderInputChannels,
        !projects || decoderOutputChannels == encoderEmbedDim
      else {
        throw UserError(
          "--share-all-embeddings needs --decoder-embed-dim equal to "
            + "--encoder-embed-dim \(encoderEmbedDim)"
        )
      }
    }
    try checkNothingShared(
      shareDecoderInputOutputEmbed && !shareAllEmbeddings, "--share-decoder-input-output-embed",
      instead: "leave out one of them")
    if shareDecoderInputOutputEmbed, decoderInputChannels != decoderOutputChannels {
      throw UserError(
        "--share-decoder-input-output-embed needs --decoder-output-dim equal to "
          + "--decoder-input-dim \(decoderInputChannels)"
      )
    }
  }
}

extension TransformerSettings {
  /// Refuses layers to keep that there are not.
  func checkLayersToKeep() throws {
    for (side, list, count) in [
      ("encoder", encoderLayersToKeep, encoderLayers),
      ("decoder", decoderLayersToKeep, decoderLayers),
    ] where Self.kept(list, of: count) == nil {
      throw UserError(
        "--\(side)-layers-to-keep '\(list ?? "")' names no layers of \(count): give numbers from "
          + "0, separated by commas")
    }
  }

  /// Names without those of layers that are not kept.
  func leftOut(_ names: NameMap) -> NameMap {
    func ignored(_ side: String, _ kept: [Int], _ count: Int) -> [NameMap.Rule] {
      (0..<count).filter { !kept.contains($0) }.map { .ignore("\(side).layers.\($0).**") }
    }
    return NameMap(
      ignored("encoder", keptEncoderLayers, encoderLayers)
        + ignored("decoder", keptDecoderLayers, decoderLayers)
    ).adding(names)
  }
}

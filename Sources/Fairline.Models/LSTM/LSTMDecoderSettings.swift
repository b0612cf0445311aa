import Fairline
import FairlineTensor

/// The settings of a recurrent decoder, beside an encoder or alone, named as fairseq's flags are.
protocol LSTMDecoderSettings: AdaptiveSoftmaxSettings {
  /// Dropout of embeddings and of what layers give.
  var dropout: Double { get set }
  /// Channels of the decoder's embeddings.
  var decoderEmbedDim: Int { get set }
  /// Channels of the decoder's hidden states; those of its embeddings when nil.
  var decoderHiddenSize: Int? { get set }
  /// Layers of the decoder.
  var decoderLayers: Int { get set }
  /// Channels before the output projection.
  var decoderOutEmbedDim: Int { get set }
  /// Whether the decoder attends to the source.
  var decoderAttention: PythonFlag { get set }
  /// Whether the decoder's embeddings stay as they are in training.
  var decoderFreezeEmbed: Bool { get set }
  /// Dropout of the decoder's embeddings; ``dropout`` when nil.
  var decoderDropoutIn: Double? { get set }
  /// Dropout of what the decoder's layers give; ``dropout`` when nil.
  var decoderDropoutOut: Double? { get set }
  /// Whether the decoder's embeddings are the output projection as well.
  var shareDecoderInputOutputEmbed: Bool { get set }
}

extension LSTMDecoderSettings {
  /// The flags.
  static var decoderOptions: [Option<Self>] {
    [
      Option(
        "decoder-embed-dim", \.decoderEmbedDim, in: .from(1, to: 65536),
        "channels of the decoder's embeddings"),
      Option(
        "decoder-hidden-size", \.decoderHiddenSize, in: .from(1, to: 65536),
        "channels of the decoder's hidden states (default: those of the embeddings)"),
      Option("decoder-layers", \.decoderLayers, in: .from(1, to: 1000), "layers of the decoder"),
      Option(
        "decoder-out-embed-dim", \.decoderOutEmbedDim, in: .from(1, to: 65536),
        "channels before the output projection"),
      Option("decoder-attention", \.decoderAttention, "whether the decoder attends to the source"),
      Option(
        "decoder-freeze-embed", \.decoderFreezeEmbed, "do not train the decoder's embeddings"),
      Option(
        "decoder-dropout-in", \.decoderDropoutIn, in: .from(0, below: 1),
        "dropout of the decoder's embeddings (default: --dropout)"),
      Option(
        "decoder-dropout-out", \.decoderDropoutOut, in: .from(0, below: 1),
        "dropout of the output of the decoder's layers (default: --dropout)"),
      Option(
        "dropout", \.dropout, in: .from(0, below: 1),
        "dropout of embeddings and of each layer's output"),
      Option(
        "share-decoder-input-output-embed", \.shareDecoderInputOutputEmbed,
        "use the decoder's embedding as output projection"),
    ] + cutoffOptions
  }

  /// Channels of hidden states.
  var decoderChannels: Int { decoderHiddenSize ?? decoderEmbedDim }
  /// Dropout of embeddings.
  var inputDropout: Double { decoderDropoutIn ?? dropout }
  /// Dropout of what layers give.
  var outputDropout: Double { decoderDropoutOut ?? dropout }

  /// The bands of the output; nil for one softmax over all symbols.
  ///
  /// - Throws: `UserError` that names the flag when they do not fit.
  func bands(symbols: Int) throws -> SymbolBands? {
    try softmaxBands(symbols: symbols, channels: decoderChannels, factor: Self.adaptiveFactor)
  }

  /// What the channels of each further band are divided by, as fairseq has it.
  static var adaptiveFactor: Double { 4 }

  /// Refuses sizes that cannot be shared.
  ///
  /// - Parameter sharesAll: whether the source has the same table, too.
  func checkDecoder(sharesAll: Bool = false) throws {
    try checkNothingShared(
      shareDecoderInputOutputEmbed && !sharesAll, "--share-decoder-input-output-embed",
      instead: "leave out one of them")
    let shares = (shareDecoderInputOutputEmbed || sharesAll) && adaptiveSoftmaxCutoff == nil
    if shares, decoderEmbedDim != decoderOutEmbedDim {
      throw UserError(
        "--share-decoder-input-output-embed needs --decoder-out-embed-dim equal to "
          + "--decoder-embed-dim \(decoderEmbedDim)")
    }
  }

  /// What files hold and models of these settings do not: markers, and with an adaptive softmax a
  /// map that fairseq keeps and does not use.
  var leftOut: NameMap {
    let markers: [NameMap.Rule] = [.ignore("**.version")]
    let unused: [NameMap.Rule] =
      adaptiveSoftmaxCutoff == nil ? [] : [.ignore("decoder.additional_fc.**")]
    return NameMap(markers + unused)
  }
}

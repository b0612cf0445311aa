public import Fairline

extension LSTMSettings {
  /// The flags.
  public static var options: [Option<Self>] { encoder + decoderOptions + shared }

  private static var encoder: [Option<Self>] {
    [
      Option(
        "encoder-embed-dim", \.encoderEmbedDim, in: .from(1, to: 65536),
        "channels of the source's embeddings"),
      Option(
        "encoder-hidden-size", \.encoderHiddenSize, in: .from(1, to: 65536),
        "channels of the encoder's hidden states (default: those of the embeddings)"),
      Option("encoder-layers", \.encoderLayers, in: .from(1, to: 1000), "layers of the encoder"),
      Option(
        "encoder-bidirectional", \.encoderBidirectional, "use a bidirectional encoder"),
      Option(
        "encoder-freeze-embed", \.encoderFreezeEmbed, "do not train the source's embeddings"),
      Option(
        "encoder-dropout-in", \.encoderDropoutIn, in: .from(0, below: 1),
        "dropout of the source's embeddings (default: --dropout)"),
      Option(
        "encoder-dropout-out", \.encoderDropoutOut, in: .from(0, below: 1),
        "dropout of the output of the encoder's layers (default: --dropout)"),
    ]
  }

  private static var shared: [Option<Self>] {
    [
      Option(
        "share-all-embeddings", \.shareAllEmbeddings,
        "use one embedding for encoder, decoder and output")
    ]
  }
}

extension LSTMSettings {
  /// fairseq's model for IWSLT'14 German-English (Wiseman and Rush 2016): 256 channels everywhere.
  static var wiseman: Self {
    var c = Self()
    (c.encoderEmbedDim, c.decoderEmbedDim, c.decoderOutEmbedDim) = (256, 256, 256)
    (c.encoderDropoutIn, c.encoderDropoutOut, c.decoderDropoutIn) = (0, 0, 0)
    return c
  }

  /// fairseq's model for WMT English-German (Luong and others 2015): 4 layers of 1000 channels.
  static var luong: Self {
    var c = Self()
    (c.encoderEmbedDim, c.decoderEmbedDim, c.decoderOutEmbedDim) = (1000, 1000, 1000)
    (c.encoderLayers, c.decoderLayers) = (4, 4)
    (c.encoderDropoutOut, c.decoderDropoutOut) = (0, 0)
    return c
  }
}

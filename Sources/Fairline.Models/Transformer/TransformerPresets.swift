extension TransformerSettings {
  /// A model for tests: 2+2 layers of 64 channels.
  public static var tiny: Self {
    var c = Self()
    c.encoderEmbedDim = 64
    c.encoderFfnEmbedDim = 64
    c.encoderLayers = 2
    c.encoderAttentionHeads = 2
    c.decoderLayers = 2
    c.decoderAttentionHeads = 2
    return c
  }

  /// fairseq's model for IWSLT'14 German-English: 6+6 layers of 512 channels, 1024 hidden, 4 heads.
  public static var iwslt: Self {
    var c = Self()
    c.encoderFfnEmbedDim = 1024
    c.encoderAttentionHeads = 4
    c.decoderAttentionHeads = 4
    return c
  }

  /// The big model for WMT English-German (Vaswani and others 2017, table 3).
  static var vaswaniBig: Self {
    var c = Self()
    c.encoderEmbedDim = 1024
    c.encoderFfnEmbedDim = 4096
    c.encoderAttentionHeads = 16
    c.decoderAttentionHeads = 16
    c.dropout = 0.3
    return c
  }

  /// The big model for WMT English-French, with less dropout.
  static var vaswaniBigFrench: Self {
    var c = vaswaniBig
    c.dropout = 0.1
    return c
  }

  /// The big model with dropout of attention weights.
  static var wmtBig: Self {
    var c = vaswaniBig
    c.attentionDropout = 0.1
    return c
  }

  /// The big model in tensor2tensor's form: normalisation first, dropout everywhere.
  static var wmtBigT2T: Self {
    var c = wmtBig
    c.encoderNormalizeBefore = true
    c.decoderNormalizeBefore = true
    c.activationDropout = 0.1
    return c
  }

  /// The smallest shape of Marian's students: 6 encoder layers, 2 recurrent decoder layers, 256
  /// channels, 1536 hidden (Bogoychev and others 2020, "Edinburgh's Submissions to the 2020 Machine
  /// Translation Efficiency Task").
  static var studentTiny: Self {
    var c = studentBase
    c.encoderEmbedDim = 256
    c.encoderFfnEmbedDim = 1536
    return c
  }

  /// The larger shape of Marian's students: 6 encoder layers, 2 recurrent decoder layers, 512
  /// channels.
  static var studentBase: Self {
    var c = Self()
    c.decoderLayers = 2
    c.decoderSelfLayer = .ssru
    return c
  }
}

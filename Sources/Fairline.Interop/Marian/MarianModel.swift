import Fairline

/// A native model of Marian as settings and tensors of Fairline's.
struct MarianModel {
  let source, target: MarianVocabulary
  private(set) var settings = JSONObject()
  /// The longest sequences, which positions that are learned limit.
  private(set) var positions = (source: Self.usualPositions, target: Self.usualPositions)
  private(set) var layers: MarianLayers
  private let channels: Int
  private let theirs: ForeignSettings

  private static let usualPositions = 1024
  private static let depths = 1...64
  private static let output = "decoder.output_projection"

  private enum Name {
    static let joint = "Wemb"
    static let source = "encoder_Wemb"
    static let target = "decoder_Wemb"
    static let output = "decoder_ff_logit_out_Wt"
    static let oldOutput = "decoder_ff_logit_out_W"
    static let bias = "decoder_ff_logit_out_b"
  }

  /// Reads settings and places all tensors.
  ///
  /// - Throws: `UserError` naming a setting that makes another model, or a tensor that is missing.
  init(_ files: MarianFiles) throws {
    theirs = files.settings
    try Self.refuseOthers(theirs, files.tensors)
    let normalization = try MarianNormalization(theirs)
    let activation = theirs.text("transformer-ffn-activation") ?? "swish"
    guard ["relu", "swish", "gelu"].contains(activation) else {
      throw UserError(
        "\(theirs.path) has the activation '\(activation)', and only relu, swish and gelu are "
          + "known")
    }
    layers = MarianLayers(
      files.tensors, normalization, factor: activation == "gelu" ? 1.702 : 1)
    channels = try theirs.number("dim-emb", in: 2...65536)
    let isJoint =
      try theirs.flag("tied-embeddings-all", usual: false)
      || theirs.flag("tied-embeddings-src", usual: false)
    let (from, to) = (isJoint ? Name.joint : Name.source, isJoint ? Name.joint : Name.target)
    let tables = try (
      layers.tensors.table([from], columns: channels).rows,
      layers.tensors.table([to], columns: channels).rows
    )
    let names = try files.vocabularyNames()
    source = try MarianVocabulary(files, names.source, rows: tables.0)
    target =
      names.source == names.target && tables.0 == tables.1
      ? source : try MarianVocabulary(files, names.target, rows: tables.1)
    try addTables(from, to)
    try addSides()
    settings["encoderEmbedDim"] = .integer(channels)
    settings["decoderEmbedDim"] = .integer(channels)
    settings["activationFn"] = .string(activation == "gelu" ? "swish" : activation)
    for side in ["encoder", "decoder"] {
      settings["\(side)NormalizeBefore"] = .bool(normalization == .before)
    }
    settings["layerNormEps"] = 1e-6
    layers.tensors.ignore(
      files.tensors.names.filter { $0.hasSuffix(MarianTensors.scaleSuffix) })
  }

  // MARK: - What makes another model

  private static func refuseOthers(
    _ settings: ForeignSettings, _ tensors: MarianTensors
  ) throws {
    let type = settings.text("type") ?? "amun"
    guard type == "transformer" else {
      throw UserError(
        "\(settings.path) is a model of the type '\(type)': only transformer is known")
    }
    for key in [
      "transformer-no-projection", "transformer-no-bias", "transformer-no-affine",
      "transformer-rnn-projection", "transformer-alibi", "ulr",
    ] { try settings.refuse(key, "which Transformers here do not have") }
    for key in ["lemma-dim-emb", "factors-dim-emb"] {
      guard try settings.number(key, in: 0...1_000_000, usual: 0) == 0 else {
        throw UserError(
          "\(settings.path) says '\(key)': models of words with factors are not known here")
      }
    }
    for key in ["transformer-ffn-depth", "transformer-decoder-ffn-depth"] {
      let depth = try settings.number(key, in: 0...1000, usual: 2)
      guard depth == 2 || depth == 0 && key != "transformer-ffn-depth" else {
        throw UserError("\(settings.path) says '\(key)' is \(depth), and only 2 is known")
      }
    }
    let before = try MarianNormalization.operations(
      "transformer-preprocess-emb", usual: "", settings)
    guard before.isEmpty else {
      throw UserError("\(settings.path) says 'transformer-preprocess-emb', which is not known here")
    }
    let side = "encoder_l1_self_Wq"
    guard tensors.shape(of: side) != nil else {
      throw UserError("\(tensors.path) has no '\(side)': it has not one encoder of one text")
    }
  }

  // MARK: - Tables

  private mutating func addTables(_ from: String, _ to: String) throws {
    let isTied =
      try theirs.flag("tied-embeddings", usual: false)
      || theirs.flag("tied-embeddings-all", usual: false)
    let sharesAll =
      from == to && isTied && source.symbols.vocabulary == target.symbols.vocabulary
    layers.tensors.add(table: "encoder.embed_tokens.weight", of: from, source.symbols)
    if !sharesAll {
      layers.tensors.add(table: "decoder.embed_tokens.weight", of: to, target.symbols)
    }
    if !isTied { try addOutput() }
    settings["shareAllEmbeddings"] = .bool(sharesAll)
    settings["shareDecoderInputOutputEmbed"] = .bool(isTied)
    settings["outputBias"] = true
    try layers.tensors.add(bias: Self.output + ".bias", of: Name.bias, target.symbols)
  }

  /// Adds a table of the output's own, which old files hold turned around.
  private mutating func addOutput() throws {
    if layers.tensors.shape(of: Name.output) != nil {
      _ = try layers.tensors.table([Name.output], columns: channels)
      return layers.tensors.add(table: Self.output + ".weight", of: Name.output, target.symbols)
    }
    let shape = try layers.matrix(Name.oldOutput)
    let rows = target.symbols.rows
    guard shape[0] == channels, rows.allSatisfy({ Int($0) < shape[1] }) else {
      throw UserError("\(theirs.path): '\(Name.oldOutput)' has the shape \(shape): it is damaged")
    }
    layers.tensors.add(
      Self.output + ".weight", of: Name.oldOutput, shape: [rows.count, channels],
      .columns(Name.oldOutput, rows, fill: 0))
  }

  // MARK: - Layers

  private mutating func addSides() throws {
    try readDecoder()
    let tied = try (theirs.json("transformer-tied-layers")?.arrayValue ?? []).map { value in
      guard let number = value.integerValue, Self.depths.contains(number) else {
        throw UserError("\(theirs.path) has 'transformer-tied-layers' that are no layers' numbers")
      }
      return number
    }
    let heads = try theirs.number("transformer-heads", in: 1...1024, usual: 8)
    for (side, key) in [("encoder", "enc-depth"), ("decoder", "dec-depth")] {
      let depth = try theirs.number(key, in: Self.depths, usual: 1)
      for layer in 0..<depth {
        var number = layer + 1
        let isTied =
          side == "decoder" || layers.tensors.shape(of: "\(side)_l\(number)_ffn_W1") == nil
        if isTied, tied.count == depth { number = tied[layer] }
        try addLayer(side, number, layer)
      }
      settings["\(side)Layers"] = .integer(depth)
      settings["\(side)AttentionHeads"] = .integer(heads)
      settings["\(side)FfnEmbedDim"] = .integer(try layers.matrix("\(side)_l1_ffn_W1")[1])
      try addTop(side)
      try addEmbeddingNorm(side)
      try addPositions(side)
    }
  }

  /// Finds out how the decoder looks at its prefix.
  private mutating func readDecoder() throws {
    let kind = theirs.text("transformer-decoder-autoreg") ?? "self-attention"
    let cell = theirs.text("dec-cell") ?? "gru"
    switch kind {
    case "self-attention": return
    case "rnn" where cell == "ssru": settings["decoderSelfLayer"] = "ssru"
    case "rnn":
      throw UserError("\(theirs.path) says 'dec-cell' is '\(cell)': only ssru is known")
    default:
      throw UserError(
        "\(theirs.path) says 'transformer-decoder-autoreg' is '\(kind)': only self-attention and "
          + "rnn are known")
    }
  }

  private mutating func addLayer(_ side: String, _ number: Int, _ layer: Int) throws {
    let isRecurrent = side == "decoder" && settings["decoderSelfLayer"] != nil
    let (stem, own) = ("\(side)_l\(number)_", "\(side).layers.\(layer).")
    if isRecurrent { try layers.addRecurrence(stem, own) }
    let parts =
      (isRecurrent ? [] : [("self", "self_attn")])
      + (side == "decoder" ? [("context", "encoder_attn")] : [])
    try layers.add(stem, own, parts)
  }

  /// Adds the normalisation behind the last layer.
  private mutating func addTop(_ side: String) throws {
    guard case .before = try MarianNormalization(theirs) else { return }
    try layers.addVector("\(side)_top_ln_scale", "\(side).layer_norm.weight")
    try layers.addVector("\(side)_top_ln_bias", "\(side).layer_norm.bias")
  }

  /// Adds the normalisation of embeddings, where there is one.
  private mutating func addEmbeddingNorm(_ side: String) throws {
    let operations = try MarianNormalization.operations(
      "transformer-postprocess-emb", usual: "d", theirs)
    guard !operations.isEmpty else { return }
    guard operations == "n" else {
      throw UserError(
        "\(theirs.path) says 'transformer-postprocess-emb' is '\(operations)' besides dropout: "
          + "only 'n' is known")
    }
    settings["layernormEmbedding"] = true
    try layers.addVector("\(side)_emb_ln_scale_pre", "\(side).layernorm_embedding.weight")
    try layers.addVector("\(side)_emb_ln_bias_pre", "\(side).layernorm_embedding.bias")
  }

  /// Positions are computed, or a table whose last row stands for all places behind it; embeddings
  /// are not multiplied then.
  private mutating func addPositions(_ side: String) throws {
    guard try theirs.flag("transformer-train-position-embeddings", usual: false) else {
      settings["sinusoid"] = "marian"
      return
    }
    let name = layers.tensors.shape(of: "\(side)_Wpos") == nil ? "Wpos" : "\(side)_Wpos"
    let table = try layers.tensors.table([name], columns: channels)
    let places = max(table.rows, Self.usualPositions)
    // Places are counted from 2.
    let rows = [-1, -1] + (0..<places).map { Int32(min($0, table.rows - 1)) }
    layers.tensors.add(
      "\(side).embed_positions.weight", of: name, shape: [rows.count, channels],
      .rows(name, rows, fill: 0))
    if side == "encoder" { positions.source = places } else { positions.target = places }
    settings["\(side)LearnedPos"] = true
    settings["noScaleEmbedding"] = true
  }
}
